"""Whether confidence can be trusted, and how it moves."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.calibration import calibration
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.rows import ends
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, label, number

NOTE = Markup(
    "Overconfidence: mean confidence less share right. Sorting: the chance that a right answer had "
    "the higher confidence of two in one exam. Course: change of confidence with each question, "
    "free of what exams and puzzles differ in."
)


def section(material: Material) -> Section | None:
    """Return the section, or None where no confidence was stated."""
    found = [
        (subject, one)
        for subject in material.subjects
        for one in subject["calibration"]
        if one.value["lifelines"] is None and one.get("overconfidence")
    ]
    if not found:
        return None
    figures = [one for name in material.protocols for one in _figure(name, found)]
    table = Table(
        "calibration",
        Markup("Confidence without lifelines"),
        ["subject", "condition", "attempts", "overconfidence", "sorting", "Brier", "course"],
        [_row(*pair) for pair in found],
        is_folded=True,
    )
    blocks: list[Block] = [*figures, table, Paragraph(NOTE, "note")]
    return Section("confidence", "Does it know what it knows?", blocks)


def _row(subject: Node, one: Node) -> list[Cell]:
    keys = ("arm", "penalty", "price", "protocol", "lifelines")
    course = subject["confidence_course"].first(**{key: one.value[key] for key in keys})
    return [
        foreign(subject.value["subject"]),
        condition_words(one.value),
        number(one["n_attempts"], 0),
        one.get("overconfidence"),
        one.get("auc"),
        one.get("brier"),
        course and course.get("slope_per_question"),
    ]


def _figure(protocol: str, found: list[tuple[Node, Node]]) -> Iterator[Figure]:
    rows = [row for pair in found if _is_plain(pair[1], protocol) for row in _points(*pair)]
    if rows:
        caption = Markup(
            "<b>{}</b>, without lifelines: share of answers that were right, by tenths of the "
            "confidence stated; bars are 95 % intervals, clustered by exam. On the dotted line, "
            "confidence is what is right."
        ).format(protocol)
        yield Figure(f"calibration_{protocol}", caption, _finding(found), calibration(rows))


def _is_plain(one: Node, protocol: str) -> bool:
    held = one.value
    return held["protocol"] == protocol and held["arm"] in {"none", "lifelines"}


def _points(subject: Node, one: Node) -> Iterator[dict[str, Any]]:
    for tenth in one["table"]:
        found = ends(tenth.get("accuracy"))
        if found:
            yield {
                "panel": label(subject.value["subject"]),
                "confidence": tenth.value["confidence"],
                "accuracy": found["value"],
                "low": found["low"],
                "high": found["high"],
                "n": tenth.value["n"],
            }


def _finding(found: list[tuple[Node, Node]]) -> str:
    told = [
        f"{label(subject.value['subject'])} {one.value['overconfidence']['value']:+.0%}"
        for subject, one in found
    ]
    return f"Mean confidence less share right: {', '.join(dict.fromkeys(told))}."
