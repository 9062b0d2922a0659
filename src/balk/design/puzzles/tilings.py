"""Tilings of strips and of boards with holes, by dominoes and pieces of one, three or four cells.

Hard because holes leave no closed form: the number of tilings must be carried across the board
for every shape that the edge of the tiled part can take, and once more for each number of pieces.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

Cell = tuple[int, int]
Tile = Sequence[Cell]
Sketch = tuple[str, int, Sequence[int]]
"""Stem without its question, count, and results of mistakes."""

DOMINO: Tile = ((0, 0), (0, 1))
PIECES: dict[str, Tile] = {
    "square pieces of 1 cell": ((0, 0),),
    "straight pieces of 3 cells": ((0, 0), (0, 1), (0, 2)),
    "L-shaped pieces of 3 cells": ((0, 0), (0, 1), (1, 0)),
    "square pieces of 4 cells": ((0, 0), (0, 1), (1, 0), (1, 1)),
}
"""What is laid beside dominoes."""
STRIPS = {1: (5, 10), 2: (8, 13), 3: (20, 40)}
DOMINO_BOARDS = {
    2: ((3, 5), (6, 10)),
    3: ((4, 6), (7, 10)),
    4: ((5, 7), (8, 11)),
    5: ((6, 8), (11, 14)),
}
"""Ranges of the number of rows and of columns."""
MIXED_BOARDS = {3: ((3, 5), (7, 10)), 4: ((4, 5), (7, 10)), 5: ((4, 6), (9, 12))}
N_HOLES = {2: (4, 7), 3: (5, 8), 4: (4, 7), 5: (5, 9)}
COUNTS = {1: (10, 10**5), 2: (3, 10**8), 3: (30, 10**6), 4: (200, 10**6), 5: (10**4, 10**6)}
"""Puzzles with a smaller count are drawn again; a larger one, at levels 1 and 2, is too.

