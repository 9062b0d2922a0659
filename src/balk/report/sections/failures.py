"""Calls that failed, by reason."""

from markupsafe import Markup

from balk.report.blocks import Cell, Paragraph, Section, Table
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, number

MOST_CHARS = 300
"""Of a reason, so that an endless one has no place in the page."""


def section(material: Material) -> Section:
    """Return the section."""
    rows: list[list[Cell]] = [
        [
            foreign(subject.value["subject"]),
            condition_words(condition.value),
            foreign(reason, MOST_CHARS),
            _count(condition, reason),
        ]
        for subject in material.subjects
        for condition in subject["conditions"]
        for reason in condition.value["reasons"]
    ]
    if not rows:
        text = Markup("No call failed, and no reply was left without a decision.")
        return Section("failures", "What went wrong", [Paragraph(text)])
    table = Table(
        "failures",
        Markup("Questions without a decision, by reason"),
        ["subject", "condition", "reason", "questions"],
        rows,
    )
    return Section("failures", "What went wrong", [table])


def _count(condition: Node, reason: str) -> Cell:
    """Return how often a reason was given, with its place where that can be written."""
    if len(reason) > MOST_CHARS:
        return int(condition.value["reasons"][reason])
    return number(condition["reasons"][reason], 0)
