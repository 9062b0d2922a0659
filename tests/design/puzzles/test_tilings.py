"""Every solver against tilings that are laid piece by piece."""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.design.puzzles.tilings import Cell, count_strips, count_tilings, draw_tilings

Shape = tuple[Cell, ...]

# Every way to lay a piece that has its first cell (top row first, then leftmost) at (0, 0).
DOMINO: tuple[Shape, ...] = (((0, 0), (0, 1)), ((0, 0), (1, 0)))
LAID: dict[str, tuple[Shape, ...]] = {
    "square pieces of 1 cell": (((0, 0),),),
    "straight pieces of 3 cells": (((0, 0), (0, 1), (0, 2)), ((0, 0), (1, 0), (2, 0))),
    "L-shaped pieces of 3 cells": (
        ((0, 0), (0, 1), (1, 0)),
        ((0, 0), (0, 1), (1, 1)),
        ((0, 0), (1, 0), (1, 1)),
        ((0, 0), (1, 0), (1, -1)),
    ),
    "square pieces of 4 cells": (((0, 0), (0, 1), (1, 0), (1, 1)),),
}


@cache
def tilings(
    free: frozenset[Cell], laid: tuple[Shape, ...], counted: tuple[Shape, ...] = ()
) -> dict[int, int]:
    """Return copies of the counted piece -> tilings, by laying a piece on the first free cell."""
    if not free:
        return {0: 1}
    row, column = min(free)
    found: dict[int, int] = {}
    for shape in (*laid, *counted):
        cells = frozenset((row + r, column + c) for r, c in shape)
        if cells <= free:
            for copies, count in tilings(free - cells, laid, counted).items():
                after = copies + (shape in counted)
                found[after] = found.get(after, 0) + count
    return found


def strips(n: int, colours: dict[int, int]) -> Iterator[list[int]]:
    """Yield the lengths of the bars of every tiling, coloured ones several times."""
    if n == 0:
        yield []
    for bar, k in colours.items():
        if bar <= n:
            for rest in strips(n - bar, colours):
                yield from ([bar, *rest] for _ in range(k))


def breaks(bars: list[int]) -> set[int]:
    """Return the cells after which a bar ends."""
    return {sum(bars[: i + 1]) for i in range(len(bars))}


def rings(n: int, colours: dict[int, int]) -> int:
    """Count ring tilings by the set of bars, each a (first cell, length, colour)."""
    seen = set()
    for bars in strips(n, dict.fromkeys(colours, 1)):
        for turn in range(n):
            starts = [(turn + start) % n for start in (0, *sorted(breaks(bars))[:-1])]
            seen.add(frozenset(zip(starts, bars, strict=True)))
    return sum(int(np.prod([colours[bar] for _, bar in placed], dtype=object)) for placed in seen)


colour_counts = st.dictionaries(st.integers(1, 4), st.integers(1, 2), min_size=1, max_size=3)
boards = st.tuples(st.integers(1, 4), st.integers(1, 4))
holes_of_boards = st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4)


@settings(deadline=None)
@given(n=st.integers(1, 7), colours=colour_counts, wall=st.none() | st.integers(1, 6))
def test_strips_are_counted(n: int, colours: dict[int, int], wall: int | None) -> None:
    wall = None if wall is None or wall > n else wall
    listed = [bars for bars in strips(n, colours) if wall is None or wall in breaks(bars)]
    assert count_strips(n, colours, wall=wall) == len(listed)


@settings(deadline=None)
@given(n=st.integers(5, 7), colours=colour_counts)
def test_rings_are_counted(n: int, colours: dict[int, int]) -> None:
    assert count_strips(n, colours, is_ring=True) == rings(n, colours)


@settings(deadline=None)
@given(size=boards, holes=holes_of_boards, name=st.sampled_from(list(LAID)))
def test_boards_are_counted_by_the_number_of_a_piece(
    size: tuple[int, int], holes: set[Cell], name: str
) -> None:
    board = {(row, column) for row in range(size[0]) for column in range(size[1])}
    counts = count_tilings(size, holes & board, [DOMINO[0]], LAID[name][0])
    assert counts == tilings(frozenset(board - holes), DOMINO, LAID[name])


@settings(deadline=None)
@given(size=boards, holes=holes_of_boards)
def test_boards_are_counted_for_any_set_of_pieces(size: tuple[int, int], holes: set[Cell]) -> None:
    board = {(row, column) for row in range(size[0]) for column in range(size[1])}
    names = ("L-shaped pieces of 3 cells", "square pieces of 4 cells")
    laid = sum((LAID[name] for name in names), start=())
    counts = count_tilings(size, holes & board, [LAID[name][0] for name in names])
    assert counts == tilings(frozenset(board - holes), laid)


def test_chessboard_has_the_known_number_of_domino_tilings() -> None:
    assert count_tilings((8, 8), [], [DOMINO[0]]) == {0: 12988816}  # Kasteleyn 1961


@pytest.mark.parametrize("shape", ["strip", "ring"])
@pytest.mark.parametrize("seed", range(12))
def test_stem_of_a_strip_gives_the_key(shape: str, seed: int) -> None:
    stem, key = _first_match(
        rf"A {shape} of (?:[5-9]|10) cells", 1 if shape == "strip" else 2, seed
    )
    n = int(stem.split()[3])
    colours = {int(bar): int(k) for bar, k in re.findall(r"length (\d) in (\d) colour", stem)}
    wall = re.search(r"both cell (\d+)", stem)
    if shape == "ring":
        assert rings(n, colours) == key
    else:
        assert wall is not None
        plain = [
            bars for bars in strips(n, dict.fromkeys(colours, 1)) if int(wall[1]) in breaks(bars)
        ]
        assert sum(int(np.prod([colours[bar] for bar in bars])) for bars in plain) == key


@pytest.mark.parametrize("seed", range(12))
def test_stem_of_a_board_gives_the_key(seed: int) -> None:
    stem, key = _first_match(r"(?:dominoes\.|may be turned\.) .*In how many", 3, seed)
    assert _n_tilings(stem) == key


@pytest.mark.parametrize("seed", range(6))
def test_stem_of_a_board_with_another_piece_gives_the_key(seed: int) -> None:
    stem, key = _first_match(r"rest .* exactly .*In how many", 3, seed)
    assert _n_tilings(stem) == key


def _n_tilings(stem: str) -> int:
    """Return how many tilings the board of a stem has, piece by piece."""
    size = re.search(r"(\d+) rows and (\d+) columns", stem)
    assert size is not None
    board = {(r, c) for r in range(1, int(size[1]) + 1) for c in range(1, int(size[2]) + 1)}
    holes = {(int(r), int(c)) for r, c in re.findall(r"\((\d+), (\d+)\)", stem)}
    exactly = re.search(r"exactly (\d+) (.* cells?);", stem)
    if exactly is None:
        return tilings(frozenset(board - holes), DOMINO)[0]
    counted = LAID[exactly[2].replace("piece ", "pieces ")]
    return tilings(frozenset(board - holes), DOMINO, counted)[int(exactly[1])]


def _first_match(pattern: str, level: int, seed: int) -> tuple[str, int]:
    """Return stem and key of the first draft of a stream whose stem has the pattern."""
    rng = np.random.default_rng(seed)
    while True:
        draft = draw_tilings(rng, level)
        if re.search(pattern, draft.stem):
            return draft.stem, int(draft.key)