Above that larger counts are asked for as remainders.
"""
DIVIDE_BY = (10**4, 10**6)


def count_strips(
    n: int, colours: Mapping[int, int], *, wall: int | None = None, is_ring: bool = False
) -> int:
    """Return how many tilings a strip of n cells has by coloured bars.

    Parameters
    ----------
    n : int
        Cells, at least 1.
    colours : mapping of int to int
        Length of a bar -> colours that it comes in.
    wall : int, optional
        No bar of the strip covers both this cell and the next.
    is_ring : bool, default False
        Whether cell n is next to cell 1; the cells are told apart, every bar is shorter than the
        ring, and there is no wall.
    """
    ways = [1]
    for size in range(1, n + 1):
        ways.append(sum(k * ways[size - bar] for bar, k in colours.items() if bar <= size))
    if is_ring:
        # The bar on cell 1 can lie in as many places as it has cells.
        return sum(bar * k * ways[n - bar] for bar, k in colours.items() if bar <= n)
    return ways[n] if wall is None else ways[wall] * ways[n - wall]


def count_tilings(
    size: tuple[int, int],
    holes: Collection[Cell],
    tiles: Sequence[Tile],
    counted: Tile | None = None,
) -> dict[int, int]:
    """Return how many tilings a board with holes has.

    Parameters
    ----------
    size : pair of int
        Rows and columns; fast where there are few rows.
    holes : collection of cells
        (row, column) from (0, 0); not to be covered.
    tiles : sequence of tiles
        Cells of each piece; pieces may be rotated and turned over.
    counted : tile, optional
        One more tile, whose copies are counted.

    Returns
    -------
    dict of int to int
        Copies of the counted tile -> tilings that use it so often, where there are any.

    Notes
    -----
    Dynamic programming over the first free cell and the cells already covered after it. One whole
    number packs the counts for all numbers of copies, each in bits of its own.
    """
    n_rows, n_cells = size[0], size[0] * size[1]
    shapes = [(shape, 0) for tile in tiles for shape in _orientations(tile)]
    shapes += [(shape, 1) for shape in _orientations(counted or ())]
    # Each cell asks for one of the shapes at most, so no count outgrows these bits.
    width = n_cells * len(shapes).bit_length()
    blocked = sum(1 << (column * n_rows + row) for row, column in holes)
    blocked |= -1 << n_cells  # everything past the last cell is a hole
    states = {0: 1}
    for at in range(n_cells):
        places = [
            (_bits(shape, n_rows), width * copies)
            for shape, copies in shapes
            if all(0 <= at % n_rows + row < n_rows for row, _ in shape)
        ]
        free = [(bits, shift) for bits, shift in places if not blocked >> at & bits]
        states = _advance(states, free, is_hole=bool(blocked >> at & 1))
    packed, counts = states.get(0, 0), range(n_cells + 1)
    unpacked = {k: packed >> k * width & (1 << width) - 1 for k in counts}
    return {copies: count for copies, count in unpacked.items() if count}


def _advance(
    states: Mapping[int, int], free: Sequence[tuple[int, int]], *, is_hole: bool
) -> dict[int, int]:
    """Return the states after one more cell: covered cells from there on -> packed counts."""
    fresh: dict[int, int] = {}
    for covered, count in states.items():
        if covered & 1 or is_hole:
            fresh[covered >> 1] = fresh.get(covered >> 1, 0) + count
            continue
        for bits, shift in free:
            if not covered & bits:
                after = (covered | bits) >> 1
                fresh[after] = fresh.get(after, 0) + (count << shift)
    return fresh


def _orientations(tile: Tile) -> Iterator[Tile]:
    """Yield a tile in all its positions, its first cell in column order at (0, 0)."""
    seen = set()
    for flip in (1, -1) if tile else ():
        turned = [(flip * row, column) for row, column in tile]
        for _ in range(4):
            turned = sorted(((-c, r) for r, c in turned), key=lambda cell: cell[::-1])
            (top, left), *_ = turned
            shape = tuple((row - top, column - left) for row, column in turned)
            if shape not in seen:
                seen.add(shape)
                yield shape


def _bits(shape: Tile, n_rows: int) -> int:
    """Return the cells of a shape as bits in column order."""
    return sum(1 << (column * n_rows + row) for row, column in shape)


def draw_tilings(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on tilings; see the module's docstring."""
    check_level(level)
    variants, (least, largest) = VARIANTS[level], COUNTS[level]
    variant = variants[int(rng.integers(len(variants)))]
    while True:
        stem, count, mistakes = variant(rng, level)
        if count < least or (count > largest and level in {1, 2}):
            continue
        if count > largest:
            return _remainder_draft(rng, stem, count, mistakes)
        distractors = near_misses(count, mistakes, rng, least=1)
        return Draft(f"{stem} In how many ways can this be done?", number(count), distractors)


def _remainder_draft(
    rng: np.random.Generator, stem: str, count: int, mistakes: Sequence[int]
) -> Draft:
    """Return the draft that asks for a remainder of a count."""
    divide_by = int(rng.integers(*DIVIDE_BY))
    key, mistakes = count % divide_by, [wrong % divide_by for wrong in mistakes]
    question = f"What is the remainder when the number of ways is divided by {divide_by}?"
    return Draft(f"{stem} {question}", number(key), near_misses(key, mistakes, rng, least=0))


