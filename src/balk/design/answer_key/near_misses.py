"""Wrong answers that look like the key: a slip of the pen, or a mistake in this very puzzle.

A miss has the key's marking, form and size. For numbers that means: an integer stays an integer,
a fraction a fraction, the sign stays, and the miss lies between half the key and twice the key
or, for small keys, at most `NEAR` away from it. A word is exchanged for another of the same kind.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

import numpy as np

from balk.design.puzzles.ethics import DILEMMAS
from balk.design.sources.keys import canonical_number
from balk.errors import PuzzleError
from balk.records import Puzzle

Style = Literal[
    "slipped digit", "off by one", "wrong branch", "forgotten case", "other word", "author"
]

NEAR = 3
"""How far a miss may be from a key that is too small for half and twice to leave room."""
MISSES_STREAM = 41  # spawn key: misses have random streams of their own
PARTS = (10, 8, 6, 5, 4, 3, 7, 9)  # of a count: one part is what was forgotten

_OPPOSITES = (("yes", "no"), ("true", "false"), ("right", "wrong"), ("odd", "even"))
_NAME = re.compile(r"(?<![.?!:] )(?<!^)\b[A-Z][a-z]+\b")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Miss:
    """A wrong answer in the form of the key.

    Attributes
    ----------
    text : str
        As it is shown.
    style : str
        What kind of mistake it looks like.
    """

    text: str
    style: Style


def near_miss(puzzle: Puzzle, seed: int) -> Miss:
    """Return a wrong answer that could be taken for the key.

    Parameters
    ----------
    puzzle : Puzzle
        Whose key is missed; its distractors are mistakes that a solver of it might make.
    seed : int
        Same puzzle, same seed: same miss, whatever other puzzles there are.

    Raises
    ------
    PuzzleError
        If nothing wrong can be made that looks like the key.
    """
    stream = np.random.SeedSequence(seed, spawn_key=(MISSES_STREAM, int(puzzle.id, 16)))
    rng = np.random.default_rng(stream)
    if puzzle.marking in {"number", "math"} and (number := _number(puzzle.key)):
        return _missed_number(puzzle, number, rng)
    words = _text_misses(puzzle) if puzzle.marking == "math" else _other_words(puzzle)
    different = [text for text in words if not is_same(text, puzzle.key)]
    if not different:
        raise PuzzleError(
            f"no wrong answer can be made that looks like the key {puzzle.key!r} of puzzle "
            f"{puzzle.id}; give the puzzle distractors, or have an author write the false keys"
        )
    style: Style = "slipped digit" if puzzle.marking == "math" else "other word"
    return Miss(different[int(rng.integers(len(different)))], style)


def is_same(text: str, key: str) -> bool:
    """Return whether a text states the key, or one of the options where a key lists several.

    Stricter than marking in what it lets pass as different: numbers are compared by value,
    words without case, spaces and punctuation, and a text that contains the key as a word is
    the same.
    """
    if (one := _number(text)) and (other := _number(key)):
        # A percent sign may be understood, so 50, 50% and 1/2 could all be marked the same.
        values = {one.value, one.value / 100 if one.percent else one.value}
        return bool(values & {other.value, other.value / 100 if other.percent else other.value})
    return any(_folded(option) in _folded(text) for option in key.split("|"))


@dataclass(frozen=True, slots=True)
class _Number:
    value: Fraction
    percent: str = ""

    def text(self, value: Fraction) -> str:
        return f"{value}{self.percent}"


def _number(text: str) -> _Number | None:
    bare = text.strip()
    # Bounded, as keys are: 1e99999999 would take for ever to write out.
    whole = canonical_number(bare.removesuffix("%"))
    if whole is None or whole.endswith("%"):
        return None
    return _Number(Fraction(whole), "%" if bare.endswith("%") else "")


def _missed_number(puzzle: Puzzle, key: _Number, rng: np.random.Generator) -> Miss:
    """Return the first plausible miss, styles in random order."""
    styles = list(STYLES)
    for place in rng.permutation(len(styles)):
        style = styles[int(place)]
        found = [v for v in STYLES[style](key.value, puzzle) if is_plausible(v, key.value)]
        found = [
            value for value in dict.fromkeys(found) if not is_same(key.text(value), puzzle.key)
        ]
        if found:
            return Miss(key.text(found[int(rng.integers(len(found)))]), style)
    raise PuzzleError(f"key {puzzle.key!r} of puzzle {puzzle.id} has no neighbours")


def is_plausible(value: Fraction, key: Fraction) -> bool:
    """Return whether a number is of the kind, sign and size of a key, and not the key."""
    if value == key or (value.denominator == 1) != (key.denominator == 1):
        return False
    if value * key < 0 or (value < 0 <= key):
        return False
    if 0 < key < 1 and not 0 < value < 1:  # what may be a probability stays one
        return False
    is_near = abs(value - key) <= NEAR
    return is_near or abs(key) <= 2 * abs(value) <= 4 * abs(key)


def _slipped_digit(key: Fraction, puzzle: Puzzle) -> Iterator[Fraction]:
    """Yield the key with one digit off by one or two, or two neighbouring digits swapped."""
    del puzzle
    sign, digits = (-1 if key < 0 else 1), str(abs(key.numerator))
    for place, digit in enumerate(digits):
        for other in range(int(digit) - 2, int(digit) + 3):
            if 0 <= other <= 9:  # noqa: PLR2004 -- a digit
                yield _over(key, sign * int(digits[:place] + str(other) + digits[place + 1 :]))
        swapped = digits[:place] + digits[place + 1 : place + 2] + digit + digits[place + 2 :]
        yield _over(key, sign * int(swapped))


def _off_by_one(key: Fraction, puzzle: Puzzle) -> Iterator[Fraction]:
    del puzzle
    yield from (_over(key, key.numerator + step) for step in (1, -1))
    yield from (Fraction(key.numerator, below) for below in _neighbours(key.denominator))


def _wrong_branch(key: Fraction, puzzle: Puzzle) -> Iterator[Fraction]:
    """Yield what other ways through this puzzle come to, as its family computed them."""
    del key
    yield from (number.value for text in puzzle.distractors if (number := _number(text)))


def _forgotten_case(key: Fraction, puzzle: Puzzle) -> Iterator[Fraction]:
    """Yield counts with a part left out."""
    del puzzle
    whole = key.numerator
    yield from (_over(key, whole - whole // part) for part in PARTS if abs(whole) >= part)


def _neighbours(denominator: int) -> tuple[int, ...]:
    return () if denominator == 1 else (denominator + 1, denominator - 1)


def _over(key: Fraction, numerator: int) -> Fraction:
    return Fraction(numerator, key.denominator)


STYLES: dict[Style, Callable[[Fraction, Puzzle], Iterator[Fraction]]] = {
    "slipped digit": _slipped_digit,
    "off by one": _off_by_one,
    "wrong branch": _wrong_branch,
    "forgotten case": _forgotten_case,
}
"""Kinds of mistakes in numbers."""


def _other_words(puzzle: Puzzle) -> list[str]:
    """Return words that could stand in the key's place."""
    if puzzle.distractors:
        return list(puzzle.distractors)
    if puzzle.marking == "any_of":
        return sorted(_ethical_words())
    for pair in _OPPOSITES:
        if puzzle.key.lower() in pair:
            return [word for word in pair if word != puzzle.key.lower()]
    names = [name.lower() for name in _NAME.findall(puzzle.stem)]
    return list(dict.fromkeys(names)) if puzzle.key.lower() in names else []


@cache
def _ethical_words() -> frozenset[str]:
    return frozenset(
        option.word for one in DILEMMAS for option in (one.first, one.second, one.third)
    )


def _text_misses(puzzle: Puzzle) -> list[str]:
    """Return an expression's distractors, or the expression with its last number off by one."""
    if puzzle.distractors:
        return list(puzzle.distractors)
    found = list(_DIGITS.finditer(puzzle.key))
    if not found:
        return []
    last = found[-1]
    return [
        f"{puzzle.key[: last.start()]}{int(last[0]) + step}{puzzle.key[last.end() :]}"
        for step in (1, 2)
    ]


def _folded(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
