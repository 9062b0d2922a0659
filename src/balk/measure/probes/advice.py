"""The policy advised: no lifelines, some, all, or so many."""

import re
from dataclasses import dataclass
from typing import Literal

from balk.measure.probes.plain import plain

Kind = Literal["none", "some", "all", "number", "unread"]
KINDS: tuple[Kind, ...] = ("none", "some", "all", "number", "unread")

MAX_LINE = 300
MAX_BARE = 80  # characters of a reply without the label that is read all the same

_LABEL = re.compile(rf"\badvice\W{{0,4}}:\W{{0,4}}([^\n]{{1,{MAX_LINE}}})", re.IGNORECASE)
_TEMPLATE = re.compile(r"none, some, all or a number")
_NONE = re.compile(
    r"\b(?:none|zero|no \w+|never|nowhere|(?:do not|don't|should not|shouldn't) use any|without)\b"
)
_NOT_ALL = re.compile(r"\bnot (?:use )?(?:all|every)\b|\bless than all\b")
_ALL = re.compile(r"\b(?:all|every|each|as many as)\b")
_SOME = re.compile(r"\b(?:some|few|several|a couple|hardest|most|depends)\b")
_COUNT = re.compile(r"(?<![\d.])\d{1,3}(?![\d.]?\d|%)")
_TOTAL = re.compile(
    r"\b(?:of|out of)(?: the| its| your| these| all)?(?: the)? \d{1,3}\b|/ ?\d{1,3}"
)
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Advice:
    """What is advised.

    Attributes
    ----------
    kind : {"none", "some", "all", "number", "unread"}
        The policy.
    number : int or None
        On how many questions a lifeline is to be used; None where that was not said.
    """

    kind: Kind
    number: int | None = None


def read_advice(text: str, offered: int) -> Advice:
    """Return the policy that a reply advises; the last line with the label counts.

    Parameters
    ----------
    text : str
        The reply.
    offered : int
        Lifelines that the exam offers.
    """
    whole = plain(text)
    said = [line[1] for line in _LABEL.finditer(whole) if not _TEMPLATE.search(line[1].lower())]
    if said:
        return _read(said[-1].lower(), offered)
    is_short = 0 < len(whole) <= MAX_BARE
    return _read(whole.lower(), offered) if is_short else Advice("unread")


def _read(said: str, offered: int) -> Advice:
    said = said.split(". ", maxsplit=1)[0]
    partial = bool(_NOT_ALL.search(said))
    says_all = bool(_ALL.search(_TOTAL.sub(" ", said))) and not partial
    says_none, says_some = bool(_NONE.search(said)), bool(_SOME.search(said)) or partial
    counts = {int(count) for count in _COUNT.findall(_TOTAL.sub(" ", said))}
    counts |= {
        i for i, word in enumerate(_WORDS, start=1) if re.search(rf"\b{word}\b", said) is not None
    }
    if says_none:
        is_plain = not (says_all or says_some) and counts <= {0}
        return Advice("none", 0) if is_plain else Advice("unread")
    if says_all and not says_some:
        return Advice("all", offered)
    if len(counts) == 1 and not says_all:
        return _of_number(counts.pop(), offered)
    return Advice("some") if says_some or len(counts) > 1 else Advice("unread")


def _of_number(number: int, offered: int) -> Advice:
    if number == 0:
        return Advice("none", 0)
    return Advice("all", offered) if number >= offered else Advice("number", number)
