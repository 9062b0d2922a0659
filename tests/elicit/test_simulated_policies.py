"""Policies draw from the laws they are named after."""

from collections import Counter
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import chdtrc, expit

from balk.elicit.subjects.chance import draw_exam
from balk.elicit.subjects.knowledge import Knowledge, expected_items
from balk.elicit.subjects.policies.costed import Tension
from balk.elicit.subjects.policies.counted import Counted, share_wrong
from balk.elicit.subjects.policies.expected_level import expected_level
from balk.elicit.subjects.policies.policy import Situation
from balk.elicit.subjects.policies.rational import Rational
from balk.elicit.subjects.policies.registry import POLICIES
from balk.elicit.subjects.policies.shared import SelectiveParts, UseTheParts
from balk.elicit.subjects.prompt_reader import ExamView, Question, Shown, Verdict
from balk.errors import MechanismError
from balk.mechanisms.count_laws import cap, share
from balk.mechanisms.exams import Exams
from balk.mechanisms.items import Items
from balk.mechanisms.sequential import evaluate_in_turn, simulate_in_turn
from balk.mechanisms.symmetric import log_elementary

N, B = 6, 3
COUNTED = {name: policy for name, policy in POLICIES.items() if isinstance(policy, Counted)}
RNG = np.random.default_rng(2)
ITEMS = Items(
    confidence=RNG.uniform(0.05, 0.95, N),
    accuracy=RNG.uniform(0.05, 0.95, N),
    position=np.arange(1.0, N + 1),
    stem_chars=RNG.uniform(60, 600, N),
)
EXPECTED = expected_items(Knowledge(), 5, N, 200.0)
Verdicts = tuple[Shown, ...]
VERDICTS: tuple[Verdict | None, ...] = ("wrong", None)
SUBSETS = list(chain.from_iterable(combinations(range(N), k) for k in range(B + 1)))


def whole_exam(key: int, lifelines: int | None = B, items: Items = ITEMS) -> Situation:
    n = items.position.size
    questions = tuple(Question(i, "") for i in range(1, n + 1))
    view = ExamView(n, questions, lifelines, lifelines, "LIFELINE")
    return Situation(view, items, EXPECTED, draw_exam(key, n))


def one_question(
    key: int, number: int, left: int, history: Verdicts = (), expected: Items = EXPECTED
) -> Situation:
    view = ExamView(N, (Question(number, ""),), B, left, "LIFELINE", history=history)
    return Situation(view, item_at(ITEMS, number - 1), expected, draw_exam(key, N))


def item_at(items: Items, index: int) -> Items:
    names = ("confidence", "accuracy", "position", "stem_chars")
    return Items(**{name: getattr(items, name)[[index]] for name in names})


def sit_one_by_one(policy: Counted, key: int, verdict: Verdict | None = None) -> tuple[int, ...]:
    """Skips of an exam whose attempts are all answered with the same verdict, or none.

    The questions are those that the subject expects, as in the exams that are fitted.
    """
    skipped: tuple[int, ...] = ()
    history: Verdicts = ()
    for number in range(1, N + 1):
        situation = one_question(key, number, B - len(skipped), history, expected=ITEMS)
        is_skipped = bool(policy.skips(situation)[0])
        skipped += (number - 1,) * is_skipped
        if verdict:
            history = (*history, Shown(number, "skipped" if is_skipped else verdict))
    return skipped


def exams_of(subsets: list[tuple[int, ...]]) -> Exams:
    """Exams of the same questions and lifelines, each with its subset skipped."""
    is_skip = np.array([[i in subset for subset in subsets] for i in range(N)])
    none, blank = np.zeros_like(is_skip), np.zeros(is_skip.shape)
    return Exams(
        lifelines=np.full(len(subsets), float(B)),
        penalty=np.zeros(len(subsets)),
        is_skip=is_skip,
        is_gap=none,
        is_present=~none,
        item=np.zeros(is_skip.shape, dtype=np.int64),
        position=blank,
        stem_chars=blank,
        share_wrong=blank,
        last_wrong=blank,
    )


