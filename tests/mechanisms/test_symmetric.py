"""Elementary symmetric polynomials and subset draws against plain enumeration."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import chdtrc

from balk.errors import MechanismError
from balk.mechanisms.symmetric import draw_subset, log_elementary

WEIGHTS = st.lists(st.floats(-30, 30), min_size=1, max_size=10)


def enumerated(a: list[float] | NDArray[np.float64], k: int) -> float:
    """Log of the sum of exp(sum of a) over all subsets of size k, in exact summation."""
    sums = [math.fsum(subset) for subset in combinations(a, k)]
    highest = max(sums)
    return highest + math.log(math.fsum(math.exp(s - highest) for s in sums))


@given(a=WEIGHTS)
def test_recursion_equals_enumeration(a: list[float]) -> None:
    expected = [enumerated(a, k) for k in range(len(a) + 1)]
    relative_error = np.abs(np.expm1(log_elementary(a) - expected))
    # One rounding of a number below 300 in size for each item is 10 * 300 * 2e-16 at most.
    assert relative_error.max() < 1e-12


@given(a=WEIGHTS, shift=st.floats(-500, 500))
def test_a_common_shift_of_the_weights_adds_k_times_the_shift(a: list[float], shift: float) -> None:
    shifted = log_elementary(np.array(a) + shift)
    expected = log_elementary(a) + shift * np.arange(len(a) + 1)
    np.testing.assert_allclose(shifted, expected, atol=1e-9)


def test_a_hundred_equal_weights_give_binomial_coefficients() -> None:
    expected = [math.log(math.comb(100, k)) + k * 7.0 for k in range(101)]
    np.testing.assert_allclose(log_elementary(np.full(100, 7.0)), expected, rtol=1e-13)


def test_weights_far_beyond_the_range_of_exp_neither_overflow_nor_vanish() -> None:
    a = np.linspace(-2000, 2000, 100)
    log_e = log_elementary(a)
    np.testing.assert_allclose(log_e[[1, 99, 100]], [2000, a[1:].sum(), a.sum()], atol=1e-6)
    assert np.isfinite(log_e).all()


def test_an_item_of_weight_zero_is_as_good_as_absent() -> None:
    a = [0.3, -math.inf, 1.2]
    np.testing.assert_allclose(log_elementary(a)[:3], log_elementary([0.3, 1.2]), rtol=1e-15)
    assert log_elementary(a)[3] == -math.inf


def test_rows_of_a_matrix_are_independent_exams() -> None:
    a = np.random.default_rng(1).normal(size=(4, 3, 8))
    expected = [[log_elementary(row, 5) for row in block] for block in a]
    np.testing.assert_array_equal(log_elementary(a, 5), expected)


def test_sizes_beyond_the_items_have_no_weight() -> None:
    np.testing.assert_array_equal(log_elementary([0.0], 3), [0.0, 0.0, -math.inf, -math.inf])


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_impossible_weights_are_refused(bad: float) -> None:
    with pytest.raises(MechanismError, match="log-weight"):
        log_elementary([0.0, bad])


@pytest.mark.parametrize(("a", "size"), [([0.0, 1.0], 3), ([0.0, 1.0], -1), ([-math.inf, 0.0], 2)])
def test_a_subset_that_cannot_exist_is_refused(a: list[float], size: int) -> None:
    with pytest.raises(MechanismError, match="size is"):
        draw_subset(a, size, np.random.default_rng(0))


@given(a=st.lists(st.floats(-300, 300), min_size=1, max_size=30), data=st.data())
def test_a_subset_has_the_size_asked_for(a: list[float], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(a)))
    assert draw_subset(a, size, np.random.default_rng(5)).sum() == size


@pytest.mark.parametrize("size", [1, 3, 5])
def test_subsets_are_drawn_with_their_exact_probabilities(size: int) -> None:
    a, n_draws = np.array([-1.5, 0.0, 0.4, 1.1, -0.3, 0.8]), 20_000
    rng = np.random.default_rng(11 + size)
    counts: dict[tuple[int, ...], int] = {}
    for _ in range(n_draws):
        drawn = tuple(int(i) for i in np.flatnonzero(draw_subset(a, size, rng)))
        counts[drawn] = counts.get(drawn, 0) + 1
    subsets = list(combinations(range(a.size), size))
    log_p = np.array([a[list(subset)].sum() for subset in subsets]) - enumerated(a, size)
    expected = n_draws * np.exp(log_p)
    observed = np.array([counts.get(subset, 0) for subset in subsets])
    chi_square = ((observed - expected) ** 2 / expected).sum()
    assert observed.sum() == n_draws
    assert expected.min() > 5
    assert chdtrc(len(subsets) - 1, chi_square) > 1e-3  # a right sampler fails 1 seed in 1,000
