"""What another wording does to skipping, beside what each explanation says that it should."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.forest import forest
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import comparisons_of
from balk.report.sections.differences import (
    SIGNS,
    difference_row,
    differences_table,
    seen,
    side_words,
)
from balk.report.shown import foreign

NOTE = Markup(
    "Signs say whether an exam should have more skips, as many or fewer than with as many "
    "lifelines in the plain wording. Seen: the sign whose side the whole 95 % interval is on; "
    "<em>as many</em> only where the difference is shown to be small, else <em>open</em>."
)


def section(material: Material) -> Section | None:
    """Return the section, or None where only the plain wording was used."""
    found = list(comparisons_of(material, "arms"))
    skips = [node for node in found if node.value["measure"] == "skips_per_exam"]
    if not skips:
        return None
    rows = [difference_row(node, side_words(node.value)) for node in skips]
    caption = Markup(
        "<b>Skips in an exam, less those in the plain wording and payoffs</b> with as many "
        "lifelines, on the same questions; bars are 95 % intervals, clustered by pairs of exams."
    )
    blocks: list[Block] = [
        Figure("arms", caption, _finding(rows), forest(rows, "difference in skips an exam")),
        differences_table("arms", Markup("Other wordings and payoffs less the plain ones"), found),
        *_predicted(material, skips),
    ]
    return Section("arms", "What the wording changes", [*blocks, Paragraph(NOTE, "note")])


def _finding(rows: list[dict[str, Any]]) -> str:
    more = [f"{row['panel']}, {row['row']}" for row in rows if row["low"] > 0]
    fewer = [f"{row['panel']}, {row['row']}" for row in rows if row["high"] < 0]
    return (
        f"More skips, beyond the interval: {'; '.join(more) or 'nowhere'}. "
        f"Fewer: {'; '.join(fewer) or 'nowhere'}."
    )


def _predicted(material: Material, skips: list[Node]) -> Iterator[Table]:
    known = [node for node in skips if _signs(material, node)]
    if not known:
        return
    explanations = list(next(iter(material.predictions.values())))
    rows: list[list[Cell]] = [
        [
            foreign(node.value["subject"]),
            side_words(node.value),
            seen(node),
            *(SIGNS[_signs(material, node)[name]] for name in explanations),
        ]
        for node in known
    ]
    yield Table(
        "predictions",
        Markup("What was seen, and what each explanation says that the wording does to skips"),
        ["subject", "condition", "seen", *(name.replace("_", " ") for name in explanations)],
        rows,
        is_folded=True,
    )


def _signs(material: Material, node: Node) -> dict[str, str]:
    """Return the sign by explanation; empty where the arm has no prediction."""
    arm = node.value["arm"]
    return dict(
        material.predictions.get(arm) or material.predictions.get(arm.partition("=")[0], {})
    )
