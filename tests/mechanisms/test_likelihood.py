"""The likelihood of an exam against sums over all subsets, dense integrals and differences."""

from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss

from balk.mechanisms import quadrature, recursion
from balk.mechanisms.count_laws.lapse import LAW as LAPSE
from balk.mechanisms.count_laws.lapse import lapse_of
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.exams import Exams
from balk.mechanisms.likelihood import Likelihood, evaluate
from balk.mechanisms.observed import Bools, Ints, Observed, Seen
from balk.mechanisms.symmetric import Floats

Laws = dict[str, tuple[CountLaw, dict[str, float]]]

LAWS: Laws = {
    "cap": (COUNT_LAWS["cap"], {"alpha": 0.4}),
    "share": (COUNT_LAWS["share"], {"alpha": -0.3}),
    "cost": (COUNT_LAWS["cost"], {"kappa": 0.25}),
    "relative_cost": (COUNT_LAWS["relative_cost"], {"kappa": 1.3}),
    "lapse": (LAPSE, {"lapse_logit": 0.7}),
}
NAMES = list(LAWS)
SIGMA = 0.6


def make_exams(
    skips: Bools, lifelines: int | Ints, gaps: Bools | None = None, present: Bools | None = None
) -> Exams:
    """Exams of which only the skips matter; `skips` has shape (n, E)."""
    n, n_exams = skips.shape
    nothing = np.zeros((n, n_exams))
    return Exams(
        lifelines=np.broadcast_to(np.asarray(lifelines, dtype=np.float64), n_exams).copy(),
        penalty=np.zeros(n_exams),
        is_skip=skips,
        is_gap=np.zeros_like(skips) if gaps is None else gaps,
        is_present=np.ones_like(skips) if present is None else present,
        item=nothing.astype(np.int64),
        position=nothing,
        stem_chars=nothing + 200,
        share_wrong=nothing,
        last_wrong=nothing,
    )


def all_subsets(n: int) -> Bools:
    """Every subset of n questions, shape (n, 2^n)."""
    return np.array(list(product([False, True], repeat=n))).T


def brute_elementary(weights: Floats) -> Floats:
    """Sums over all subsets of each size of the product of their weights."""
    subsets = all_subsets(weights.size)
    products = np.where(subsets, weights[:, np.newaxis], 1.0).prod(axis=0)
    return np.bincount(subsets.sum(axis=0), products).astype(np.float64)


def scaled(logs: Floats) -> Floats:
    """Exponentials, each column up to a factor of its own."""
    return np.asarray(np.exp(logs - logs.max(axis=0)))


def brute_counts(
    name: str, e: Floats, n_lifelines: int, u: Floats, values: dict[str, float]
) -> Floats:
    """P(k | B, u) by the formulas of the table of count laws, shape (K, U)."""
    n = e.size - 1
    most = min(n, n_lifelines)
    k = np.arange(n + 1.0)[:, np.newaxis]
    if name == "share":
        p = 1 / (1 + np.exp(-values["alpha"] - u))
        raw = np.stack(
            [
                comb(n_lifelines, j) * p**j * (1 - p) ** (n_lifelines - j)
                for j in range(n_lifelines + 1)
            ]
        )
    elif name in ("cap", "lapse"):
        lapse = lapse_of(values.get("lapse_logit", 0.0))
        pull = values["alpha"] if name == "cap" else np.log(lapse / (1 - lapse))
        raw = e[:, np.newaxis] * scaled(k * (pull + u))
    else:
        kappa = values["kappa"] / (n_lifelines if name == "relative_cost" else 1)
        raw = e[:, np.newaxis] * scaled(np.where(k <= most, k * u - kappa * k**2, -np.inf))
    raw = raw / raw.sum(axis=0)
    return np.vstack([raw[:most], raw[most:].sum(axis=0)])


def hermite(sigma: float, n_nodes: int = 21) -> tuple[Floats, Floats]:
    z, weights = hermegauss(n_nodes)
    return sigma * z, weights / weights.sum()


