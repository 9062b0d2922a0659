"""Where every prompt and reply can be read in full."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from markupsafe import Markup

from balk.report.blocks import Cell, Paragraph, Section, Table
from balk.report.links import exam_link, log_link
from balk.report.material import Material
from balk.report.sections.words import condition_words
from balk.report.shown import foreign

ELSEWHERE = Markup(
    "Every prompt and every reply is kept in full in the folder <code>logs</code>. "
    "<code>balk view {}</code> opens this report with links into them."
)
HERE = Markup("Every prompt and every reply can be read in full: a link leads to the log.")
CONDITION = ("arm", "penalty", "price", "protocol", "lifelines")


def section(material: Material) -> Section:
    """Return the section."""
    told = ELSEWHERE.format(material.name) if material.viewer is None else HERE
    table = Table(
        "logs",
        Markup("Logs: one for each subject under each condition"),
        ["subject", "condition", "exams", "log", "first exam"],
        list(_rows(material)),
        is_folded=True,
    )
    return Section("logs", "Prompts and replies", [Paragraph(told), table])


def _rows(material: Material) -> Iterator[list[Cell]]:
    keys = ["subject", *CONDITION, "log"]
    logs = (
        material.decisions.group_by(keys, maintain_order=True)
        .agg(
            n_exams=pl.struct("exam_id", "epoch").n_unique(),
            first=pl.col("sample_uuid").first(),
        )
        .sort("subject", "protocol", "arm", "lifelines", "log")
    )
    for row in logs.iter_rows(named=True):
        yield _row(material, row)


def _row(material: Material, row: dict[str, Any]) -> list[Cell]:
    return [
        foreign(row["subject"]),
        condition_words(row),
        row["n_exams"],
        log_link(material, row["log"]),
        exam_link(material, row["log"], row["first"], foreign(row["first"])),
    ]
