"""What a puzzle family gives back, and the small tools that families share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from balk.errors import PuzzleError
from balk.records import Marking

N_DISTRACTORS = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """A puzzle without the labels that `make_puzzles` adds: family, level and source.

    Attributes
    ----------
    stem : str
        The question, self-contained, in plain text.
    key : str
        Canonical right answer: ``"-12"``, ``"7/12"`` or a lower-case word.
    distractors : tuple of str
        Four different near misses, likeliest mistakes first, none equal to the key.
    marking : {"number", "word", "any_of", "math"}
        How an answer is compared with the key.
    """

    stem: str
    key: str
    distractors: tuple[str, ...] = ()
    marking: Marking = "number"


Generator = Callable[[np.random.Generator, int], Draft]
"""Draws one draft of a level (1 to 5) from a random stream of its own."""


def check_level(level: int) -> None:
    """Raise `PuzzleError` unless `level` is a whole number from 1 to 5."""
    if level not in {1, 2, 3, 4, 5}:
        raise PuzzleError(f"level is {level}; give a whole number from 1 to 5")


def number(value: int | Fraction) -> str:
    """Return a number in canonical form: ``"-12"`` or a reduced ``"7/12"``."""
    return str(Fraction(value))


def near_misses(
    key: int, mistakes: Iterable[int], rng: np.random.Generator, *, least: int | None = None
) -> tuple[str, ...]:
    """Return four wrong whole numbers near a key.

    Likely mistakes come first, as far as they differ from the key and from each other; small
    slips (off by a little, a digit changed, two digits swapped) fill the rest.

    Parameters
    ----------
    key : int
        The right answer.
    mistakes : iterable of int
        Results of mistakes that a solver of this very puzzle might make, likeliest first.
    rng : numpy.random.Generator
        Stream for the fillers.
    least : int, optional
        Smallest plausible answer, such as 0 for a count.
    """
    found: list[int] = []
    for wrong in (*mistakes, *_slips(key, rng)):
        if wrong != key and wrong not in found and (least is None or wrong >= least):
            found.append(wrong)
        if len(found) == N_DISTRACTORS:
            break
    return tuple(map(str, found))


def _slips(key: int, rng: np.random.Generator) -> list[int]:
    """Return slips of the pen around a key, in random order, always more than enough."""
    sign, digits = (-1 if key < 0 else 1), str(abs(key))
    slips = {key + 1, key - 1, key + 2, key - 2, key + 10, key - 10}
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        slips.add(sign * int(swapped))
    place = int(rng.integers(len(digits)))
    step = 10 ** (len(digits) - 1 - place)
    slips |= {key + step, key - step}
    ordered = sorted(slips - {key})
    shuffled = [ordered[i] for i in rng.permutation(len(ordered))]
    return [*shuffled, *(key + 3 + extra for extra in range(2 * N_DISTRACTORS))]