def dense(sigma: float) -> tuple[Floats, Floats]:
    """A trapezoid over +-10 standard deviations: exact to rounding for a normal density."""
    z = np.linspace(-10, 10, 8001)
    density = np.exp(-(z**2) / 2)
    return sigma * z, density / density.sum()


def brute_p(
    name: str,
    skips: Bools,
    n_lifelines: int,
    weights: Floats,
    values: dict[str, float],
    over: tuple[Floats, Floats],
) -> Floats:
    """P(S | B) of each column of `skips`, of an exam with these log-weights."""
    u, mass = over
    e = brute_elementary(np.exp(weights))
    counts = brute_counts(name, e, n_lifelines, u, values) @ mass
    own = np.exp(np.where(skips, weights[:, np.newaxis], 0.0).sum(axis=0))
    size = skips.sum(axis=0)
    possible = size < counts.size
    return np.where(possible, counts[np.where(possible, size, 0)] * own / e[size], 0.0)


def within(skips: Bools, n_lifelines: int) -> Bools:
    return skips[:, skips.sum(axis=0) <= n_lifelines]


@pytest.mark.parametrize("n_lifelines", [1, 4, 10, 13])
@pytest.mark.parametrize("name", NAMES)
def test_every_subset_has_the_probability_that_enumeration_gives(
    name: str, n_lifelines: int
) -> None:
    law, values = LAWS[name]
    weights = np.random.default_rng(1).normal(0, 1.5, 10)
    skips = within(all_subsets(10), n_lifelines)
    seen = evaluate(
        make_exams(skips, n_lifelines),
        law,
        np.tile(weights[:, None], skips.shape[1]),
        SIGMA,
        values,
    )
    expected = brute_p(name, skips, n_lifelines, weights, values, hermite(SIGMA))
    np.testing.assert_allclose(np.exp(seen.log_p), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_subsets_within_the_budget_exhaust_the_probability(name: str) -> None:
    law, values = LAWS[name]
    weights = np.random.default_rng(2).normal(0, 2, 9)
    for n_lifelines in (1, 3, 9, 12):
        skips = within(all_subsets(9), n_lifelines)
        exams = make_exams(skips, n_lifelines)
        seen = evaluate(exams, law, np.tile(weights[:, None], len(exams)), 1.2, values, 0.3)
        assert np.exp(seen.log_p).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_tilt_moves_every_skip_as_an_exam_effect_would(name: str) -> None:
    law, values = LAWS[name]
    weights = np.random.default_rng(3).normal(0, 1, 7)
    skips = within(all_subsets(7), 4)
    seen = evaluate(
        make_exams(skips, 4), law, np.tile(weights[:, None], skips.shape[1]), SIGMA, values, -0.8
    )
    u, mass = hermite(SIGMA)
    expected = brute_p(name, skips, 4, weights, values, (u - 0.8, mass))
    np.testing.assert_allclose(np.exp(seen.log_p), expected, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_no_exam_effect_leaves_the_law_itself(name: str) -> None:
    law, values = LAWS[name]
    weights = np.random.default_rng(4).normal(0, 1, 6)
    skips = within(all_subsets(6), 3)
    seen = evaluate(
        make_exams(skips, 3), law, np.tile(weights[:, None], skips.shape[1]), 0.0, values
    )
    expected = brute_p(name, skips, 3, weights, values, (np.zeros(1), np.ones(1)))
    np.testing.assert_allclose(np.exp(seen.log_p), expected, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_unknown_decisions_are_summed_over_both_ways(name: str) -> None:
    law, values = LAWS[name]
    weights = np.random.default_rng(5).normal(0, 1, 6)
    gap = np.array([False, True, False, True, True, False])
    for n_lifelines in (1, 3, 8):
        known = np.array([True, False, False, False, False, False])
        exams = make_exams(known[:, None], n_lifelines, gap[:, None])
        seen = evaluate(exams, law, weights[:, None], SIGMA, values)
        agree = [s for s in all_subsets(6).T if (s[~gap] == known[~gap]).all()]
        skips = within(np.array(agree).T, n_lifelines)
        expected = brute_p(name, skips, n_lifelines, weights, values, hermite(SIGMA)).sum()
        assert np.exp(seen.log_p[0]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_an_exam_of_which_nothing_is_known_is_certain(name: str) -> None:
    law, values = LAWS[name]
    nothing, gaps = np.zeros((5, 3), dtype=np.bool_), np.ones((5, 3), dtype=np.bool_)
    weights = np.random.default_rng(6).normal(0, 1, (5, 3))
    seen = evaluate(make_exams(nothing, np.array([1, 3, 9]), gaps), law, weights, SIGMA, values)
    np.testing.assert_allclose(seen.log_p, 0, atol=1e-12)
    np.testing.assert_allclose(seen.d_weights, 0, atol=1e-12)
    np.testing.assert_allclose(seen.d_sigma, 0, atol=1e-12)


def mixed_exams(rng: np.random.Generator, n: int = 7, n_exams: int = 12) -> Exams:
    """Exams of several lengths and doses, some decisions unknown."""
    present = np.arange(n)[:, None] < rng.integers(3, n + 1, n_exams)
    lifelines = rng.integers(1, n + 4, n_exams)
    skips = present & (rng.random((n, n_exams)) < 0.4)
    skips &= np.cumsum(skips, axis=0) <= lifelines
    gaps = present & ~skips & (rng.random((n, n_exams)) < 0.2)
    return make_exams(skips, lifelines, gaps, present)


@pytest.mark.parametrize("name", NAMES)
def test_exams_of_different_length_are_what_each_is_alone(name: str) -> None:
    law, values = LAWS[name]
    rng = np.random.default_rng(7)
    exams = mixed_exams(rng)
    weights = rng.normal(0, 1, exams.is_skip.shape)
    together = evaluate(exams, law, weights, SIGMA, values)
    for e in range(len(exams)):
        n = int(exams.n_questions[e])
        own = make_exams(
            exams.is_skip[:n, [e]], exams.lifelines[[e]].astype(np.int64), exams.is_gap[:n, [e]]
        )
        alone = evaluate(own, law, weights[:n, [e]], SIGMA, values)
        assert together.log_p[e] == pytest.approx(alone.log_p[0], abs=1e-12)
        np.testing.assert_allclose(together.d_weights[:n, e], alone.d_weights[:, 0], atol=1e-12)
        np.testing.assert_array_equal(together.d_weights[n:, e], 0)


@pytest.mark.parametrize("name", NAMES)
def test_weights_of_absent_questions_are_not_looked_at(name: str) -> None:
    law, values = LAWS[name]
    rng = np.random.default_rng(8)
    exams = mixed_exams(rng)
    weights = rng.normal(0, 1, exams.is_skip.shape)
    other = np.where(exams.is_present, weights, np.nan)
    np.testing.assert_array_equal(
        evaluate(exams, law, weights, SIGMA, values).log_p,
        evaluate(exams, law, other, SIGMA, values).log_p,
    )


def central(of: Callable[[float], Floats], step: float = 1e-3) -> Floats:
    """A derivative at 0 by five points: the error is of the order of step^4, about 1e-12."""
    near, far = of(step) - of(-step), of(2 * step) - of(-2 * step)
    return (8 * near - far) / (12 * step)


@pytest.mark.parametrize("sigma_by_exam", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_differences(name: str, *, sigma_by_exam: bool) -> None:
    law, values = LAWS[name]
    rng = np.random.default_rng(9)
    exams = mixed_exams(rng)
    weights = rng.normal(0, 1, exams.is_skip.shape)
    tilt = rng.normal(0, 0.5, len(exams))
    sigma: float | Floats = np.linspace(0.1, 1.4, len(exams)) if sigma_by_exam else 0.7

    def run(
        d_weights: float | Floats = 0.0,
        d_sigma: float = 0.0,
        d_tilt: float = 0.0,
        **d_law: float,
    ) -> Floats:
        moved = {k: v + d_law.get(k, 0.0) for k, v in values.items()}
        return evaluate(
            exams, law, weights + d_weights, sigma + d_sigma, moved, tilt + d_tilt
        ).log_p

    seen = evaluate(exams, law, weights, sigma, values, tilt)
    for i in range(len(weights)):
        unit = np.zeros_like(weights)
        unit[i] = 1
        by_weight = central(lambda h, unit=unit: run(d_weights=h * unit))  # type: ignore[misc]
        np.testing.assert_allclose(seen.d_weights[i], by_weight, atol=1e-7)
    np.testing.assert_allclose(seen.d_sigma, central(lambda h: run(d_sigma=h)), atol=1e-7)
    np.testing.assert_allclose(seen.d_tilt, central(lambda h: run(d_tilt=h)), atol=1e-7)
    assert set(seen.d_law) == set(values)
    for parameter, derivative in seen.d_law.items():
        by_law = central(lambda h, parameter=parameter: run(**{parameter: h}))  # type: ignore[misc]
        np.testing.assert_allclose(derivative, by_law, atol=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_arrays_by_exam_equal_calls_one_by_one(name: str) -> None:
    law, values = LAWS[name]
    rng = np.random.default_rng(10)
    exams = mixed_exams(rng)
    weights = rng.normal(0, 1, exams.is_skip.shape)
    sigma = np.linspace(0.0, 1.5, len(exams))
    steps = 0.05 * np.arange(float(len(exams)))
    by_exam: dict[str, Floats] = {key: np.add(steps, value) for key, value in values.items()}
    tilt = rng.normal(0, 1, len(exams))
    together = evaluate(exams, law, weights, sigma, by_exam, tilt)
    for e in range(len(exams)):
        one = np.array([e])
        own = {key: float(value[e]) for key, value in by_exam.items()}
        alone = evaluate(
            exams.take(one), law, weights[:, one], float(sigma[e]), own, float(tilt[e])
        )
        assert together.log_p[e] == pytest.approx(alone.log_p[0], abs=1e-11)
        np.testing.assert_allclose(together.d_weights[:, e], alone.d_weights[:, 0], atol=1e-11)
        assert together.d_sigma[e] == pytest.approx(alone.d_sigma[0], abs=1e-11)
        for key in values:
            assert together.d_law[key][e] == pytest.approx(alone.d_law[key][0], abs=1e-10)


def hundred(spread: float, n_lifelines: int, seed: int = 11) -> tuple[Exams, Floats]:
    """An exam with no skip, one with all that fits, and some between, of 100 questions."""
    rng = np.random.default_rng(seed)
    most = min(n_lifelines, 100)
    sizes = np.unique([0, 1, most // 2, most])
    skips = np.arange(100)[:, None] < sizes
    return make_exams(rng.permuted(skips, axis=0), n_lifelines), rng.normal(0, spread, skips.shape)


@pytest.mark.parametrize("n_lifelines", [1, 37, 100, 150])
@pytest.mark.parametrize("spread", [1.0, 8.0, 60.0])
@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_questions_with_extreme_weights_stay_finite(
    name: str, spread: float, n_lifelines: int
) -> None:
    law, values = LAWS[name]
    exams, weights = hundred(spread, n_lifelines)
    seen = evaluate(exams, law, weights, 0.8, values)
    assert np.isfinite(seen.log_p).all()
    assert (seen.log_p <= 1e-9).all()
    for part in (seen.d_weights, seen.d_sigma, seen.d_tilt, *seen.d_law.values()):
        assert np.isfinite(part).all()
    inclusion = exams.is_skip - seen.d_weights
    assert inclusion.min() > -1e-9
    assert inclusion.max() < 1 + 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_plain_numbers_and_logarithms_give_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    law, values = LAWS[name]
    exams, weights = hundred(2.0, 40)
    plain = evaluate(exams, law, weights, 0.8, values)
    monkeypatch.setattr(recursion, "LARGEST_LOG", -1.0)
    monkeypatch.setattr(quadrature, "SAFE_LOG", -1.0)
    logs = evaluate(exams, law, weights, 0.8, values)
    np.testing.assert_allclose(plain.log_p, logs.log_p, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(plain.d_weights, logs.d_weights, atol=1e-10)
    np.testing.assert_allclose(plain.d_sigma, logs.d_sigma, atol=1e-9)
    np.testing.assert_allclose(plain.expected, logs.expected, atol=1e-11)


def counts_error(name: str, n: int, sigma: float) -> float:
    """Largest error of the log-probability of any count, by quadrature, against a dense integral.

    All questions weigh the same, so that counts say everything. Counts rarer than one in a million
    are left aside.
    """
    law, values = LAWS[name]
    worst = 0.0
    for n_lifelines in (n // 5, n // 2, n):
        sizes = np.arange(n_lifelines + 1)
        exams = make_exams(np.arange(n)[:, None] < sizes, n_lifelines)
        seen = evaluate(exams, law, np.zeros((n, sizes.size)), sigma, values).log_p
        u, mass = dense(sigma)
        e = np.array([float(comb(n, k)) for k in range(n + 1)])
        p = brute_counts(name, e, n_lifelines, u, values) @ mass
        likely = p > 1e-6
        exact = np.log(p[likely] / e[sizes][likely])
        worst = max(worst, float(np.abs(seen[likely] - exact).max()))
    return worst


FAMILY = [name for name in NAMES if name != "lapse"]  # which has no exam effect


@pytest.mark.parametrize(
    ("n", "sigma", "error"),
    [
        *((20, 0.3, 1e-12), (20, 0.5, 1e-7), (20, 0.7, 1e-6), (20, 1.0, 1e-6), (20, 1.5, 1e-6)),
        *((20, 4.0, 1e-6), (100, 0.3, 1e-6), (100, 0.5, 1e-6), (100, 1.0, 1e-6), (100, 4.0, 1e-6)),
    ],
)
@pytest.mark.parametrize("name", FAMILY)
def test_the_exam_effect_is_integrated_to_the_stated_error(
    name: str, n: int, sigma: float, error: float
) -> None:
    assert counts_error(name, n, sigma) < error


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    name=st.sampled_from(NAMES),
    n_lifelines=st.integers(1, 8),
    sigma=st.floats(0, 2),
)
def test_the_order_of_questions_changes_nothing(
    seed: int, name: str, n_lifelines: int, sigma: float
) -> None:
    law, values = LAWS[name]
    rng = np.random.default_rng(seed)
    skips = np.zeros((6, 1), dtype=np.bool_)
    skips[: rng.integers(0, min(n_lifelines, 6) + 1)] = True
    weights, order = rng.normal(0, 2, (6, 1)), rng.permutation(6)
    one = evaluate(make_exams(skips, n_lifelines), law, weights, sigma, values)
    two = evaluate(make_exams(skips[order], n_lifelines), law, weights[order], sigma, values)
    assert one.log_p[0] == pytest.approx(two.log_p[0], abs=1e-11)
    np.testing.assert_allclose(one.d_weights[order], two.d_weights, atol=1e-10)


def test_exams_without_lifelines_are_not_part_of_the_likelihood() -> None:
    shape = (3, 4)
    observed = Observed(
        lifelines=np.array([-1, 0, 2]),
        penalty=np.zeros(3),
        seen=np.full(shape, int(Seen.ATTEMPT)),
        puzzle=np.tile(np.arange(4), (3, 1)),
        is_right=np.zeros(shape, dtype=np.int64),
        confidence=np.full(shape, np.nan),
        stem_chars=np.full(4, 200.0),
    )
    exams = Exams.of(observed, {})
    assert exams.lifelines.tolist() == [2]
    seen: Likelihood = evaluate(exams, COUNT_LAWS["cap"], np.zeros((4, 1)), 0.0, {"alpha": 0.0})
    assert np.exp(seen.log_p[0]) == pytest.approx(1 / 16, rel=1e-12)
