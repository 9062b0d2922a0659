"""Real time against batch: what being asked one by one changes, and what failing does."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.forest import forest
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import comparisons_of
from balk.report.sections.differences import difference_row, differences_table, side_words
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, number

RUNNING = {
    "failures": "failures so far (logits, none to nothing but failures)",
    "last_verdict": "told wrong just before (logits)",
}
"""Parameters of the mechanism preferred in real time -> what they say."""


def section(material: Material) -> Section | None:
    """Return the section, or None where only one protocol and its own verdicts were used."""
    blocks: list[Block] = [
        *_protocols(material),
        *_feedback(material),
        *_running(material),
        *_verdicts(material),
    ]
    held_against = any(isinstance(block, Figure) for block in blocks)
    return Section("one-by-one", "One by one, or all at once?", blocks) if held_against else None


def _protocols(material: Material) -> Iterator[Figure | Table]:
    """Yield what being asked one by one changes."""
    found = list(comparisons_of(material, "protocols", measure="skips_per_exam"))
    if found:
        rows = [_place(node) for node in found]
        caption = Markup(
            "<b>Skips in an exam, one by one less all at once</b>, on the same questions; bars are "
            "95 % intervals, clustered by pairs of exams."
        )
        more = sorted({row["panel"] for row in rows if row["low"] > 0})
        who = ", ".join(more) or "no subject"
        finding = f"More skips one by one, beyond the interval, for {who}."
        yield Figure("protocols", caption, finding, forest(rows, "difference in skips an exam"))
        yield differences_table("protocols", Markup("One by one less all at once"), found)


def _feedback(material: Material) -> Iterator[Figure | Table]:
    """Yield what being told verdicts changes, true or not, against being told nothing."""
    found = list(comparisons_of(material, "feedback"))
    rows = [
        difference_row(node, side_words(node.value))
        for node in found
        if node.value["measure"] == "skips_per_exam"
    ]
    if rows:
        caption = Markup(
            "<b>Skips in an exam where verdicts are told, less those where nothing is told</b>, "
            "one by one, on the same questions; bars are 95 % intervals, clustered by pairs of "
            "exams."
        )
        more = [f"{row['panel']}, {row['row']}" for row in rows if row["low"] > 0]
        finding = f"More skips with verdicts, beyond the interval: {'; '.join(more) or 'nowhere'}."
        yield Figure("feedback", caption, finding, forest(rows, "difference in skips an exam"))
        caption = Markup("Verdicts told, less nothing told")
        yield differences_table("feedback", caption, found)


def _place(node: Node) -> dict[str, Any]:
    return difference_row(node, condition_words(node.value | _dose(node)))


def _dose(node: Node) -> dict[str, Any]:
    return {"lifelines": node.value["lifelines"][0]}


def _running(material: Material) -> Iterator[Table | Paragraph]:
    """Yield what running failures do to skipping, by the mechanism preferred."""
    rows: list[list[Cell]] = []
    for fit in material.fits["subjects"] if material.fits else ():
        found = [fit.get("parameters", name) for name in RUNNING]
        if fit.value["protocol"] != "batch" and any(found):
            rows.append([foreign(fit.value["subject"]), fit.value["protocol"], *found])
    if rows:
        yield Table(
            "running",
            Markup(
                "What failing does to skipping, by the mechanism preferred: logits with 95 % "
                "intervals, above 0 where it skips sooner"
            ),
            ["subject", "protocol", *RUNNING.values()],
            rows,
        )


def _verdicts(material: Material) -> Iterator[Table]:
    """Yield what being told right or wrong does to the confidence that follows."""
    rows: list[list[Cell]] = [
        [
            foreign(subject.value["subject"]),
            condition_words(one.value),
            number(one["n_judged"], 0),
            one.get("after_right"),
            one.get("after_wrong"),
            one.get("difference"),
        ]
        for subject in material.subjects
        for one in subject["confidence_after_verdict"]
        if one.value["feedback_shown"]
    ]
    if rows:
        yield Table(
            "after_verdict",
            Markup("Confidence after a verdict that was told, less that before it"),
            ["subject", "condition", "judged", "after right", "after wrong", "difference"],
            rows,
            is_folded=True,
        )
