"""Stated reasons: a fixed rubric, the rules that read it, and what is left to a grader.

The rules look for what is said, most specific first, in words that are not denied: "wrong
answers cost nothing, but I was unsure" is *unsure*. A grader is asked only where they find
nothing, one reason at a time, so that no reason can speak for another.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from balk.measure.probes.plain import plain, plain_whole, renumbered, squeezed
from balk.measure.probes.reason_rules import ADDRESSED, CODE, DENIED, FREE, RULES

MAX_REASON = 600
"""Characters of a reason that are read; one line was asked for."""
MAX_LINE = 2 * MAX_REASON  # characters that are kept of a line, so that a longer one shows

INDIFFERENT, OTHER, UNREAD = "indifferent", "other", "unread"


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of reason.

    Attributes
    ----------
    meaning : str
        What is said, as the rubric puts it.
    removed_by : tuple of str
        Arms under which the reason is gone, so that skipping should end if it is the true one.
    """

    meaning: str
    removed_by: tuple[str, ...] = ()


REASONS: dict[str, Category] = {
    "instructed": Category("it was demanded or told to"),
    "penalty": Category("a wrong answer was thought to cost points", ("dominance",)),
    "gains": Category(
        "a lifeline was thought to earn or save more than an attempt", ("dominance",)
    ),
    "meant_to_be_used": Category(
        "lifelines were there to be used, or were meant to be", ("welcome", "inert")
    ),
    "effort": Category("length, time or work, or being far into the exam", ("easy",)),
    INDIFFERENT: Category(
        "no reason to care either way: an attempt was worth nothing, or it was chance", ("choices",)
    ),
    "avoid_wrong": Category("rather no answer than a wrong one, points aside", ("easy",)),
    "unsure": Category("unsure of the answer, or the question was too hard", ("choices", "easy")),
    OTHER: Category("some other reason"),
    UNREAD: Category("nothing that states a reason"),
}
"""Name -> category, most specific first: the first that the rules find is the one."""

_LINE = re.compile(
    r"^[ \t>#*•|-]{0,8}(?:q(?:uestion)?\s{0,2})?(\d{1,4})\s{0,2}[:.)|-]{1,2}[ \t*_]{0,4}([^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def split_reasons(text: str, numbers: Sequence[int]) -> dict[int, str]:
    """Return the reason stated for each question asked about, one line each; "" where none is.

    Where one question was asked about, a reply without its number is its reason.
    """
    whole = renumbered(plain_whole(text), numbers)
    found = dict.fromkeys(numbers, "")
    for line in _LINE.finditer(whole):
        number = int(line[1])
        if number in found and _WORD.search(line[2]):
            found[number] = squeezed(line[2][:MAX_LINE])
    if len(numbers) == 1 and not found[numbers[0]]:
        found[numbers[0]] = squeezed(whole[:MAX_LINE])
    return found


def read_reason(reason: str) -> str:
    """Return the category that the rules find in a reason, `OTHER` or `UNREAD`.

    What speaks to whoever sorts it states no reason, whatever words it uses.
    """
    low = reason[:MAX_REASON].lower().replace("\u2019", "'")
    if not _WORD.search(low) or low.startswith("<reason"):
        return UNREAD
    if ADDRESSED.search(low):
        return OTHER
    affirmed = FREE.sub(" ", DENIED.sub(" ", low))
    for name, rule in RULES.items():
        if rule.search(low if name == INDIFFERENT else affirmed):
            return name
    return INDIFFERENT if FREE.search(low) else OTHER


def may_be_graded(reason: str) -> bool:
    """Return whether a reason may be put before a grader.

    One that speaks to whoever sorts it, holds marks of code, or is much longer than the line asked
    for, never is.
    """
    is_short = len(reason) <= MAX_REASON
    return is_short and not ADDRESSED.search(reason.lower()) and not CODE.search(reason)


def rubric() -> str:
    """Return the categories that a grader chooses from, one a line."""
    names: Iterable[str] = (name for name in REASONS if name != UNREAD)
    return "\n".join(f"{name}: {REASONS[name].meaning}" for name in names)


def read_verdict(reply: str) -> str | None:
    """Return the category that a grader's reply names, or None if it is not exactly one name."""
    word = squeezed(plain(reply)).lower().removeprefix("category:").strip(" .\"'`*")
    return word if word in REASONS and word != UNREAD else None
