"""How much could be read, and what the rest may hide."""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Paragraph, Section, Table
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, number

UNREAD = ("conflict", "blank", "missing", "unparsed", "refusal", "truncated", "failed")


def section(material: Material) -> Section:
    """Return the section."""
    rows = [row for subject in material.subjects for row in _rows(subject)]
    if not rows:
        text = Markup("Every question of every exam has a decision: nothing was left unread.")
        return Section("reading", "What could be read", [Paragraph(text)])
    text = Markup(
        "A question whose reply cannot be read is neither an attempt nor a skip. It is counted as "
        "what it is, and skips are bounded by what it may have been."
    )
    table = Table(
        "reading",
        Markup(
            "Conditions with questions that have no decision: how many, by kind, and skips an "
            "exam if all of them had been attempts, or skips"
        ),
        ["condition", "read", *UNREAD, "skips if attempts", "skips if skips"],
        rows,
        percents=frozenset({"read"}),
    )
    blocks: list[Block] = [Paragraph(text), table]
    return Section("reading", "What could be read", blocks)


def _rows(subject: Node) -> Iterator[list[Cell]]:
    for condition in subject["conditions"]:
        if any(condition.value["outcomes"][name] for name in UNREAD):
            yield [
                Markup("{}, {}").format(
                    foreign(subject.value["subject"]), condition_words(condition.value)
                ),
                condition.get("parse_coverage"),
                *(number(condition["outcomes"][name], 0) for name in UNREAD),
                condition.get("skips_per_exam_bounds", "as_attempt"),
                condition.get("skips_per_exam_bounds", "as_skip"),
            ]
