"""Skips against lifelines offered, with what the mechanisms predict."""

import altair as alt

from balk.report.figures.palette import LAWS, ORANGE
from balk.report.figures.panels import Rows, frame, in_panels, n_panels, tip


def dose_response(rows: Rows) -> alt.FacetChart:
    """Return the chart of some subjects, a panel each.

    Parameters
    ----------
    rows : sequence of mapping
        Of each point: `panel`, `lifelines`, `skips`, `low`, `high` (95 % interval). Of each end
        of a band: `panel`, `lifelines`, `law`, and `band_low` and `band_high`, what 95 % of
        replicates of the best mechanism with this count law show.
    """
    numbers = ("lifelines", "skips", "low", "high", "band_low", "band_high")
    base = alt.Chart(frame(rows, ("panel", "law"), numbers))
    x = alt.X("lifelines:Q", title="lifelines offered", scale=alt.Scale(zero=True, nice=False))
    told = [
        tip("panel", "subject", ""),
        tip("lifelines", "lifelines", "d"),
        tip("skips", "skips in an exam"),
        tip("low", "95 % from"),
        tip("high", "to"),
    ]
    has_bands = any(row.get("law") for row in rows)
    legend = alt.Legend(symbolOpacity=0.8, columns=len(LAWS), titleLimit=300)
    colour = alt.Color(
        "law:N",
        title="best of each law of how many",
        scale=alt.Scale(domain=list(LAWS), range=list(LAWS.values())),
        legend=legend if has_bands else None,
    )
    band = (
        base.transform_filter("isValid(datum.law)")
        .mark_area(opacity=0.32)
        .encode(
            x=x,
            y=alt.Y("band_low:Q", title="skips in an exam", stack=None),
            y2="band_high:Q",
            color=colour,
        )
    )
    seen = base.transform_filter("isValid(datum.skips)")
    bars = seen.mark_rule(color=ORANGE, strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q")
    points = seen.mark_point(color=ORANGE, filled=True, size=60, opacity=1).encode(
        x=x, y="skips:Q", tooltip=told
    )
    return in_panels([band, bars, points], n_panels(rows))