def law_in_turn(policy: Counted, *, are_failures_told: bool) -> NDArray[np.float64]:
    """P(S) of each of `SUBSETS`, by the likelihood that is fitted to exams in real time."""
    exams = exams_of(SUBSETS)
    log_weights = np.tile(policy.log_weights(ITEMS)[:, np.newaxis], len(SUBSETS))
    # All verdicts so far are failures from the first attempt on.
    has_failed = np.vstack([np.zeros(len(SUBSETS)), (~exams.is_skip).cumsum(axis=0)[:-1] > 0])
    tilt = policy.failure_effect * has_failed * are_failures_told
    seen = evaluate_in_turn(exams, policy.law, log_weights, policy.sigma, policy.values, tilt)
    return np.exp(seen.log_p)


def count_subsets(sat: list[tuple[int, ...]]) -> NDArray[np.float64]:
    seen = Counter(sat)
    return np.array([float(seen[subset]) for subset in SUBSETS])


def exact_law(policy: Counted) -> dict[tuple[int, ...], float]:
    """P(S) of every subset of at most B questions: the integral over u, 61 nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    a = policy.log_weights(ITEMS)
    weight = np.array([np.exp(a[list(subset)].sum()) for subset in SUBSETS])
    size = np.array([len(subset) for subset in SUBSETS])
    e = np.array([weight[size == k].sum() for k in range(B + 1)])
    log_e = log_elementary(a)
    pi = np.array([np.exp(policy.log_pi(log_e, B, policy.sigma * node)) for node in nodes])
    p_count = weights @ pi / weights.sum()
    return dict(zip(SUBSETS, p_count[size] * weight / e[size], strict=True))


def p_value(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    """Chi-square with all cells that expect fewer than 5 pooled into one."""
    rare = expected < 5
    if rare.any():
        observed = np.append(observed[~rare], observed[rare].sum())
        expected = np.append(expected[~rare], expected[rare].sum())
    chi_square = ((observed - expected) ** 2 / expected).sum()
    return float(chdtrc(expected.size - 1, chi_square))


@pytest.mark.parametrize("name", COUNTED)
def test_a_whole_exam_is_drawn_from_the_exact_law(name: str) -> None:
    policy, n_exams = COUNTED[name], 3000
    seen: Counter[tuple[int, ...]] = Counter()
    for key in range(n_exams):
        seen[tuple(int(i) for i in np.flatnonzero(policy.skips(whole_exam(key))))] += 1
    law = exact_law(policy)
    observed = np.array([float(seen[subset]) for subset in law])
    assert sum(law.values()) == pytest.approx(1)
    assert observed.sum() == n_exams
    # A right sampler fails 1 seed in 1,000.
    assert p_value(observed, n_exams * np.array(list(law.values()))) > 1e-3


@pytest.mark.parametrize("name", COUNTED)
def test_one_by_one_an_exam_is_drawn_from_the_law_that_is_fitted_to_it(name: str) -> None:
    policy, n_exams = COUNTED[name], 1500
    observed = count_subsets([sit_one_by_one(policy, key) for key in range(n_exams)])
    law = law_in_turn(policy, are_failures_told=False)
    assert law.sum() == pytest.approx(1)
    assert observed.sum() == n_exams
    # A right sampler fails 1 seed in 1,000.
    assert p_value(observed, n_exams * law) > 1e-3


@pytest.mark.parametrize("name", COUNTED)
def test_one_by_one_subjects_who_are_all_alike_skip_as_many_as_simulated_exams(name: str) -> None:
    policy, n_exams, n_simulated = replace(COUNTED[name], sigma=0.0), 600, 20_000
    counts = np.array([len(sit_one_by_one(policy, key)) for key in range(n_exams)])
    log_weights = np.tile(policy.log_weights(ITEMS)[:, np.newaxis], n_simulated)
    exams, rng = exams_of([()] * n_simulated), np.random.default_rng(5)
    drawn = simulate_in_turn(exams, policy.law, log_weights, 0.0, policy.values, rng)
    simulated = drawn.sum(axis=0)
    # Four standard errors of a difference of means: a right sampler fails 1 seed in 16,000.
    error = np.sqrt(simulated.var() * (1 / n_exams + 1 / n_simulated))
    assert 0 < error < 0.1
    assert abs(counts.mean() - simulated.mean()) < 4 * error


@pytest.mark.parametrize("name", ["tension", "relative_tension"])
def test_told_failures_enter_each_decision_as_a_tilt_of_the_law_that_is_fitted(name: str) -> None:
    policy, n_exams = replace(COUNTED[name], failure_effect=2.0), 3000
    sat = [sit_one_by_one(policy, key, "wrong") for key in range(n_exams)]
    law = law_in_turn(policy, are_failures_told=True)
    assert law.sum() == pytest.approx(1)
    # A right sampler fails 1 seed in 1,000.
    assert p_value(count_subsets(sat), n_exams * law) > 1e-3


@pytest.mark.parametrize("name", ["tension", "relative_tension"])
def test_told_failures_raise_the_count_that_is_reached(name: str) -> None:
    policy = replace(COUNTED[name], failure_effect=2.0)
    told, untold = (
        sum(len(sit_one_by_one(policy, key, verdict)) for key in range(60)) for verdict in VERDICTS
    )
    assert told > untold


@pytest.mark.parametrize("slope", [0.0, 6.0])
@pytest.mark.parametrize("alpha", [-1.5, 0.5])
def test_a_share_of_the_first_question_is_skipped_whatever_the_others_are_expected_to_be(
    alpha: float, slope: float
) -> None:
    policy = SelectiveParts(sigma=0.0, alpha=alpha, slope=slope)
    n_expected, n_keys = EXPECTED.position.size, 50
    assert n_expected != N
    n_skips = sum(
        bool(policy.skips(replace(one_question(key, 1, B), items=item_at(EXPECTED, i)))[0])
        for i in range(n_expected)
        for key in range(i * n_keys, (i + 1) * n_keys)
    )
    # Draws of unequal chances spread at most as much as draws of their mean.
    n, p = n_expected * n_keys, expit(alpha) * B / N
    assert abs(n_skips - n * p) < 4 * np.sqrt(n * p * (1 - p))


def test_one_by_one_who_would_use_every_lifeline_has_used_them_before_the_exam_ends() -> None:
    policy = UseTheParts(sigma=0.0, alpha=20.0)  # each is missed with probability 2e-9
    sat = [sit_one_by_one(policy, key) for key in range(40)]
    assert {len(skipped) for skipped in sat} == {B}
    assert {skipped[-1] for skipped in sat} > {N - 2, N - 1}


@given(
    log_weights=st.lists(st.floats(-8, 8), min_size=1, max_size=25),
    alpha=st.floats(-4, 4),
    lifelines=st.integers(1, 12),
    more=st.integers(0, 12),
)
def test_at_the_expected_level_expected_questions_are_skipped_as_often_as_the_law_says(
    log_weights: list[float], alpha: float, lifelines: int, more: int
) -> None:
    a, rate = np.array(log_weights), expit(alpha) * lifelines / (lifelines + more)
    level = expected_level(share.LAW, a, lifelines, lifelines + more, {"alpha": alpha})
    mean = expit(np.log(rate / (1 - rate)) + a - level).mean()
    assert mean == pytest.approx(rate, rel=1e-9)


def test_the_expected_level_is_0_where_counts_depend_on_the_weights() -> None:
    assert expected_level(cap.LAW, np.array([-3.0, 1.0]), B, N, {"alpha": 0.5}) == 0


def test_one_by_one_an_impossible_parameter_is_refused() -> None:
    with pytest.raises(MechanismError, match="kappa is -1"):
        Tension(kappa=-1.0).skips(one_question(0, 1, B))


@pytest.mark.parametrize("name", ["tension", "relative_tension"])
def test_told_successes_and_no_news_are_the_same(name: str) -> None:
    told = [sit_one_by_one(COUNTED[name], key, "right") for key in range(60)]
    assert told == [sit_one_by_one(COUNTED[name], key) for key in range(60)]


def test_only_the_two_tensions_react_to_failures() -> None:
    reacting = {name for name, policy in COUNTED.items() if policy.failure_effect}
    assert reacting == {"tension", "relative_tension"}


def test_skips_asked_one_by_one_are_spread_evenly_without_a_selection() -> None:
    policy, n_exams = POLICIES["use_the_parts"], 1000
    skipped = np.zeros(N)
    for key in range(n_exams):
        left = B
        for number in range(1, N + 1):
            is_skipped = bool(policy.skips(one_question(key, number, left))[0])
            skipped[number - 1] += is_skipped
            left -= is_skipped
    p = skipped.sum() / (N * n_exams)
    # Questions of an exam are negatively correlated, so independence bounds the spread.
    assert np.abs(skipped / n_exams - p).max() < 4 * np.sqrt(p * (1 - p) / n_exams)


@pytest.mark.parametrize("name", sorted(COUNTED.keys() - {"indiscriminate", "use_the_parts"}))
def test_one_by_one_the_questions_of_more_weight_are_skipped_more(name: str) -> None:
    log_weights = COUNTED[name].log_weights(ITEMS)
    liked, disliked = (
        sum(bool(COUNTED[name].skips(one_question(key, int(i) + 1, B))[0]) for key in range(500))
        for i in (np.argmax(log_weights[: N - B]), np.argmin(log_weights[: N - B]))
    )
    assert liked > disliked


@pytest.mark.parametrize("lifelines", [None, 0])
@pytest.mark.parametrize("name", POLICIES)
def test_nobody_skips_without_a_lifeline(name: str, lifelines: int | None) -> None:
    assert not any(POLICIES[name].skips(whole_exam(key, lifelines)).any() for key in range(20))


@given(
    confidence=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    lifelines=st.integers(0, 12),
    price=st.floats(0, 1),
)
def test_rational_never_skips_without_a_penalty(
    confidence: list[float], lifelines: int, price: float
) -> None:
    assert not rational_skips(confidence, lifelines, penalty=0.0, price=price).any()


@given(
    confidence=st.lists(st.floats(0, 1), min_size=1, max_size=8, unique=True),
    lifelines=st.integers(0, 8),
    penalty=st.floats(0, 2),
    price=st.floats(0, 1),
)
def test_rational_earns_as_much_as_any_choice_of_skips(
    confidence: list[float], lifelines: int, penalty: float, price: float
) -> None:
    c = np.array(confidence)
    gain = -price - (c - (1 - c) * penalty)
    skipped = rational_skips(confidence, lifelines, penalty=penalty, price=price)
    sizes = range(min(lifelines, c.size) + 1)
    choices = chain.from_iterable(combinations(range(c.size), k) for k in sizes)
    best = max(gain[list(choice)].sum() for choice in choices)
    assert skipped.sum() <= lifelines
    assert gain[skipped].sum() == pytest.approx(best, abs=1e-9)


def rational_skips(
    confidence: list[float], lifelines: int, penalty: float, price: float
) -> NDArray[np.bool_]:
    c = np.array(confidence)
    items = Items(c, c, np.arange(1.0, c.size + 1), np.full(c.size, 100.0))
    situation = whole_exam(0, lifelines, items)
    view = replace(situation.view, penalty=penalty, price=price)
    return Rational().skips(Situation(view, items, EXPECTED, situation.draws))


def test_the_share_of_failures_counts_only_right_and_wrong() -> None:
    verdicts: tuple[Verdict, ...] = ("wrong", "skipped", "right", "other", "wrong")
    assert share_wrong(()) == 0
    assert share_wrong(tuple(Shown(i, v) for i, v in enumerate(verdicts))) == pytest.approx(2 / 3)
