"""Exams whose questions come one at a time: against enumeration of every course they can take."""

import math
from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize
from scipy.special import expit
from scipy.stats import chisquare

from balk.errors import MechanismError
from balk.mechanisms.count_laws import cap, cost, lapse
from balk.mechanisms.count_laws.foresight import foreseen
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.exams import Exams
from balk.mechanisms.items import Items
from balk.mechanisms.likelihood import Likelihood
from balk.mechanisms.selections.registry import RUNNING
from balk.mechanisms.sequential import evaluate_in_turn, simulate_in_turn

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LAWS: dict[str, CountLaw] = COUNT_LAWS | {"lapse": lapse.LAW}
VALUES: dict[str, dict[str, float]] = {
    "cap": {"alpha": 0.4},
    "share": {"alpha": -0.3},
    "cost": {"kappa": 0.15},
    "relative_cost": {"kappa": 0.8},
    "lapse": {"lapse_logit": 0.5},
}
SIGMA = 0.6
WEIGHTS = np.random.default_rng(4).normal(-0.8, 1.0, size=8)


def exams_of(
    is_skip: Bools,
    lifelines: ArrayLike,
    is_gap: Bools | None = None,
    is_present: Bools | None = None,
) -> Exams:
    """Exams with the given course, shape (n, E), and nothing else of note."""
    n, n_exams = is_skip.shape
    zeros, nothing = np.zeros((n, n_exams)), np.zeros((n, n_exams), dtype=np.bool_)
    return Exams(
        lifelines=np.array(np.broadcast_to(np.asarray(lifelines, np.float64), n_exams)),
        penalty=np.zeros(n_exams),
        is_skip=is_skip,
        is_gap=nothing if is_gap is None else is_gap,
        is_present=~nothing if is_present is None else is_present,
        item=zeros.astype(np.int64),
        position=zeros + 1 + np.arange(n)[:, np.newaxis],
        stem_chars=zeros + 200,
        share_wrong=zeros,
        last_wrong=zeros,
    )


def courses(n: int, lifelines: int, gaps: tuple[int, ...] = ()) -> Bools:
    """Every set of skips that the lifelines allow, shape (n, number of sets)."""
    sets = np.array(list(product([False, True], repeat=n))).T
    return sets[:, (sets.sum(axis=0) <= lifelines) & ~sets[list(gaps)].any(axis=0)]


def share_log_odds(used: int, n_lifelines: int, unseen: int, n: int, alpha: float) -> float:
    """Log-odds of the next skip by summing a Binomial law of counts over all sets."""
    counts = np.zeros(n + 1)
    for k in range(n_lifelines + 1):
        p = math.comb(n_lifelines, k) * expit(alpha) ** k * expit(-alpha) ** (n_lifelines - k)
        counts[min(k, n)] += p
    skip = attempt = 0.0
    for rest in product([0, 1], repeat=unseen):
        k = used + sum(rest)
        p = counts[k] / math.comb(n, k)
        skip, attempt = skip + p * rest[0], attempt + p * (1 - rest[0])
    return math.log(skip / attempt)


def log_odds(law: str, used: int, n_lifelines: int, unseen: int, n: int) -> float:
    """The stated hazards, written out once more."""
    values = VALUES[law]
    if law == "cap":
        return values["alpha"]
    if law == "share":
        return share_log_odds(used, n_lifelines, unseen, n, values["alpha"])
    if law == "cost":
        return -values["kappa"] * (2 * used + 1)
    if law == "relative_cost":
        return -values["kappa"] * (2 * used + 1) / n_lifelines
    p = 0.01 / (1 + math.exp(-values["lapse_logit"]))
    return math.log(p / (1 - p))


def level_of(law: str, weights: Floats, n_lifelines: int) -> float:
    """The level that keeps the rate of the first question, by root finding."""
    if law != "share":
        return 0.0
    n = weights.size
    first = log_odds(law, 0, n_lifelines, n, n)
    return float(
        brentq(lambda x: expit(first + weights - x).mean() - expit(first), -50, 50, xtol=1e-15)
    )


