"""Determinants of matrices with a rule: bands with corners, circulants, gcd, distance, rank two.

Hard because the structure must be found first (a factorisation, a recurrence, a low-rank change)
and what is left is still a long exact computation, with a sign to lose at every step.
"""

from collections.abc import Callable, Mapping, Sequence
from math import gcd

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

Matrix = list[list[int]]
Sketch = tuple[str, Matrix, Sequence[Matrix]]
"""Sentence that states a matrix, the matrix, and matrices that a slip makes of it."""
Rule = Callable[[int, int], int]
"""Entry in row i and column j, both from 1."""

BAND_SIZES = {3: (7, 11), 4: (11, 15), 5: (17, 25)}
CIRCULANT_SIZES = {2: (4, 5), 3: (5, 7), 4: (7, 9), 5: (9, 12)}
RULE_SIZES = {3: (5, 8), 4: (8, 12), 5: (13, 20)}
LARGEST = 10**6
"""Larger determinants are asked for as remainders."""
DIVIDE_BY = (10**4, 10**6)


def determinant(matrix: Matrix) -> int:
    """Return the exact determinant of a square matrix of whole numbers.

    Parameters
    ----------
    matrix : list of lists of int, shape (n, n)
        Rows; left as it is.

    Notes
    -----
    Fraction-free elimination (Bareiss 1968): every division is exact.
    """
    rows, sign, last = [list(row) for row in matrix], 1, 1
    for k in range(len(rows) - 1):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        top, head = rows[k], rows[k][k]
        for row in rows[k + 1 :]:
            factor = row[k]
            row[k + 1 :] = [
                (head * x - factor * y) // last
                for x, y in zip(row[k + 1 :], top[k + 1 :], strict=True)
            ]
        last = head
    return sign * rows[-1][-1]


def make_matrix(n: int, rule: Rule) -> Matrix:
    """Return the n x n matrix of a rule."""
    return [[rule(i, j) for j in range(1, n + 1)] for i in range(1, n + 1)]


def make_band(n: int, diagonal: Sequence[int], sides: Sequence[int]) -> Matrix:
    """Return a tridiagonal matrix with two corners.

    Parameters
    ----------
    n : int
        Size, at least 3.
    diagonal : sequence of two ints
        Entries of odd and of even rows.
    sides : sequence of four ints
        Entries just above and just below the diagonal, top right and bottom left corner.
    """
    above, below, right, left = sides

    def entry(i: int, j: int) -> int:
        if i == j:
            return diagonal[(i + 1) % 2]
        return {j - 1: above, j + 1: below, j - n + 1: right, j + n - 1: left}.get(i, 0)

    return make_matrix(n, entry)


def make_circulant(first: Sequence[int]) -> Matrix:
    """Return the matrix whose rows are the first row moved cyclically to the right."""
    n = len(first)
    return make_matrix(n, lambda i, j: first[(j - i) % n])


