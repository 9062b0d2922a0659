"""Policies draw from the laws they are named after."""

from collections import Counter
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import chdtrc

from balk.elicit.subjects.chance import draw_exam
from balk.elicit.subjects.knowledge import Knowledge, expected_items
from balk.elicit.subjects.policies.counted import Counted, share_wrong
from balk.elicit.subjects.policies.policy import Situation
from balk.elicit.subjects.policies.rational import Rational
from balk.elicit.subjects.policies.registry import POLICIES
from balk.elicit.subjects.prompt_reader import ExamView, Question, Shown, Verdict
from balk.mechanisms.count_laws.quantiles import count_at
from balk.mechanisms.items import Items
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


def whole_exam(key: int, lifelines: int | None = B, items: Items = ITEMS) -> Situation:
    n = items.position.size
    questions = tuple(Question(i, "") for i in range(1, n + 1))
    view = ExamView(n, questions, lifelines, lifelines, "LIFELINE")
    return Situation(view, items, EXPECTED, draw_exam(key, n))


def one_question(key: int, number: int, left: int, history: Verdicts = ()) -> Situation:
    view = ExamView(N, (Question(number, ""),), B, left, "LIFELINE", history=history)
    one = {
        name: getattr(ITEMS, name)[[number - 1]]
        for name in ("confidence", "accuracy", "position", "stem_chars")
    }
    return Situation(view, Items(**one), EXPECTED, draw_exam(key, N))


def sit_one_by_one(policy: Counted, key: int, verdict: Verdict | None = None) -> int:
    """Skips of an exam whose attempts are all answered with the same verdict, or none."""
    left = B
    history: Verdicts = ()
    for number in range(1, N + 1):
        is_skipped = bool(policy.skips(one_question(key, number, left, history))[0])
        left -= is_skipped
        if verdict:
            history = (*history, Shown(number, "skipped" if is_skipped else verdict))
    return B - left


def target(policy: Counted, key: int, failures: float = 0.0) -> int:
    """The count at the exam's quantile of the law with expected weights, from the equations."""
    draws = draw_exam(key, N)
    expected = float(np.log(np.exp(policy.log_weights(EXPECTED)).mean()))
    u = policy.sigma * draws.effect + policy.failure_effect * failures
    log_pi = policy.log_pi(log_elementary(np.full(N, expected)), B, u)
    return count_at(log_pi, draws.quantile)


def exact_law(policy: Counted) -> dict[tuple[int, ...], float]:
    """P(S) of every subset of at most B questions: the integral over u, 61 nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    a = policy.log_weights(ITEMS)
    subsets = list(chain.from_iterable(combinations(range(N), k) for k in range(B + 1)))
    weight = np.array([np.exp(a[list(subset)].sum()) for subset in subsets])
    size = np.array([len(subset) for subset in subsets])
    e = np.array([weight[size == k].sum() for k in range(B + 1)])
    log_e = log_elementary(a)
    pi = np.array([np.exp(policy.log_pi(log_e, B, policy.sigma * node)) for node in nodes])
    p_count = weights @ pi / weights.sum()
    return dict(zip(subsets, p_count[size] * weight / e[size], strict=True))


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
def test_one_by_one_the_count_of_the_law_is_reached_exactly(name: str) -> None:
    policy = replace(COUNTED[name], failure_effect=0.0)
    keys = range(60)
    assert [sit_one_by_one(policy, key) for key in keys] == [target(policy, key) for key in keys]
    assert len({target(policy, key) for key in keys}) > 1


@pytest.mark.parametrize("name", ["tension", "relative_tension"])
def test_told_failures_raise_the_count_that_is_reached(name: str) -> None:
    policy = replace(COUNTED[name], failure_effect=2.0)
    keys = range(60)
    reached = [sit_one_by_one(policy, key, "wrong") for key in keys]
    # The first question knows of no failure; from the second on all verdicts are failures.
    assert reached == [target(policy, key, failures=1.0) for key in keys]
    assert sum(reached) > sum(target(policy, key) for key in keys)


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
