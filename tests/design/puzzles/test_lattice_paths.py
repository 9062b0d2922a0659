"""Every solver against paths that are walked one by one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.design.puzzles.lattice_paths import (
    MOVES,
    Point,
    Region,
    count_by_area,
    count_by_turns,
    count_paths,
    count_walks,
    draw_lattice_paths,
)

UNIT_STEPS = [(1, 0), (0, 1)]
SIDES = [(1, 0), (-1, 0), (0, 1), (0, -1)]
CORNERS = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
KNIGHT = [(1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)]

points = st.tuples(st.integers(0, 4), st.integers(0, 4))
regions = st.builds(
    lambda end, blocked, line: Region(end, tuple(blocked - {(0, 0), end}), line),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.sets(points, max_size=5),
    st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 8)),
)


def is_allowed(point: Point, region: Region) -> bool:
    x, y = point
    p, q, c = region.line or (0, 0, 0)
    inside = x <= region.end[0] and y <= region.end[1]
    return inside and point not in region.blocked and q * y <= p * x + c


def walked(region: Region, steps: Sequence[Point]) -> Iterator[list[Point]]:
    """Yield every path as the list of its points, depth first."""
    stack = [[(0, 0)]]
    while stack:
        path = stack.pop()
        if path[-1] == region.end:
            yield path
            continue
        for dx, dy in steps:
            at = (path[-1][0] + dx, path[-1][1] + dy)
            if is_allowed(at, region):
                stack.append([*path, at])


def n_turns(path: list[Point]) -> int:
    directions = [a[0] == b[0] for a, b in pairwise(path)]
    return sum(a != b for a, b in pairwise(directions))


def area(path: list[Point]) -> int:
    """Return the area under a path by the trapezium rule."""
    return sum((b[0] - a[0]) * (a[1] + b[1]) for a, b in pairwise(path)) // 2


@settings(deadline=None)
@given(region=regions, steps=st.sampled_from([UNIT_STEPS, [*UNIT_STEPS, (1, 1)], [(1, 2), (2, 0)]]))
def test_paths_visit_only_allowed_points(region: Region, steps: list[Point]) -> None:
    assert count_paths(region, steps) == sum(1 for _ in walked(region, steps))


@settings(deadline=None)
@given(region=regions)
def test_paths_are_counted_by_their_turns(region: Region) -> None:
    turns = [n_turns(path) for path in walked(region, UNIT_STEPS)]
    counts = count_by_turns(region)
    assert counts == [turns.count(n) for n in range(len(counts))]
    assert sum(counts) == len(turns)


@settings(deadline=None)
@given(region=regions, modulus=st.integers(1, 7))
def test_paths_are_counted_by_their_area(region: Region, modulus: int) -> None:
    areas = [area(path) % modulus for path in walked(region, UNIT_STEPS)]
    assert count_by_area(region, modulus) == [areas.count(r) for r in range(modulus)]


def n_walked(cells: set[Point], moves: list[Point], start: Point, end: Point, n: int) -> int:
    if n == 0:
        return int(start == end)
    reached = [(start[0] + dx, start[1] + dy) for dx, dy in moves]
    return sum(n_walked(cells, moves, cell, end, n - 1) for cell in reached if cell in cells)


@settings(deadline=None)
@given(
    name=st.sampled_from(list(MOVES)),
    holes=st.sets(points, max_size=6),
    n=st.integers(0, 4),
    end=points,
)
def test_walks_stay_on_the_board(name: str, holes: set[Point], n: int, end: Point) -> None:
    start = (1, 1)
    cells = {(x, y) for x in range(5) for y in range(5)} - holes | {start}
    expected = n_walked(cells, _moves(name), start, end, n) if end in cells else 0
    assert count_walks(cells, MOVES[name], start, n).get(end, 0) == expected


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(15))
def test_stem_of_plain_paths_gives_the_key(level: int, seed: int) -> None:
    match, key = _first_match(r"A path leads", level, seed)
    region, steps = _region(match.string)
    assert sum(1 for _ in walked(region, steps)) == key


@pytest.mark.parametrize("seed", range(6))
def test_stem_with_longer_steps_gives_the_key(seed: int) -> None:
    match, key = _first_match(r"add \(1, 0\), .* How many", 3, seed)
    region, steps = _region(match.string)
    assert sum(1 for _ in walked(region, steps)) == key


@pytest.mark.parametrize("seed", range(8))
def test_stem_with_turns_gives_the_key(seed: int) -> None:
    match, key = _first_match(r"exactly (\d+) times", 3, seed)
    region, steps = _region(match.string)
    assert sum(n_turns(path) == int(match[1]) for path in walked(region, steps)) == key


@pytest.mark.parametrize("seed", range(4))
def test_stem_with_an_area_gives_the_key(seed: int) -> None:
    pattern = r"to \((9|10), 9\) .* x = (\d+) leaves the remainder (\d+) .* by (\d)\. How many"
    match, key = _first_match(pattern, 4, seed)
    region, steps = _region(match.string)
    width, remainder, modulus = map(int, match.groups()[1:])
    assert width == region.end[0]
    assert sum(area(path) % modulus == remainder for path in walked(region, steps)) == key


@pytest.mark.parametrize("seed", range(8))
def test_stem_of_a_walk_gives_the_key(seed: int) -> None:
    pattern = (
        r"(\d+) columns and (\d+) rows; .* the cells (.*) are missing\. .* on cell (.*), and .* "
        r"takes it to (.*?)(?: with)? the one .* exactly (\d+) moves and ends on cell (.*);"
    )
    match, key = _first_match(pattern, 3, seed)
    board = {(x, y) for x in range(1, int(match[1]) + 1) for y in range(1, int(match[2]) + 1)}
    (start,), (end,) = _points(match[4]), _points(match[7])
    cells = board - set(_points(match[3]))
    assert n_walked(cells, _moves(match[5]), start, end, int(match[6])) == key


def _region(stem: str) -> tuple[Region, list[Point]]:
    """Return region and steps as a stem states them."""
    match = re.search(r"\) to (\(\d+, \d+\)) by steps that add (.*?) to the", stem)
    blocked = re.search(r"No step ends at ([(), \dor]*)", stem)
    line = re.search(r"satisfies (?:(\d+)\*)?y <= (?:(\d+)\*)?x(?: \+ (\d+))?\.", stem)
    assert match is not None
    assert blocked is not None
    bound = (int(line[2] or 1), int(line[1] or 1), int(line[3] or 0)) if line else None
    return Region(_points(match[1])[0], tuple(_points(blocked[1])), bound), _points(match[2])


def _points(text: str) -> list[Point]:
    return [(int(x), int(y)) for x, y in re.findall(r"\((\d+), (\d+)\)", text)]


def _moves(name: str) -> list[Point]:
    """Return the moves that a stem names."""
    if "knight" in name:
        return KNIGHT
    return SIDES + CORNERS if "corner" in name else SIDES


def _first_match(pattern: str, level: int, seed: int) -> tuple[re.Match[str], int]:
    """Return the first draft of a stream whose stem has the pattern: its match and key."""
    rng = np.random.default_rng(seed)
    while True:
        draft = draw_lattice_paths(rng, level)
        if match := re.search(pattern, draft.stem):
            return match, int(draft.key)
