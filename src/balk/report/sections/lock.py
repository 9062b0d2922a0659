"""What the study promised before it was asked, what came of it, and what was done otherwise."""

import json
import re
from collections.abc import Iterator

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Paragraph, Section, Table
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.differences import MEASURES, SIGNS, doses_words
from balk.report.sections.words import agreed, arm_words, condition_words
from balk.report.shown import estimate, foreign

TITLE = "What was promised, and what differs"
NONE = Markup(
    "<b>Not registered</b>: no lock was written before this study was asked, so that nothing in "
    "it was promised. <code>balk plan --lock</code> writes one, and <code>balk run --lock</code> "
    "holds a study to it."
)
NOTE = Markup(
    "The puzzles were split into an exploratory and a confirmatory half when the study was "
    "locked; a subject saw both in the same exams. p is adjusted by Holm over all contrasts and "
    "subjects that were locked, those without an answer counting as p = 1. A sign is seen where "
    "the adjusted p is below 0.05, <em>as many</em> where the difference is shown to be small."
)
AGAINST = {
    "net_points_pooled": "against exams without lifelines",
    "dose_range": "against the fewest lifelines",
    "arms": "against the plain wording",
    "feedback": "against no verdicts",
}
"""Name of a comparison -> what its own side is held against."""

SEEN = {
    "skips_per_exam": SIGNS,
    "points_given_away_per_exam": {"+": "given away", "0": "none to speak of", "-": "gained"},
}
"""Measure -> sign -> the same in words."""

MOST_SENTENCES = 6
MOST_ROWS = 12
MOST_OPEN = 10
"""Deviations that are listed open; the rest are opened by a click."""

_CELL = re.compile(r"\{\"arm\".*?\}")


def section(material: Material) -> Section | None:
    """Return the section, or None where the numbers do not say whether there was a lock."""
    lock = material.summary.get("lock")
    if lock is None:
        told = "lock" in material.summary.value
        return Section("lock", TITLE, [Paragraph(NONE)]) if told else None
    blocks: list[Block] = [
        Paragraph(_opening(lock)),
        *_contrasts(lock),
        *_deviations(lock),
        Paragraph(NOTE, "note"),
    ]
    return Section("lock", TITLE, blocks)


def _opening(lock: Node) -> Markup:
    differs = (
        Markup("What differs from the lock is listed below, whether it matters or not.")
        if lock["deviations"]
        else Markup("Nothing differs from the lock.")
    )
    return Markup("<b>Registered</b> as <code>{}</code> before it was asked. {} {}").format(
        lock.value["hash"], _outcome(lock), differs
    )


def _outcome(lock: Node) -> Markup:
    """Return which locked contrasts are decided, on the half that was kept for that."""
    if not lock["contrasts"]:
        return Markup("No contrast was locked.")
    decided = [one for one in lock["contrasts"] if (one.value["confirmatory"] or {}).get("sign")]
    if not decided:
        return Markup("On the confirmatory puzzles, none of the locked contrasts is decided.")
    told = [_decided(one) for one in decided[:MOST_SENTENCES]]
    more = "; the table has more" if len(decided) > MOST_SENTENCES else ""
    return Markup("On the confirmatory puzzles: {}{}. What else was locked is open.").format(
        Markup("; ").join(told), more
    )


def _decided(one: Node) -> Markup:
    found = one["confirmatory"]
    return Markup("<b>{}</b>, <em>{}</em>: {} an exam, {}").format(
        foreign(one.value["subject"]),
        _words(one),
        estimate(found["estimate"]),
        _seen(one, found),
    )


def _contrasts(lock: Node) -> Iterator[Table]:
    found = list(lock["contrasts"])
    if found:
        caption = Markup(
            "The contrasts that were locked, an exam, with 95 % intervals, on all puzzles and on "
            "the half that was kept to confirm"
        )
        columns = (
            *("subject", "contrast", "all puzzles", "p (Holm)"),
            *("confirmatory half", "its p (Holm)", "seen there", "predicted by"),
        )
        rows = [_row(one) for one in found]
        is_folded = len(found) > MOST_ROWS
        yield Table("contrasts", caption, columns, rows, decimals=3, is_folded=is_folded)


def _row(one: Node) -> list[Cell]:
    held = one.get("confirmatory")
    return [
        foreign(one.value["subject"]),
        _words(one),
        one.get("all", "estimate"),
        one.get("all", "p_holm"),
        one.get("confirmatory", "estimate"),
        one.get("confirmatory", "p_holm"),
        _seen(one, held),
        _predicted(one),
    ]


def _seen(one: Node, result: Node | None) -> str:
    """Return the sign that was seen, and who predicted it."""
    if result is None:
        return "no answer"
    sign = result.value["sign"]
    if sign is None:
        return "open"
    agree = ", ".join(map(_name, result.value["agree"])) or "no explanation"
    return f"{SEEN[one.value['measure']][sign]}, as predicted by {agree}"


def _predicted(one: Node) -> str:
    """Return who predicts which sign: ``fewer: tension; as many: all others``."""
    by_sign: dict[str, list[str]] = {}
    for who, sign in one.value["predicted"].items():
        by_sign.setdefault(SEEN[one.value["measure"]][sign], []).append(_name(who))
    *fewer, most = sorted(by_sign, key=lambda word: len(by_sign[word]))
    told = [f"{word}: {', '.join(by_sign[word])}" for word in fewer]
    return "; ".join([*told, f"{most}: all{' others' if fewer else ''}"])


def _words(one: Node) -> str:
    held = one.value
    side = [arm_words(held), doses_words(held["lifelines"]), held["protocol"]]
    told = ", ".join(part for part in side if part)
    return f"{told}: {MEASURES[held['measure']].removesuffix(' an exam')}, {AGAINST[held['name']]}"


def _deviations(lock: Node) -> Iterator[Table]:
    told = [_plainly(text) for text in lock.value["deviations"]]
    for name, caption, part in (
        ("deviations", "What differs from the lock", told[:MOST_OPEN]),
        ("more_deviations", "What differs from the lock, continued", told[MOST_OPEN:]),
    ):
        if part:
            columns = ["what", "locked, and done"]
            is_folded = name != "deviations"
            yield Table(name, Markup("{}").format(caption), columns, part, is_folded=is_folded)


def _plainly(text: str) -> list[Cell]:
    """Return a deviation in two cells: what it is about, in words, and how it differs."""
    what, _, how = _CELL.sub(_cell_words, text).removeprefix("cells, ").partition(": ")
    return [foreign(what), foreign(how)]


def _cell_words(found: re.Match[str]) -> str:
    try:
        cell = json.loads(found[0])
        n = cell["exams"]
        told = condition_words({"penalty": None, "price": None} | cell)
        return f"{cell['subject']}, {told}, {n} {agreed(n, 'exam', 'exams')}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return found[0]


def _name(mechanism: str) -> str:
    return mechanism.replace("_", " ")
