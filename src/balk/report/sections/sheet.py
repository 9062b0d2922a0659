"""The exam sheet: every decision at a glance."""

import polars as pl
from markupsafe import Markup

from balk.report.blocks import Block, Figure, Section
from balk.report.exam_sheet import panels_of, sheet_cells
from balk.report.figures.exam_grid import exam_grid
from balk.report.material import Material

MOST_EXAMS = 30
"""Exams of a panel that are drawn; the table of decisions has all."""


def section(material: Material) -> Section | None:
    """Return the section, or None where no exam of arm `lifelines` came back."""
    blocks: list[Block] = [
        figure
        for protocol in material.protocols
        if (figure := _figure(material, protocol)) is not None
    ]
    return Section("sheet", "Every decision", blocks) if blocks else None


def _figure(material: Material, protocol: str) -> Figure | None:
    plain = material.decisions.filter(
        pl.col("arm").is_in(["none", "lifelines"]), penalty=0.0, price=0.0, protocol=protocol
    )
    if plain.is_empty():
        return None
    subjects = plain["subject"].unique().sort().to_list()
    cells = sheet_cells(plain, subjects, protocol)
    n_exams = int(cells["row"].max() or 0)  # type: ignore[arg-type]
    drawn = cells.filter(pl.col("row") <= MOST_EXAMS)
    of = f"the first {MOST_EXAMS} of {n_exams}" if n_exams > MOST_EXAMS else f"{n_exams}"
    caption = Markup(
        "<b>{}</b>: a row is an exam ({} a panel), a column a question, from the one that the "
        "subject most often gets right without lifelines to the one that it least often does."
    ).format(protocol, of)
    return Figure(
        name=f"sheet_{protocol}",
        svg=exam_grid(drawn, subjects, panels_of(cells)),
        caption=caption,
        finding=_finding(plain),
        is_wide=True,
    )


def _finding(plain: pl.DataFrame) -> str:
    offered = plain.filter(pl.col("lifelines") > 0)
    told = [
        f"{subject} {share:.0%}"
        for subject, share in offered.group_by("subject")
        .agg(share=(pl.col("outcome") == "S").mean())
        .sort("subject")
        .iter_rows()
    ]
    return f"Share of questions skipped where lifelines were offered: {', '.join(told)}."
