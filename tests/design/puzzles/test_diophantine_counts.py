"""Keys against plain searches through every candidate, over the equation as the stem prints it."""

import re
from itertools import product
from math import isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.diophantine_counts import (
    Unknown,
    draw_diophantine_counts,
    form_points,
    linear_solutions,
    product_pairs,
)

unknowns = st.builds(
    Unknown,
    coefficient=st.integers(1, 5),
    low=st.integers(0, 3),
    high=st.none() | st.integers(3, 9),
    step=st.integers(1, 4),
)


def factor(number: int) -> dict[int, int]:
    exponents: dict[int, int] = {}
    for prime in range(2, number + 1):
        while number % prime == 0:
            number //= prime
            exponents[prime] = exponents.get(prime, 0) + 1
    return exponents


@given(terms=st.lists(unknowns, min_size=1, max_size=3), total=st.integers(0, 40))
def test_linear_count_equals_a_search_through_all_values(terms: list[Unknown], total: int) -> None:
    ranges = [range(t.low, (total if t.high is None else t.high) + 1, t.step) for t in terms]
    found = sum(
        sum(t.coefficient * value for t, value in zip(terms, values, strict=True)) == total
        for values in product(*ranges)
    )
    assert linear_solutions(terms, total) == found


@pytest.mark.parametrize("twist", [0, 1])
@pytest.mark.parametrize("n", range(1, 120))
def test_points_of_a_form_are_those_a_search_finds(twist: int, n: int) -> None:
    side = range(-2 * isqrt(n) - 2, 2 * isqrt(n) + 3)
    found = [(x, y) for x in side for y in side if x * x + twist * x * y + y * y == n]
    assert sorted(form_points(factor(n), twist)) == found


@pytest.mark.parametrize("whole", [12, 60, 84, 150])
@pytest.mark.parametrize(("a", "b", "c"), [(1, 3, 5), (2, 1, 3), (5, -4, 7), (3, -2, -2)])
def test_product_pairs_are_those_a_search_finds(whole: int, a: int, b: int, c: int) -> None:
    side = range(-whole - 10, whole + 11)
    found = [(x, y) for x in side for y in side if (a * x + c) * (a * y + b) == whole]
    assert sorted(product_pairs(factor(whole), a, b, c)) == found


def allowed(condition: str, value: int) -> bool:
    """Tell whether a value meets a printed condition such as ``3 <= x <= 9`` or ``y is odd``."""
    numbers = [int(n) for n in re.findall(r"\d+", condition)]
    if "odd" in condition or "even" in condition:
        return value % 2 == ("odd" in condition)
    if "multiple" in condition:
        return value % numbers[0] == 0
    if "remainder" in condition:
        return value % numbers[1] == numbers[0]
    if ">=" in condition:
        return value >= numbers[0]
    low, high = (numbers[0], numbers[1]) if len(numbers) == 2 else (0, numbers[0])
    return low <= value <= high


def count_linear(stem: str) -> int:
    """Return the solutions of a linear stem: all unknowns but the last are tried in turn."""
    left, right = re.findall(r"does (.+) = (\d+) have", stem)[0]
    terms = [(int(c or 1), name) for c, name in re.findall(r"(\d*)([a-z])", left)]
    conditions = re.split(r", | and ", stem.partition(" if ")[2].rstrip("?"))
    fine = [
        [
            value
            for value in range(int(right) // coefficient + 1)
            if all(allowed(c, value) for c in conditions if re.search(rf"\b{name}\b", c))
        ]
        for coefficient, name in terms
    ]
    may_be_last = {terms[-1][0] * value for value in fine[-1]}
    sums = [0]
    for (coefficient, _), values in zip(terms[:-1], fine[:-1], strict=True):
        sums = [
            s + coefficient * v for s in sums for v in values if s + coefficient * v <= int(right)
        ]
    return sum(int(right) - total in may_be_last for total in sums)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(15))
def test_linear_key_counts_the_solutions_of_the_stem(level: int, seed: int) -> None:
    rng = np.random.default_rng([1, seed])
    draft = draw_diophantine_counts(rng, level)
    while "whole numbers" not in draft.stem:
        draft = draw_diophantine_counts(rng, level)
    assert int(draft.key) == count_linear(draft.stem)


