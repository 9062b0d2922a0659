"""Skips against lifelines offered, with what the preferred mechanism predicts."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from balk.report.figures.palette import BLUE, INK, ORANGE

WIDTH, HEIGHT, COLUMNS = 190, 150, 3


def dose_response(rows: Sequence[dict[str, Any]]) -> alt.FacetChart:
    """Return the chart of some subjects, a panel each.

    Parameters
    ----------
    rows : sequence of dict
        `panel`, `lifelines`, `skips`, `low`, `high` (95 % interval), and `band_low` and
        `band_high`: what 95 % of replicates of the preferred mechanism show, null where there
        is none.
    """
    kinds = {
        "panel": pl.String,
        "lifelines": pl.Int64,
        **dict.fromkeys(("skips", "low", "high", "band_low", "band_high"), pl.Float64),
    }
    x = alt.X("lifelines:Q", title="lifelines offered", scale=alt.Scale(zero=True, nice=False))
    base = alt.Chart(pl.DataFrame(rows, schema=kinds))
    tip = [
        alt.Tooltip("panel:N", title="subject"),
        alt.Tooltip("lifelines:Q"),
        alt.Tooltip("skips:Q", format=".2f", title="skips in an exam"),
        alt.Tooltip("low:Q", format=".2f", title="95 % from"),
        alt.Tooltip("high:Q", format=".2f", title="to"),
    ]
    band = base.mark_area(color=BLUE, opacity=0.25).encode(
        x=x,
        y=alt.Y("band_low:Q", title="skips in an exam"),
        y2="band_high:Q",
    )
    bars = base.mark_rule(color=ORANGE, strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q")
    points = base.mark_point(color=ORANGE, filled=True, size=55, opacity=1).encode(
        x=x, y="skips:Q", tooltip=tip
    )
    chart: alt.FacetChart = (
        alt.layer(band, bars, points)
        .properties(width=WIDTH, height=HEIGHT)
        .facet(
            facet=alt.Facet("panel:N", title=None, sort=None, header=alt.Header(labelColor=INK)),
            columns=COLUMNS,
        )
    )
    return chart
