"""Keys to show: true, false, mixed or none, for batches of puzzles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from balk.design.answer_key.near_misses import Miss
from balk.design.answer_key.sheets import Entry, KeyType
from balk.errors import StudyError
from balk.records import Puzzle

KEYS_STREAM = 42  # spawn keys: which keys of a mixed sheet are false, and the order of questions
ORDER_STREAM = 43


def key_text(puzzle: Puzzle) -> str:
    """Return the true key as it is shown: where several answers are right, the first of them."""
    return puzzle.key.split("|")[0] if puzzle.marking == "any_of" else puzzle.key


def show_keys(
    puzzles: Sequence[Puzzle],
    key_type: KeyType,
    misses: Mapping[str, Miss],
    *,
    share: float = 0.5,
    seed: int = 0,
) -> list[Entry]:
    """Return the puzzles of a batch with a key of a type beside each.

    Parameters
    ----------
    puzzles : sequence of Puzzle
        One batch.
    key_type : {"true", "false", "mixed", "none"}
        Which keys are shown.
    misses : mapping of str to Miss
        Puzzle id -> its wrong answer.
    share : float, default 0.5
        Share of a mixed key that is false, to the nearest whole number of questions.
    seed : int
        Draws which those are.

    Raises
    ------
    StudyError
        If the share is outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise StudyError(f"share of false keys is {share}; give a number between 0 and 1")
    true = [Entry(puzzle, shown=key_text(puzzle)) for puzzle in puzzles]
    false = [
        Entry(puzzle, shown=misses[puzzle.id].text, style=misses[puzzle.id].style)
        for puzzle in puzzles
    ]
    if key_type == "none":
        return [Entry(puzzle) for puzzle in puzzles]
    if key_type != "mixed":
        return true if key_type == "true" else false
    n_false = int(share * len(puzzles) + 0.5)
    drawn = set(_stream(seed, KEYS_STREAM, puzzles).permutation(len(puzzles))[:n_false].tolist())
    return [false[i] if i in drawn else true[i] for i in range(len(puzzles))]


def shuffled(entries: Sequence[Entry], seed: int, purpose: str) -> list[Entry]:
    """Return entries in an order drawn from the seed, another for every purpose."""
    rng = _stream(seed, ORDER_STREAM, [entry.puzzle for entry in entries], purpose)
    return [entries[int(i)] for i in rng.permutation(len(entries))]


def with_given(entry: Entry, given: str) -> Entry:
    """Return an entry with the text that is to be marked or classified."""
    return replace(entry, given=given)


def _stream(
    seed: int, stream: int, puzzles: Sequence[Puzzle], purpose: str = ""
) -> np.random.Generator:
    ids = [int(puzzle.id, 16) for puzzle in puzzles]
    words = [stream, int.from_bytes(purpose.encode()), *ids]
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=words))
