"""The payoff as understood: what a right answer, a wrong one and a lifeline are said to bring."""

import re
from dataclasses import dataclass
from fractions import Fraction

from balk.measure.probes.plain import plain

MAX_LINE = 200

_WORDS = dict.fromkeys(("no", "zero", "none", "nothing", "nil", "neutral", "free"), 0.0) | {
    "half": 0.5,
    "quarter": 0.25,
    "one": 1.0,
    "two": 2.0,
    "½": 0.5,
    "¼": 0.25,
    "¾": 0.75,
}
_LABEL = r"^[\s>#*•|\d.)-]{0,12}(?:for )?(?:each |an? |the |using )?"
_SAYS = r"s?(?: \([^)\n]{1,40}\))?\s*(?::|=|\||→|->| is\b| are\b| [-\u2013] | brings?\b| costs?\b|)"
_NUMBER = re.compile(
    r"(?P<sign>[-+]|\b(?:minus|negative|plus)\b)?\s*"
    r"(?:(?P<figures>\d{1,6}(?:[.,]\d{1,6})?(?:\s?/\s?\d{1,4})?|\.\d{1,6})"
    rf"|(?<![a-z])(?P<word>{'|'.join(_WORDS)})(?![a-z]))"
)
_LOST = re.compile(r"\b(?:lose|loses|lost|loss|cost|costs|deduct\w*|subtract\w*|taken off|off)\b")


@dataclass(frozen=True, slots=True)
class Payoff:
    """Points as understood, below 0 where they are lost; None where nothing was read."""

    right: float | None = None
    wrong: float | None = None
    lifeline: float | None = None


def read_payoff(text: str, noun: str | None) -> Payoff:
    """Return the points that a reply names; of several lines with one label, the last counts.

    Parameters
    ----------
    text : str
        The reply.
    noun : str or None
        What a lifeline is called; None where none was mentioned.
    """
    low = plain(text).lower()
    return Payoff(
        right=_points_after(r"(?:right|correct)(?: answer)?", low),
        wrong=_points_after(r"(?:wrong|incorrect)(?: answer)?", low),
        lifeline=_points_after(re.escape(noun.lower()), low) if noun else None,
    )


def _points_after(label: str, low: str) -> float | None:
    found = None
    for line in re.finditer(rf"{_LABEL}{label}{_SAYS}([^\n]{{0,{MAX_LINE}}})", low, re.MULTILINE):
        points = _points(line[1], is_cost="cost" in line[0][: line.start(1) - line.start()])
        found = found if points is None else points
    return found


def _points(said: str, *, is_cost: bool) -> float | None:
    """Return the number that a line states, below 0 where it says that points are lost."""
    number = _NUMBER.search(said)
    if number is None:
        return None
    size = _of_figures(number["figures"]) if number["figures"] else _WORDS[number["word"]]
    if size is None:
        return None
    is_lost = number["sign"] in {"-", "minus", "negative"} or is_cost or bool(_LOST.search(said))
    return (-size if is_lost else size) + 0.0


def _of_figures(figures: str) -> float | None:
    try:
        return float(Fraction(figures.replace(",", ".").replace(" ", "")))
    except (ValueError, ZeroDivisionError):
        pass
    top, _, bottom = figures.replace(",", ".").partition("/")
    return float(top) / float(bottom) if bottom and float(bottom) else None
