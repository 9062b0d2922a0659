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
    exam_variance,
    exams_for_bound,
    smallest_difference,
    smallest_points,
    smallest_skips,
)

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
    effect = smallest_skips(n_exams, 20, assumed)
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
    free, paid = (smallest_points(20, 20, assumed, penalty) for penalty in (0.0, 1.0))
    assert free is not None
    assert paid == pytest.approx(2 * free)


def test_one_exam_shows_nothing() -> None:
    assert smallest_difference(1.0, 1) is None


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
