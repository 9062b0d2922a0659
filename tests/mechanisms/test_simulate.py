"""Drawn skips against the probabilities of all subsets, enumerated."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from balk.mechanisms.count_laws.lapse import LAW as LAPSE
from balk.mechanisms.count_laws.lapse import lapse_of
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.exams import Exams
from balk.mechanisms.observed import Bools
from balk.mechanisms.simulate import CHUNK, draw_skips
from balk.mechanisms.symmetric import Floats

LAWS: dict[str, tuple[CountLaw, dict[str, float]]] = {
    "cap": (COUNT_LAWS["cap"], {"alpha": 0.4}),
    "share": (COUNT_LAWS["share"], {"alpha": -0.3}),
    "cost": (COUNT_LAWS["cost"], {"kappa": 0.25}),
    "relative_cost": (COUNT_LAWS["relative_cost"], {"kappa": 1.3}),
    "lapse": (LAPSE, {"lapse_logit": 4.0}),
}
N = 5
N_DRAWS = 2 * CHUNK + 1000  # more than a chunk, so that chunks are seen to be put together
SUBSETS = np.array(list(product([False, True], repeat=N))).T


def blank_exams(n_exams: int, lifelines: float | Floats, present: Bools | None = None) -> Exams:
    n = N if present is None else len(present)
    nothing = np.zeros((n, n_exams))
    return Exams(
        lifelines=np.broadcast_to(np.asarray(lifelines, dtype=np.float64), n_exams).copy(),
        penalty=np.zeros(n_exams),
        is_skip=nothing > 0,
        is_gap=nothing > 0,
        is_present=nothing == 0 if present is None else present,
        item=nothing.astype(np.int64),
        position=nothing,
        stem_chars=nothing + 200,
        share_wrong=nothing,
        last_wrong=nothing,
    )


def counts_given(name: str, u: float, n_lifelines: int, e: Floats) -> Floats:
    """P(k | B, u) for k = 0 .. n, by the formulas of the table of count laws."""
    values, k = LAWS[name][1], np.arange(N + 1.0)
    if name == "share":
        p = 1 / (1 + np.exp(-values["alpha"] - u))
        every = range(n_lifelines + 1)
        raw = np.array([comb(n_lifelines, j) * p**j * (1 - p) ** (n_lifelines - j) for j in every])
    elif name in ("cap", "lapse"):
        lapse = lapse_of(values.get("lapse_logit", 0.0))
        pull = values["alpha"] if name == "cap" else np.log(lapse / (1 - lapse))
        raw = e * np.exp(k * (pull + u))
    else:
        kappa = values["kappa"] / (n_lifelines if name == "relative_cost" else 1)
        raw = np.where(k <= n_lifelines, e * np.exp(k * u - kappa * k**2), 0)
    most, counts = min(N, n_lifelines), np.zeros(N + 1)
    counts[:most], counts[most] = raw[:most], raw[most:].sum()
    return np.asarray(counts / counts.sum())


def enumerated(name: str, weights: Floats, n_lifelines: int, sigma: float, tilt: float) -> Floats:
    """P(S | B) of every subset, the exam effect integrated by a fine trapezoid."""
    own = np.exp(np.where(SUBSETS, weights[:, np.newaxis], 0).sum(axis=0))
    size = SUBSETS.sum(axis=0)
    e = np.bincount(size, own).astype(np.float64)
    z = np.linspace(-8, 8, 401)
    mass = np.exp(-(z**2) / 2)
    laws = [counts_given(name, sigma * x + tilt, n_lifelines, e) for x in z]
    counts = mass @ np.array(laws) / mass.sum()
    return np.asarray(counts[size] * own / e[size])


def chi_square_p(seen: Floats, expected: Floats) -> float:
    """The p-value, subsets with fewer than five expected put together."""
    rare = expected < 5
    seen = np.append(seen[~rare], seen[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    used = expected > 1e-9
    assert seen[~used].sum() == 0
    statistic = ((seen - expected)[used] ** 2 / expected[used]).sum()
    return float(chdtrc(used.sum() - 1, statistic))


@pytest.mark.parametrize("n_lifelines", [1, 3, 7])
@pytest.mark.parametrize("name", list(LAWS))
def test_subsets_come_as_often_as_enumeration_says(name: str, n_lifelines: int) -> None:
    rng = np.random.default_rng(20 + n_lifelines)
    weights = np.array([-1.0, 0.3, 1.2, -0.2, 0.6])
    sigma, tilt = 0.8, -0.3
    skips = draw_skips(
        blank_exams(N_DRAWS, n_lifelines),
        LAWS[name][0],
        np.tile(weights[:, None], N_DRAWS),
        sigma,
        LAWS[name][1],
        rng,
        tilt,
    )
    code = 2 ** np.arange(N - 1, -1, -1)  # the order of itertools.product
    seen = np.bincount(code @ skips, minlength=2**N).astype(np.float64)
    expected = N_DRAWS * enumerated(name, weights, n_lifelines, sigma, tilt)
    assert chi_square_p(seen, expected) > 1e-4  # 15 correct laws fail together once in 600 seeds


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(list(LAWS)), spread=st.floats(0, 30))
def test_budgets_and_lengths_are_kept(seed: int, name: str, spread: float) -> None:
    rng = np.random.default_rng(seed)
    present = np.arange(8)[:, None] < rng.integers(1, 9, 30)
    exams = blank_exams(30, rng.integers(1, 12, 30).astype(np.float64), present)
    law, values = LAWS[name]
    skips = draw_skips(exams, law, rng.normal(0, spread, (8, 30)), 1.0, values, rng, 2.0)
    assert (skips.sum(axis=0) <= exams.lifelines).all()
    assert not (skips & ~present).any()


def test_settings_by_exam_are_each_exams_own() -> None:
    n_exams = 2 * CHUNK
    alpha = np.where(np.arange(n_exams) % 2, 3.0, -3.0)
    law = COUNT_LAWS["cap"]
    weights = np.zeros((N, n_exams))
    rng = np.random.default_rng(4)
    sigma = np.zeros(n_exams)
    skips = draw_skips(blank_exams(n_exams, 9), law, weights, sigma, {"alpha": alpha}, rng)
    rates = skips.mean(axis=0)
    p = 1 / (1 + np.exp(-3.0))
    se = np.sqrt(p * (1 - p) / (N * n_exams / 2))
    assert abs(rates[1::2].mean() - p) < 4 * se
    assert abs(rates[::2].mean() - (1 - p)) < 4 * se


def test_the_same_state_draws_the_same_skips() -> None:
    law, values = LAWS["cost"]
    one, two = (
        draw_skips(
            blank_exams(50, 4), law, np.zeros((N, 50)), 0.5, values, np.random.default_rng(9)
        )
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, two)
    assert one.any()
