"""The exam sheet as a picture of its own: small enough to hold every decision of a study.

One path a colour and panel draws 20,000 cells in some 300 KB, where a chart with a mark for
each would take megabytes. The colours are classes of the page, so that they follow its theme, and
each outcome has a shape as well, so that they are told apart in print and without colours.
"""

from collections.abc import Iterator, Sequence

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
SHAPES = {
    "right": f"h{ACROSS}v{DOWN}h-{ACROSS}z",
    "wrong": f"m0 3h{ACROSS}v3h-{ACROSS}z",
    "skipped": f"h3.4v{DOWN}h-3.4zm5.6 0h3.4v{DOWN}h-3.4z",
    "asked with none left": f"m3 0h3v{DOWN}h-3z",
    "no decision": "m2 2.2h5v1.6h-5z",
}
"""What became of a question -> what is drawn from the cell's upper left corner: a full block, a
low one, two bars, one bar, a dash."""


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
        f'height="12" aria-hidden="true"><path class="o-{CLASSES[what]}" fill="{OUTCOMES[what]}" '
        f'd="M0 0{SHAPES[what]}"/></svg>'
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
        name = str(what[0])
        drawn = "".join(
            f"M{left + place * CELL} {top + (row - 1) * ROW}{SHAPES[name]}"
            for row, place in group.sort("row", "place").select("row", "place").iter_rows()
        )
        yield f'<path class="o-{CLASSES[name]}" fill="{OUTCOMES[name]}" d="{drawn}"/>'


def _legend(top: int) -> Iterator[str]:
    left = 0
    for name, colour in OUTCOMES.items():
        yield f'<path fill="{colour}" d="M{left} {top}{SHAPES[name]}"/>'
        yield _text(left + 14, top + 8, name)
        left += 30 + 7 * len(name)


def _text(x: int, y: int, text: str, weight: str = "normal") -> str:
    return Markup('<text x="{}" y="{}" font-size="12" font-weight="{}" fill="{}">{}</text>').format(
        x, y, weight, INK, text
    )
