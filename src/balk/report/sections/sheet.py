"""The exam sheet: every decision at a glance, each one touch away from its reply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from balk.report.blocks import Block, Figure, Section
from balk.report.exam_sheet import panels_of, sheet_cells
from balk.report.figures.exam_grid import exam_grid, legend_svg, n_rows, panel_svg
from balk.report.figures.palette import OUTCOMES
from balk.report.material import Material
from balk.report.sections.words import agreed
from balk.report.shown import foreign, label

MOST_EXAMS = 30
"""Exams of a panel that are drawn; the table of decisions has more."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The exams of one subject in one condition.

    Attributes
    ----------
    name : str
        Its place in the page.
    subject, condition : str
        Whose, and what was offered.
    cells : DataFrame
        As from `balk.report.exam_sheet.sheet_cells`, with the `index` of each decision.
    n_rows, n_places : int
        Exams and questions that it has room for.
    """

    name: str
    subject: str
    condition: str
    cells: pl.DataFrame
    n_rows: int
    n_places: int

    def indices(self) -> list[int]:
        """Return the decision in each cell, row by row; -1 where there is none."""
        found = [-1] * (self.n_rows * self.n_places)
        for row, place, index in self.cells.select("row", "place", "index").iter_rows():
            found[(row - 1) * self.n_places + place] = index
        return found


def section(material: Material) -> Section | None:
    """Return the section, or None where no exam of arm `lifelines` came back."""
    blocks: list[Block] = [
        figure
        for protocol in material.protocols
        if (figure := _figure(material, protocol)) is not None
    ]
    return Section("sheet", "Every decision", blocks) if blocks else None


def panels(material: Material) -> Iterator[Panel]:
    """Yield the panels of all protocols."""
    for protocol in material.protocols:
        cells = _cells(material, protocol)
        if cells is not None:
            yield from _panels(protocol, cells)


def _cells(material: Material, protocol: str) -> pl.DataFrame | None:
    plain = material.held.filter(
        pl.col("arm").is_in(["none", "lifelines"]), penalty=0.0, price=0.0, protocol=protocol
    )
    if plain.is_empty():
        return None
    cells = sheet_cells(plain, _subjects(plain), protocol)
    return cells.filter(pl.col("row") <= MOST_EXAMS)


def _subjects(table: pl.DataFrame) -> list[str]:
    return table["subject"].unique().sort().to_list()


def _panels(protocol: str, cells: pl.DataFrame) -> Iterator[Panel]:
    n_places = int(cells["place"].max() or 0) + 1  # type: ignore[arg-type]
    for i, subject in enumerate(_subjects(cells)):
        own = cells.filter(subject=subject)
        for j, condition in enumerate(panels_of(own)):
            yield Panel(
                f"{protocol}-{i}-{j}",
                subject,
                condition,
                own.filter(lifelines=condition),
                n_rows(cells, subject),
                n_places,
            )


def _figure(material: Material, protocol: str) -> Figure | None:
    cells = _cells(material, protocol)
    if cells is None:
        return None
    subjects = _subjects(cells)
    caption = Markup(
        "<b>{}</b>: each row is an exam{}, each cell a question, from the one that the subject "
        "most often gets right without lifelines to the one that it least often does. Touch a "
        "cell, or move through a sheet with the arrow keys, to read what was decided there and "
        "the words it was read from."
    ).format(protocol, _left_out(material, protocol, cells))
    return Figure(
        name=f"sheet_{protocol}",
        caption=caption,
        finding=_finding(cells),
        svg=exam_grid(cells, subjects, panels_of(cells)),
        body=_body(list(_panels(protocol, cells)), subjects),
    )


def _left_out(material: Material, protocol: str, cells: pl.DataFrame) -> str:
    whole = material.exams.filter(
        pl.col("arm").is_in(["none", "lifelines"]), penalty=0.0, price=0.0, protocol=protocol
    )
    drawn = cells.select("subject", "lifelines", "row").n_unique()
    return "" if drawn == len(whole) else f" ({drawn:,} of {len(whole):,} are drawn)"


def _body(drawn: Sequence[Panel], subjects: Sequence[str]) -> Markup:
    legend = Markup("").join(
        Markup("<li>{} {}</li>").format(Markup(legend_svg(what)), what)  # noqa: S704 -- our own
        for what in OUTCOMES
    )
    parts = [Markup('<ul class="legend">{}</ul>').format(legend)]
    for subject in subjects:
        shown = [_panel(panel) for panel in drawn if panel.subject == subject]
        parts.append(
            Markup('<h3>{}</h3><div class="panels">{}</div>').format(
                foreign(subject), Markup("").join(shown)
            )
        )
    return Markup("").join(parts)


def _panel(panel: Panel) -> Markup:
    svg = panel_svg(panel.cells, panel.n_rows, panel.n_places)
    return Markup(
        '<div class="panel"><div class="label">{condition}</div>'
        '<div class="cells" role="img" aria-label="{told}" '
        'data-panel="{name}" data-rows="{rows}" data-places="{places}">{svg}</div></div>'
    ).format(
        condition=panel.condition,
        told=_told(panel),
        name=panel.name,
        rows=panel.n_rows,
        places=panel.n_places,
        svg=Markup(svg),  # noqa: S704 -- numbers and colours
    )


def _told(panel: Panel) -> str:
    counts = dict(panel.cells["what"].value_counts().iter_rows())
    told = ", ".join(f"{counts[what]} {what}" for what in OUTCOMES if what in counts)
    n_exams = panel.cells["row"].n_unique()
    exams = f"{n_exams} {agreed(n_exams, 'exam', 'exams')}"
    return f"{label(panel.subject)}, {panel.condition}: {exams}, {told}"


def _finding(cells: pl.DataFrame) -> str:
    offered = cells.filter(pl.col("lifelines") != "no lifeline mentioned")
    told = [
        f"{label(subject)} {share:.0%}"
        for subject, share in offered.group_by("subject")
        .agg(share=(pl.col("what") == "skipped").mean())
        .sort("subject")
        .iter_rows()
    ]
    return f"Share of questions skipped where lifelines were offered: {', '.join(told)}."