def enumerated(
    law: str,
    is_skip: Bools,
    n_lifelines: int,
    weights: Floats,
    sigma: float = SIGMA,
    gaps: tuple[int, ...] = (),
) -> float:
    """Log-probability of one course, by a sum over 4001 values of the exam effect."""
    n, used = weights.size, 0
    z = np.linspace(-12, 12, 4001)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    log_p, level = np.zeros(z.size), level_of(law, weights, n_lifelines)
    for t in range(n):
        if t in gaps or used >= n_lifelines:
            continue
        x = log_odds(law, used, n_lifelines, n - t, n) + weights[t] - level + sigma * z
        log_p += np.log(expit(x if is_skip[t] else -x))
        used += int(is_skip[t])
    return float(np.log(density @ np.exp(log_p)))


def in_turn(law: str, exams: Exams, weights: Floats, sigma: float = SIGMA) -> Likelihood:
    a = np.broadcast_to(weights[:, np.newaxis], exams.is_skip.shape)
    return evaluate_in_turn(exams, LAWS[law], a, sigma, VALUES[law])


def test_every_law_is_tested() -> None:
    assert set(VALUES) == set(LAWS)


@pytest.mark.parametrize("n_lifelines", [1, 2, 4, 7])
@pytest.mark.parametrize("law", LAWS)
def test_likelihood_equals_the_product_over_questions_summed_over_exam_effects(
    law: str, n_lifelines: int
) -> None:
    weights, skips = WEIGHTS[:5], courses(5, n_lifelines)
    log_p = in_turn(law, exams_of(skips, n_lifelines), weights).log_p
    expected = [enumerated(law, course, n_lifelines, weights) for course in skips.T]
    np.testing.assert_allclose(log_p, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("n_lifelines", [1, 3, 8, 11])
@pytest.mark.parametrize("law", LAWS)
def test_probabilities_of_all_courses_sum_to_one(law: str, n_lifelines: int) -> None:
    log_p = in_turn(law, exams_of(courses(8, n_lifelines), n_lifelines), WEIGHTS).log_p
    assert np.exp(log_p).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_unknown_decisions_neither_use_a_lifeline_nor_say_anything(law: str) -> None:
    gaps, n_lifelines, weights = (1, 3), 2, WEIGHTS[:6]
    skips = courses(6, n_lifelines, gaps)
    is_gap = np.zeros_like(skips)
    is_gap[list(gaps)] = True
    log_p = in_turn(law, exams_of(skips, n_lifelines, is_gap), weights).log_p
    expected = [enumerated(law, c, n_lifelines, weights, gaps=gaps) for c in skips.T]
    np.testing.assert_allclose(log_p, expected, rtol=0, atol=1e-10)
    assert np.exp(log_p).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_shorter_exams_stand_beside_longer_ones(law: str) -> None:
    skips, n_lifelines = courses(4, 2), 2
    longer = np.vstack([skips, np.zeros((3, skips.shape[1]), dtype=np.bool_)])
    is_present = np.ones_like(longer)
    is_present[4:] = False
    alone = in_turn(law, exams_of(skips, n_lifelines), WEIGHTS[:4])
    padded = in_turn(law, exams_of(longer, n_lifelines, None, is_present), WEIGHTS[:7])
    np.testing.assert_allclose(padded.log_p, alone.log_p, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(padded.d_weights[4:], 0)


@pytest.mark.parametrize("law", LAWS)
def test_nothing_is_learnt_after_the_last_lifeline(law: str) -> None:
    is_skip = np.array([[True, True, False, False, False]]).T
    found = in_turn(law, exams_of(is_skip, 2), WEIGHTS[:5])
    expected = enumerated(law, is_skip[:, 0], 2, WEIGHTS[:5])
    assert found.log_p[0] == pytest.approx(expected, abs=1e-10)
    if LAWS[law].is_elementary:
        np.testing.assert_array_equal(found.d_weights[2:], 0)


@pytest.mark.parametrize(("sigma", "n"), [(1.5, 20), (1.0, 40), (2.5, 8)])
def test_wide_exam_effects_get_the_nodes_that_they_need(sigma: float, n: int) -> None:
    rng = np.random.default_rng(0)
    weights, is_skip = rng.normal(-0.4, 1, n), rng.random((n, 1)) < 0.4
    found = in_turn("cap", exams_of(is_skip, n), weights, sigma)
    expected = enumerated("cap", is_skip[:, 0], n, weights, sigma)
    assert found.log_p[0] == pytest.approx(expected, abs=1e-5)


def some_exams(law: str, n_exams: int = 7, n: int = 9) -> tuple[Exams, Floats, Floats]:
    """Simulated exams with gaps and absent questions, their weights, and a tilt of questions."""
    rng = np.random.default_rng(11)
    is_present = np.arange(n)[:, np.newaxis] < rng.integers(5, n + 1, n_exams)
    is_gap = is_present & (rng.random((n, n_exams)) < 0.15)
    nobody = np.zeros((n, n_exams), dtype=np.bool_)
    blank = exams_of(nobody, rng.integers(1, 8, n_exams), is_gap, is_present)
    weights, tilt = rng.normal(-0.5, 1, (2, n, n_exams))
    skips = simulate_in_turn(blank, LAWS[law], weights, SIGMA, VALUES[law], rng, tilt)
    return exams_of(skips, blank.lifelines, is_gap, is_present), weights, tilt


def slope(upper: Likelihood, lower: Likelihood, step: float) -> Floats:
    return (upper.log_p - lower.log_p) / (2 * step)


@pytest.mark.parametrize("law", LAWS)
def test_gradients_equal_finite_differences(law: str) -> None:
    exams, weights, tilt = some_exams(law)
    n_exams, step = len(exams), 1e-5
    values = {name: np.full(n_exams, value) for name, value in VALUES[law].items()}
    sigma = np.linspace(0.3, 0.9, n_exams)

    def at(
        a: Floats = weights,
        s: Floats = sigma,
        v: Mapping[str, Floats] = values,
        b: Floats | float = tilt,
    ) -> Likelihood:
        return evaluate_in_turn(exams, LAWS[law], a, s, v, b)

    here = at()
    for t in range(len(weights)):
        bump = step * (np.arange(len(weights)) == t)[:, np.newaxis]
        by_weight = slope(at(a=weights + bump), at(a=weights - bump), step)
        by_tilt = slope(at(b=tilt + bump), at(b=tilt - bump), step)
        np.testing.assert_allclose(here.d_weights[t], by_weight, rtol=0, atol=1e-7)
        np.testing.assert_allclose(here.d_tilt[t], by_tilt, rtol=0, atol=1e-7)
    by_sigma = slope(at(s=sigma + step), at(s=sigma - step), step)
    np.testing.assert_allclose(here.d_sigma, by_sigma, rtol=0, atol=1e-7)
    for name, value in values.items():
        ends = [at(v=values | {name: value + sign * step}) for sign in (1, -1)]
        np.testing.assert_allclose(
            here.d_law[name], slope(ends[0], ends[1], step), rtol=0, atol=1e-7
        )


@pytest.mark.parametrize("law", LAWS)
def test_a_tilt_of_exams_is_a_tilt_of_all_their_questions(law: str) -> None:
    exams, weights, _ = some_exams(law)
    tilt = np.linspace(-1, 1, len(exams))
    whole, by_question = (
        evaluate_in_turn(exams, LAWS[law], weights, SIGMA, VALUES[law], given)
        for given in (tilt, np.broadcast_to(tilt, weights.shape))
    )
    np.testing.assert_allclose(whole.log_p, by_question.log_p, rtol=1e-14)
    np.testing.assert_allclose(whole.d_tilt, by_question.d_tilt.sum(axis=0), rtol=0, atol=1e-14)


@pytest.mark.parametrize("law", LAWS)
def test_parameters_of_each_exam_give_what_each_exam_gives_alone(law: str) -> None:
    exams, weights, tilt = some_exams(law)
    shifts, sigma = np.linspace(0.05, 0.3, len(exams)), np.linspace(0, 0.8, len(exams))
    values = {name: value + shifts for name, value in VALUES[law].items()}
    together = evaluate_in_turn(exams, LAWS[law], weights, sigma, values, tilt).log_p
    for exam in range(len(exams)):
        some = slice(exam, exam + 1)
        own = {name: float(value[exam]) for name, value in values.items()}
        alone = evaluate_in_turn(
            exams.take(some), LAWS[law], weights[:, some], float(sigma[exam]), own, tilt[:, some]
        )
        assert together[exam] == pytest.approx(alone.log_p[0], abs=1e-9)


@pytest.mark.parametrize("law", COUNT_LAWS)
def test_simulated_courses_are_as_frequent_as_their_probabilities(law: str) -> None:
    n, n_lifelines, n_exams = 4, 2, 20_000
    skips = courses(n, n_lifelines)
    p = np.exp(in_turn(law, exams_of(skips, n_lifelines), WEIGHTS[:n]).log_p)
    blank = exams_of(np.zeros((n, n_exams), dtype=np.bool_), n_lifelines)
    a = np.broadcast_to(WEIGHTS[:n, np.newaxis], (n, n_exams))
    rng = np.random.default_rng(8)
    drawn = simulate_in_turn(blank, LAWS[law], a, SIGMA, VALUES[law], rng)
    powers = 2 ** np.arange(n)
    seen = np.bincount(powers @ drawn, minlength=2**n)[powers @ skips]
    assert seen.sum() == n_exams
    assert chisquare(seen, n_exams * p).pvalue > 1e-4


@pytest.mark.parametrize("law", LAWS)
def test_simulated_exams_keep_to_their_lifelines_and_gaps(law: str) -> None:
    exams, weights, _ = some_exams(law, n_exams=300)
    rng = np.random.default_rng(2)
    eager = simulate_in_turn(exams, LAWS[law], weights, SIGMA, VALUES[law], rng, 6.0)
    assert (eager.sum(axis=0) <= exams.lifelines).all()
    assert not (eager & (exams.is_gap | ~exams.is_present)).any()
    assert eager.any()


@pytest.mark.parametrize("n", [3, 6, 8])
@pytest.mark.parametrize("n_lifelines", [1, 3, 6, 10])
def test_share_of_equal_questions_is_its_batch_law_whatever_the_length(
    n: int, n_lifelines: int
) -> None:
    skips = courses(n, n_lifelines)
    log_p = in_turn("share", exams_of(skips, n_lifelines), np.zeros(n), 0.0).log_p
    by_count = np.bincount(skips.sum(axis=0), np.exp(log_p), minlength=n_lifelines + 1)
    ways = np.array([math.log(math.comb(n, k)) for k in range(n + 1)])
    expected = np.exp(LAWS["share"].log_pi(ways, n_lifelines, 0.0, **VALUES["share"]))
    np.testing.assert_allclose(by_count, expected, rtol=0, atol=1e-12)
    if n_lifelines <= n:
        mean = by_count @ np.arange(n_lifelines + 1)
        assert mean == pytest.approx(n_lifelines * expit(VALUES["share"]["alpha"]), abs=1e-12)


def test_share_stays_proportional_to_the_dose_where_questions_differ() -> None:
    n, n_exams, rng = 20, 4000, np.random.default_rng(6)
    for dose in (3, 10, 20):
        blank = exams_of(np.zeros((n, n_exams), dtype=np.bool_), dose)
        weights = -5 * expit(rng.normal(-0.7, 1.2, (n, n_exams)))
        skips = simulate_in_turn(blank, LAWS["share"], weights, 0.0, {"alpha": 0.4}, rng)
        used = skips.sum(axis=0) / dose
        # Only the first question's rate is kept exactly, so 1 % is allowed beyond chance.
        allowed = 4 * used.std() / math.sqrt(n_exams) + 0.01
        assert abs(used.mean() - expit(0.4)) < allowed


@given(shift=st.floats(-30, 30), alpha=st.floats(-6, 6), spread=st.floats(0, 10))
def test_share_does_not_ask_how_heavy_questions_are_on_the_whole(
    shift: float, alpha: float, spread: float
) -> None:
    exams, _, _ = some_exams("share")
    weights = spread * np.random.default_rng(1).normal(size=exams.is_skip.shape)
    plain, shifted = (
        evaluate_in_turn(exams, LAWS["share"], a, SIGMA, {"alpha": alpha})
        for a in (weights, weights + shift)
    )
    np.testing.assert_allclose(shifted.log_p, plain.log_p, rtol=0, atol=1e-8)


def test_cap_in_turn_has_the_counts_of_the_batch_law() -> None:
    skips = courses(6, 2)
    p = np.exp(in_turn("cap", exams_of(skips, 2), WEIGHTS[:6], 0.0).log_p)
    everything = np.array(list(product([0, 1], repeat=6)))
    wanted = np.exp(everything @ (WEIGHTS[:6] + VALUES["cap"]["alpha"]))
    expected = np.bincount(np.minimum(everything.sum(axis=1), 2), wanted / wanted.sum())
    np.testing.assert_allclose(np.bincount(skips.sum(axis=0), p), expected, rtol=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_written_derivatives_of_hazards_equal_central_differences(law: str) -> None:
    used, unseen = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[3.0], [2.0], [1.0]])
    lifelines, n = np.array([2.0, 5.0]), np.array([3.0, 3.0])
    written = LAWS[law].d_hazard(used, lifelines, unseen, n, **VALUES[law])
    central = CountLaw.d_hazard(LAWS[law], used, lifelines, unseen, n, **VALUES[law])
    for name, expected in central.items():
        np.testing.assert_allclose(written[name], expected, rtol=0, atol=1e-8)


def test_foresight_changes_nothing_where_no_limit_binds_and_no_cost_grows() -> None:
    used, unseen = np.arange(6.0)[:, np.newaxis], np.full((6, 1), 3.0)
    ahead = foreseen(cap.LAW, used, np.array([9.0]), unseen, np.array([9.0]), alpha=0.7)
    np.testing.assert_allclose(ahead, 0.7, rtol=0, atol=1e-12)


def test_at_the_last_question_a_foreseen_cost_is_that_of_one_lifeline_more() -> None:
    used, last = np.arange(5.0)[:, np.newaxis], np.ones((5, 1))
    ahead = foreseen(cost.LAW, used, np.array([9.0]), last, np.array([9.0]), kappa=0.2)
    np.testing.assert_allclose(ahead, -0.2 * (2 * used + 1), rtol=0, atol=1e-12)


def test_a_law_without_a_hazard_is_refused_with_what_it_lacks() -> None:
    class Plugged(CountLaw):
        name = "plugged"

        def log_terms(
            self,
            k: Floats,
            lifelines: Floats,
            n_questions: Floats,
            **_: float | Floats,
        ) -> Floats:
            return -k + 0 * (lifelines + n_questions)

    exams, weights, _ = some_exams("cap")
    with pytest.raises(MechanismError, match=r"'plugged' has no hazard.*foreseen"):
        evaluate_in_turn(exams, Plugged(), weights, SIGMA, {})


@pytest.mark.parametrize("law", COUNT_LAWS)
def test_parameters_that_made_the_exams_are_recovered(law: str) -> None:
    rng, n, n_exams = np.random.default_rng(21), 20, 400
    confidence = expit(rng.normal(-0.7, 1.2, (n, n_exams)))
    blank = exams_of(np.zeros((n, n_exams), dtype=np.bool_), rng.choice([3, 10, 20], n_exams))
    [(name, value)] = VALUES[law].items()
    skips = simulate_in_turn(blank, LAWS[law], -5.0 * confidence, 0.5, VALUES[law], rng)
    exams = exams_of(skips, blank.lifelines)

    def loss(x: Floats) -> tuple[float, Floats]:
        own, sigma = {name: float(x[0])}, math.exp(x[2])
        seen = evaluate_in_turn(exams, LAWS[law], -x[1] * confidence, sigma, own)
        by_slope = -(seen.d_weights * confidence).sum()
        gradient = np.array([seen.d_law[name].sum(), by_slope, sigma * seen.d_sigma.sum()])
        return -float(seen.log_p.sum()), -gradient

    truth, start = np.array([value, 5.0, math.log(0.5)]), np.array([value / 2, 2.5, 0.0])
    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-4}).x
    steps = 1e-4 * np.eye(3)
    information = np.array([(loss(found + s)[1] - loss(found - s)[1]) / 2e-4 for s in steps])
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    assert (np.abs(found - truth) < 4 * se).all()  # a right fit fails for 1 seed in 5,000
    assert (se < [0.2, 0.5, 0.5]).all()


ITEMS = Items(
    confidence=np.full(3, 0.5),
    accuracy=np.full(3, 0.5),
    position=np.array([1.0, 2.0, 3.0]),
    stem_chars=np.full(3, 200.0),
    share_wrong=np.array([0.0, 1.0, 0.5]),
    last_wrong=np.array([0.0, 1.0, 0.0]),
)


@pytest.mark.parametrize(
    ("name", "expected"), [("failures", [0.0, 2.0, 1.0]), ("last_verdict", [0.0, 2.0, 0.0])]
)
def test_what_has_happened_moves_the_next_decision(name: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(RUNNING[name].log_weights(ITEMS, slope=2.0), expected)
    np.testing.assert_array_equal(RUNNING[name].log_weights(ITEMS, slope=0.0), np.zeros(3))
