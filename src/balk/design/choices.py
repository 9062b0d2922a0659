"""Five choices: a puzzle with its key among four near misses, to be answered by a letter."""

from dataclasses import replace

import numpy as np

from balk.errors import PuzzleError
from balk.records import Puzzle

LETTERS = ("A", "B", "C", "D", "E")


def with_choices(puzzle: Puzzle) -> Puzzle:
    """Return a puzzle that asks for the letter of its key.

    Where the key stands is drawn from the puzzle itself, so that it is the same in every study;
    near misses are the puzzle's distractors, of which a draw from the same seed takes four.

    Raises
    ------
    PuzzleError
        If the puzzle has fewer than four distractors, or is itself a choice among words.
    """
    n_wrong = len(LETTERS) - 1
    if puzzle.marking == "any_of" or len(puzzle.distractors) < n_wrong:
        raise PuzzleError(
            f"puzzle {puzzle.id} of {puzzle.family} has {len(puzzle.distractors)} distractors, and "
            f"arm 'choices' needs {n_wrong} and one right answer; use other puzzles or leave the "
            "arm out"
        )
    rng = np.random.default_rng(int(puzzle.id, 16))
    wrong = [puzzle.distractors[int(i)] for i in rng.permutation(len(puzzle.distractors))]
    options = [puzzle.key, *wrong[:n_wrong]]
    order = [int(i) for i in rng.permutation(len(LETTERS))]
    lines = [f"{letter}) {options[i]}" for letter, i in zip(LETTERS, order, strict=True)]
    others = tuple(letter for letter, i in zip(LETTERS, order, strict=True) if i)
    return replace(
        puzzle,
        stem="\n".join((puzzle.stem, *lines)),
        key=LETTERS[order.index(0)],
        marking="word",
        distractors=others,
    )
