"""The exam sheet as a picture of its own: small enough to hold every decision of a study.

One path a colour and panel draws 20,000 cells in some 300 KB, where a chart with a mark for
each would take megabytes; the colours are classes of the page, so that they follow its theme.
"""

from collections.abc import Iterator, Sequence

import polars as pl
from markupsafe import Markup, escape

from balk.report.figures.palette import FONT, INK, OUTCOMES

CELL, ROW, GAP, HEAD, FOOT = 7, 5, 14, 20, 26
SHORT = {
    "right": "r",
    "wrong": "w",
    "skipped": "s",
    "asked with none left": "o",
    "no decision": "n",
}


def exam_grid(cells: pl.DataFrame, subjects: Sequence[str], panels: Sequence[str]) -> str:
    """Return the exam sheets of some subjects as SVG, a row of panels a subject.

    Parameters
    ----------
    cells : DataFrame
        As from `balk.report.exam_sheet.sheet_cells`.
    subjects, panels : sequence of str
        Rows and columns of panels, in order; a panel without exams stays empty.
    """
    n_places = int(cells["place"].max() or 0) + 1  # type: ignore[arg-type]
    heights = [_n_rows(cells, subject) * ROW for subject in subjects]
    width = len(panels) * (n_places * CELL + GAP)
    height = sum(heights) + len(subjects) * (HEAD + GAP) + HEAD + FOOT
    parts = [
        _text(column * (n_places * CELL + GAP), HEAD - 8, panel, size=11)
        for column, panel in enumerate(panels)
    ]
    top = HEAD
    for subject, tall in zip(subjects, heights, strict=True):
        parts.append(_text(0, top + HEAD - 6, subject, size=12, weight="bold"))
        top += HEAD
        for column, panel in enumerate(panels):
            left = column * (n_places * CELL + GAP)
            own = cells.filter(subject=subject, lifelines=panel)
            parts += _panel(own, left, top)
        top += tall + GAP
    parts += _legend(top + 10)
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="{escape(FONT)}">{body}</svg>'
    )


def _n_rows(cells: pl.DataFrame, subject: str) -> int:
    """Return the exams of a subject's fullest panel; exams that were not asked leave their row."""
    return int(cells.filter(subject=subject)["row"].max() or 0)  # type: ignore[arg-type]


def _panel(own: pl.DataFrame, left: int, top: int) -> Iterator[str]:
    for what, group in sorted(own.group_by("what"), key=lambda pair: str(pair[0][0])):
        squares = "".join(
            f"M{left + place * CELL} {top + (row - 1) * ROW}h{CELL - 1}v{ROW - 1}h-{CELL - 1}z"
            for row, place in group.sort("row", "place").select("row", "place").iter_rows()
        )
        name = str(what[0])
        yield f'<path class="o-{SHORT[name]}" fill="{OUTCOMES[name]}" d="{squares}"/>'


def _legend(top: int) -> Iterator[str]:
    left = 0
    for name, colour in OUTCOMES.items():
        yield f'<path class="o-{SHORT[name]}" fill="{colour}" d="M{left} {top}h10v10h-10z"/>'
        yield _text(left + 14, top + 9, name, size=11)
        left += 30 + 6 * len(name)


def _text(x: int, y: int, text: str, *, size: int, weight: str = "normal") -> str:
    return Markup('<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}">{}</text>').format(
        x, y, size, weight, INK, text
    )
