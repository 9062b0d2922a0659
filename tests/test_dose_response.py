"""Dose-response: hand-computed cases, brute-force oracles, laws, and coverage and size."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, t

from balk.dose_response import (
    beta_binomial,
    bootstrap_test,
    fit_share,
    log_slope,
    log_slopes,
    proportional_test,
    trend_test,
)
from balk.errors import EstimateError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SEVEN = np.repeat([1, 2, 3, 5, 10, 15, 20], 10)
N_SETS = 400
SLACK = 4 * (0.95 * 0.05 / N_SETS) ** 0.5  # four standard errors of a rate of 0.05 or 0.95


def draw_share(
    rng: np.random.Generator, lifelines: Counts, n_sets: int, share: float, dispersion: float
) -> Counts:
    """Use each exam's own share of its lifelines, which varies around a common one."""
    strength = 1 / dispersion - 1
    size = (n_sets, lifelines.size)
    own = rng.beta(share * strength, (1 - share) * strength, size)
    return rng.binomial(lifelines, own)


DATA = st.lists(
    st.tuples(st.integers(1, 100), st.floats(0, 1)).map(lambda d: (d[0], round(d[0] * d[1]))),
    min_size=2,
    max_size=30,
)


@given(data=DATA)
def test_a_slope_solves_the_score_equations_of_poisson_regression(
    data: list[tuple[int, int]],
) -> None:
    doses, skips = (np.array(side, dtype=float) for side in zip(*data, strict=True))
    slope = float(log_slopes(doses, skips[None])[0]) if len(set(doses)) > 1 else np.nan
    if np.isfinite(slope):
        shape = np.exp(slope * np.log(doses / doses.max()))
        mu = shape * (skips.sum() / shape.sum())
        assert (mu * np.log(doses)).sum() == pytest.approx((skips * np.log(doses)).sum(), rel=1e-7)
    else:
        some = set(doses[skips > 0])
        assert len(set(doses)) == 1 or some in (set(), {doses.min()}, {doses.max()})


def test_two_doses_give_the_ratio_of_the_logarithms() -> None:
    found = log_slope([3, 3, 20, 20], [1, 2, 3, 6])
    assert found.value == pytest.approx(np.log(4.5 / 1.5) / np.log(20 / 3))
    assert (found.n, found.n_clusters, found.unit) == (4, 4, "exams")


def test_two_doses_give_the_standard_error_of_two_means() -> None:
    few, many = np.array([1.0, 2, 0, 2]), np.array([3.0, 6, 7, 4, 4])
    found = log_slope([3] * 4 + [20] * 5, [*few, *many])
    relative = [side.var(ddof=1) / side.size / side.mean() ** 2 for side in (few, many)]
    assert found.se == pytest.approx(sum(relative) ** 0.5 / np.log(20 / 3))


def test_a_share_has_slope_1_and_a_fixed_number_slope_0() -> None:
    doses = np.repeat([5, 10, 20], 4)
    assert log_slope(doses, doses / 5).value == pytest.approx(1, abs=1e-9)
    assert log_slope(doses, np.full(12, 3)).value == pytest.approx(0, abs=1e-9)


def test_many_data_sets_give_what_each_gives_alone() -> None:
    skips = draw_share(np.random.default_rng(1), SEVEN, 50, 0.2, 0.1)
    alone = [log_slope(SEVEN, row).value for row in skips]
    assert log_slopes(SEVEN, skips) == pytest.approx(alone, abs=1e-9)


