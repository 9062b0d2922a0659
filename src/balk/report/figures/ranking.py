"""How far each mechanism is behind the best."""

import altair as alt

from balk.report.figures.palette import LAWS
from balk.report.figures.panels import WIDTH, Rows, frame, n_panels, placed, tip

STEP = 15
MOST_COLUMNS = 3


def ranking(rows: Rows) -> alt.FacetChart:
    """Return the chart of some subjects and protocols, a panel each, the best first.

    Parameters
    ----------
    rows : sequence of mapping
        `panel`, `mechanism`, `law`, `behind` (nats), and `low` and `high`, two standard errors
        to each side.
    """
    texts, numbers = ("panel", "mechanism", "law"), ("behind", "low", "high", "place")
    base = alt.Chart(frame(placed(rows, STEP), texts, numbers))
    y = alt.Y("mechanism:N", title=None, sort=None, axis=alt.Axis(labelLimit=170, ticks=False))
    scale = alt.Scale(type="symlog", constant=2)
    colour = alt.Color(
        "law:N",
        title="how many",
        scale=alt.Scale(domain=list(LAWS), range=list(LAWS.values())),
        legend=alt.Legend(columns=len(LAWS)),
    )
    told = [
        tip("panel", "subject", ""),
        tip("mechanism", "how many x which", ""),
        tip("behind", "nats behind", ".1f"),
        tip("low", "less two standard errors", ".1f"),
        tip("high", "plus two", ".1f"),
    ]
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X(
            "low:Q",
            title="nats behind the best",
            scale=scale,
            axis=alt.Axis(values=[0, 2, 5, 10, 20, 50, 100, 200, 500]),
        ),
        x2="high:Q",
        y=y,
        color=colour,
    )
    points = base.mark_point(filled=True, size=50, opacity=1).encode(
        x=alt.X("behind:Q", scale=scale),
        y=alt.Y("place:O", scale=None),
        color=colour,
        tooltip=told,
    )
    chart: alt.FacetChart = (
        alt.layer(bars, points)
        .properties(width=WIDTH - 60, height=alt.Step(STEP))
        .facet(
            facet=alt.Facet("panel:N", title=None, sort=None, header=alt.Header(labelLimit=WIDTH)),
            columns=min(n_panels(rows), MOST_COLUMNS),
        )
        .resolve_scale(y="independent")
    )
    return chart
