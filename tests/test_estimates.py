"""Intervals: hand-computed cases, laws, and coverage on data of known truth."""

from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from balk.errors import EstimateError
from balk.estimates import (
    clustered_mean,
    clustered_ratio,
    exact_share,
    paired_mean,
    scaled,
    share,
    two_way_mean,
)
from balk.records import Estimate

Floats = NDArray[np.float64]
N_SETS = 1000
SLACK = 4 * (0.95 * 0.05 / N_SETS) ** 0.5  # four standard errors of a coverage of 0.95


def covers(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


def coverage(draw: Callable[[np.random.Generator], bool], seed: int) -> float:
    rng = np.random.default_rng(seed)
    return sum(draw(rng) for _ in range(N_SETS)) / N_SETS


def draw_clustered(rng: np.random.Generator, n_clusters: int) -> tuple[Floats, NDArray[np.int64]]:
    """Clusters of 20 around 0.3, with an intraclass correlation of 0.2."""
    clusters = np.repeat(np.arange(n_clusters), 20)
    shared = rng.normal(0, 0.2**0.5, n_clusters)[clusters]
    return 0.3 + shared + rng.normal(0, 0.8**0.5, clusters.size), clusters


def test_a_clustered_mean_is_as_computed_by_hand() -> None:
    found = clustered_mean([0, 1, 1, 1], ["a", "a", "b", "b"])
    assert found.value == 0.75
    assert found.se == pytest.approx(0.25)  # 2 / 1 * (0.5**2 + 0.5**2) / 4**2 = 0.0625
    assert found.high - found.value == pytest.approx(12.7062 * 0.25, rel=1e-5)  # t with 1 df
    assert (found.n, found.n_clusters) == (4, 2)


def test_clusters_of_one_row_give_the_textbook_standard_error() -> None:
    values = np.array([3.0, 5.0, 4.0, 8.0, 0.0])
    found = clustered_mean(values, range(5))
    assert found.se == pytest.approx(values.std(ddof=1) / 5**0.5)


def test_a_clustered_ratio_is_as_computed_by_hand() -> None:
    found = clustered_ratio([1, 2, 3], [2, 2, 6], ["a", "b", "c"])
    assert found.value == 0.6
    # residuals -0.2, 0.8, -0.6; 3 / 2 * 1.04 / 10**2
    assert found.se == pytest.approx(0.0156**0.5)


def test_a_two_way_variance_adds_both_ways_and_takes_the_intersection_once() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 6, 50), rng.integers(0, 5, 50)
    values = a + 2.0 * b + rng.normal(size=50)

    def variance(labels: list[int]) -> float:
        residuals = values - values.mean()
        groups = dict.fromkeys(labels, 0.0)
        for label, residual in zip(labels, residuals, strict=True):
            groups[label] += residual
        n = len(groups)
        return n / (n - 1) * sum(total**2 for total in groups.values()) / 50**2

    both = [10 * one + other for one, other in zip(a.tolist(), b.tolist(), strict=True)]
    expected = variance(a.tolist()) + variance(b.tolist()) - variance(both)
    assert expected > max(variance(a.tolist()), variance(b.tolist()))  # not the floor
    found = two_way_mean(values, a, b)
    assert found.se is not None
    assert found.se**2 == pytest.approx(expected)
    assert found.n_clusters == 5


def test_a_two_way_variance_never_falls_below_the_larger_of_both_ways() -> None:
    values = [0, 1, 1, 0]  # variances 1 / 16 and 1 / 16, and 2.25 / 16 for the intersection
    found = two_way_mean(values, [0, 0, 0, 1], [0, 1, 1, 1], within=(0, 1))
    one, other = (clustered_mean(values, way) for way in ([0, 0, 0, 1], [0, 1, 1, 1]))
    assert one.se is not None
    assert other.se is not None
    assert found.se == pytest.approx(max(one.se, other.se))


