"""Every solver against patterns that are listed and sorted into classes by hand-made moves."""

import re
from collections.abc import Iterator, Sequence
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from balk.design.puzzles.colourings import (
    SOLIDS,
    count_exact,
    count_proper_rings,
    count_valued,
    cycle_index,
    draw_colourings,
    make_board,
    make_ring,
    make_solid,
)

Pattern = tuple[int, ...]
PHI = (1 + 5**0.5) / 2


def multiset_patterns(counts: Sequence[int]) -> Iterator[Pattern]:
    """Yield every row that uses colour i exactly counts[i] times."""
    if not any(counts):
        yield ()
    for colour, count in enumerate(counts):
        if count:
            rest = [c - (i == colour) for i, c in enumerate(counts)]
            yield from ((colour, *row) for row in multiset_patterns(rest))


def proper_rings(counts: Sequence[int], before: Pattern = ()) -> Iterator[Pattern]:
    """Yield every ring with these counts in which no two neighbours are alike."""
    if not any(counts) and before[0] != before[-1]:
        yield before
    for colour, count in enumerate(counts):
        if count and before[-1:] != (colour,):
            rest = [c - (i == colour) for i, c in enumerate(counts)]
            yield from proper_rings(rest, (*before, colour))


def ring_images(pattern: Pattern, *, may_flip: bool) -> Iterator[Pattern]:
    for view in (pattern, pattern[::-1]) if may_flip else (pattern,):
        yield from (view[i:] + view[:i] for i in range(len(view)))


def board_images(pattern: Pattern, side: int, *, may_flip: bool) -> Iterator[Pattern]:
    board = np.array(pattern).reshape(side, side)
    for view in (board, np.fliplr(board)) if may_flip else (board,):
        yield from (tuple(np.rot90(view, quarter).ravel().tolist()) for quarter in range(4))


def n_rings(patterns: Iterator[Pattern], *, may_flip: bool) -> int:
    return len({min(ring_images(pattern, may_flip=may_flip)) for pattern in patterns})


