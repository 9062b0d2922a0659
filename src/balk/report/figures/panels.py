"""What the charts of a report share: a panel a subject, and what a pointer is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from balk.report.shown import visible

WIDTH, HEIGHT = 230, 160
NARROW, MOST_COLUMNS = 172, 5

Rows = Sequence[Mapping[str, Any]]


def frame(rows: Rows, texts: Sequence[str], numbers: Sequence[str]) -> pl.DataFrame:
    """Return rows as a table, with a column for each name even where there is no row.

    Texts are made visible: one that may not stand in a picture would end the process that draws.
    """
    kinds: dict[str, Any] = {
        **dict.fromkeys(texts, pl.String),
        **dict.fromkeys(numbers, pl.Float64),
    }
    return pl.DataFrame(
        [{name: _seen(row.get(name)) for name in kinds} for row in rows], schema=kinds
    )


def _seen(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def in_panels(layers: Sequence[alt.Chart], n_panels: int) -> alt.FacetChart:
    """Return layers over one another, a panel for each value of ``panel``, in order of rows."""
    columns = n_columns(n_panels)
    width = NARROW if columns == MOST_COLUMNS else WIDTH
    chart: alt.FacetChart = (
        alt.layer(*layers)
        .properties(width=width, height=HEIGHT)
        .facet(
            facet=alt.Facet("panel:N", title=None, sort=None, header=alt.Header(labelLimit=width)),
            columns=columns,
        )
    )
    return chart


def placed(rows: Rows, step: int) -> list[dict[str, Any]]:
    """Return rows with their `place`: pixels from the top of their panel to their middle.

    Layers whose panels differ in rows cannot share a scale of names without Vega-Lite guessing that
    the names are the same ones; so one layer has the scale, and the others stand at these places.
    """
    seen: Counter[Any] = Counter()
    found = []
    for row in rows:
        found.append({**row, "place": (seen[row["panel"]] + 0.5) * step})
        seen[row["panel"]] += 1
    return found


def n_panels(rows: Rows) -> int:
    """Return how many panels rows make."""
    return len({row["panel"] for row in rows})


def n_columns(n: int) -> int:
    """Return the columns of n panels: those that leave the fewest places of the last row empty."""
    if n <= MOST_COLUMNS:
        return max(n, 1)
    return min(range(MOST_COLUMNS, 2, -1), key=lambda columns: -n % columns)


def tip(field: str, title: str, form: str = ".2f") -> alt.Tooltip:
    """Return a line of a tooltip; texts are given the form ''."""
    if not form:
        return alt.Tooltip(f"{field}:N", title=title)
    return alt.Tooltip(f"{field}:Q", title=title, format=form)
