"""What a grader says of a working, held to the words of the working; and how far two agree."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from balk.measure.answer_key.workings import Working

MAX_QUOTE_CHARS = 400
MAX_REPLY_CHARS = 20_000  # of a grader's reply, from its end

_VERDICT = re.compile(r"^[\s>*_#`-]*verdict[\s*_`]*:[\s*_`\"']*(\w+)", re.IGNORECASE | re.MULTILINE)
_QUOTE = re.compile(r"^[\s>*_#`-]*quote[\s*_`]*:[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE)
_EDGES = " \t\"'`*_\u201c\u201d\u2018\u2019."


@dataclass(frozen=True, slots=True)
class Grade:
    """What a grader said.

    Attributes
    ----------
    kind : Working or None
        The class; None where no verdict could be read or its quote is not in the working.
    quote : str
        The words that it gave as evidence.
    reason : str
        Why there is no class; empty where there is one.
    """

    kind: Working | None
    quote: str = ""
    reason: str = ""


def read_grade(reply: str, working: str) -> Grade:
    """Return a grader's verdict on a working, if it quotes the working.

    The last verdict counts. A class other than ``unparsed`` needs a quote that stands in the
    working, white space and case aside: a verdict without evidence is none.
    """
    end = reply[-MAX_REPLY_CHARS:]
    verdicts, quotes = _VERDICT.findall(end), _QUOTE.findall(end)
    quote = quotes[-1].strip(_EDGES)[:MAX_QUOTE_CHARS] if quotes else ""
    said = verdicts[-1].lower() if verdicts else ""
    if said not in set(Working):
        return Grade(None, quote, "no verdict")
    if said != Working.UNPARSED and (not quote or _folded(quote) not in _folded(working)):
        return Grade(None, quote, "the quote is not in the working")
    return Grade(Working(said), quote)


def kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Return Cohen's kappa of two readers, or None where it is not defined.

    It is (p - e) / (1 - e), where p is the share on which they agree and e what their own
    frequencies would give by chance. Undefined without items, and where both give every item one
    and the same class.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104.
    """
    if len(first) != len(second) or not first:
        return None
    n = len(first)
    agreed = sum(one == other for one, other in zip(first, second, strict=True)) / n
    one, other = Counter(first), Counter(second)
    chance = sum(one[kind] * other[kind] for kind in one) / n**2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