def test_a_paired_mean_is_the_mean_of_the_differences() -> None:
    first, second, exams, puzzles = [1, 0, 1, 1], [0, 0, 1, 0], [0, 0, 1, 1], [0, 1, 0, 1]
    differences = [1, 0, 0, 1]
    assert paired_mean(first, second, exams, within=(-1, 1)) == clustered_mean(
        differences, exams, within=(-1, 1)
    )
    assert paired_mean(first, second, exams, puzzles, within=(-1, 1)) == two_way_mean(
        differences, exams, puzzles, within=(-1, 1)
    )


def test_none_of_forty_still_allows_seven_percent() -> None:
    found = exact_share(0, 40)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.0722, abs=5e-5)
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 40))
    assert exact_share(40, 40).low == pytest.approx(1 - found.high)


@pytest.mark.parametrize(("n_hits", "n"), [(1, 7), (3, 40), (20, 40), (39, 40)])
def test_exact_ends_leave_a_fortieth_in_each_tail(n_hits: int, n: int) -> None:
    def at_least(hits: int, p: float) -> float:
        return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(hits, n + 1))

    found = exact_share(n_hits, n)
    assert at_least(n_hits, found.low) == pytest.approx(0.025)
    assert 1 - at_least(n_hits + 1, found.high) == pytest.approx(0.025)


def test_exact_shares_never_cover_less_than_documented() -> None:
    n = 40
    intervals = [exact_share(k, n) for k in range(n + 1)]
    for p in np.linspace(0.001, 0.999, 999):
        covered = sum(
            comb(n, k) * p**k * (1 - p) ** (n - k)
            for k, interval in enumerate(intervals)
            if covers(interval, p)
        )
        assert covered >= 0.925


def test_a_share_is_exact_only_where_every_row_is_its_own_cluster() -> None:
    hits = [True, False, False, False]
    assert share(hits, list("abcd")) == exact_share(1, 4)
    assert share(hits, list("aabb")).method == "cluster-robust t"


@pytest.mark.parametrize("n_clusters", [20, 40])
def test_a_clustered_mean_covers_the_truth_at_its_level(n_clusters: int) -> None:
    def draw(rng: np.random.Generator) -> bool:
        return covers(clustered_mean(*draw_clustered(rng, n_clusters)), 0.3)

    assert abs(coverage(draw, seed=11) - 0.95) < SLACK


def test_ignoring_clusters_would_be_caught_by_the_coverage_test() -> None:
    def draw(rng: np.random.Generator) -> bool:
        values, _ = draw_clustered(rng, 20)
        return covers(clustered_mean(values, range(values.size)), 0.3)

    assert coverage(draw, seed=11) < 0.95 - SLACK


def test_a_clustered_ratio_covers_the_truth_at_its_level() -> None:
    def draw(rng: np.random.Generator) -> bool:
        attempts = rng.integers(5, 21, 40)  # of 20 questions, in 40 exams
        right = rng.binomial(attempts, rng.beta(1.2, 2.8, 40))  # 0.3, correlation 0.2
        return covers(clustered_ratio(right, attempts, range(40), within=(0, 1)), 0.3)

    assert abs(coverage(draw, seed=12) - 0.95) < SLACK


def test_a_two_way_mean_covers_the_truth_at_its_level() -> None:
    exams, puzzles = np.repeat(np.arange(30), 20), np.tile(np.arange(20), 30)

    def draw(rng: np.random.Generator) -> bool:
        shared = rng.normal(0, 0.5, 30)[exams] + rng.normal(0, 0.5, 20)[puzzles]
        return covers(two_way_mean(shared + rng.normal(size=600), exams, puzzles), 0.0)

    # the smaller of both numbers of clusters is a cautious choice: more is no fault
    assert coverage(draw, seed=13) > 0.95 - SLACK