def test_skips_at_one_end_alone_have_an_infinite_slope_and_none_have_no_slope() -> None:
    skips = [[0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
    found = log_slopes([1, 5, 20], skips)
    assert np.isnan(found[0])
    assert found[1:3].tolist() == [-np.inf, np.inf]
    assert np.isfinite(found[3])


def test_nearly_all_skips_at_one_of_two_close_doses_still_give_the_slope() -> None:
    slope = log_slopes([19, 20], [[1, 100_000]])[0]
    assert slope == pytest.approx(np.log(100_000) / np.log(20 / 19), rel=1e-9)


def test_exams_without_lifelines_are_left_out() -> None:
    doses, skips = [0, 3, 3, 20, 20], [0, 1, 2, 3, 6]
    assert log_slope(doses, skips) == log_slope(doses[1:], skips[1:])
    assert log_slopes(doses, [skips])[0] == log_slopes(doses[1:], [skips[1:]])[0]


@pytest.mark.parametrize(
    ("doses", "skips", "because"),
    [
        ([3, 3, 3], [1, 2, 3], "1 dose"),
        ([0, 0], [0, 0], "0 dose"),
        ([3, 3, 20], [0, 0, 0], "no skip in 3 exams"),
        ([3, 3, 20], [0, 0, 4], "largest dose, 20"),
        ([3, 3, 20], [1, 2, 0], "smallest dose, 3"),
        ([3, 3, 20], [1, 2, 4], "one cluster alone"),
        ([3, 20], [4, 4], "4 skips with 3 lifelines"),
        ([3, 20], [1], "shapes"),
    ],
)
def test_data_without_a_slope_say_why(doses: list[int], skips: list[int], because: str) -> None:
    with pytest.raises(EstimateError, match=because):
        log_slope(doses, skips)


def test_data_sets_of_another_shape_are_refused() -> None:
    with pytest.raises(EstimateError, match="a column for every exam"):
        log_slopes([3, 20], [[1, 2, 3]])
    with pytest.raises(EstimateError, match="two or more"):
        log_slopes([3, 3], [[1, 2]])


def test_standard_error_and_freedom_are_those_of_full_matrices() -> None:
    rng = np.random.default_rng(2)
    doses = rng.choice([2, 5, 20], size=24)
    skips, clusters = rng.binomial(doses, 0.4), rng.integers(0, 9, size=24)
    found = log_slope(doses, skips, clusters)
    x = np.stack([np.ones(24), np.log(doses)], axis=1)
    shape = doses**found.value
    mu = shape * skips.sum() / shape.sum()
    bread = np.linalg.inv(x.T @ np.diag(mu) @ x)
    annihilator = np.eye(24) - np.diag(mu) @ x @ bread @ x.T
    rows, total = [], 0.0
    for cluster in range(9):
        own = clusters == cluster
        root_mu = np.sqrt(mu[own])
        leverage = root_mu[:, None] * (x[own] @ bread @ x[own].T) * root_mu
        values, vectors = np.linalg.eigh(np.eye(own.sum()) - leverage)
        adjusted = root_mu[:, None] * (vectors / np.sqrt(values) @ vectors.T) / root_mu
        weights = bread[1] @ x[own].T @ adjusted
        total += float(weights @ (skips - mu)[own]) ** 2
        rows.append(weights @ annihilator[own])
    assert found.se == pytest.approx(total**0.5)
    shared = np.array(rows) @ np.diag(mu) @ np.array(rows).T
    freedom = np.trace(shared) ** 2 / np.square(shared).sum()
    half = (found.high - found.low) / 2
    assert half == pytest.approx(t.ppf(0.975, freedom) * total**0.5)


def test_exams_that_are_all_alike_give_a_bound_that_more_exams_narrow() -> None:
    widths = []
    for n in (5, 20, 80):
        found = log_slope(np.repeat([3, 10, 20], n), np.full(3 * n, 2))
        assert (found.se, found.method) == (None, "quasi-Poisson, bound: exams alike")
        assert found.low < 0 < found.high
        widths.append(found.high - found.low)
    assert widths[0] > widths[1] > widths[2] > 0


def test_the_bound_holds_every_slope_that_unseen_exams_allow() -> None:
    doses, n = np.array([3, 10, 20]), 12
    found = log_slope(np.repeat(doses, n), np.repeat(doses, n))  # all are used, always
    differ = 1 - (0.05 / 3) ** (1 / n)
    corners = product(*([dose * (1 - differ), dose] for dose in doses))
    slopes = log_slopes(doses, np.array(list(corners)))
    assert (found.low, found.high) == pytest.approx((slopes.min(), slopes.max()))


@pytest.mark.parametrize(("n", "dispersion"), [(10, 0.1), (5, 0.01), (10, 0.3)])
def test_intervals_cover_the_slope_of_a_share(n: int, dispersion: float) -> None:
    doses = np.repeat([3, 8, 20], n)
    skips = draw_share(np.random.default_rng(n), doses, N_SETS, 0.3, dispersion)
    found = [log_slope(doses, row) for row in skips]
    assert 0.95 - SLACK < np.mean([one.low <= 1 <= one.high for one in found]) < 0.95 + SLACK


def test_p_counts_the_smaller_tail_twice_with_the_observation() -> None:
    found = bootstrap_test(2.5, [0.0, 1.0, 2.0, 3.0, np.nan])
    assert found.p == pytest.approx(2 * (1 + 1) / (4 + 1))
    assert (found.n_replicates, found.n_without_skips) == (4, 1)
    assert found.null_median == 1.0


def test_p_has_the_standard_error_of_a_share_twice() -> None:
    found = bootstrap_test(2.5, np.arange(99.0) / 3)
    tail = (8 + 1) / 100  # 0, 1/3 .. 7/3
    assert (found.p, found.p_se) == pytest.approx((2 * tail, 2 * (tail * (1 - tail) / 99) ** 0.5))


def test_infinite_slopes_are_beyond_all_others() -> None:
    assert bootstrap_test(np.inf, np.arange(99.0)).p == pytest.approx(0.02)
    assert bootstrap_test(np.inf, [np.inf, 1.0, np.inf]).p == 1
    assert bootstrap_test(0.5, [np.inf] * 99).null_low == np.inf


def test_a_draw_of_the_null_is_rejected_as_often_as_p_says() -> None:
    slopes = np.random.default_rng(3).normal(size=200)
    p = np.array([bootstrap_test(s, np.delete(slopes, i)).p for i, s in enumerate(slopes)])
    assert all(np.mean(p <= level) <= level for level in (0.01, 0.05, 0.1, 0.5))


@pytest.mark.parametrize(("slope", "null"), [(np.nan, [1.0]), (1.0, []), (1.0, [np.nan])])
def test_nothing_is_tested_without_slopes(slope: float, null: list[float]) -> None:
    with pytest.raises(EstimateError, match="that have skips"):
        bootstrap_test(slope, null)


@given(n=st.integers(0, 60), share=st.floats(1e-6, 1 - 1e-6), dispersion=st.floats(1e-6, 0.999))
def test_a_beta_binomial_law_has_its_mean_and_variance(
    n: int, share: float, dispersion: float
) -> None:
    p, k = beta_binomial(n, share, dispersion), np.arange(n + 1)
    variance = n * share * (1 - share) * (1 + (n - 1) * dispersion)
    assert p.sum() == pytest.approx(1)
    assert p @ k == pytest.approx(n * share, rel=1e-5, abs=1e-5)
    assert p @ (k - n * share) ** 2 == pytest.approx(variance, rel=1e-3, abs=1e-3)


def test_without_dispersion_the_law_is_binomial() -> None:
    assert beta_binomial(20, 0.3, 0) == pytest.approx(binom.pmf(np.arange(21), 20, 0.3))
    assert beta_binomial(20, 0.3, 1e-8) == pytest.approx(beta_binomial(20, 0.3, 0), abs=1e-6)


def test_share_and_dispersion_are_recovered() -> None:
    skips = draw_share(np.random.default_rng(4), SEVEN, N_SETS, 0.3, 0.15)
    fits = np.array([fit_share(SEVEN, row) for row in skips])
    errors = fits.std(axis=0) / N_SETS**0.5
    assert np.abs(fits.mean(axis=0) - [0.3, 0.15]) == pytest.approx([0, 0], abs=4 * errors.max())


def test_exams_more_alike_than_chance_have_no_dispersion() -> None:
    assert fit_share([4, 4, 8, 8], [2, 2, 4, 4]) == (0.5, 0.0)


def test_one_exam_a_dose_tells_dispersion_by_the_common_share() -> None:
    share, dispersion = fit_share([10, 20], [0, 20])
    # 6.67**2 / (10 p q) and / (20 p q) less 1/2 each, over 1/2 x (9 + 19)
    seen = (20 / 3) ** 2 / (10 * 2 / 9) - 0.5 + (20 / 3) ** 2 / (20 * 2 / 9) - 0.5
    assert (share, dispersion) == pytest.approx((2 / 3, min(seen / 14, 0.999)))


def test_no_share_without_lifelines() -> None:
    with pytest.raises(EstimateError, match="no exam has lifelines"):
        fit_share([0, 0], [0, 0])


@pytest.mark.parametrize(("n", "dispersion"), [(6, 0.1), (20, 0.02), (20, 0.3)])
def test_a_share_is_rejected_as_proportional_no_more_often_than_stated(
    n: int, dispersion: float
) -> None:
    doses = np.repeat([3, 10, 20], n)
    skips = draw_share(np.random.default_rng(n), doses, N_SETS, 0.3, dispersion)
    p = [proportional_test(doses, row, n_replicates=400, seed=i).p for i, row in enumerate(skips)]
    assert np.mean(np.array(p) <= 0.05) < 0.05 + SLACK


def test_a_fixed_threshold_is_rejected_as_proportional() -> None:
    rng = np.random.default_rng(5)
    doses = np.repeat([3, 10, 20], 20)
    for _ in range(10):
        assert proportional_test(doses, np.minimum(rng.binomial(20, 0.2, 60), doses)).p < 0.01


def test_using_every_lifeline_is_proportional() -> None:
    doses = np.repeat([3, 20], 10)
    assert proportional_test(doses, doses).p == 1


def test_the_same_data_and_seed_give_the_same_p() -> None:
    skips = draw_share(np.random.default_rng(6), SEVEN, 1, 0.3, 0.1)[0]
    again = proportional_test(SEVEN, skips)
    assert proportional_test(SEVEN, skips) == again
    assert proportional_test(SEVEN, skips, seed=1).p == pytest.approx(again.p, abs=6 * again.p_se)


@pytest.mark.parametrize(("doses", "skips"), [([3, 3], [1, 2]), ([3, 20], [0, 0])])
def test_nothing_is_proportional_without_doses_and_skips(
    doses: list[int], skips: list[int]
) -> None:
    with pytest.raises(EstimateError, match="give"):
        proportional_test(doses, skips)


def brute_trend(doses: Counts, skips: Counts, forms: Counts) -> float:
    """The two-sided p over every exchange of doses within forms."""
    blocks = [np.flatnonzero(forms == form) for form in np.unique(forms)]
    orders = product(*(permutations(block) for block in blocks))
    own = np.concatenate(blocks)
    sums = np.array([np.log(doses[np.concatenate(order)]) @ skips[own] for order in orders])
    seen = np.log(doses) @ skips
    above, below = (sums >= seen - 1e-9).mean(), (sums <= seen + 1e-9).mean()
    return min(1.0, 2 * float(min(above, below)))


@pytest.mark.parametrize("seed", range(5))
def test_a_trend_is_tested_by_every_exchange_within_forms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forms = np.repeat(np.arange(4), [3, 2, 3, 2])
    doses = np.array([3, 10, 20, 3, 20, 3, 10, 20, 3, 20])
    skips = rng.binomial(doses, 0.5)
    found = trend_test(doses, skips, forms)
    assert found.p == pytest.approx(brute_trend(doses, skips, forms))
    assert (found.p_se, found.n_arrangements, found.within) == (0, 6 * 2 * 6 * 2, "form")


def test_shuffles_agree_with_every_arrangement() -> None:
    rng = np.random.default_rng(7)
    doses, forms = np.tile([3, 20], 15), np.repeat(np.arange(15), 2)
    skips = rng.binomial(3, 0.4, size=30) + (doses == 20) * rng.binomial(2, 0.2, size=30)
    drawn = trend_test(doses, skips, forms)  # 2**15 arrangements are too many
    steps = np.log(20 / 3) * (skips[1::2] - skips[::2])
    sums = np.array(list(product([0, 1], repeat=15))) @ steps
    exact = 2 * np.mean(sums >= steps.sum() - 1e-9)
    assert drawn.n_arrangements == 9_999
    assert abs(drawn.p - exact) < 4 * drawn.p_se


def test_what_differs_between_forms_hides_no_trend_within_them() -> None:
    rng = np.random.default_rng(8)
    forms = np.repeat(np.arange(12), 2)
    doses = np.tile([6, 20], 12)
    skips = rng.integers(0, 6, size=12)[forms] + (doses == 20)
    assert trend_test(doses, skips, forms).p == pytest.approx(2 / 2**12)
    assert trend_test(doses, skips, range(24)).within == "all"
    assert trend_test(doses, skips, range(24)).p > 0.05


def test_constant_counts_have_no_trend() -> None:
    assert trend_test(np.tile([3, 20], 20), np.ones(40), np.repeat(range(20), 2)).p == 1


def test_the_order_of_exams_changes_no_p() -> None:
    rng = np.random.default_rng(9)
    doses, forms = np.tile([3, 10, 20], 20), np.repeat(np.arange(20), 3)
    skips = rng.binomial(3, 0.5, size=60)
    order = rng.permutation(60)
    assert trend_test(doses, skips, forms) == trend_test(doses[order], skips[order], forms[order])
    assert proportional_test(doses, skips) == proportional_test(doses[order], skips[order])


def test_a_trend_is_found_no_more_often_than_stated_where_there_is_none() -> None:
    rng = np.random.default_rng(10)
    doses, forms = np.tile([5, 20], 8), np.repeat(np.arange(8), 2)
    p = []
    for _ in range(N_SETS):
        usual = rng.uniform(0, 0.8, size=8)[forms]
        p.append(trend_test(doses, rng.binomial(5, usual), forms).p)
    assert np.mean(np.array(p) <= 0.05) < 0.05 + SLACK


def test_one_dose_has_no_trend() -> None:
    with pytest.raises(EstimateError, match="two or more"):
        trend_test([3, 3, 0], [1, 2, 0], [0, 1, 2])


def test_a_fixed_threshold_that_would_skip_3_of_20_has_the_slope_above_0_that_is_documented() -> (
    None
):
    k = np.arange(21)

    def slope_less_stated(p: float) -> float:
        law = binom.pmf(k, 20, p)
        few, many = (law @ np.minimum(k, dose) for dose in (3, 20))
        return float(np.log(many / few) / np.log(20 / 3)) - 0.14

    assert 20 * brentq(slope_less_stated, 0.01, 0.9) == pytest.approx(3.2, abs=0.05)
