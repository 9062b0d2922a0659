"""How much could be read, and what the rest may hide."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.stacked import stacked
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, label, number

UNREAD = {
    "conflict": "#9a031e",
    "blank": "#b8860b",
    "missing": "#8a8a8a",
    "unparsed": "#5b4a9e",
    "refusal": "#c2569b",
    "truncated": "#2e8b6f",
    "failed": "#3d4650",
}
"""Outcome that is no decision -> its colour."""

MOST_ROWS = 12
"""Of a table that is open from the start."""


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
        is_folded=len(rows) > MOST_ROWS,
    )
    blocks: list[Block] = [Paragraph(text), _figure(material), table]
    return Section("reading", "What could be read", blocks)


def _figure(material: Material) -> Figure:
    """Return what has no decision, by kind; decisions would leave it no room to be seen."""
    rows = [row for subject in material.subjects for row in _shares(subject)]
    lost: dict[str, float] = {}
    for row in rows:
        lost[row["row"]] = lost.get(row["row"], 0.0) + row["share"]
    caption = Markup(
        "<b>Questions without a decision</b>, by kind, as a share of all questions that the "
        "subject was asked under any condition. Subjects that are not drawn left none; how many "
        "questions each kind has, and the bounds that they leave, are in the table below."
    )
    finding = "; ".join(f"{name} {share:.1%}" for name, share in lost.items())
    return Figure(
        "reading",
        caption,
        f"Share of questions without a decision: {finding}.",
        stacked(rows, "share of all questions", UNREAD, most=max(lost.values())),
    )


def _shares(subject: Node) -> Iterator[dict[str, Any]]:
    """Yield each kind of a subject, over all conditions."""
    conditions = subject.value["conditions"]
    n_questions = sum(one["n_questions"] for one in conditions)
    for kind in UNREAD:
        n = sum(one["outcomes"][kind] for one in conditions)
        if n:
            row = label(subject.value["subject"])
            yield {"row": row, "part": kind, "share": n / n_questions, "n": n}


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
