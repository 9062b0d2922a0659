"""The built-in bank: seed -> puzzles, one random stream for each item."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from balk.design.puzzles.drafts import check_level
from balk.design.puzzles.families import APART, PUZZLES
from balk.errors import PuzzleError, unknown
from balk.records import Puzzle

if TYPE_CHECKING:
    from balk.design.puzzles.drafts import Generator

N_TRIES = 50


@lru_cache(maxsize=4096)
def make_puzzle(family: str, level: int, seed: int, index: int) -> Puzzle:
    """Return the puzzle that a family draws for a seed and an index.

    Parameters
    ----------
    family : str
        A name in `PUZZLES`.
    level : int
        1 to 5.
    seed : int
        Root seed of the bank, at least 0.
    index : int
        Which item of this family and level, from 0; each has a random stream of its own.

    Raises
    ------
    PuzzleError
        If the family is unknown, or seed or level are out of range.
    """
    if family not in PUZZLES:
        raise PuzzleError(unknown("puzzle family", family, PUZZLES))
    check_level(level)
    if seed < 0:
        raise PuzzleError(f"seed is {seed}; give a whole number >= 0")
    generator: Generator = PUZZLES[family]
    key = (int.from_bytes(hashlib.sha256(family.encode()).digest()[:4]), level, index)
    draft = generator(np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key)), level)
    return Puzzle(
        stem=draft.stem,
        key=draft.key,
        marking=draft.marking,
        family=family,
        level=level,
        distractors=draft.distractors,
    )


def make_puzzles(
    n: int, seed: int, levels: Sequence[int] = (5,), families: Sequence[str] = ()
) -> list[Puzzle]:
    """Return `n` different puzzles, families and levels taken in turn.

    Parameters
    ----------
    n : int
        How many, at least 1.
    seed : int
        Same seed, same puzzles; different seeds share no stream.
    levels : sequence of int, default (5,)
        Levels to take in turn.
    families : sequence of str, optional
        Names in `PUZZLES`; by default all of mathematics and logic, which leaves out
        ``ethics`` and ``tables``.

    Raises
    ------
    PuzzleError
        If a family is unknown, a number is out of range, or a family runs out of new puzzles.
    """
    if n < 1:
        raise PuzzleError(f"n is {n}; give a whole number >= 1")
    names = list(families) or [name for name in PUZZLES if name not in APART]
    puzzles: dict[str, Puzzle] = {}
    next_index = dict.fromkeys(((f, level) for f in names for level in levels), 0)
    for turn in range(n):
        family, level = names[turn % len(names)], levels[(turn // len(names)) % len(levels)]
        for _ in range(N_TRIES):
            puzzle = make_puzzle(family, level, seed, next_index[family, level])
            next_index[family, level] += 1
            if puzzle.id not in puzzles:
                puzzles[puzzle.id] = puzzle
                break
        else:
            raise PuzzleError(
                f"family {family!r} gave no new puzzle at level {level} in {N_TRIES} draws; "
                f"ask for fewer than {n} puzzles, or for more families or levels"
            )
    return list(puzzles.values())
