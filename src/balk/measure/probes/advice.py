"""The policy advised: no lifelines, some, all, or so many."""

import re
from dataclasses import dataclass
from typing import Literal

from balk.measure.probes.plain import EXITS, plain

Kind = Literal["none", "some", "all", "number", "unread"]
KINDS: tuple[Kind, ...] = ("none", "some", "all", "number", "unread")

MAX_LINE = 300
MAX_BARE = 80  # characters of a reply without the label that is read all the same

_LABEL = re.compile(rf"\badvice\W{{0,4}}:\W{{0,4}}([^\n]{{1,{MAX_LINE}}})", re.IGNORECASE)
_TEMPLATE = re.compile(r"none, some, all or a number")
_LIMITED = r"(?! (?:on (?!any|a single)|for (?!any)|unless|except|if|when|where|until|early|only))"
_NONE = re.compile(
    rf"\b(?:none|zero|no {EXITS}|never|nowhere|without|"
    rf"(?:do not|don't|not|never|should not|shouldn't|avoid) us(?:e|ing)"
    rf" (?:any|them|it|one|(?:the |a |your |these )?{EXITS})\b(?: at all)?{_LIMITED})\b"
)
_NOT_ALL = re.compile(r"\bnot (?:use )?(?:all|every)\b|\bless than all\b|\ball (?:but|except)\b.*")
_ALL = re.compile(
    r"\b(?:all|every|each|"
    r"as many as (?:possible|you (?:can|have|are)|(?:are )?(?:offered|allowed)))\b"
)
_ATTEMPT = r"(?:attempt|answer|guess|try|tries|trying|solv)\w*"
_OF_ATTEMPTS = re.compile(
    rf"\b{_ATTEMPT}(?: (?!us(?:e|ing)\b)\w+){{0,3}}? (?:all|every\w*|each|\d{{1,3}})\b"
    r"(?: (?:of|the|them|these|single|one|\d{1,3}|questions?))*|"
    rf"\b(?:all|every|each|\d{{1,3}})(?: \w+)? {_ATTEMPT}"
)
_ATTEMPT_ALL = re.compile(
    rf"\b{_ATTEMPT}(?: (?:on|at|to answer))? (?:all|every(?:thing)?|each)\b"
    r"(?: (?:of|the|them|these|single|one|\d{1,3}|questions?|instead))*\W*"
    r"(?:$|\b(?:and|since|because|as|rather|yourself)\b)"
)
_USES = re.compile(rf"\b(?:us(?:e|es|ing)|spend\w*|skip\w*|{EXITS})\b")
_EXCEPTION = re.compile(r"\b(?:unless|except)\b")
_SOME = re.compile(r"\b(?:some|few|several|a couple|hardest|most|depends)\b")
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten"
_COUNT = re.compile(r"(?<![\d.])\d{1,3}(?![\d.]?\d| ?%| percent)")
_BOUND = re.compile(
    rf"\b(?:up to|at most|at least|no more than|(?:less|fewer|more) than|as many as|"
    rf"(?:a )?max(?:imum)?(?: of)?)(?: all)?(?: the)? (?:\d{{1,3}}|{_NUMBERS})\b"
)
_TOTAL = re.compile(
    r"\b(?:of|out of)(?: the| its| your| these| all)?(?: the)? \d{1,3}\b|/ ?\d{1,3}"
)
_LEAD = re.compile(
    r"(?:none|zero|(?P<count>\d{1,3})(?![\d.]?\d| ?%| percent))\b"
    r"(?!\W{0,3}(?:or|to|and|up to|some|all|a few|perhaps|maybe)\b|\s?[-\u2013/~] ?\d)"
    rf"(?! (?:{_ATTEMPT}|(?:question|point|mark)s?\b|\w* ?(?:per|(?:on|for) (?:every|each))\b))"
)
_WORDS = tuple(_NUMBERS.split("|"))


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
    lead = _LEAD.match(said)
    if lead and not _EXCEPTION.search(said):
        return _of_number(int(lead["count"] or 0), offered)
    said = said.split(". ", maxsplit=1)[0]
    says_none = bool(_NONE.search(said)) or _attempts_all(said)
    partial = bool(_NOT_ALL.search(said))
    told = _NOT_ALL.sub(" ", _BOUND.sub(" some ", _TOTAL.sub(" ", _OF_ATTEMPTS.sub(" ", said))))
    told = told.replace("at all", " ")
    says_all, says_some = bool(_ALL.search(told)), partial or bool(_SOME.search(told))
    counts = _counts(told)
    if says_none:
        is_plain = not (says_all or says_some or _EXCEPTION.search(said)) and counts <= {0}
        return Advice("none", 0) if is_plain else Advice("unread")
    if says_all and not says_some:
        return Advice("all", offered)
    if len(counts) == 1 and not says_all:
        return _of_number(counts.pop(), offered)
    return Advice("some") if says_some or len(counts) > 1 else Advice("unread")


def _attempts_all(said: str) -> bool:
    """Return whether every question is to be attempted, and nothing is said of a way out."""
    return bool(_ATTEMPT_ALL.search(said)) and not _USES.search(said)


def _counts(told: str) -> set[int]:
    counts = {int(count) for count in _COUNT.findall(told)}
    return counts | {i for i, word in enumerate(_WORDS, start=1) if re.search(rf"\b{word}\b", told)}


def _of_number(number: int, offered: int) -> Advice:
    if number == 0:
        return Advice("none", 0)
    return Advice("all", offered) if number >= offered else Advice("number", number)