def evaluated(equation: str) -> str:
    """Return a printed equation as a Python expression in x and y."""
    spaced = re.sub(r"(\d|x)(?=[xy])", r"\1*", equation.replace("^", "**"))
    return spaced.replace("=", "==")


def count_product(stem: str, side: int) -> int:
    """Solve axy + bx + cy = d for y at every x with ax + c up to `side` in size."""
    a, b, c, d = re.findall(r"satisfy (\d*)xy \+ (\d+)x \+ (\d+)y = (-?\d+)", stem)[0]
    a, b, c, d = int(a or 1), int(b), int(c), int(d)
    xs = np.arange(-side, side + 1, dtype=np.int64)
    bottom, top = a * xs + c, d - b * xs
    fine = (bottom != 0) & (top % np.where(bottom, bottom, 1) == 0)
    ys = top[fine] // bottom[fine]
    return int(np.sum(xs[fine] < ys) if "x < y" in stem else np.sum(fine))


@pytest.mark.parametrize("level", [3, 4])
@pytest.mark.parametrize("seed", range(8))
def test_product_key_counts_the_solutions_of_the_stem(level: int, seed: int) -> None:
    rng = np.random.default_rng([2, seed])
    draft = draw_diophantine_counts(rng, level)
    while "negative ones" not in draft.stem:
        draft = draw_diophantine_counts(rng, level)
    side = 3_000_100  # the completed product is at most 3,000,000 on these levels
    assert int(draft.key) == count_product(draft.stem, side)


@pytest.mark.parametrize("level", [4, 5])
@pytest.mark.parametrize("seed", range(10))
def test_fraction_key_counts_the_solutions_of_the_stem(level: int, seed: int) -> None:
    rng = np.random.default_rng([3, seed])
    draft = draw_diophantine_counts(rng, level)
    while "/x +" not in draft.stem:
        draft = draw_diophantine_counts(rng, level)
    p, q, a, b = map(int, re.findall(r"(\d+)/x \+ (\d+)/y = (\d+)/(\d+)", draft.stem)[0])
    # One of p/x and q/y is at least half of a/b, so x <= 2pb/a or y <= 2qb/a.
    pairs = {(x, q * b * x // (a * x - p * b)) for x in range(p * b // a + 1, 2 * p * b // a + 1)}
    pairs |= {(p * b * y // (a * y - q * b), y) for y in range(q * b // a + 1, 2 * q * b // a + 1)}
    exact = [(x, y) for x, y in pairs if x and y and p * b * y + q * b * x == a * x * y]
    assert int(draft.key) == sum(x < y or "x < y" not in draft.stem for x, y in exact)


@pytest.mark.parametrize("seed", range(12))
def test_circle_key_counts_the_solutions_of_the_stem(seed: int) -> None:
    rng = np.random.default_rng([4, seed])
    draft = draw_diophantine_counts(rng, 4)
    while "^2" not in draft.stem:
        draft = draw_diophantine_counts(rng, 4)
    side = np.arange(-350, 651)  # |x - a|, |y - b| <= 2 sqrt(n/3) < 350, and a, b < 300
    x, y = np.meshgrid(side, side)
    left, right = evaluated(re.findall(r"satisfy (.+)\?", draft.stem)[0]).split("==")
    values = eval(left, {"x": x, "y": y})  # noqa: S307 - arithmetic that we printed ourselves
    assert int(draft.key) == np.sum(values == int(right))


@pytest.mark.parametrize("seed", range(6))
def test_half_plane_key_counts_the_circle_points_with_positive_x(seed: int) -> None:
    rng = np.random.default_rng([5, seed])
    draft = draw_diophantine_counts(rng, 5)
    while "x^2 + y^2" not in draft.stem:
        draft = draw_diophantine_counts(rng, 5)
    found = re.findall(r"y\^2 - (\d+)x - (\d+)y = (-?\d+)", draft.stem)[0]
    a, b, value = int(found[0]) // 2, int(found[1]) // 2, int(found[2])
    n = value + a * a + b * b
    count = 0
    for x in range(max(1, a - isqrt(n)), a + isqrt(n) + 1):
        rest = n - (x - a) ** 2
        count += (isqrt(rest) ** 2 == rest) * (1 + (rest > 0))
    assert int(draft.key) == count
