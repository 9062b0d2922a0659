"""Paths on a grid: obstacles, a line not to be crossed, turns, enclosed area, walks on boards.

Hard because obstacles leave no closed form, and a condition on turns or area multiplies the table
that has to be filled by hand: one entry for each point, direction and remainder.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

Point = tuple[int, int]

ENDS = {1: (4, 8), 2: (5, 9), 3: (6, 10), 4: (9, 12), 5: (12, 16)}
"""Range of both coordinates of the last point."""
N_BLOCKED = {1: 4, 2: 5, 3: 6, 4: 7, 5: 10}
STEPS: dict[int, Sequence[Sequence[Point]]] = {
    1: [[(1, 0), (0, 1)]],
    2: [[(1, 0), (0, 1)]],
    3: [[(1, 0), (0, 1), (1, 1)], [(1, 0), (0, 1), (2, 1)]],
    4: [[(1, 0), (0, 1), (1, 1), (2, 1)], [(1, 0), (0, 1), (1, 2), (2, 0)]],
    5: [[(1, 0), (0, 1), (1, 1), (2, 1), (1, 3)], [(1, 0), (0, 1), (2, 1), (1, 2), (3, 2)]],
}
AREA_MODULI = {4: (3, 6), 5: (6, 12)}
BOARDS = {3: (4, 6), 4: (5, 7), 5: (6, 8)}
N_MOVES = {3: (5, 8), 4: (9, 13), 5: (16, 22)}
MOVES: dict[str, Sequence[Point]] = {
    "a cell that shares a side": [(1, 0), (-1, 0), (0, 1), (0, -1)],
    "a cell that shares a side or a corner": [
        (dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy
    ],
    "a cell a chess knight's move away from": [
        (dx, dy) for dx in (-2, -1, 1, 2) for dy in (-2, -1, 1, 2) if abs(dx) != abs(dy)
    ],
}
LEAST_COUNT = {1: 3, 2: 10, 3: 30, 4: 500, 5: 10**5}
"""Puzzles with a smaller count are drawn again."""
LARGEST_COUNT, DIVIDE_BY = 10**6, (10**4, 10**6)
"""Larger counts are asked for as remainders, of divisors in this range."""


@dataclass(frozen=True, slots=True)
class Region:
    """Points from (0, 0) to `end` that a path may visit.

    Attributes
    ----------
    end : pair of int
        Last point of the path.
    blocked : tuple of points
        Points that may not be visited.
    line : tuple of three ints, optional
        (p, q, c): points need ``q*y <= p*x + c``; None where there is no line.
    """

    end: Point
    blocked: tuple[Point, ...] = ()
    line: tuple[int, int, int] | None = None

    @property
    def points(self) -> list[Point]:
        """Allowed points, column by column."""
        p, q, c = self.line or (0, 0, 0)
        grid = ((x, y) for x in range(self.end[0] + 1) for y in range(self.end[1] + 1))
        return [at for at in grid if q * at[1] <= p * at[0] + c and at not in self.blocked]


def count_paths(region: Region, steps: Collection[Point]) -> int:
    """Return how many sequences of steps lead from (0, 0) to the end within a region.

    Steps have coordinates >= 0, not both 0; only points where a step ends must be allowed.
    """
    ways: dict[Point, int] = {}
    for x, y in region.points:
        ways[x, y] = sum(ways.get((x - dx, y - dy), 0) for dx, dy in steps) + (x == y == 0)
    return ways.get(region.end, 0)


def count_by_turns(region: Region) -> list[int]:
    """Return, for each number of turns, how many paths of unit steps right and up make it."""
    size = sum(region.end) + 1
    blank = [0] * size
    right: dict[Point, list[int]] = {}
    up: dict[Point, list[int]] = {}
    for x, y in region.points:
        if x == y == 0:
            right[x, y] = up[x, y] = blank
            continue
        for ways, rest, before in ((right, up, (x - 1, y)), (up, right, (x, y - 1))):
            straight, turned = ways.get(before, blank), [0, *rest.get(before, blank)]
            first = [int(before == (0, 0)), *blank]
            ways[x, y] = [sum(parts) for parts in zip(straight, turned, first, strict=False)]
    ends = (right.get(region.end, blank), up.get(region.end, blank))
    return [sum(parts) for parts in zip(*ends, strict=True)]


def count_by_area(region: Region, modulus: int) -> list[int]:
    """Return how many paths of unit steps right and up have an area of each remainder.

    The area lies between the path and the x-axis; entry r counts areas that leave r.
    """
    ways: dict[Point, list[int]] = {}
    blank = [0] * modulus
    for x, y in region.points:
        left, below = ways.get((x - 1, y), blank), ways.get((x, y - 1), blank)
        # A step right at height y adds y to the area.
        ways[x, y] = [left[(r - y) % modulus] + below[r] for r in range(modulus)]
        ways[x, y][0] += x == y == 0
    return ways.get(region.end, blank)


def count_walks(
    cells: Collection[Point], moves: Collection[Point], start: Point, n_moves: int
) -> dict[Point, int]:
    """Return, for each cell, how many sequences of `n_moves` moves from a start end there."""
    ways = dict.fromkeys(cells, 0) | {start: 1}
    for _ in range(n_moves):
        ways = {(x, y): sum(ways.get((x - dx, y - dy), 0) for dx, dy in moves) for x, y in cells}
    return ways


def draw_lattice_paths(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on paths; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    variant = variants[int(rng.integers(len(variants)))]
    while True:
        stem, count, mistakes = variant(rng, level)
        if count >= LEAST_COUNT[level]:
            return _finish(rng, stem, count, mistakes)


Sketch = tuple[str, int, Sequence[int]]
"""Stem without its question, count, and results of mistakes."""


def _draw_plain(rng: np.random.Generator, level: int) -> Sketch:
    """Draw paths around obstacles, below a line at higher levels."""
    region = _draw_region(rng, level)
    steps = STEPS[level][int(rng.integers(len(STEPS[level])))]
    mistakes = [count_paths(other, steps) for other in _misread(region)]
    mistakes += [count_paths(region, steps[:2])]
    return _region_text(region, steps), count_paths(region, steps), mistakes


def _draw_turns(rng: np.random.Generator, level: int) -> Sketch:
    """Draw paths with a given number of changes of direction."""
    region = _draw_region(rng, level)
    counts = count_by_turns(region)
    typical = min(region.end)
    turns = int(rng.integers(typical - 2, typical + 3))
    stem = (
        f"{_region_text(region, STEPS[1][0])} It changes direction (from right to up, or from up "
        f"to right) exactly {turns} times."
    )
    mistakes = (counts[turns - 1], counts[turns + 1], sum(counts[: turns + 1]), sum(counts))
    return stem, counts[turns], mistakes


def _draw_area(rng: np.random.Generator, level: int) -> Sketch:
    """Draw paths whose area leaves a given remainder."""
    region, modulus = _draw_region(rng, level), int(rng.integers(*AREA_MODULI[level]))
    counts, remainder = count_by_area(region, modulus), int(rng.integers(modulus))
    stem = (
        f"{_region_text(region, STEPS[1][0])} The area between the path, the x-axis and the line "
        f"x = {region.end[0]} leaves the remainder {remainder} when divided by {modulus}."
    )
    above = (region.end[0] * region.end[1] - remainder) % modulus
    mistakes = (sum(counts) // modulus, counts[above], counts[remainder - 1], sum(counts))
    return stem, counts[remainder], mistakes


def _draw_walk(rng: np.random.Generator, level: int) -> Sketch:
    """Draw walks of given length on a board with holes."""
    width, height = (int(x) for x in rng.integers(*BOARDS[level], 2))
    board = [(x, y) for x in range(1, width + 1) for y in range(1, height + 1)]
    order = [board[int(i)] for i in rng.permutation(len(board))]
    start, end, holes = order[0], order[1], sorted(order[2 : 2 + N_BLOCKED[level]])
    cells = [cell for cell in board if cell not in holes]
    name, n_moves = list(MOVES)[int(rng.integers(3))], int(rng.integers(*N_MOVES[level]))
    counts = count_walks(cells, MOVES[name], start, n_moves)
    relation = "" if name.endswith("from") else " with"
    stem = (
        f"A board has {width} columns and {height} rows; cell (c, r) is in column c and row r, and "
        f"the cells {_listed(holes)} are missing. A token starts on cell {_text(start)}, and every "
        f"move takes it to {name}{relation} the one it is on. It makes exactly {n_moves} moves and "
        f"ends on cell {_text(end)}; cells may be visited again."
    )
    mistakes = (
        count_walks(board, MOVES[name], start, n_moves)[end],
        count_walks(cells, MOVES[name], start, n_moves + 1)[end],
        counts[start],
        count_walks(cells, MOVES[name], start, n_moves - 1)[end],
    )
    return stem, counts[end], mistakes


def _draw_region(rng: np.random.Generator, level: int) -> Region:
    """Return a region with obstacles and, from level 2 on, often a line."""
    end = (int(rng.integers(*ENDS[level])), int(rng.integers(*ENDS[level])))
    line = None
    if level != 1 and rng.integers(3):
        p, q = (int(x) for x in rng.integers(1, 6, 2))
        # The end lies at most a few rows under the line.
        line = (p, q, max(0, q * end[1] - p * end[0]) + int(rng.integers(2 * q)))
    inside = Region(end, (), line).points[1:-1]
    chosen = [inside[int(i)] for i in rng.permutation(len(inside))[: N_BLOCKED[level]]]
    return Region(end, tuple(sorted(chosen)), line)


def _misread(region: Region) -> list[Region]:
    """Return regions that a slip makes of one: strict line, no line, an obstacle forgotten."""
    p, q, c = region.line or (0, 0, 1)
    return [
        Region(region.end, region.blocked, (p, q, c - 1)),
        Region(region.end, region.blocked),
        Region(region.end, region.blocked[:-1], region.line),
        Region(region.end, region.blocked[1:], region.line),
    ]


def _region_text(region: Region, steps: Sequence[Point]) -> str:
    """Return the sentences that state end, steps and allowed points."""
    line = ""
    if region.line:
        p, q, c = region.line
        left, slope = (f"{q}*y" if q > 1 else "y"), (f"{p}*x" if p > 1 else "x")
        line = f", and every such point (x, y) satisfies {left} <= {slope}{f' + {c}' if c else ''}"
    return (
        f"A path leads from (0, 0) to {_text(region.end)} by steps that add {_listed(steps, 'or')} "
        f"to the current point. No step ends at {_listed(region.blocked, 'or')}{line}."
    )


def _finish(rng: np.random.Generator, stem: str, count: int, mistakes: Sequence[int]) -> Draft:
    """Return the draft that asks for a count, or for a remainder where the count is large."""
    noun = "walks" if stem.startswith("A board") else "paths"
    question = f"How many such {noun} are there?"
    if count > LARGEST_COUNT:
        divide_by = int(rng.integers(*DIVIDE_BY))
        mistakes, count = [wrong % divide_by for wrong in mistakes], count % divide_by
        question = (
            f"What is the remainder when the number of such {noun} is divided by {divide_by}?"
        )
    return Draft(f"{stem} {question}", number(count), near_misses(count, mistakes, rng, least=1))


def _listed(points: Sequence[Point], word: str = "and") -> str:
    """Return ``(1, 2), (3, 4) and (5, 6)``."""
    return f"{', '.join(map(_text, points[:-1]))} {word} {_text(points[-1])}"


def _text(point: Point) -> str:
    """Return ``(1, 2)``."""
    return f"({point[0]}, {point[1]})"


VARIANTS: Mapping[int, Sequence[Callable[[np.random.Generator, int], Sketch]]] = {
    1: (_draw_plain,),
    2: (_draw_plain,),
    3: (_draw_plain, _draw_turns, _draw_walk),
    4: (_draw_plain, _draw_turns, _draw_area, _draw_walk),
    5: (_draw_plain, _draw_turns, _draw_area, _draw_walk),
}
