"""Read puzzles from any source, by its name."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from balk.design.puzzles.bank import make_puzzles
from balk.design.puzzles.drafts import check_level
from balk.design.puzzles.families import APART
from balk.design.sources import files, hugging_face, reasoning_gym
from balk.design.sources.rows import Row, make_puzzles_of
from balk.errors import PuzzleError
from balk.records import Puzzle

KNOWN = (
    "balk, balk:FAMILY[,FAMILY...], ethics, tables, a .jsonl or .csv file, "
    f"{hugging_face.FORM}, reasoning-gym:TASK"
)


def read_puzzles(source: str, *, n: int, seed: int, levels: Sequence[int] = (5,)) -> list[Puzzle]:
    """Return `n` puzzles from a source.

    Parameters
    ----------
    source : str
        ``balk`` (the built-in bank), ``balk:FAMILY[,FAMILY...]``, ``ethics``, ``tables``, the path
        of a ``.jsonl`` or ``.csv`` file, ``hf:NAME[@SPLIT][#CONFIG]?stem=COLUMN&key=COLUMN`` (a
        Hugging Face data set or a folder) or ``reasoning-gym:TASK``.
    n : int
        How many, at least 1. Of a larger source a random part is taken: the same for the same
        seed in whatever order the source lists its puzzles, and part of the choice for any
        larger `n`.
    seed : int
        At least 0.
    levels : sequence of int, default (5,)
        Levels to take; without effect where a source states no levels.

    Returns
    -------
    list of Puzzle
        `n` puzzles that all differ.

    Raises
    ------
    PuzzleError
        If the source is unknown, cannot be read, holds something that is no puzzle, or holds
        fewer than `n` puzzles at these levels.
    MissingExtraError
        If the source needs a package that is not installed.
    """
    if n < 1:
        raise PuzzleError(f"n is {n}; give a whole number >= 1")
    if seed < 0:
        raise PuzzleError(f"seed is {seed}; give a whole number >= 0")
    for level in levels:
        check_level(level)
    kind, has_rest, rest = source.partition(":")
    if source in {"balk", *APART}:
        return make_puzzles(n, seed, levels, () if source == "balk" else (source,))
    if kind == "balk" and has_rest:
        return make_puzzles(n, seed, levels, [name.strip() for name in rest.split(",")])
    if kind == "hf" and has_rest:
        address = hugging_face.parse_address(rest)
        family = address.label.removeprefix("hf:").rpartition("/")[2]
        rows = hugging_face.read_rows(address)
        return choose(rows, family, address.label, n=n, seed=seed, levels=levels)
    if kind == "reasoning-gym" and has_rest:
        rows = reasoning_gym.read_rows(rest, n=n, seed=seed)
        return make_puzzles_of(rows, family=rest, source=source)
    path = Path(source).expanduser()
    if not path.suffix and not path.exists():
        raise PuzzleError(f"unknown puzzle source {source!r}; known: {KNOWN}")
    return choose(files.read_rows(path), path.stem, path.name, n=n, seed=seed, levels=levels)


def choose(
    rows: Sequence[Row], family: str, source: str, *, n: int, seed: int, levels: Sequence[int]
) -> list[Puzzle]:
    """Return `n` puzzles of the wanted levels out of rows, every row checked first.

    Parameters and errors are those of `read_puzzles`; `family` and `source` are the labels of
    puzzles that state none.
    """
    puzzles = make_puzzles_of(rows, family=family, source=source)
    states_levels = any(row.text("level") for row in rows)
    found = [puzzle for puzzle in puzzles if puzzle.level in levels or not states_levels]
    if len(found) < n:
        raise PuzzleError(_too_few(source, puzzles, len(found), n, levels if states_levels else ()))
    found.sort(key=lambda puzzle: puzzle.id)
    order = np.random.default_rng(np.random.SeedSequence(seed)).permutation(len(found))
    return [found[place] for place in order[:n]]


def _too_few(
    source: str, puzzles: Sequence[Puzzle], n_found: int, n: int, levels: Sequence[int]
) -> str:
    """Return the message for a source that holds too few puzzles."""
    if not levels:
        return (
            f"{source} holds {n_found} puzzles, and {n} are wanted; "
            "add puzzles, or lower --pool and --questions"
        )
    counts = sorted(Counter(puzzle.level for puzzle in puzzles).items())
    there = ", ".join(f"{count} at level {level}" for level, count in counts)
    wanted = ", ".join(map(str, levels))
    return (
        f"{source} holds {n_found} puzzles at level {wanted}, and {n} are wanted; it has {there}: "
        "ask for other levels, add puzzles or ask for fewer"
    )
