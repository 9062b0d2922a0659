"""Puzzles that are another one again, or another one with other numbers."""

import re
from collections.abc import Sequence
from functools import lru_cache

from balk.records import Puzzle

N_WORDS = 3
MOST_ALIKE = 0.7
"""Share of word triples in common from which two puzzles are one, numbers and names aside."""

_WORD = re.compile(r"[^\W\d_]+|\d+")


def find_duplicate(
    puzzle: Puzzle, others: Sequence[Puzzle], *, with_numbers: bool = False
) -> Puzzle | None:
    """Return a puzzle that another one repeats, or None.

    Two are alike if their triples of words overlap by `MOST_ALIKE` of all triples (Jaccard's
    index). All numbers are read as one and the same, unless `with_numbers`: then puzzles that
    differ in their numbers differ.
    """
    own = _triples(puzzle.stem, with_numbers=with_numbers)
    for other in others:
        theirs = _triples(other.stem, with_numbers=with_numbers)
        if len(own & theirs) >= MOST_ALIKE * max(1, len(own | theirs)):
            same_numbers = _numbers(puzzle.stem) == _numbers(other.stem)
            if same_numbers or not with_numbers:
                return other
    return None


@lru_cache(maxsize=4096)
def _triples(stem: str, *, with_numbers: bool) -> frozenset[tuple[str, ...]]:
    found = _WORD.findall(stem.casefold())
    words = [word if with_numbers or not word.isdigit() else "#" for word in found]
    if len(words) < N_WORDS:
        return frozenset({tuple(words)})
    return frozenset(tuple(words[i : i + N_WORDS]) for i in range(len(words) - N_WORDS + 1))


def _numbers(stem: str) -> list[str]:
    return [word for word in _WORD.findall(stem) if word.isdigit()]