def _draw_strip(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a strip or ring tiled by bars in colours."""
    n, is_ring = int(rng.integers(*STRIPS[level])), bool(rng.integers(2)) and level != 1
    wall = None if is_ring else int(rng.integers(1, n))
    bars = sorted(int(x) + 1 for x in rng.permutation(6)[:3])
    colours = {bar: int(k) for bar, k in zip(bars, rng.integers(1, 10, 3), strict=True)}
    kinds = [f"length {bar} in {k} colour{'s' * (k > 1)}" for bar, k in colours.items()]
    shape = (
        f"A ring of {n} cells, numbered 1 to {n} in order so that {n} is next to 1, is"
        if is_ring
        else f"A strip of {n} cells, numbered 1 to {n} in order, is"
    )
    limit = "" if wall is None else f" No bar covers both cell {wall} and cell {wall + 1}."
    stem = (
        f"{shape} covered without gaps or overlaps by bars of {', '.join(kinds[:-1])} and "
        f"{kinds[-1]}.{limit} Tilings that differ in the cells or the colour of any bar are "
        "different."
    )
    mistakes = (
        count_strips(n, colours, is_ring=not is_ring),
        count_strips(n - 1, colours, is_ring=is_ring),
        count_strips(n, dict.fromkeys(bars, 1), is_ring=is_ring),
        count_strips(n + 1, colours, is_ring=is_ring),
    )
    return stem, count_strips(n, colours, wall=wall, is_ring=is_ring), mistakes


def _draw_dominoes(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a board with holes tiled by dominoes."""
    size = _draw_size(rng, DOMINO_BOARDS[level])
    n_holes = int(rng.integers(*N_HOLES[level]))
    holes = _draw_holes(rng, size, n_holes + (size[0] * size[1] - n_holes) % 2)
    count = _total(count_tilings(size, holes, [DOMINO]))
    row, column = holes[0]
    mirrored = [(row, size[1] - 1 - column), *holes[1:]]
    mistakes = (_total(count_tilings(size, mirrored, [DOMINO])), 2 * count, count // 2, count // 4)
    stem = f"{_board_text(size, holes)} is covered without gaps or overlaps by 1 x 2 dominoes."
    return stem + FIXED, count, mistakes


def _draw_mixed(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a board tiled by dominoes and a given number of another piece."""
    size = _draw_size(rng, MIXED_BOARDS[level])
    holes = _draw_holes(rng, size, int(rng.integers(*N_HOLES[level])))
    name = list(PIECES)[int(rng.integers(len(PIECES)))]
    counts = count_tilings(size, holes, [DOMINO], PIECES[name])
    likely = sorted((k for k in counts if k), key=lambda copies: -counts[copies])[:3]
    if not likely:
        return "", 0, ()
    copies = likely[int(rng.integers(len(likely)))]
    pieces = f"{copies} {name if copies > 1 else name.replace('pieces', 'piece')}"
    stem = (
        f"{_board_text(size, holes)} is covered without gaps or overlaps by 1 x 2 dominoes and "
        f"exactly {pieces}; all may be turned."
    )
    near = sorted(counts, key=lambda other: (abs(other - copies), other))[1:4]
    return stem + FIXED, counts[copies], [*(counts[other] for other in near), _total(counts)]


def _draw_size(
    rng: np.random.Generator, ranges: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[int, int]:
    """Return a number of rows and of columns."""
    return int(rng.integers(*ranges[0])), int(rng.integers(*ranges[1]))


def _draw_holes(rng: np.random.Generator, size: tuple[int, int], n_holes: int) -> list[Cell]:
    """Return cells of a board, in order."""
    picks = sorted(int(i) for i in rng.permutation(size[0] * size[1])[:n_holes])
    return [divmod(pick, size[1]) for pick in picks]


def _board_text(size: tuple[int, int], holes: Sequence[Cell]) -> str:
    """Return the sentence that states a board, and the beginning of the next."""
    cells = [f"({row + 1}, {column + 1})" for row, column in holes]
    return (
        f"From a board with {size[0]} rows and {size[1]} columns the cells {', '.join(cells[:-1])} "
        f"and {cells[-1]}, given as (row, column), are removed. The rest"
    )


def _total(counts: Mapping[int, int]) -> int:
    """Return the number of tilings, whatever the number of pieces."""
    return sum(counts.values())


FIXED = " Tilings that differ by a rotation or a reflection of the board are different."
VARIANTS: Mapping[int, Sequence[Callable[[np.random.Generator, int], Sketch]]] = {
    1: (_draw_strip,),
    2: (_draw_strip, _draw_dominoes),
    3: (_draw_strip, _draw_dominoes, _draw_mixed),
    4: (_draw_dominoes, _draw_mixed),
    5: (_draw_dominoes, _draw_mixed),
}
