"""Whether confidence matches what is right, without lifelines."""

import altair as alt

from balk.report.figures.palette import BLUE, INK
from balk.report.figures.panels import Rows, frame, in_panels, n_panels, tip


def calibration(rows: Rows) -> alt.FacetChart:
    """Return the chart of some subjects, a panel each; on the line, confidence is right.

    Parameters
    ----------
    rows : sequence of mapping
        `panel`, `confidence`, `accuracy`, `low`, `high` (all 0 to 1), and `n` attempts.
    """
    table = frame(rows, ("panel",), ("confidence", "accuracy", "low", "high", "n"))
    base = alt.Chart(table)
    percent = alt.Axis(format="%", tickCount=4)
    whole = alt.Scale(domain=[0, 1])
    x = alt.X("confidence:Q", title="stated confidence", axis=percent, scale=whole)
    told = [
        tip("panel", "subject", ""),
        tip("confidence", "confidence", ".0%"),
        tip("accuracy", "right", ".0%"),
        tip("low", "95 % from", ".0%"),
        tip("high", "to", ".0%"),
        tip("n", "attempts", "d"),
    ]
    even = (
        base.transform_aggregate(n="count()", groupby=["panel"])
        .mark_rule(color=INK, strokeDash=[2, 3], opacity=0.5)
        .encode(x=alt.datum(0), y=alt.datum(0), x2=alt.datum(1), y2=alt.datum(1))
    )
    bars = base.mark_rule(color=BLUE, opacity=0.7).encode(
        x=x, y=alt.Y("low:Q", title="answers right", axis=percent, scale=whole), y2="high:Q"
    )
    points = base.mark_point(filled=True, color=BLUE, opacity=1).encode(
        x=x,
        y="accuracy:Q",
        size=alt.Size("n:Q", title="attempts", legend=alt.Legend(tickCount=3)),
        tooltip=told,
    )
    return in_panels([even, bars, points], n_panels(rows))
