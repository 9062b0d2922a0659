"""The exam sheet as a picture of its own: small enough to hold every decision of a study.

One path a colour and panel, dashed by cells, draws 20,000 cells in some 100 KB, where a chart with
a mark for each would take megabytes. The colours are classes of the page, so that they follow its
theme, and each outcome has a shape as well, so that they are told apart in print and without
colours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup, escape

from balk.report.figures.palette import FONT, INK, OUTCOMES
from balk.report.shown import label

CELL, ROW, GAP, HEAD, FOOT = 10, 7, 16, 20, 30
ACROSS, DOWN = CELL - 1, ROW - 1
CLASSES = {
    "right": "r",
    "wrong": "w",
    "skipped": "s",
    "asked with none left": "o",
    "no decision": "n",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How cells are drawn: a line through a run of them, dashed so that each stands alone.

    Attributes
    ----------
    middle : float
        Of the line, from the upper edge of the cell.
    width : float
        Of the line.
    dashes : str
        Drawn and left out, in turn; a whole number of turns fills a cell.
    """

    middle: float
    width: float
    dashes: str


SHAPES = {
    "right": Shape(3, 6, "9 1"),
    "wrong": Shape(4.5, 3, "9 1"),
    "skipped": Shape(3, 6, "3.4 2.2 3.4 1"),
    "asked with none left": Shape(3, 6, "0 3 3 4"),
    "no decision": Shape(3, 1.6, "0 2 5 3"),
}
"""What became of a question -> a full block, a low one, two bars, one bar, a dash."""


def panel_svg(own: pl.DataFrame, n_rows: int, n_places: int) -> str:
    """Return the sheet of one subject and condition as SVG that fills its column.

    Parameters
    ----------
    own : DataFrame
        Its cells, as from `balk.report.exam_sheet.sheet_cells`.
    n_rows, n_places : int
        Exams and questions that it has room for.
    """
    size = f"{n_places * CELL} {n_rows * ROW}"
    paths = "".join(_panel(own, 0, 0))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">{paths}</svg>'


def legend_svg(what: str) -> str:
    """Return one cell as SVG, for a legend."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ACROSS} {DOWN}" width="18" '
        f'height="12" aria-hidden="true">{_path(what, [(0, 0)], 0, 0)}</svg>'
    )


def exam_grid(cells: pl.DataFrame, subjects: Sequence[str], panels: Sequence[str]) -> str:
    """Return the exam sheets of some subjects as one SVG, a row of panels a subject.

    Parameters
    ----------
    cells : DataFrame
        As from `balk.report.exam_sheet.sheet_cells`.
    subjects, panels : sequence of str
        Rows and columns of panels, in order; a panel without exams stays empty.
    """
    n_places = int(cells["place"].max() or 0) + 1  # type: ignore[arg-type]
    heights = [n_rows(cells, subject) * ROW for subject in subjects]
    across = n_places * CELL + GAP
    width = max(len(panels) * across, 640)
    height = sum(heights) + len(subjects) * (HEAD + GAP) + HEAD + FOOT
    parts = [_text(column * across, HEAD - 8, panel) for column, panel in enumerate(panels)]
    top = HEAD
    for subject, tall in zip(subjects, heights, strict=True):
        parts.append(_text(0, top + HEAD - 6, label(subject), weight="bold"))
        top += HEAD
        for column, panel in enumerate(panels):
            parts += _panel(cells.filter(subject=subject, lifelines=panel), column * across, top)
        top += tall + GAP
    parts += _legend(top + 10)
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="{escape(FONT)}">{body}</svg>'
    )


def n_rows(cells: pl.DataFrame, subject: str) -> int:
    """Return the exams of a subject's fullest panel; exams that were not asked leave their row."""
    return int(cells.filter(subject=subject)["row"].max() or 0)  # type: ignore[arg-type]


def _panel(own: pl.DataFrame, left: int, top: int) -> Iterator[str]:
    for what, group in sorted(own.group_by("what"), key=lambda pair: str(pair[0][0])):
        cells = group.sort("row", "place").select("row", "place").iter_rows()
        yield _path(str(what[0]), cells, left, top - ROW)


def _path(what: str, cells: Iterable[tuple[int, int]], left: float, top: float) -> str:
    shape = SHAPES[what]
    drawn = "".join(
        f"M{left + place * CELL:g} {top + row * ROW + shape.middle:g}h{length * CELL}"
        for row, place, length in _runs(cells)
    )
    return (
        f'<path class="o-{CLASSES[what]}" stroke="{OUTCOMES[what]}" stroke-width="{shape.width}" '
        f'stroke-dasharray="{shape.dashes}" d="{drawn}"/>'
    )


def _runs(cells: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield row, first place and length of each run of neighbours in a row."""
    start: tuple[int, int] | None = None
    length = 0
    for row, place in cells:
        if start == (row, place - length):
            length += 1
            continue
        if start:
            yield *start, length
        start, length = (row, place), 1
    if start:
        yield *start, length


def _legend(top: int) -> Iterator[str]:
    left = 0
    for name in OUTCOMES:
        yield _path(name, [(0, 0)], left, top)
        yield _text(left + 14, top + 8, name)
        left += 30 + 7 * len(name)


def _text(x: int, y: int, text: str, weight: str = "normal") -> str:
    return Markup('<text x="{}" y="{}" font-size="12" font-weight="{}" fill="{}">{}</text>').format(
        x, y, weight, INK, text
    )
