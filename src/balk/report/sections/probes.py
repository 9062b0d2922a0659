"""What a subject says of the exam when asked, beside what it did."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.stacked import stacked
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import focus
from balk.report.sections.reasons import (
    COLOURS,
    MOST_ROWS,
    reason_words,
    reasons_table,
    survival,
)
from balk.report.sections.words import agreed, condition_words, in_turn
from balk.report.shown import estimate, foreign, label, number

NOTE = Markup(
    "All of this was asked after the last question of an exam, the advice in a fresh "
    "conversation. Points forgone, as observed: what the skipped questions earned when lifelines "
    "were cancelled, in a conversation that had been asked for reasons before. What a subject "
    "says of itself is data about what it says."
)
COLUMNS = (
    *("subject", "condition", "exams", "names the points announced"),
    *("says that a wrong answer loses points", "skipped questions right after all"),
    *("points forgone, observed", "points forgone, by accuracy", "advises none, and skipped"),
)
PLACES = (
    ("payoff", "understood"),
    ("payoff", "believes_loss"),
    ("follow_up", "accuracy"),
    ("follow_up", "forgone_points"),
    ("follow_up", "forgone_points_by_accuracy"),
    ("advice", "none_yet_skips"),
)
"""Where the last columns stand in the entry of a condition."""

POLICIES = {
    "none": "to use none",
    "some": "to use some",
    "all": "to use all",
    "number": "to use a number of them",
    "unread": "something that could not be read",
}


def section(material: Material) -> Section | None:
    """Return the section, or None where nothing was asked after the exams."""
    found = [(subject, one) for subject in material.subjects for one in _asked(subject)]
    if not found:
        return None
    offered = [pair for pair in found if pair[1].value["lifelines"]]
    table = Table(
        "probes",
        Markup("What was said and what it would have earned, by condition, with 95 % intervals"),
        COLUMNS,
        [_row(*pair) for pair in offered or found],
        percents=frozenset({*COLUMNS[3:6], COLUMNS[8]}),
        is_folded=len(offered) > MOST_ROWS,
    )
    blocks: list[Block] = [
        *(Paragraph(text) for text in _sentences(material)),
        *_figures(material),
        table,
        *reasons_table(material, found),
        *_beliefs(found),
        Paragraph(NOTE, "note"),
    ]
    return Section("probes", "What it says, and what it does", blocks)


def _asked(subject: Node) -> Node | tuple[()]:
    return subject.get("probes") or ()


def _row(subject: Node, one: Node) -> list[Cell]:
    return [
        foreign(subject.value["subject"]),
        condition_words(one.value),
        number(one["n_exams"], 0),
        *(one.get(*place) for place in PLACES),
    ]


def _focused(subject: Node, protocol: str) -> Node | None:
    """Return what was said in the condition that the answer is about."""
    contrast = focus(subject, protocol)
    if contrast is None or not _asked(subject):
        return None
    keys = ("arm", "penalty", "price", "protocol", "lifelines")
    return subject["probes"].first(**{key: contrast.value[key] for key in keys})


def _sentences(material: Material) -> Iterator[Markup]:
    """Yield a paragraph a subject, on the first protocol that it was asked in."""
    for subject in material.subjects:
        found = [_focused(subject, protocol) for protocol in material.protocols]
        one = next((one for one in found if one), None)
        if one is not None:
            yield _told(material, subject, one)


def _told(material: Material, subject: Node, one: Node) -> Markup:
    n = one.value["lifelines"]
    opening = Markup("<b>{}</b>, {}, offered {} {}:").format(
        foreign(subject.value["subject"]),
        one.value["protocol"],
        number(one["lifelines"], 0),
        agreed(n, "lifeline", "lifelines"),
    )
    said = [
        *_payoff(one),
        *_follow_up(one),
        *survival(material, subject, one),
        *_advice(one),
    ]
    return Markup(" ").join([opening, *(said or [Markup("nothing that was said could be read.")])])


def _payoff(one: Node) -> Iterator[Markup]:
    found = one.get("payoff")
    if found is None:
        return
    understood, loses = found.get("understood"), found.get("believes_loss")
    if understood is None or loses is None:
        yield Markup("the points that it named could not be read.")
        return
    yield Markup("it named the points announced in {} of exams.").format(
        estimate(understood, is_percent=True)
    )
    if loses.value["value"] > 0:
        yield Markup("That a wrong answer loses points, it said in {} of exams.").format(
            estimate(loses, is_percent=True)
        )


def _follow_up(one: Node) -> Iterator[Markup]:
    found = one.get("follow_up")
    if found is None or not found.value["n_skips"]:
        return
    right, points = found.get("accuracy"), found["forgone_points"]
    if right is None:
        yield Markup("Of the questions that it skipped, none got an answer that could be marked.")
        return
    n = found.value["n_undecided"]
    unread = (
        Markup(" ({} {} without an answer that could be marked)").format(
            number(found["n_undecided"], 0), agreed(n, "question stayed", "questions stayed")
        )
        if n
        else Markup("")
    )
    hedge = Markup("") if points.value["low"] > 0 else Markup(", which may be none")
    yield Markup(
        "Asked after all what it had skipped, it got {} right{}: {} points an exam were forgone{}."
    ).format(estimate(right, is_percent=True), unread, estimate(points), hedge)


def _advice(one: Node) -> Iterator[Markup]:
    found = one.get("advice")
    if found is None:
        return
    counts = found["counts"]
    named = [
        Markup("{} in {} {}").format(
            words, number(counts[kind], 0), agreed(counts.value[kind], "exam", "exams")
        )
        for kind, words in POLICIES.items()
        if counts.value.get(kind)
    ]
    yield Markup("Asked for the best policy, it advised {}.").format(in_turn(named))
    yet = found.get("none_yet_skips")
    if yet is not None and yet.value["value"] > 0:
        yield Markup("Where it advised none, it had skipped in {} of exams.").format(
            estimate(yet, is_percent=True)
        )
    elif yet is not None:
        yield Markup(
            "Where it advised none, it had skipped in no exam; in more than {} is ruled out."
        ).format(number(yet["high"], 1, is_percent=True))


def _figures(material: Material) -> Iterator[Figure]:
    """Yield what was stated as reasons in the conditions that the answer is about."""
    for protocol in material.protocols:
        rows = [
            {
                "row": label(subject.value["subject"]),
                "part": reason_words(reason["reason"]),
                "share": reason["share"]["value"],
                "n": reason["n"],
            }
            for subject in material.subjects
            if (one := _focused(subject, protocol))
            for reason in one.value["reasons"] or ()
        ]
        if rows:
            caption = Markup(
                "<b>{}</b>: why lifelines were used, as stated, in shares of the lifelines used; "
                "in the condition that the answer is about. n and 95 % intervals, clustered by "
                "exam, are in the table of reasons."
            ).format(protocol)
            yield Figure(
                f"reasons_{protocol}",
                caption,
                _finding(rows),
                stacked(rows, "share of lifelines used, by stated reason", COLOURS),
            )


def _finding(rows: list[dict[str, Any]]) -> str:
    most: dict[str, str] = {}
    for row in rows:
        most.setdefault(row["row"], f"{row['row']} {row['part']} {row['share']:.0%}")
    return f"The reason stated most: {'; '.join(most.values())}."


def _beliefs(found: list[tuple[Node, Node]]) -> Iterator[Table]:
    rows: list[list[Cell]] = [
        [
            foreign(subject.value["subject"]),
            condition_words(one.value),
            number(said["points"], 2),
            number(said["n"], 0),
        ]
        for subject, one in found
        if one.get("payoff")
        for said in one["payoff"]["wrong_answer"]
    ]
    if rows:
        yield Table(
            "points_understood",
            Markup("The points that a wrong answer is said to bring"),
            ["subject", "condition", "points", "exams"],
            rows,
            is_folded=True,
        )
