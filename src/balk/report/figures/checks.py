"""What was seen against what replicates of the preferred mechanism show."""

import altair as alt

from balk.report.figures.palette import BLUE, GREY, ORANGE
from balk.report.figures.panels import WIDTH, Rows, frame, tip

FARTHEST = 3.0
"""Half widths of the 95 % range beyond which a statistic is drawn at the edge."""


def checks(rows: Rows) -> alt.LayerChart | alt.FacetChart:
    """Return the chart: a row a fit, a tick a statistic.

    Parameters
    ----------
    rows : sequence of mapping
        `fit`, `statistic`, `seen`, `low`, `high`, and `place`: how far from the middle of the
        range of replicates, in half widths of it, so that -1 to 1 is inside.
    """
    base = alt.Chart(frame(rows, ("fit", "statistic"), ("seen", "low", "high", "place")))
    y = alt.Y("fit:N", title=None, sort=None, axis=alt.Axis(labelLimit=320, ticks=False))
    inside = (
        base.transform_aggregate(n="count()")
        .mark_rect(color=GREY, opacity=0.2)
        .encode(x=alt.datum(-1), x2=alt.datum(1))
    )
    ticks = base.mark_tick(thickness=2, size=13).encode(
        x=alt.X(
            "place:Q",
            title="seen, against the range that holds 95 % of replicates (-1 to 1)",
            scale=alt.Scale(domain=[-FARTHEST, FARTHEST], clamp=True),
        ),
        y=y,
        color=alt.condition("abs(datum.place) > 1", alt.value(ORANGE), alt.value(BLUE)),
        tooltip=[
            tip("fit", "fit", ""),
            tip("statistic", "statistic", ""),
            tip("seen", "seen"),
            tip("low", "replicates from"),
            tip("high", "to"),
        ],
    )
    return alt.layer(inside, ticks, width=WIDTH * 2, height=alt.Step(19))
