"""Stated difficulty and confidence: words -> numbers, or None where none is stated."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re

MAX_DIFFICULTY = 10

_NUMBER = r"(\d{1,3}(?:\.\d{1,4})?)(?![\d]|\.\d| ?[-–] ?\d)"
_BETWEEN = (
    r"(?: ?(?:rating|level|score))?(?: {0,3}\([^()\n]{0,24}\))?[ \t\"']{0,6}"
    r"(?:is\b|of\b|at\b|[:=|–—]|- |->|→)?[ \t\"'(]{0,6}(?:[~≈<>≤≥]|about |around |approx\.? )? ?"
)
_DIFFICULTY = re.compile(rf"\bdiff(?:iculty)?\b{_BETWEEN}{_NUMBER}(?! ?%)")
_UNIT = r"[ ]?(%|percent\b|/ ?100\b|/ ?10\b|out of 10\b)?"
_CONFIDENCE = re.compile(rf"\bconf(?:idence)?\b{_BETWEEN}{_NUMBER}{_UNIT}")
_CONFIDENT = re.compile(r"(?<![\d.–-])(\d{1,3}(?:\.\d{1,4})?) ?(%) (?:confiden|certain|sure)")
_DIFFICULTY_CELL = re.compile(rf"^\W{{0,3}}{_NUMBER}(?: ?/ ?10| out of 10)?\W{{0,3}}$")
_CONFIDENCE_CELL = re.compile(rf"^[\s\"'(~≈<>≤≥]{{0,4}}{_NUMBER}{_UNIT}[\s\"').]{{0,4}}$")

LABEL = re.compile(
    r"[,;|/(\[\s–—.-]{1,6}(?:and |with |at |my )?"
    r"(?:\"|')?(?:difficulty|confidence|diff\b|conf\b|\d{1,3} ?% (?:confiden|certain|sure))"
)
"""Where an answer's place ends because another field begins; for lower-case text."""


def find_ratings(low: str) -> tuple[float | None, float | None]:
    """Return the last stated difficulty (1 to 10) and confidence (0 to 1) in lower-case text."""
    difficulty = confidence = None
    for found in _DIFFICULTY.finditer(low):
        difficulty = _difficulty(found[1])
    for found in _CONFIDENCE.finditer(low):
        confidence = _confidence(found[1], found[2])
    if confidence is None:
        for found in _CONFIDENT.finditer(low):
            confidence = _confidence(found[1], found[2])
    return difficulty, confidence


def difficulty_in(cell: str) -> float | None:
    """Return the difficulty that a table cell or a JSON value states, 1 to 10."""
    found = _DIFFICULTY_CELL.match(cell.strip().lower())
    return _difficulty(found[1]) if found else None


def confidence_in(cell: str) -> float | None:
    """Return the confidence that a table cell or a JSON value states, 0 to 1."""
    found = _CONFIDENCE_CELL.match(cell.strip().lower())
    return _confidence(found[1], found[2]) if found else None


def _difficulty(number: str) -> float | None:
    value = float(number)
    return value if 1 <= value <= MAX_DIFFICULTY else None


def _confidence(number: str, unit: str | None) -> float | None:
    """Return a share; a bare number is a percentage unless it is written as a decimal up to 1."""
    value = float(number)
    if unit is None:
        is_share = "." in number and value <= 1
        value = value if is_share else value / 100
    elif unit.replace(" ", "") in {"/10", "outof10"}:
        value /= 10
    else:
        value /= 100
    return round(value, 6) if value <= 1 else None
