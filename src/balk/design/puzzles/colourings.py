"""Colourings of rings, boards and solids, counted up to symmetry.

Hard because by Burnside's lemma every symmetry asks for its own count under the side conditions,
and a condition on neighbours or on a total leaves each of them without a closed form.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import comb, factorial, prod

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

Cycles = tuple[tuple[int, int], ...]
"""Cycle type of a symmetry: (length, number of cycles), lengths rising."""
CycleIndex = Mapping[Cycles, int]
"""How many symmetries have each cycle type."""

CUBE_FACES = {((1, 6),): 1, ((1, 2), (4, 1)): 6, ((1, 2), (2, 2)): 3, ((3, 2),): 8, ((2, 3),): 6}
CUBE_EDGES = {((1, 12),): 1, ((4, 3),): 6, ((2, 6),): 3, ((3, 4),): 8, ((1, 2), (2, 5)): 6}
SOLIDS: dict[str, CycleIndex] = {
    "6 faces of a cube": CUBE_FACES,
    "8 corners of a cube": {((1, 8),): 1, ((4, 2),): 6, ((2, 4),): 9, ((1, 2), (3, 2)): 8},
    "12 edges of a cube": CUBE_EDGES,
    "12 faces of a dodecahedron": {
        ((1, 12),): 1,
        ((1, 2), (5, 2)): 24,
        ((3, 4),): 20,
        ((2, 6),): 15,
    },
    "20 corners of a dodecahedron": {
        ((1, 20),): 1,
        ((5, 4),): 24,
        ((1, 2), (3, 6)): 20,
        ((2, 10),): 15,
    },
    "30 edges of a dodecahedron": {
        ((1, 30),): 1,
        ((5, 6),): 24,
        ((3, 10),): 20,
        ((1, 2), (2, 14)): 15,
    },
}
"""Rotations of solids, as they act on their parts."""
COLOURS = ("red", "blue", "green", "yellow", "white", "black", "orange", "purple", "grey", "pink")
TURNS = "a rotation (and no reflection)"
FLIPS = "a rotation or a reflection"
RINGS = {1: (5, 10), 2: (8, 13), 3: (12, 19), 4: (16, 25), 5: (20, 31)}
BOARDS = {2: (3, 4), 3: (4, 5), 4: (4, 6), 5: (5, 7)}
SOLIDS_AT = {2: (0, 2), 3: (2, 5), 4: (3, 6), 5: (4, 6)}
N_COLOURS = {1: (3, 5), 2: (3, 5), 3: (4, 5), 4: (4, 5), 5: (4, 5)}
N_VALUES = {3: 3, 4: 3, 5: 4}
PROPER_RINGS = {3: (11, 15), 4: (12, 17), 5: (18, 25)}
LARGEST_SHARE = Fraction(4, 9)
"""Of one colour in a ring without like neighbours; near one half little is left to count."""
LARGEST_COUNT = 10**4
"""Larger counts are asked for as remainders."""
DIVIDE_BY = (10**4, 10**6)


@dataclass(frozen=True, slots=True)
class Body:
    """Something to colour.

    Attributes
    ----------
    parts : str
        What is coloured, such as ``"12 beads of a ring"``.
    moves : str
        Which moves leave a pattern the same.
    index : CycleIndex
        Those moves as symmetries; the first entry is the identity.
    """

    parts: str
    moves: str
    index: CycleIndex

    @property
    def n(self) -> int:
        """How many parts are coloured."""
        return int(self.parts.split()[0])

    @property
    def unit(self) -> str:
        """Name of the parts, in the plural."""
        return self.parts.split()[1]

    def scene(self, what: str) -> str:
        """Return what carries a colour or a label, and which patterns count as the same."""
        return (
            f"Each of the {self.parts} carries one {what}; two patterns are the same if "
            f"{self.moves} turns one into the other."
        )


def count_exact(index: CycleIndex, counts: Sequence[int]) -> int:
    """Return how many colourings, up to symmetry, use each colour a given number of times."""
    fixed = (times * _assignments(cycles, counts) for cycles, times in index.items())
    return sum(fixed) // sum(index.values())


def count_valued(index: CycleIndex, labels: Mapping[int, int], total: int) -> int:
    """Return how many labellings, up to symmetry, have values that add up to a total.

    Parameters
    ----------
    index : CycleIndex
        Symmetries of what is labelled.
    labels : mapping of int to int
        Value of a label (at least 0) -> how many different labels have it.
    total : int
        Sum of the values over all parts.
    """
    n = sum(length * times for length, times in next(iter(index)))
    # One whole number holds a polynomial: no coefficient outgrows its `width` bits.
    width = 1 + n * sum(labels.values()).bit_length()
    fixed = 0
    for cycles, times in index.items():
        factors = (
            sum(many << width * length * value for value, many in labels.items()) ** repeats
            for length, repeats in cycles
        )
        fixed += times * (prod(factors) >> width * total & (1 << width) - 1)
    return fixed // sum(index.values())


def count_proper_rings(counts: Sequence[int], *, may_flip: bool) -> int:
    """Return how many rings have neighbours of different colours and given colour counts.

    Parameters
    ----------
    counts : sequence of int
        Beads of each colour, each at least 1; two colours or more, three beads or more.
    may_flip : bool
        Whether mirror images are the same (a bracelet) or not (a necklace).
    """
    n = sum(counts)
    turned = 0
    for turn in range(n):
        order = next(d for d in range(1, n + 1) if turn * d % n == 0)
        if all(count % order == 0 for count in counts):
            turned += _proper_circles([count // order for count in counts])
    if not may_flip:
        return turned // n
    # An axis between two beads makes them neighbours of one colour: only axes through beads.
    flipped = n // 2 * _proper_palindromes(counts) if n % 2 == 0 else 0
    return (turned + flipped) // (2 * n)


def cycle_index(symmetries: Iterable[Sequence[int]]) -> dict[Cycles, int]:
    """Return the cycle index of permutations, each given as the list of its images."""
    index: dict[Cycles, int] = {}
    for images in symmetries:
        numbers: dict[int, int] = {}
        left = [True] * len(images)
        for start in range(len(images)):
            at, length = start, 0
            while left[at]:
                left[at], at, length = False, images[at], length + 1
            numbers[length] = numbers.get(length, 0) + 1
        cycles = tuple(sorted((k, v) for k, v in numbers.items() if k))
        index[cycles] = index.get(cycles, 0) + 1
    return index


def make_ring(n: int, *, may_flip: bool) -> Body:
    """Return a necklace, or a bracelet, which may be turned over."""
    turns = [[(i + turn) % n for i in range(n)] for turn in range(n)]
    flips = [[(turn - i) % n for i in range(n)] for turn in range(n)] if may_flip else []
    return Body(f"{n} beads of a ring", FLIPS if may_flip else TURNS, cycle_index(turns + flips))


def make_board(side: int, *, may_flip: bool) -> Body:
    """Return a square board, turned in its plane or also reflected."""
    board = np.arange(side * side).reshape(side, side)
    turns = [np.rot90(board, quarter) for quarter in range(4)]
    views = turns + [turn.T for turn in turns] if may_flip else turns
    index = cycle_index(view.ravel().tolist() for view in views)
    parts = f"{side * side} cells of a {side} x {side} board"
    return Body(parts, FLIPS if may_flip else TURNS, index)


def make_solid(name: str) -> Body:
    """Return one of `SOLIDS`, moved by rotations in space."""
    return Body(name, TURNS, SOLIDS[name])


def draw_colourings(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on colourings up to symmetry; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    while True:
        draft = variants[int(rng.integers(len(variants)))](rng, level)
        if draft.key not in {"0", "1"}:
            return draft


def _draw_exact(rng: np.random.Generator, level: int) -> Draft:
    """Draw a colouring with given numbers of each colour."""
    body = _draw_body(rng, level)
    counts = _draw_counts(rng, body.n, int(rng.integers(*N_COLOURS[level])))
    plain, order = factorial(body.n) // prod(map(factorial, counts)), sum(body.index.values())
    mistakes = (plain // order, plain // order + 1, plain // body.n, 2 * plain // order, plain)
    stem = f"{body.scene('colour')} Exactly {_draw_palette(rng, counts, body.unit)}."
    return _finish(rng, stem, count_exact(body.index, counts), mistakes)


def _draw_valued(rng: np.random.Generator, level: int) -> Draft:
    """Draw a labelling whose values add up to a total."""
    body, n_values = _draw_body(rng, level), N_VALUES[level]
    values = sorted(int(x) + 1 for x in rng.permutation(9)[:n_values])
    labels = {value: int(rng.integers(1, 6)) for value in values}
    counts = _draw_counts(rng, body.n, n_values)
    total = sum(value * count for value, count in zip(values, counts, strict=True))
    plain = count_valued({next(iter(body.index)): 1}, labels, total)
    single = count_valued(body.index, dict.fromkeys(values, 1), total)
    order = sum(body.index.values())
    kinds = [f"{many} of value {value}" for value, many in labels.items()]
    stem = (
        f"{body.scene('label')} There are {sum(labels.values())} different labels, "
        f"{', '.join(kinds[:-1])} and {kinds[-1]}, and each may be used any number of times. "
        f"The values on all {body.n} {body.unit} add up to {total}."
    )
    mistakes = (plain // order, single, plain // body.n, 2 * plain // order, plain)
    return _finish(rng, stem, count_valued(body.index, labels, total), mistakes)


def _draw_proper(rng: np.random.Generator, level: int) -> Draft:
    """Draw a ring with given numbers of each colour and no two neighbours alike."""
    n, may_flip = int(rng.integers(*PROPER_RINGS[level])), bool(rng.integers(2))
    body = make_ring(n, may_flip=may_flip)
    counts = [n]
    while max(counts) > LARGEST_SHARE * n:
        counts = _draw_counts(rng, n, int(rng.integers(*N_COLOURS[level])))
    circles = _proper_circles(counts)
    mistakes = (
        circles // (2 * n if may_flip else n),
        count_proper_rings(counts, may_flip=not may_flip),
        circles,
        count_exact(body.index, counts),
    )
    stem = (
        f"{body.scene('colour')} Exactly {_draw_palette(rng, counts, 'beads')}, and no two "
        "neighbouring beads have the same colour."
    )
    return _finish(rng, stem, count_proper_rings(counts, may_flip=may_flip), mistakes)


def _finish(rng: np.random.Generator, stem: str, count: int, mistakes: Sequence[int]) -> Draft:
    """Return the draft that asks for a count, or for a remainder where the count is large."""
    question = "How many different patterns are there?"
    if count > LARGEST_COUNT:
        divide_by = int(rng.integers(*DIVIDE_BY))
        mistakes, count = [wrong % divide_by for wrong in mistakes], count % divide_by
        question = (
            "What is the remainder when the number of different patterns is divided by "
            f"{divide_by}?"
        )
    return Draft(f"{stem} {question}", number(count), near_misses(count, mistakes, rng, least=1))


def _draw_body(rng: np.random.Generator, level: int) -> Body:
    """Return a ring, a board or a solid of the level's size."""
    kind, may_flip = int(rng.integers(4)), bool(rng.integers(2))
    if kind == 0 and level in BOARDS:
        return make_board(int(rng.integers(*BOARDS[level])), may_flip=may_flip)
    if kind == 1 and level in SOLIDS_AT:
        return make_solid(list(SOLIDS)[int(rng.integers(*SOLIDS_AT[level]))])
    return make_ring(int(rng.integers(*RINGS[level])), may_flip=may_flip)


