"""Puzzles that are another one again, or another one with other numbers."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from balk.design.authoring.wishes import Domain
from balk.design.puzzles.bank import make_puzzles
from balk.records import Puzzle

N_BANK = 400  # puzzles of each level of the built-in bank that an authored one may not repeat
N_DILEMMAS = 40
BANK_SEED = 0
N_WORDS = 3
MOST_ALIKE = 0.7
"""Share of word triples in common from which two puzzles are one, numbers and names aside."""

_WORD = re.compile(r"[^\W\d_]+|\d+")


def bank_of(domain: Domain) -> list[Puzzle]:
    """Return the puzzles of the built-in bank that an authored one may not repeat."""
    families, n = (("ethics",), N_DILEMMAS) if domain == "ethics" else ((), N_BANK)
    return [one for level in range(1, 6) for one in make_puzzles(n, BANK_SEED, (level,), families)]


def find_repeats(puzzles: Mapping[int, Puzzle], bank: Sequence[Puzzle]) -> dict[int, str]:
    """Return which puzzles repeat one of a bank or an earlier one, and which of these."""
    repeats: dict[int, str] = {}
    kept: list[Puzzle] = []
    for index, puzzle in puzzles.items():
        if find_duplicate(puzzle, bank):
            repeats[index] = "repeats a puzzle of the bank"
        elif find_duplicate(puzzle, kept, with_numbers=True):
            repeats[index] = "repeats an earlier one of this order"
        else:
            kept.append(puzzle)
    return repeats


def find_duplicate(
    puzzle: Puzzle, others: Sequence[Puzzle], *, with_numbers: bool = False
) -> Puzzle | None:
    """Return a puzzle that another one repeats, or None.

    Two are alike if their triples of words overlap by `MOST_ALIKE` of all triples (Jaccard's
    index). All numbers are read as one and the same, and so are all names (words that begin with
    a capital letter), unless `with_numbers`: then puzzles that differ in their numbers differ.
    """
    own = _triples(puzzle.stem, with_numbers=with_numbers)
    for other in others:
        theirs = _triples(other.stem, with_numbers=with_numbers)
        if len(own & theirs) >= MOST_ALIKE * max(1, len(own | theirs)):
            same_numbers = _numbers(puzzle.stem) == _numbers(other.stem)
            if same_numbers or not with_numbers:
                return other
    return None


@lru_cache(maxsize=8192)
def _triples(stem: str, *, with_numbers: bool) -> frozenset[tuple[str, ...]]:
    found = _WORD.findall(stem)
    words = [word.casefold() if with_numbers else _kind(word) for word in found]
    if len(words) < N_WORDS:
        return frozenset({tuple(words)})
    return frozenset(tuple(words[i : i + N_WORDS]) for i in range(len(words) - N_WORDS + 1))


def _kind(word: str) -> str:
    """Return a word, or the sign of all numbers or all names where it is one."""
    if word.isdigit():
        return "#"
    return "@" if word[0].isupper() else word


def _numbers(stem: str) -> list[str]:
    return [word for word in _WORD.findall(stem) if word.isdigit()]