def test_clusters_that_are_all_alike_get_the_exact_bound() -> None:
    found = clustered_mean([0] * 40, range(40), within=(0, 10))
    assert (found.low, found.se) == (0, None)
    assert found.high == pytest.approx(10 * (1 - 0.05 ** (1 / 40)))


def test_clusters_whose_sums_agree_are_alike_whatever_their_rows() -> None:
    found = clustered_mean([0.1, 0.3, 0.3, 0.1, 0.1, 0.3], list("aabbcc"), within=(0, 1))
    reach = 1 - 0.05 ** (1 / 3)
    assert found.low == pytest.approx(0.2 * (1 - reach))
    assert found.high == pytest.approx(0.2 + 0.8 * reach)


def test_an_unseen_cluster_is_supposed_to_weigh_as_much_as_the_largest() -> None:
    found = clustered_ratio([2, 4, 12], [2, 4, 12], range(3), within=(0, 1))
    differ = 1 - 0.05 ** (1 / 3)
    assert found.low == pytest.approx(1 - 2 * differ / (2 * differ + 1 - differ))  # 12 of mean 6


def test_one_cluster_says_nothing_but_the_range() -> None:
    found = clustered_mean([1, 0, 1], ["a", "a", "a"], within=(0, 1))
    assert (found.low, found.high) == (0, 1)
    both = two_way_mean([1, 0, 1], [0, 1, 2], [0, 0, 0], within=(0, 1))
    assert (both.low, both.high) == (0, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: clustered_mean([], []),
        lambda: clustered_mean([1, float("nan")], [0, 1]),
        lambda: clustered_mean([1, 2], [0]),
        lambda: clustered_mean([1, 1], [0, 1]),  # alike, and no range
        lambda: clustered_mean([1, 2], [0, 0]),  # one cluster, and no range
        lambda: clustered_mean([1, 3], [0, 1], within=(0, 1)),
        lambda: clustered_mean([1, 2], [0, 1], level=95),
        lambda: clustered_ratio([1, 2], [0, 0], [0, 1]),
        lambda: clustered_ratio([1, 2], [3, -1], [0, 1]),
        lambda: paired_mean([1, 2], [1], [0, 1]),
        lambda: exact_share(3, 2),
        lambda: exact_share(0, 0),
        lambda: share([0.5], ["a"]),
        lambda: scaled(exact_share(1, 2), -1),
    ],
)
def test_what_the_data_cannot_give_is_an_error(ask: Callable[[], Estimate]) -> None:
    with pytest.raises(EstimateError, match=r"give|use"):
        ask()


def test_a_scaled_estimate_scales_all_but_its_counts() -> None:
    one = clustered_mean([0, 1, 1, 1], [0, 0, 1, 1])
    assert one.se is not None
    twenty = scaled(one, 20)
    assert twenty.value == 15
    assert twenty.se == pytest.approx(20 * one.se)
    assert (twenty.low, twenty.high) == (20 * one.low, 20 * one.high)
    assert (twenty.n, twenty.n_clusters) == (4, 2)


ROWS = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30
)


@given(rows=ROWS, seed=st.integers(0, 99))
def test_an_interval_holds_its_value_and_ignores_order_and_labels(
    rows: list[tuple[int, int, int]], seed: int
) -> None:
    values, a, b = np.array(rows).T
    order = np.random.default_rng(seed).permutation(len(rows))
    found = two_way_mean(values, a, b, within=(-5, 5))
    again = two_way_mean(
        values[order], [f"exam {-label}" for label in a[order]], 7 - b[order], within=(-5, 5)
    )
    assert -5 <= found.low <= found.value <= found.high <= 5
    assert (again.low, again.value, again.high) == pytest.approx(
        (found.low, found.value, found.high), abs=1e-6
    )


@given(rows=ROWS)
def test_an_interval_with_a_range_always_has_some_width(rows: list[tuple[int, int, int]]) -> None:
    values, a, _ = np.array(rows).T
    found = clustered_mean(values, a, within=(-5, 5))
    assert found.high > found.low
