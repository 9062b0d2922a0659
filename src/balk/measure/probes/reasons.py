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

_HEAD = re.compile(
    r"^(?P<mark>[ \t>#*_•|-]{0,8})(?:(?:as )?(?:for|on|to|regarding)[ \t]{1,2})?"
    r"(?P<named>q(?:uestion)?s?[ \t]{0,2})?(?P<numbers>\d{1,4}"
    r"(?:(?:,|[ \t]?&|[ \t]?/|,?[ \t]and)[ \t]{0,2}(?:q(?:uestion)?[ \t]{0,2})?\d{1,4}){0,40})"
    r"[*_]{0,3}(?:[ \t]{1,2}\([^()\n]{1,80}\))?[*_]{0,3}[ \t]{0,3}"
    r"(?P<end>[:.)|\u2013\u2014-]{1,2}|$)",
    re.IGNORECASE | re.MULTILINE,
)
_BULLETS = " \t\n*_-\u2013\u2014\u2022:|"
_WORD = re.compile(r"[^\W\d_]{2,}")


def split_reasons(text: str, numbers: Sequence[int]) -> dict[int, str]:
    """Return the reason stated for each question asked about, one line each; "" where none is.

    Where one question was asked about, a reply without its number is its reason.
    """
    whole = renumbered(plain_whole(text), numbers)
    found = dict.fromkeys(numbers, "")
    heads = [head for head in _HEAD.finditer(whole) if _is_head(head)]
    starts = [head.start() for head in heads]
    for head, end in zip(heads, [*starts[1:], len(whole)], strict=False):
        said = _first_block(whole[head.end() : end])
        if _WORD.search(said):
            named = (int(number) for number in re.findall(r"\d{1,4}", head["numbers"]))
            found |= {number: said for number in named if number in found}
    if len(numbers) == 1 and not found[numbers[0]]:
        found[numbers[0]] = squeezed(whole[:MAX_LINE])
    return found


def _is_head(head: re.Match[str]) -> bool:
    """Return whether a line begins the reason of a question: a bare number alone does not."""
    return bool(head["end"] or head["named"] or "#" in head["mark"])


def _first_block(said: str) -> str:
    """Return what stands behind a head: the rest of its line, or else the lines below it."""
    line, _, below = said.partition("\n")
    block = line if _WORD.search(line) else below.lstrip().partition("\n\n")[0]
    return squeezed(block[:MAX_LINE].strip(_BULLETS))


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
