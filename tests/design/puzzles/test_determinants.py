"""Determinants against Leibniz's and Laplace's formulas, matrices against the text of the stem."""

import re
from functools import cache
from itertools import combinations, permutations
from math import gcd, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.determinants import (
    Matrix,
    determinant,
    draw_determinants,
    make_band,
    make_circulant,
    make_matrix,
)

matrices = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(-4, 4), min_size=n, max_size=n), min_size=n, max_size=n)
)


def leibniz(matrix: Matrix) -> int:
    """Add signed products over all permutations."""
    n = len(matrix)
    return sum(
        (-1) ** sum(a > b for a, b in combinations(order, 2))
        * prod(matrix[i][order[i]] for i in range(n))
        for order in permutations(range(n))
    )


def laplace(matrix: Matrix) -> int:
    """Expand along the first row, again and again, each minor once."""

    @cache
    def minor(columns: tuple[int, ...]) -> int:
        if not columns:
            return 1
        row = matrix[len(matrix) - len(columns)]
        return sum(
            (-1) ** k * row[column] * minor(columns[:k] + columns[k + 1 :])
            for k, column in enumerate(columns)
            if row[column]
        )

    return minor(tuple(range(len(matrix))))


@given(matrix=matrices)
def test_determinant_adds_signed_products(matrix: Matrix) -> None:
    assert determinant(matrix) == leibniz(matrix)


def test_determinant_of_a_matrix_that_needs_a_row_swap() -> None:
    assert determinant([[0, 2, 0], [3, 0, 0], [0, 0, 5]]) == -30
    assert determinant([[0, 1], [0, 2]]) == 0


def test_determinant_leaves_its_argument_alone() -> None:
    matrix = [[1, 2], [3, 4]]
    determinant(matrix)
    assert matrix == [[1, 2], [3, 4]]


def test_gcd_matrix_has_the_product_of_totients() -> None:
    totients = (1, 1, 2, 2, 4, 2, 6, 4, 6, 4)  # Smith 1876
    assert determinant(make_matrix(10, gcd)) == prod(totients)


def test_band_has_its_entries_where_they_are_said_to_be() -> None:
    assert make_band(4, (1, 2), (3, 4, 5, 6)) == [
        [1, 3, 0, 5],
        [4, 2, 3, 0],
        [0, 4, 1, 3],
        [6, 0, 4, 2],
    ]


def test_circulant_moves_its_first_row_to_the_right() -> None:
    assert make_circulant([1, 2, 3]) == [[1, 2, 3], [3, 1, 2], [2, 3, 1]]


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(20))
def test_stem_gives_the_key(level: int, seed: int) -> None:
    draft = draw_determinants(np.random.default_rng(seed), level)
    value = laplace(_matrix(draft.stem))
    divide_by = re.search(r"divided by (\d+)\?$", draft.stem)
    assert (value % int(divide_by[1]) if divide_by else value) == int(draft.key)


def _matrix(stem: str) -> Matrix:
    """Return the matrix that a stem states."""
    size = re.search(r"the (\d+) x ", stem)
    assert size is not None
    n = int(size[1])
    statement = stem.partition(". What is")[0]
    numbers = [int(x) for x in re.findall(r"-?\d+", statement.replace("- ", "-"))][2:]
    if "with the rows" in stem:
        return [numbers[n * i : n * (i + 1)] for i in range(n)]
    if "first row is" in stem:
        return [[numbers[(j - i) % n] for j in range(n)] for i in range(n)]
    if "on the diagonal" in stem:
        return _band(n, numbers)
    return [[_entry(statement, numbers, i, j) for j in range(1, n + 1)] for i in range(1, n + 1)]


def _band(n: int, numbers: list[int]) -> Matrix:
    """Return a band matrix whose entries are given in the order of the stem."""
    odd, even, above, below, right, left, _ = numbers
    matrix = [[0] * n for _ in range(n)]
    for i in range(n):
        matrix[i][i] = even if i % 2 else odd
    for i in range(n - 1):
        matrix[i][i + 1], matrix[i + 1][i] = above, below
    matrix[0][n - 1] = right
    matrix[n - 1][0] = left
    return matrix


def _entry(statement: str, numbers: list[int], i: int, j: int) -> int:
    """Return the entry of an index rule; `numbers` are those of the rule in order."""
    power = re.search(r"(?:gcd\(i, j\)|\|i -? ?j\|)\^(\d)", statement)
    exponent = int(power[1]) if power else 1
    if "gcd" in statement:
        common: int = gcd(i, j) ** exponent
        return numbers[0] * common + numbers[-1]
    if "min" in statement:
        u, _, v, w = numbers
        return u * min(i, j) ** 2 + v * max(i, j) + w
    if "|" in statement:
        distance: int = abs(i - j) ** exponent
        return numbers[0] if i == j else numbers[1] * distance
    x, y, p, q, r = numbers
    return x + y * i if i == j else p * i + q * j + r
