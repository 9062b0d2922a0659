"""Estimates with their intervals, a row each, a panel a subject."""

import altair as alt

from balk.report.figures.palette import GREY, INK, ORANGE
from balk.report.figures.panels import WIDTH, Rows, frame, placed, tip

STEP = 17


def forest(
    rows: Rows, title: str, *, margin: float | None = None, is_labelled: bool = True
) -> alt.FacetChart:
    """Return the chart: rows below one another, under the name of their panel.

    Parameters
    ----------
    rows : sequence of mapping
        `panel`, `row`, `value`, `low`, `high`.
    title : str
        What is estimated, with its unit.
    margin : float, optional
        Differences that are no matter: a band on either side of 0.
    is_labelled : bool, default True
        Whether rows have their names; not where the same rows stand on the left.
    """
    table = frame(placed(rows, STEP), ("panel", "row"), ("value", "low", "high", "place"))
    base = alt.Chart(table)
    axis = alt.Axis(labelLimit=260, ticks=False, labels=is_labelled)
    y = alt.Y("row:N", title=None, sort=None, axis=axis)
    told = [
        tip("panel", "subject", ""),
        tip("row", "condition", ""),
        tip("value", title),
        tip("low", "95 % from"),
        tip("high", "to"),
    ]
    once = base.transform_aggregate(n="count()", groupby=["panel"])
    zero = once.mark_rule(color=INK, strokeDash=[2, 3], opacity=0.7).encode(x=alt.datum(0))
    bars = base.mark_rule(strokeWidth=2, color=ORANGE).encode(
        x=alt.X("low:Q", title=title), x2="high:Q", y=y
    )
    points = base.mark_point(filled=True, size=55, opacity=1, color=ORANGE).encode(
        x="value:Q", y=alt.Y("place:O", scale=None), tooltip=told
    )
    layers: list[alt.Chart] = [zero, bars, points]
    if margin is not None:
        band = once.mark_rect(color=GREY, opacity=0.25).encode(
            x=alt.datum(-margin), x2=alt.datum(margin)
        )
        layers.insert(0, band)
    chart: alt.FacetChart = (
        alt.layer(*layers)
        .properties(width=int(WIDTH * 1.5), height=alt.Step(STEP))
        .facet(
            row=alt.Row(
                "panel:N",
                title=None,
                sort=None,
                header=alt.Header(labelOrient="top", labelAnchor="start", labelFontWeight="bold"),
            ),
            spacing=14,
        )
        .resolve_scale(y="independent")
    )
    return chart
