"""Skips against what a wrong answer, or a lifeline, costs."""

import altair as alt

from balk.report.figures.palette import ORANGE
from balk.report.figures.panels import Rows, frame, in_panels, n_panels, tip


def payoff_curve(rows: Rows, title: str) -> alt.FacetChart:
    """Return the chart of some subjects, a panel each.

    Parameters
    ----------
    rows : sequence of mapping
        `panel`, `points` (the cost), `skips`, `low`, `high` (95 % interval).
    title : str
        What costs so many points.
    """
    base = alt.Chart(frame(rows, ("panel",), ("points", "skips", "low", "high")))
    x = alt.X("points:Q", title=title, axis=alt.Axis(tickCount=4))
    told = [
        tip("panel", "subject", ""),
        tip("points", title),
        tip("skips", "skips in an exam"),
        tip("low", "95 % from"),
        tip("high", "to"),
    ]
    bars = base.mark_rule(color=ORANGE, strokeWidth=2).encode(
        x=x, y=alt.Y("low:Q", title="skips in an exam"), y2="high:Q"
    )
    lines = base.mark_line(
        color=ORANGE, strokeWidth=1.5, point=alt.OverlayMarkDef(color=ORANGE, size=55)
    ).encode(x=x, y="skips:Q", tooltip=told)
    return in_panels([bars, lines], n_panels(rows))
