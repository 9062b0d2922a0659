"""The payoff as understood: what a right answer, a wrong one and a lifeline are said to bring."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from balk.measure.parsing.answers import without_latex
from balk.measure.probes.plain import EXITS, plain

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
_LEADING = r"(?:(?:for|with|points|using|use of|an?|the|each|every) ){0,4}"
_MINUS = {"-", "\u2013", "minus", "negative"}
_LABEL = rf"^[\s>#*•|\d.)-]{{0,12}}{_LEADING}"
_NOTE = r"(?:e?s)?(?: \([^)\n]{1,40}\))?[ \t]*"
_DASH = r"(?<=\s)[-\u2013\u2014](?=\s)"  # between blanks it separates, at a number it is a sign
_VERB = r"\b(?:is|are|earns?|brings?|scores?|loses?|costs?)\b"
_SAYS = rf"{_NOTE}(?::|=|\||→|->|{_DASH}|{_VERB}|)"
_RIGHT, _WRONG = r"(?:right|correct)(?: answer)?", r"(?:wrong|incorrect)(?: answer)?"
_NUMBER = re.compile(
    r"(?P<sign>[-+\u2013]|\b(?:minus|negative|plus)\b)?\s*"
    r"(?:(?P<figures>\d{1,6}(?:[.,]\d{1,6})?(?:\s?/\s?\d{1,4})?|\.\d{1,6})"
    rf"|(?<![a-z])(?P<word>{'|'.join(_WORDS)})(?![a-z]))"
)
_NO_POINTS = re.compile(
    r"\s*(?:points? )?(?:%|per ?cent|[-\u2013~]\s*[-+]?\.?\d|"
    r"(?:to|or|and) (?:[-+\u2013]|minus |negative |an? )?\s*"
    r"(?:[.\d½¼¾]|(?:zero|half|quarter|one|two)\b))"
)
_BETWEEN = re.compile(r"\bbetween\b")
_COUNTED = re.compile(
    rf"\s*(?:more |other )?(?:(?:{EXITS}|questions?|answers?|exams?|times|uses?)\b|"
    r"(?:are |is )?(?:available|offered|left|given)\b|(?:out )?of (?:the|them|these|my|\d))"
)
_COUNT_OF = re.compile(
    r"\b(?:there (?:are|is)|have|has|up to|offered|given|available|left|exam|"
    r"each|every|this|that|any|the|right|wrong|correct|incorrect)\W*$"
)
_LOST = re.compile(r"\b(?:lose|loses|lost|loss|cost|costs|deduct\w*|subtract\w*|taken off|off)\b")
_CLAUSE = re.compile(r"[;(,]|\.\s|\b(?:but|and|while|if)\b")


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
    labels = {"right": _RIGHT, "wrong": _WRONG}
    if noun:
        labels["lifeline"] = re.escape(noun.lower())
    low = _one_a_line(plain(text).lower(), labels.values())
    return Payoff(**{name: _points_after(label, low) for name, label in labels.items()})


def _one_a_line(low: str, labels: Iterable[str]) -> str:
    """Return the text with a line break before each label that has something behind it."""
    label = rf"{_LEADING}(?:{'|'.join(labels)}){_NOTE}(?:[:=|→]|->|{_DASH}|[-+]?\d|{_VERB})"
    return re.sub(rf"(?:[,;:|/]|\.(?!\d)|\band\b)\s{{1,4}}(?:and )?(?={label})", "\n", low)


def _points_after(label: str, low: str) -> float | None:
    found = None
    for line in re.finditer(rf"{_LABEL}{label}{_SAYS}([^\n]{{0,{MAX_LINE}}})", low, re.MULTILINE):
        points = _points(
            line[1], is_cost=_LOST.search(line[0], 0, line.start(1) - line.start()) is not None
        )
        found = found if points is None else points
    return found


def _points(said: str, *, is_cost: bool) -> float | None:
    """Return the number that a line states, below 0 where it says that points are lost.

    How many lifelines or questions there are is no number of points; nor is a percentage, nor
    one that goes from here to there.
    """
    said = without_latex(said)
    number = next((one for one in _NUMBER.finditer(said) if not _is_count(said, one)), None)
    if number is None or _NO_POINTS.match(said, number.end()):
        return None
    if _BETWEEN.search(said, 0, number.start()):
        return None
    size = _of_figures(number["figures"]) if number["figures"] else _WORDS[number["word"]]
    if size is None:
        return None
    ends = _CLAUSE.search(said, number.end())
    clause = said[: ends.start() if ends else None]
    is_lost = number["sign"] in _MINUS or is_cost or bool(_LOST.search(clause))
    return (-size if is_lost else size) + 0.0


def _is_count(said: str, number: re.Match[str]) -> bool:
    is_after = _COUNT_OF.search(said, 0, number.start())
    return bool(is_after or _COUNTED.match(said, number.end()))


def _of_figures(figures: str) -> float | None:
    try:
        return float(Fraction(figures.replace(",", ".").replace(" ", "")))
    except (ValueError, ZeroDivisionError):
        pass
    top, _, bottom = figures.replace(",", ".").partition("/")
    return float(top) / float(bottom) if bottom and float(bottom) else None