def solid_points(name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners of a solid, and the centres of the parts that are coloured."""
    signs = [np.array(s, dtype=float) for s in product((-1, 1), repeat=3)]
    corners, faces = np.array(signs), np.array([s * e for s in (-1, 1) for e in np.eye(3)])
    if "dodecahedron" in name:
        more = {tuple(np.roll(s * (0, 1 / PHI, PHI), k).tolist()) for s in signs for k in range(3)}
        corners = np.array(sorted({*map(tuple, corners.tolist()), *more}))
        faces = np.array(
            sorted({tuple(np.roll(s * (1, 0, PHI), k).tolist()) for s in signs for k in range(3)})
        )
    edges = np.array([(corners[i] + corners[j]) / 2 for i, j in adjacent(corners) if i < j])
    return corners, {"corners": corners, "faces": faces, "edges": edges}[name.split()[1]]


def adjacent(corners: NDArray[np.float64]) -> list[tuple[int, int]]:
    gaps = np.linalg.norm(corners[:, None] - corners[None], axis=2)
    near = np.isclose(gaps, gaps[gaps > 0].min())
    return [(int(i), int(j)) for i, j in np.argwhere(near)]


def rotations(corners: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield the rotation that takes a first edge with its direction to each edge in turn."""

    def frame(i: int, j: int) -> NDArray[np.float64]:
        return np.column_stack([corners[i], corners[j], np.cross(corners[i], corners[j])])

    pairs = adjacent(corners)
    yield from (frame(i, j) @ np.linalg.inv(frame(*pairs[0])) for i, j in pairs)


def part_moves(name: str) -> list[list[int]]:
    """Return the permutation of the parts of a solid that each rotation makes."""
    corners, parts = solid_points(name)
    moves = []
    for rotation in rotations(corners):
        gaps = np.linalg.norm((parts @ rotation.T)[:, None] - parts[None], axis=2)
        assert np.allclose(gaps.min(axis=1), 0)
        moves.append([int(i) for i in gaps.argmin(axis=1)])
    return moves


counts_of_rings = st.lists(st.integers(1, 4), min_size=2, max_size=4).filter(
    lambda counts: 3 <= sum(counts) <= 8
)


@settings(deadline=None)
@given(counts=counts_of_rings, may_flip=st.booleans())
def test_rings_with_given_colours_are_counted(counts: list[int], may_flip: bool) -> None:  # noqa: FBT001 - drawn by name
    expected = n_rings(multiset_patterns(counts), may_flip=may_flip)
    index = make_ring(sum(counts), may_flip=may_flip).index
    assert count_exact(index, counts) == expected


@settings(deadline=None)
@given(counts=counts_of_rings, may_flip=st.booleans())
def test_rings_without_like_neighbours_are_counted(counts: list[int], may_flip: bool) -> None:  # noqa: FBT001 - drawn by name
    expected = n_rings(proper_rings(counts), may_flip=may_flip)
    assert count_proper_rings(counts, may_flip=may_flip) == expected


@pytest.mark.parametrize("counts", [(4, 4, 2), (5, 5), (3, 3, 3), (2, 2, 2, 2), (6, 3, 3)])
@pytest.mark.parametrize("may_flip", [False, True])
def test_rings_with_many_symmetric_patterns_are_counted(
    counts: tuple[int, ...],
    may_flip: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    index = make_ring(sum(counts), may_flip=may_flip).index
    assert count_exact(index, counts) == n_rings(multiset_patterns(counts), may_flip=may_flip)
    expected = n_rings(proper_rings(counts), may_flip=may_flip)
    assert count_proper_rings(counts, may_flip=may_flip) == expected


@pytest.mark.parametrize("may_flip", [False, True])
@pytest.mark.parametrize(("side", "counts"), [(2, (2, 2)), (2, (1, 1, 2)), (3, (4, 3, 2))])
def test_boards_with_given_colours_are_counted(
    side: int,
    counts: tuple[int, ...],
    may_flip: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    classes = {
        min(board_images(pattern, side, may_flip=may_flip)) for pattern in multiset_patterns(counts)
    }
    assert count_exact(make_board(side, may_flip=may_flip).index, counts) == len(classes)


@pytest.mark.parametrize("name", SOLIDS)
def test_symmetries_of_solids_are_those_of_their_points(name: str) -> None:
    body = make_solid(name)
    moves = part_moves(name)
    assert {len(move) for move in moves} == {body.n}
    assert cycle_index(moves) == body.index


@pytest.mark.parametrize("counts", [(3, 3), (2, 2, 2), (4, 1, 1), (1, 1, 1, 1, 1, 1)])
def test_cubes_with_given_face_colours_are_counted(counts: tuple[int, ...]) -> None:
    moves = part_moves("6 faces of a cube")
    classes = {
        min(tuple(pattern[i] for i in move) for move in moves)
        for pattern in multiset_patterns(counts)
    }
    assert count_exact(SOLIDS["6 faces of a cube"], counts) == len(classes)


@settings(deadline=None)
@given(
    n=st.integers(3, 6),
    labels=st.dictionaries(st.integers(0, 4), st.integers(1, 2), min_size=1, max_size=2),
    total=st.integers(0, 20),
    may_flip=st.booleans(),
)
def test_rings_with_a_given_total_are_counted(
    n: int,
    labels: dict[int, int],
    total: int,
    may_flip: bool,  # noqa: FBT001 - drawn by name
) -> None:
    values = [value for value, many in labels.items() for _ in range(many)]
    patterns = (
        pattern
        for pattern in product(range(len(values)), repeat=n)
        if sum(values[label] for label in pattern) == total
    )
    expected = n_rings(patterns, may_flip=may_flip)
    assert count_valued(make_ring(n, may_flip=may_flip).index, labels, total) == expected


def test_cycle_index_has_one_entry_for_each_cycle_type() -> None:
    index = cycle_index(permutations(range(4)))
    assert index == {
        ((1, 4),): 1,
        ((1, 2), (2, 1)): 6,
        ((2, 2),): 3,
        ((1, 1), (3, 1)): 8,
        ((4, 1),): 6,
    }


@pytest.mark.parametrize("seed", range(25))
def test_stem_of_a_small_ring_gives_the_key(seed: int) -> None:
    stem, key = _first_match(r"of the \d beads", 1, seed)
    counts = [int(count) for count in re.findall(r"(\d+) (?:beads? )?(?:is|are) ", stem)]
    assert n_rings(multiset_patterns(counts), may_flip="no reflection" not in stem) == key


@pytest.mark.parametrize("seed", range(3))
def test_stem_of_a_ring_without_like_neighbours_gives_the_key(seed: int) -> None:
    stem, key = _first_match(r"of the 11 beads .* no two neighbouring", 3, seed)
    counts = [int(count) for count in re.findall(r"(\d+) (?:beads? )?(?:is|are) ", stem)]
    count = n_rings(proper_rings(counts), may_flip="no reflection" not in stem)
    divide_by = re.search(r"divided by (\d+)\?", stem)
    assert (count % int(divide_by[1]) if divide_by else count) == key


@pytest.mark.parametrize("seed", range(12))
def test_stem_of_a_ring_with_a_total_gives_the_key(seed: int) -> None:
    stem, key = _first_match(r"beads of a ring carries one label", 3, seed)
    labels = {int(value): int(many) for many, value in re.findall(r"(\d+) of value (\d+)", stem)}
    n, total = int(stem.split()[3]), int(re.findall(r"add up to (\d+)\.", stem)[0])
    may_flip = "no reflection" not in stem
    moves = list(ring_images(tuple(range(n)), may_flip=may_flip))
    fixed = sum(_ways_to_total(_cycle_lengths(move), labels, total) for move in moves)
    count, left = divmod(fixed, len(moves))
    divide_by = re.search(r"divided by (\d+)\?", stem)
    assert left == 0
    assert (count % int(divide_by[1]) if divide_by else count) == key


def _cycle_lengths(move: Pattern) -> list[int]:
    cycles = set()
    for start in range(len(move)):
        cycle, at = [start], move[start]
        while at != start:
            cycle, at = [*cycle, at], move[at]
        cycles.add(frozenset(cycle))
    return [len(cycle) for cycle in cycles]


def _ways_to_total(lengths: list[int], labels: dict[int, int], total: int) -> int:
    ways = {0: 1}
    for length in lengths:
        fresh: dict[int, int] = {}
        for value, many in labels.items():
            for subtotal, count in ways.items():
                at = subtotal + length * value
                fresh[at] = fresh.get(at, 0) + many * count
        ways = fresh
    return ways.get(total, 0)


def _first_match(pattern: str, level: int, seed: int) -> tuple[str, int]:
    """Return stem and key of the first draft of a stream whose stem has the pattern."""
    rng = np.random.default_rng(seed)
    while True:
        draft = draw_colourings(rng, level)
        if re.search(pattern, draft.stem):
            return draft.stem, int(draft.key)