def _draw_counts(rng: np.random.Generator, n: int, n_colours: int) -> list[int]:
    """Return positive counts that add up to n, often with a common divisor."""
    shares = [share for share in (1, 2, 3) if n % share == 0 and n // share >= n_colours]
    share = shares[int(rng.integers(len(shares)))]
    inner = sorted(int(cut) + 1 for cut in rng.permutation(n // share - 1)[: n_colours - 1])
    cuts = [0, *inner, n // share]
    return [share * (high - low) for low, high in pairwise(cuts)]


def _draw_palette(rng: np.random.Generator, counts: Sequence[int], unit: str) -> str:
    """Return ``4 beads are red, 2 are blue and 1 is green``."""
    names = [COLOURS[int(i)] for i in rng.permutation(len(COLOURS))]
    parts = [
        f"{count} {'is' if count == 1 else 'are'} {name}"
        for count, name in zip(counts, names, strict=False)
    ]
    first = parts[0].replace(" ", f" {unit if counts[0] > 1 else unit.removesuffix('s')} ", 1)
    return f"{', '.join([first, *parts[1:-1]])} and {parts[-1]}"


def _assignments(cycles: Cycles, counts: Sequence[int]) -> int:
    """Return in how many ways cycles take colours so that each colour covers its count."""
    (length, times), rest = cycles[0], cycles[1:]
    if not rest:
        if any(count % length for count in counts):
            return 0
        return factorial(times) // prod(factorial(count // length) for count in counts)
    total = 0
    for takes in product(*(range(min(times, count // length) + 1) for count in counts[:-1])):
        last = times - sum(takes)
        if 0 <= last * length <= counts[-1]:
            left = [count - length * k for count, k in zip(counts, (*takes, last), strict=True)]
            ways = factorial(times) // prod(map(factorial, (*takes, last)))
            total += ways * _assignments(rest, left)
    return total


def _blocks(counts: Sequence[int]) -> Iterable[tuple[int, tuple[int, ...]]]:
    """Yield, by inclusion and exclusion, (signed ways, blocks of each colour)."""
    for blocks in product(*(range(1, count + 1) for count in counts)):
        ways = prod(comb(count - 1, b - 1) for count, b in zip(counts, blocks, strict=True))
        yield (-1) ** (sum(counts) - sum(blocks)) * ways, blocks


def _proper_circles(counts: Sequence[int]) -> int:
    """Return how many circles with a marked start have no two neighbours alike."""
    n = sum(counts)
    return sum(
        # A circle of blocks can be cut open before any block, and started at any bead.
        ways * n * factorial(sum(blocks) - 1) // prod(map(factorial, blocks))
        for ways, blocks in _blocks(counts)
    )


def _proper_palindromes(counts: Sequence[int]) -> int:
    """Return how many rings without like neighbours are mirrored by an axis through two beads."""
    total = 0
    for first, last in product(range(len(counts)), repeat=2):
        ends = [(i == first) + (i == last) for i in range(len(counts))]
        doubled = [count - end for count, end in zip(counts, ends, strict=True)]
        if all(left >= 0 and left % 2 == 0 for left in doubled):
            half = [end + left // 2 for end, left in zip(ends, doubled, strict=True)]
            total += _proper_rows(half, ends)
    return total


def _proper_rows(counts: Sequence[int], ends: Sequence[int]) -> int:
    """Return how many rows without like neighbours have given colours first and last."""
    total = 0
    for ways, blocks in _blocks(counts):
        inner = [b - end for b, end in zip(blocks, ends, strict=True)]
        if min(inner) >= 0:
            total += ways * factorial(sum(inner)) // prod(map(factorial, inner))
    return total


VARIANTS: dict[int, tuple[Callable[[np.random.Generator, int], Draft], ...]] = {
    1: (_draw_exact,),
    2: (_draw_exact,),
    3: (_draw_exact, _draw_valued, _draw_proper),
    4: (_draw_exact, _draw_valued, _draw_proper),
    5: (_draw_valued, _draw_proper),
}
