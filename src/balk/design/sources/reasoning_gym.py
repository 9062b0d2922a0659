"""Puzzles that reasoning-gym generates, with answers compared by balk's own marking."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from balk.design.sources.rows import Row
from balk.errors import MissingExtraError, PuzzleError, unknown

N_SPARE = 4  # times as many items are drawn as are needed, since some tasks repeat themselves


def read_rows(task: str, *, n: int, seed: int) -> list[Row]:
    """Return `n` different items of a task.

    Parameters
    ----------
    task : str
        Name of a reasoning-gym task.
    n : int
        How many, at least 1.
    seed : int
        Same seed, same items. Tasks seed item *i* with their seed plus *i*, so the seed is spread
        first: neighbouring seeds share no items.

    Raises
    ------
    MissingExtraError
        If the package ``reasoning-gym`` is not installed.
    PuzzleError
        If the task is unknown or repeats itself before there are `n` items.
    """
    items = _items(task, n * N_SPARE, _spread(seed))
    rows: dict[tuple[str, str], Row] = {}
    for number, item in enumerate(items):
        if item["answer"] is None:  # some tasks can be scored only by code of their own
            continue
        stem, key = str(item["question"]).strip(), str(item["answer"]).strip()
        fields = {"stem": stem, "key": key}
        rows.setdefault((stem, key), Row(f"reasoning-gym:{task} item {number}", fields))
        if len(rows) == n:
            return list(rows.values())
    raise PuzzleError(
        f"reasoning-gym:{task} gave {len(rows)} different puzzles in {n * N_SPARE} draws, and {n} "
        "are wanted; ask for fewer or take another task"
    )


def _spread(seed: int) -> int:
    """Return a seed far from those of neighbouring seeds."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0] >> 1)  # fits every task's 32 bits


def _items(task: str, n: int, seed: int) -> Iterator[Any]:
    """Return the items that a task generates."""
    try:
        import reasoning_gym
        from reasoning_gym.factory import DATASETS
    except ImportError:
        raise MissingExtraError("reasoning-gym", "reasoning-gym") from None
    if task not in DATASETS:
        raise PuzzleError(unknown("reasoning-gym task", task, DATASETS))
    return iter(reasoning_gym.create_dataset(task, size=n, seed=seed))
