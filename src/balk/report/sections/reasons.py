"""Stated reasons, and whether skipping goes on where an arm takes the reason away."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from balk.report.blocks import Cell, Table
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import comparisons_of
from balk.report.sections.differences import SIGNS, seen
from balk.report.sections.words import condition_words
from balk.report.shown import estimate, foreign, number

COLOURS = {
    "unsure": "#3b82b8",
    "avoid wrong": "#9cc3dd",
    "penalty": "#9a031e",
    "gains": "#e36414",
    "meant to be used": "#b8860b",
    "effort": "#2e8b6f",
    "indifferent": "#c2569b",
    "instructed": "#5b4a9e",
    "other": "#8a8a8a",
    "unread": "#c9c9c9",
}
"""Stated reason -> its colour, in the order that they are drawn in."""

MOST_ROWS = 12
"""Of a table that is open from the start."""

OUTCOMES = {
    SIGNS["-"]: "fewer, as the reason has it",
    SIGNS["0"]: "as many: skipping goes on without the reason",
    SIGNS["+"]: "more, against the reason",
    "open": "open: more, as many or fewer",
}
"""What is seen where a reason is taken away -> what that says of the reason."""


def reason_words(name: str) -> str:
    """Return a category of the rubric in words."""
    return name.replace("_", " ")


def survival(material: Material, subject: Node, one: Node) -> Iterator[Markup]:
    """Yield the reason stated most, and what came of it in the arms that take it away."""
    reasons = one.get("reasons")
    if reasons is None:
        return
    reason = reasons[0]
    share = estimate(reason["share"], is_percent=True)
    yield Markup(
        "The reason it states most is <em>{}</em>, for {} of the lifelines it used."
    ).format(reason_words(reason.value["reason"]), share)
    for removed in reason["removed_by"]:
        if removed.get("skips"):
            outcome = OUTCOMES[_seen(material, subject, one, removed)]
            yield Markup(
                "Where the wording of <em>{}</em> takes that reason away, skips change by {} an "
                "exam ({})."
            ).format(removed.value["arm"], estimate(removed["skips"]), outcome)


def _seen(material: Material, subject: Node, one: Node, removed: Node) -> str:
    """Return what the comparison shows that the change in skips is from."""
    compared = comparisons_of(
        material,
        "arms",
        measure="skips_per_exam",
        subject=subject.value["subject"],
        arm=removed.value["arm"],
        protocol=one.value["protocol"],
        lifelines=[one.value["lifelines"]],
    )
    return next((seen(node) for node in compared), "open")


def reasons_table(material: Material, found: Sequence[tuple[Node, Node]]) -> Iterator[Table]:
    """Yield the table of all reasons, each beside every arm that takes it away."""
    rows = [
        row
        for subject, one in found
        for reason in one.get("reasons") or ()
        for row in _rows(material, subject, one, reason)
    ]
    if rows:
        yield Table(
            "reasons",
            Markup(
                "Stated reasons, and what skips in an exam change by where an arm takes the "
                "reason away, with 95 % intervals"
            ),
            [
                *("subject", "condition", "reason", "lifelines", "share of all"),
                *("taken away by", "change in skips", "seen"),
            ],
            rows,
            percents=frozenset({"share of all"}),
            is_folded=len(rows) > MOST_ROWS,
        )


def _rows(material: Material, subject: Node, one: Node, reason: Node) -> Iterator[list[Cell]]:
    start: list[Cell] = [
        foreign(subject.value["subject"]),
        condition_words(one.value),
        reason_words(reason.value["reason"]),
        number(reason["n"], 0),
        reason["share"],
    ]
    removed = list(reason["removed_by"])
    if not removed:
        yield [*start, "no arm", None, None]
    for by in removed:
        skips = by.get("skips")
        told = OUTCOMES[_seen(material, subject, one, by)] if skips else "not asked"
        yield [*start, by.value["arm"], skips, told]
