"""The smallest effects that a design can show, against simulated exams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr

from balk.errors import EstimateError
from balk.estimates import exact_share
from balk.measure.detectable import (
    Assumed,
    bound_of_none,
    capped_variance,
    exam_variance,
    exams_for_bound,
    smallest_difference,
    smallest_points,
    smallest_skips,
)
from balk.measure.effects.inference import sign_flip_test

STUDIES = 20_000


def draw_counts(
    n_questions: int, share: float, icc: float, shape: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """Counts in exams whose own share is beta distributed, so that questions correlate by icc."""
    size = 1 / icc - 1
    own = rng.beta(share * size, (1 - share) * size, shape)
    return rng.binomial(n_questions, own)


def test_the_variance_of_a_count_is_that_of_correlated_questions() -> None:
    counts = draw_counts(20, 0.15, 0.1, (1, 200_000), np.random.default_rng(1))
    squares = (counts - counts.mean()) ** 2
    se = squares.std() / counts.size**0.5
    assert squares.mean() == pytest.approx(exam_variance(20, 0.15, 0.1), abs=4 * se)


@pytest.mark.parametrize("n_exams", [10, 20, 40])
def test_a_smallest_difference_is_found_in_four_studies_of_five(n_exams: int) -> None:
    assumed = Assumed(icc=0.1, skip_rate=0.3, accuracy=0.3)
    effect = smallest_skips(n_exams, 20, assumed, 20)
    assert effect is not None
    rng, shape = np.random.default_rng(n_exams), (STUDIES, n_exams)
    one, other = (draw_counts(20, 0.3, 0.1, shape, rng) for _ in range(2))
    differences = one - other + effect
    t = differences.mean(1) / (differences.std(1, ddof=1) / n_exams**0.5)
    found = float(np.mean(2 * stdtr(n_exams - 1, -np.abs(t)) < 0.05))
    # Monte Carlo error is 0.003; t + t for the noncentral t is off by some hundredths below 20.
    assert found == pytest.approx(0.8, abs=0.03 if n_exams < 20 else 0.02)


def test_points_are_as_far_apart_as_the_penalty_makes_them() -> None:
    assumed = Assumed()
    free, paid = (smallest_points(20, 20, assumed, 20, penalty) for penalty in (0.0, 1.0))
    assert free is not None
    assert paid == pytest.approx(2 * free)


@given(n=st.integers(1, 60))
def test_as_few_exams_as_cannot_reach_the_level_show_nothing(n: int) -> None:
    signs = np.ones(min(n, 12))
    too_few = sign_flip_test(signs).p > 0.05
    assert (smallest_difference(1.0, n) is None) == too_few


def test_a_count_that_lifelines_end_varies_as_simulated_counts_do() -> None:
    counts = draw_counts(20, 0.15, 0.1, (1, 200_000), np.random.default_rng(2))
    for most in (1, 3, 10):
        capped = np.minimum(counts, most)
        squares = (capped - capped.mean()) ** 2
        se = squares.std() / capped.size**0.5
        assert squares.mean() == pytest.approx(capped_variance(20, 0.15, 0.1, most), abs=4 * se)
    assert capped_variance(20, 0.15, 0.0, 19) == pytest.approx(
        exam_variance(20, 0.15, 0.0), rel=1e-3
    )
    assert capped_variance(20, 0.15, 1.0, 2) == pytest.approx(2**2 * 0.15 * 0.85, rel=1e-3)
    assert capped_variance(20, 0.15, 0.1, 20) == pytest.approx(exam_variance(20, 0.15, 0.1))
    assert capped_variance(20, 0.15, 0.1, 19) == pytest.approx(
        exam_variance(20, 0.15, 0.1), rel=1e-3
    )


@given(
    n_exams=st.integers(1, 200), n_questions=st.integers(1, 40), lifelines=st.integers(1, 60),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    payoffs=st.tuples(st.floats(0, 2), st.floats(0, 1)),
)  # fmt: skip
def test_no_effect_is_promised_that_the_lifelines_do_not_allow(
    n_exams: int, n_questions: int, lifelines: int, shares: tuple[float, float],
    payoffs: tuple[float, float],
) -> None:  # fmt: skip
    (icc, rate), most = shares, min(lifelines, n_questions)
    assumed = Assumed(icc, rate, rate)
    skips = smallest_skips(n_exams, n_questions, assumed, lifelines)
    points = smallest_points(n_exams, n_questions, assumed, lifelines, *payoffs)
    assert skips is None or 0 <= skips <= most
    assert points is None or 0 <= points <= most * (rate + sum(payoffs))


def test_one_lifeline_shows_no_points_in_twenty_exams() -> None:
    assert smallest_points(20, 20, Assumed(), 1) is None
    assert smallest_points(20, 20, Assumed(), 20) is not None


@given(n=st.integers(1, 3000))
def test_the_bound_of_none_is_the_exact_one(n: int) -> None:
    assert bound_of_none(n) == exact_share(0, n).high == pytest.approx(1 - 0.05 ** (1 / n))


@given(bound=st.floats(0.001, 0.99))
def test_no_fewer_exams_leave_the_bound_asked_for(bound: float) -> None:
    n = exams_for_bound(bound)
    assert bound_of_none(n) <= bound
    assert n == 1 or bound_of_none(n - 1) > bound


def test_59_exams_without_a_skip_leave_5_percent() -> None:
    assert exams_for_bound(0.05) == 59


@pytest.mark.parametrize("bound", [0, 1, -1])
def test_a_bound_that_is_no_share_is_refused(bound: float) -> None:
    with pytest.raises(EstimateError, match="bound is"):
        exams_for_bound(bound)


def test_an_assumption_out_of_range_is_refused() -> None:
    with pytest.raises(EstimateError, match="icc is 2"):
        Assumed(icc=2)
