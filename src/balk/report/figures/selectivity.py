"""Which questions are skipped: the skip rate by fifths of the questions, by confidence."""

import altair as alt

from balk.report.figures.palette import DOSES
from balk.report.figures.panels import Rows, frame, in_panels, n_panels, tip


def selectivity(rows: Rows) -> alt.FacetChart:
    """Return the chart of some subjects, a panel each, a line a number of lifelines.

    Parameters
    ----------
    rows : sequence of mapping
        `panel`, `dose` (in words), `confidence` (0 to 1), and `rate`, `low`, `high` (0 to 1).
    """
    base = alt.Chart(frame(rows, ("panel", "dose"), ("confidence", "rate", "low", "high")))
    doses = list(dict.fromkeys(str(row["dose"]) for row in rows))
    x = alt.X(
        "confidence:Q",
        title="confidence without lifelines",
        axis=alt.Axis(format="%", tickCount=4),
    )
    colour = alt.Color(
        "dose:N",
        title="lifelines offered",
        scale=alt.Scale(domain=doses, range=[DOSES[i % len(DOSES)] for i in range(len(doses))]),
    )
    told = [
        tip("panel", "subject", ""),
        tip("dose", "lifelines", ""),
        tip("confidence", "confidence", ".0%"),
        tip("rate", "skipped", ".0%"),
        tip("low", "95 % from", ".0%"),
        tip("high", "to", ".0%"),
    ]
    bars = base.mark_rule(opacity=0.6).encode(
        x=x,
        y=alt.Y("low:Q", title="questions skipped", axis=alt.Axis(format="%", tickCount=4)),
        y2="high:Q",
        color=colour,
    )
    lines = base.mark_line(point=alt.OverlayMarkDef(size=45), strokeWidth=1.5).encode(
        x=x, y="rate:Q", color=colour, tooltip=told
    )
    return in_panels([bars, lines], n_panels(rows))
