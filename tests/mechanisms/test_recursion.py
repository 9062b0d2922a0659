"""The polynomials of many exams at once against sums over subsets, and their derivatives."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balk.mechanisms import recursion
from balk.mechanisms.recursion import elementary
from balk.mechanisms.symmetric import Floats, log_elementary

WEIGHTS = arrays(
    np.float64, st.tuples(st.integers(1, 7), st.integers(1, 4)), elements=st.floats(-9, 9)
)


def brute(log_weights: Floats) -> Floats:
    """Log e_k of one exam by enumeration, shape (n + 1,)."""
    weights = np.exp(log_weights)
    n = weights.size
    sums = [
        sum(float(np.prod(weights[list(subset)])) for subset in combinations(range(n), k))
        for k in range(n + 1)
    ]
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(sums))


@settings(deadline=None)
@given(weights=WEIGHTS)
def test_polynomials_are_sums_over_all_subsets(weights: Floats) -> None:
    log_e = elementary(weights).log_e
    for e in range(weights.shape[1]):
        np.testing.assert_allclose(log_e[:, e], brute(weights[:, e]), rtol=1e-12, atol=1e-12)


def test_absent_questions_are_in_no_subset() -> None:
    weights = np.random.default_rng(1).normal(0, 2, (7, 3))
    weights[[1, 4], 0] = -np.inf
    weights[:, 2] = -np.inf
    log_e = elementary(weights).log_e
    for e in range(3):
        np.testing.assert_allclose(log_e[:, e], brute(weights[:, e]), rtol=1e-12, atol=1e-12)
    assert log_e[:, 2].tolist() == [0.0] + 7 * [-np.inf]


@pytest.mark.parametrize("largest", [650.0, -1.0])
def test_pull_back_gives_the_derivatives_of_differences(
    largest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recursion, "LARGEST_LOG", largest)
    rng = np.random.default_rng(2)
    weights, by = rng.normal(0, 2, (6, 3)), rng.normal(0, 1, (7, 3))
    weights[3, 1], by[6, 1] = -np.inf, 0.0

    def total(moved: Floats) -> Floats:
        log_e = elementary(moved).log_e
        return np.asarray((np.where(log_e > -np.inf, log_e, 0.0) * by).sum(axis=0))

    gradient = elementary(weights).pull_back(by)
    for item in range(6):
        step = np.zeros_like(weights)
        step[item] = 1e-5
        found = (total(weights + step) - total(weights - step)) / 2e-5
        np.testing.assert_allclose(gradient[item], found, atol=1e-8)


def test_pull_back_of_one_size_is_the_chance_to_be_in_a_subset_of_that_size() -> None:
    weights = np.random.default_rng(3).normal(0, 1.5, (6, 1))
    for size in range(7):
        unit = np.zeros((7, 1))
        unit[size] = 1
        inclusion = elementary(weights).pull_back(unit)[:, 0]
        sets = list(combinations(range(6), size))
        p = np.array([np.exp(weights[list(s), 0].sum()) for s in sets])
        expected = [p[[i in s for s in sets]].sum() / p.sum() for i in range(6)]
        np.testing.assert_allclose(inclusion, expected, atol=1e-12)
        assert inclusion.sum() == pytest.approx(size, abs=1e-12)


@pytest.mark.parametrize("spread", [0.0, 1.0, 4.0])
def test_plain_numbers_and_logarithms_give_the_same(
    spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = np.random.default_rng(4).normal(0, spread, (100, 5))
    weights[90:, 2] = -np.inf
    plain = elementary(weights)
    monkeypatch.setattr(recursion, "LARGEST_LOG", -1.0)
    logs = elementary(weights)
    np.testing.assert_allclose(plain.log_e, logs.log_e, rtol=1e-12, atol=1e-11)
    for item in range(100):  # sizes above item + 1 do not occur
        sizes = slice(1, item + 2)
        np.testing.assert_allclose(plain.shares[item, sizes], logs.shares[item, sizes], atol=1e-11)


@pytest.mark.parametrize("spread", [0.1, 20.0, 500.0])
def test_a_hundred_questions_agree_with_the_reference_recursion(spread: float) -> None:
    weights = np.random.default_rng(5).normal(0, spread, (100, 4))
    polynomials = elementary(weights)
    np.testing.assert_allclose(
        polynomials.log_e.T, log_elementary(weights.T), rtol=1e-11, atol=1e-9 * (1 + spread)
    )
    for item, shares in enumerate(polynomials.shares):  # of sizes up to item + 1
        assert shares[1 : item + 2].min() >= 0
        assert shares[1 : item + 2].max() <= 1


@settings(deadline=None)
@given(weights=WEIGHTS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_questions_changes_nothing(weights: Floats, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(weights))
    by = np.random.default_rng(seed).normal(0, 1, (len(weights) + 1, weights.shape[1]))
    one, two = elementary(weights), elementary(weights[order])
    np.testing.assert_allclose(one.log_e, two.log_e, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(one.pull_back(by)[order], two.pull_back(by), atol=1e-10)


@settings(deadline=None)
@given(weights=WEIGHTS, factor=st.floats(-50, 50))
def test_scaling_all_weights_scales_each_size_by_its_power(weights: Floats, factor: float) -> None:
    sizes = np.arange(len(weights) + 1.0)[:, np.newaxis]
    scaled = elementary(weights + factor).log_e - sizes * factor
    np.testing.assert_allclose(scaled, elementary(weights).log_e, rtol=1e-11, atol=1e-11)