def draw_determinants(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on a determinant; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    while True:
        statement, matrix, slips = variants[int(rng.integers(len(variants)))](rng, level)
        value = determinant(matrix)
        if abs(value) > len(matrix):
            return _finish(rng, statement, value, [determinant(slip) for slip in slips])


def _finish(rng: np.random.Generator, statement: str, value: int, wrong: Sequence[int]) -> Draft:
    """Return the draft that asks for a determinant, or for a remainder where it is large."""
    mistakes = [*wrong[:2], -value, *wrong[2:]]
    question = "What is the determinant of A?"
    if abs(value) > LARGEST:
        divide_by = 1
        while value % divide_by in {0, 1}:
            divide_by = int(rng.integers(*DIVIDE_BY))
        value, mistakes = value % divide_by, [x % divide_by for x in mistakes]
        question = (
            f"What is the remainder, from 0 to {divide_by - 1}, when the determinant of A is "
            f"divided by {divide_by}?"
        )
    return Draft(f"{statement} {question}", number(value), near_misses(value, mistakes, rng))


def _draw_full(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a small matrix entry by entry."""
    n = level + 2
    matrix = [[int(x) for x in rng.integers(-5, 6, n)] for _ in range(n)]
    rows = ", ".join(f"({', '.join(map(str, row))})" for row in matrix)
    flipped = [[-x for x in matrix[0]], *matrix[1:]]
    signed = [[x * (-1) ** j for j, x in enumerate(matrix[0])], *matrix[1:]]
    return f"Let A be the {n} x {n} matrix with the rows {rows}.", matrix, [signed, flipped]


def _draw_band(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a tridiagonal matrix with two corners."""
    n = int(rng.integers(*BAND_SIZES[level]))
    odd, even = (int(x) for x in rng.integers(1, 10, 2))
    sides = [_signed(rng, 6) for _ in range(4)]
    above, below, right, left = sides
    statement = (
        f"Let A be the {n} x {n} matrix with {odd} on the diagonal in odd rows and {even} in even "
        f"rows, {above} everywhere just above the diagonal, {below} everywhere just below it, "
        f"{right} in the top right corner, {left} in the bottom left corner, and 0 elsewhere."
    )
    slips = [
        make_band(n, (odd, even), (above, below, 0, 0)),
        make_band(n, (odd, even), (above, -below, right, left)),
        make_band(n, (even, odd), sides),
    ]
    return statement, make_band(n, (odd, even), sides), slips


def _draw_circulant(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a circulant by its first row."""
    n = int(rng.integers(*CIRCULANT_SIZES[level]))
    first = [int(x) for x in rng.integers(-9, 10, n)]
    statement = (
        f"Let A be the {n} x {n} matrix whose first row is ({', '.join(map(str, first))}) and each "
        "of whose other rows is the row above it moved one place to the right, with the last entry "
        "coming to the front."
    )
    swapped = [first[1], first[0], *first[2:]]
    moved_left = [first[i:] + first[:i] for i in range(n)]
    return statement, make_circulant(first), [make_circulant(swapped), moved_left]


def _draw_gcd(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a multiple of a power of the greatest common divisor, plus a constant."""
    n, power = int(rng.integers(*RULE_SIZES[level])), int(rng.integers(1, 4))
    u, v = int(rng.integers(10, 60)), int(rng.integers(2, 200))
    term = "gcd(i, j)" if power == 1 else f"gcd(i, j)^{power}"
    rules: list[Rule] = [
        lambda i, j: u * gcd(i, j) ** power + v,
        lambda i, j: u * gcd(i, j) ** power,
        lambda i, j: u * gcd(i, j) ** power + v * (i == j),
    ]
    return _stated(n, f"{u}*{term} + {v}", rules)


def _draw_order(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a combination of the smaller and the larger index."""
    n, (u, v) = int(rng.integers(*RULE_SIZES[level])), (_signed(rng, 12) for _ in range(2))
    w = int(rng.integers(1, 40))
    text = f"{u}*min(i, j)^2 + {v}*max(i, j) + {w}".replace("+ -", "- ")
    rules: list[Rule] = [
        lambda i, j: u * min(i, j) ** 2 + v * max(i, j) + w,
        lambda i, j: u * min(i, j) ** 2 + v * max(i, j),
        lambda i, j: u * max(i, j) ** 2 + v * min(i, j) + w,
    ]
    return _stated(n, text, rules)


def _draw_distance(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a power of the distance from the diagonal, plus a constant there."""
    n, power = int(rng.integers(*RULE_SIZES[level])), int(rng.integers(1, 4))
    u, w = _signed(rng, 30), _signed(rng, 200)
    term = "|i - j|" if power == 1 else f"|i - j|^{power}"
    rules: list[Rule] = [
        lambda i, j: u * abs(i - j) ** power + w * (i == j),
        lambda i, j: u * abs(i - j) ** power - w * (i == j),
        lambda i, j: u * (i - j) ** power + w * (i == j),
        lambda i, j: u * abs(i - j) ** power + w,
    ]
    return _stated(n, f"{w} if i = j and {u}*{term} otherwise", rules)


def _draw_linear(rng: np.random.Generator, level: int) -> Sketch:
    """Draw a diagonal plus a matrix of rank two."""
    n, (p, q) = int(rng.integers(*RULE_SIZES[level])), (_signed(rng, 8) for _ in range(2))
    r, x, y = int(rng.integers(1, 20)), int(rng.integers(1, 30)), int(rng.integers(1, 8))
    text = f"{x} + {y}*i if i = j and {p}*i + {q}*j + {r} otherwise".replace("+ -", "- ")
    rules: list[Rule] = [
        lambda i, j: x + y * i if i == j else p * i + q * j + r,
        lambda i, j: (x + y * i) * (i == j) + p * i + q * j + r,
        lambda i, j: x + y if i == j else p * i + q * j + r,
        lambda i, j: x + y * i if i == j else p * i + q * j,
    ]
    return _stated(n, text, rules)


def _stated(n: int, text: str, rules: Sequence[Rule]) -> Sketch:
    """Return the sketch of an index rule; the other rules are slips, and so is a wrong size."""
    statement = f"Let A be the {n} x {n} matrix whose entry in row i and column j is {text}."
    matrix, *slips = [make_matrix(n, rule) for rule in rules]
    return statement, matrix, [*slips, make_matrix(n - 1, rules[0])]


def _signed(rng: np.random.Generator, top: int) -> int:
    """Return a number from 2 to `top` with either sign."""
    value = int(rng.integers(2, top + 1))
    return -value if rng.integers(2) else value


VARIANTS: Mapping[int, Sequence[Callable[[np.random.Generator, int], Sketch]]] = {
    1: (_draw_full,),
    2: (_draw_full, _draw_circulant),
    3: (_draw_band, _draw_circulant, _draw_gcd, _draw_order, _draw_distance, _draw_linear),
    4: (_draw_band, _draw_circulant, _draw_gcd, _draw_order, _draw_distance, _draw_linear),
    5: (_draw_band, _draw_circulant, _draw_gcd, _draw_order, _draw_distance, _draw_linear),
}
