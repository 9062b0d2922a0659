"""Count laws against enumeration of all subsets, and their dose signatures as laws."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from balk.errors import MechanismError
from balk.mechanisms.count_laws.quantiles import count_at
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.symmetric import log_elementary

Floats = NDArray[np.float64]

A = np.random.default_rng(3).normal(-1.0, 1.0, size=7)
U = 0.3
PARAMETERS: dict[str, dict[str, float]] = {
    "cap": {"alpha": 0.4},
    "share": {"alpha": -0.5},
    "cost": {"kappa": 0.15},
    "relative_cost": {"kappa": 1.1},
}
LIFELINES = [0, 1, 3, 7, 12]


def subset_weights() -> tuple[NDArray[np.int_], Floats]:
    """Size and exp(sum of a) of each of the 2^7 subsets."""
    members = np.array(list(product([0, 1], repeat=A.size)))
    return members.sum(axis=1), np.exp(members @ A)


def by_size(sizes: NDArray[np.int_], weights: Floats, n_lifelines: int) -> Floats:
    total = np.zeros(n_lifelines + 1)
    np.add.at(total, np.minimum(sizes, n_lifelines), weights)
    return np.asarray(total / total.sum())


def enumerated(law: str, n_lifelines: int) -> Floats:
    sizes, weights = subset_weights()
    if law == "cap":
        return by_size(sizes, weights * np.exp(sizes * (0.4 + U)), n_lifelines)
    if law == "share":
        p = 1 / (1 + math.exp(0.5 - U))
        k = np.array([sum(used) for used in product([0, 1], repeat=n_lifelines)])
        return by_size(np.minimum(k, A.size), p**k * (1 - p) ** (n_lifelines - k), n_lifelines)
    kappa = 0.15 if law == "cost" else 1.1 / max(n_lifelines, 1)
    allowed = sizes <= n_lifelines
    weights = weights * np.exp(sizes * U - kappa * sizes**2)
    return by_size(sizes[allowed], weights[allowed], n_lifelines)


def mean_count(law: str, n_lifelines: int, n_questions: int = 20, u: float = 0.0) -> float:
    log_e = log_elementary(np.full(n_questions, -1.0))
    p = np.exp(COUNT_LAWS[law].log_pi(log_e, n_lifelines, u, **PARAMETERS[law]))
    return float(p @ np.arange(n_lifelines + 1))


def test_every_law_is_tested() -> None:
    assert set(PARAMETERS) == set(COUNT_LAWS)


@pytest.mark.parametrize("n_lifelines", LIFELINES)
@pytest.mark.parametrize("law", COUNT_LAWS)
def test_law_equals_enumeration_of_all_subsets(law: str, n_lifelines: int) -> None:
    log_p = COUNT_LAWS[law].log_pi(log_elementary(A), n_lifelines, U, **PARAMETERS[law])
    assert log_p.shape == (n_lifelines + 1,)
    np.testing.assert_allclose(np.exp(log_p), enumerated(law, n_lifelines), rtol=1e-12, atol=0)


@pytest.mark.parametrize("law", COUNT_LAWS)
def test_more_lifelines_than_questions_leave_the_impossible_counts_at_zero(law: str) -> None:
    log_p = COUNT_LAWS[law].log_pi(log_elementary(A), 12, U, **PARAMETERS[law])
    assert np.isfinite(log_p[: A.size + 1]).all()
    assert (log_p[A.size + 1 :] == -math.inf).all()


@pytest.mark.parametrize("law", COUNT_LAWS)
def test_exams_and_exam_effects_broadcast(law: str) -> None:
    log_e = log_elementary(np.random.default_rng(5).normal(size=(3, 1, 6)))
    u = np.array([-1.0, 0.0, 2.0, 0.5])
    together = COUNT_LAWS[law].log_pi(log_e, 4, u, **PARAMETERS[law])
    one_by_one = [
        [COUNT_LAWS[law].log_pi(row[0], 4, node, **PARAMETERS[law]) for node in u] for row in log_e
    ]
    np.testing.assert_allclose(together, one_by_one, rtol=1e-13)


@given(
    law=st.sampled_from(sorted(COUNT_LAWS)),
    n_lifelines=st.integers(0, 40),
    u=st.floats(-50, 50),
    n_questions=st.integers(1, 30),
)
def test_probabilities_sum_to_one(law: str, n_lifelines: int, u: float, n_questions: int) -> None:
    log_e = log_elementary(np.linspace(-3, 1, n_questions))
    p = np.exp(COUNT_LAWS[law].log_pi(log_e, n_lifelines, u, **PARAMETERS[law]))
    assert p.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("law", COUNT_LAWS)
def test_a_higher_exam_effect_means_more_skips(law: str) -> None:
    means = [mean_count(law, 8, u=u) for u in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    assert means == sorted(means)
    assert means[-1] > means[0]


def test_cap_saturates_at_what_is_skipped_without_a_limit() -> None:
    wanted = 20 / (1 + math.exp(1.0 - PARAMETERS["cap"]["alpha"]))
    assert mean_count("cap", 20) == pytest.approx(wanted, rel=1e-12)
    assert mean_count("cap", 3) < 3
    assert mean_count("cap", 18) == pytest.approx(wanted, rel=1e-3)


def test_share_is_proportional_to_the_dose() -> None:
    per_lifeline = 1 / (1 + math.exp(-PARAMETERS["share"]["alpha"]))
    for dose in (1, 3, 10, 20):
        assert mean_count("share", dose) == pytest.approx(dose * per_lifeline, rel=1e-12)


def test_cost_saturates_long_before_the_lifelines_are_used() -> None:
    assert mean_count("cost", 20) == pytest.approx(mean_count("cost", 10), rel=1e-3)
    assert mean_count("cost", 10) < 5


def test_relative_cost_rises_with_the_dose_but_below_proportion() -> None:
    means = {dose: mean_count("relative_cost", dose) for dose in (3, 10, 20)}
    assert means[3] < means[10] < means[20]
    assert means[20] / 20 < means[10] / 10 < means[3] / 3
    assert means[20] / means[10] > 1.15  # where the absolute cost has long levelled off


@pytest.mark.parametrize("law", COUNT_LAWS)
def test_a_negative_number_of_lifelines_is_refused(law: str) -> None:
    with pytest.raises(MechanismError, match="n_lifelines is -1"):
        COUNT_LAWS[law].log_pi(log_elementary(A), -1, 0.0, **PARAMETERS[law])


@pytest.mark.parametrize("law", ["cost", "relative_cost"])
def test_a_negative_cost_is_refused(law: str) -> None:
    with pytest.raises(MechanismError, match="kappa"):
        COUNT_LAWS[law].log_pi(log_elementary(A), 3, 0.0, kappa=-1.0)


def test_equally_spaced_quantiles_give_counts_in_proportion_to_their_law() -> None:
    p = np.array([0.1, 0.0, 0.55, 0.35, 0.0])
    with np.errstate(divide="ignore"):
        log_pi = np.log(p)
    counts = [count_at(log_pi, (i + 0.5) / 1000) for i in range(1000)]
    np.testing.assert_array_equal(np.bincount(counts, minlength=5), 1000 * p)


@pytest.mark.parametrize("quantile", [-0.1, 1.0, math.nan])
def test_a_quantile_outside_its_range_is_refused(quantile: float) -> None:
    with pytest.raises(MechanismError, match="quantile"):
        count_at(np.zeros(3), quantile)
