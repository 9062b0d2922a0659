"""Which questions are skipped: those it fails, or those it doubts."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.selectivity import selectivity
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.rows import ends
from balk.report.sections.words import condition_words, dose_words
from balk.report.shown import foreign, label, number

NOTE = Markup(
    "0.5 is no selection: the chance that a skipped question is one of less confidence, or one "
    "that fails more often, than an attempted one of the same exam. Confidence and failure are "
    "those of exams without lifelines; measured in few exams they draw this towards 0.5."
)


def section(material: Material) -> Section | None:
    """Return the section, or None where nothing was skipped."""
    found = [
        (subject, one)
        for subject in material.subjects
        for one in subject["selectivity"]
        if one.get("auc_failure") or one.get("auc_confidence")
    ]
    if not found:
        return None
    figures = [one for name in material.protocols for one in _figure(name, found)]
    table = Table(
        "selectivity",
        Markup("Whether skips go to the doubted and the failed questions"),
        ["subject", "condition", "questions compared", "by confidence", "by failure"],
        [_row(*pair) for pair in found],
        is_folded=True,
    )
    blocks: list[Block] = [*figures, table, Paragraph(NOTE, "note")]
    return Section("which", "Which questions?", blocks)


def _row(subject: Node, one: Node) -> list[Cell]:
    return [
        foreign(subject.value["subject"]),
        condition_words(one.value),
        number(one["n_questions"]["compared"], 0),
        one.get("auc_confidence"),
        one.get("auc_failure"),
    ]


def _figure(protocol: str, found: list[tuple[Node, Node]]) -> Iterator[Figure]:
    rows = [row for pair in found if _is_plain(pair[1], protocol) for row in _points(*pair)]
    if rows:
        caption = Markup(
            "<b>{}</b>: share of questions skipped, by fifths of the questions from the least "
            "confident to the most (confidence as stated without lifelines); bars are 95 % "
            "intervals, clustered by exam."
        ).format(protocol)
        yield Figure(f"selectivity_{protocol}", caption, _finding(rows), selectivity(rows))


def _is_plain(one: Node, protocol: str) -> bool:
    held = one.value
    is_plain = held["arm"] == "lifelines" and not held["penalty"] and not held["price"]
    return is_plain and held["protocol"] == protocol


def _points(subject: Node, one: Node) -> Iterator[dict[str, Any]]:
    for fifth in one.get("curve") or ():
        found = ends(fifth.get("skip_rate"))
        if found and fifth.value["confidence"] is not None:
            yield {
                "panel": label(subject.value["subject"]),
                "dose": dose_words(one.value["lifelines"]),
                "confidence": fifth.value["confidence"],
                "rate": found["value"],
                "low": found["low"],
                "high": found["high"],
            }


def _finding(rows: list[dict[str, Any]]) -> str:
    told = []
    for panel in dict.fromkeys(row["panel"] for row in rows):
        own = sorted((r for r in rows if r["panel"] == panel), key=lambda row: row["confidence"])
        told.append(f"{panel} from {own[0]['rate']:.0%} to {own[-1]['rate']:.0%}")
    return f"Skipped, from the least confident questions to the most: {', '.join(told)}."
