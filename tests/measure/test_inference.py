"""Tests of hypotheses, against counts by brute force and the laws they must keep."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from balk.errors import EstimateError
from balk.measure.effects import inference
from balk.measure.effects.inference import equivalence, holm, permutation_test, sign_flip_test
from balk.records import Estimate

WHOLE = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=8)
QUARTERS = st.lists(st.integers(-9, 9).map(lambda n: n / 4), min_size=1, max_size=8)
ANY = st.lists(st.floats(-5, 5).map(lambda x: x * np.pi), min_size=1, max_size=8)


def p_by_hand(differences: list[float]) -> float:
    seen, total = abs(sum(differences)), sum(map(abs, differences))
    sums = [
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return sum(one >= seen - 1e-9 * total for one in sums) / len(sums)


@settings(deadline=None)
@given(differences=st.one_of(WHOLE, QUARTERS, ANY))
def test_sign_flips_are_counted_as_by_brute_force(differences: list[float]) -> None:
    found = sign_flip_test(differences)
    assert found.p == pytest.approx(p_by_hand(differences), abs=1e-12)
    assert found.se is None


@settings(deadline=None)
@given(differences=st.one_of(WHOLE, ANY), seed=st.integers(0, 99))
def test_neither_the_order_nor_the_names_of_the_sides_matter(
    differences: list[float], seed: int
) -> None:
    shuffled = np.random.default_rng(seed).permutation(differences)
    assert sign_flip_test(-shuffled).p == pytest.approx(sign_flip_test(differences).p, abs=1e-12)


def test_the_order_of_pairs_does_not_change_what_is_drawn() -> None:
    differences = np.random.default_rng(3).normal(0.3, 1, 40)
    assert sign_flip_test(differences) == sign_flip_test(-differences[::-1])


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(0, 4).map(float), min_size=1, max_size=6))
def test_under_the_null_p_is_at_most_alpha_with_probability_alpha(sizes: list[float]) -> None:
    p = np.array(
        [
            sign_flip_test([sign * size for sign, size in zip(signs, sizes, strict=True)]).p
            for signs in product((-1, 1), repeat=len(sizes))
        ]
    )
    assert all(np.mean(p <= alpha) <= alpha + 1e-12 for alpha in p)


def test_signs_of_one_cluster_flip_together() -> None:
    differences, clusters = [1.0, 1.0, 1.0, -1.0, 2.0], ["a", "a", "b", "b", "c"]
    found = sign_flip_test(differences, clusters)
    assert found.p == pytest.approx(p_by_hand([2.0, 0.0, 2.0]))
    assert found.n == 3


def test_differences_of_nothing_show_nothing() -> None:
    assert sign_flip_test([0.0, 0.0, 0.0]).p == 1


def test_whole_differences_stay_exact_where_patterns_are_too_many_to_draw() -> None:
    found = sign_flip_test(np.ones(60))
    assert found.p == pytest.approx(2.0**-59, rel=1e-9)
    assert found.se is None
    assert sign_flip_test(np.ones(2_000)).p > 0


def test_rounding_does_not_make_whole_differences_fractions() -> None:
    tenths = np.repeat([0.1, 0.2, -0.3], 10)  # 0.1 + 0.2 - 0.3 is not 0 in binary
    clusters = np.tile(np.arange(10), 3)
    assert sign_flip_test(tenths, clusters).p == 1
    assert sign_flip_test([0.1, 0.2, -0.3]).p == 1


def test_drawn_patterns_agree_with_counted_ones() -> None:
    whole = np.random.default_rng(5).integers(-3, 5, 30)
    drawn, exact = sign_flip_test(whole * np.pi), sign_flip_test(whole)
    assert "drawn" in drawn.method
    assert drawn.se is not None
    assert abs(drawn.p - exact.p) < 4 * drawn.se


def test_drawn_patterns_never_give_a_p_of_zero() -> None:
    found = sign_flip_test(np.pi + np.arange(40) * np.e, draws=199)
    assert found.p == 1 / 200
    assert found.se == pytest.approx((found.p * (1 - found.p) / 200) ** 0.5)


def test_many_pairs_are_drawn_in_small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(8).normal(0.2, 1, 30)
    whole = sign_flip_test(differences)
    monkeypatch.setattr(inference, "_CHUNK", 100)
    portions = sign_flip_test(differences)
    assert whole.se is not None
    assert abs(portions.p - whole.p) < 4 * 2**0.5 * whole.se


@pytest.mark.parametrize(
    ("differences", "clusters"), [([], None), ([float("nan")], None), ([1.0, 2.0], ["a"])]
)
def test_impossible_differences_are_refused(
    differences: list[float], clusters: list[str] | None
) -> None:
    with pytest.raises(EstimateError, match="give"):
        sign_flip_test(differences, clusters)


def test_no_draws_are_refused() -> None:
    with pytest.raises(EstimateError, match="draws is 0"):
        sign_flip_test(np.random.default_rng(1).normal(size=30), draws=0)


GROUP = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=5)


def p_of_groups_by_hand(first: list[float], second: list[float]) -> float:
    pooled = first + second
    seen = abs(np.mean(first) - np.mean(second))
    hits = n = 0
    for chosen in combinations(range(len(pooled)), len(first)):
        rest = [value for i, value in enumerate(pooled) if i not in chosen]
        hits += abs(np.mean([pooled[i] for i in chosen]) - np.mean(rest)) >= seen - 1e-9
        n += 1
    return hits / n


@settings(max_examples=50, deadline=None)
@given(first=GROUP, second=GROUP)
def test_divisions_into_groups_are_counted_as_by_brute_force(
    first: list[float], second: list[float]
) -> None:
    assert permutation_test(first, second).p == pytest.approx(p_of_groups_by_hand(first, second))


@settings(max_examples=50, deadline=None)
@given(first=GROUP, second=GROUP, seed=st.integers(0, 99))
def test_groups_may_be_named_and_ordered_in_any_way(
    first: list[float], second: list[float], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    found = permutation_test(rng.permutation(second), rng.permutation(first))
    assert found == permutation_test(first, second)


def test_drawn_divisions_agree_with_counted_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(0.6, 1, 8), rng.normal(0, 1, 8)
    exact = permutation_test(first, second)
    monkeypatch.setattr(inference, "MOST_PATTERNS", 1)
    drawn = permutation_test(first, second)
    assert exact.se is None
    assert drawn.se is not None
    assert abs(drawn.p - exact.p) < 4 * drawn.se
    assert permutation_test(second[::-1], first) == drawn


def test_groups_all_alike_show_nothing() -> None:
    assert permutation_test([2.0, 2.0], [2.0, 2.0, 2.0]).p == 1


P_VALUES = st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8)


@given(p_values=P_VALUES)
def test_holm_keeps_names_and_order_and_never_lowers_a_p(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    assert list(adjusted) == list(p_values)
    by_raw = sorted(p_values, key=lambda name: (p_values[name], adjusted[name]))
    assert [adjusted[name] for name in by_raw] == sorted(adjusted.values())
    assert all(p_values[name] <= adjusted[name] <= 1 for name in p_values)


@given(p_values=P_VALUES, alpha=st.floats(0.001, 0.5))
def test_holm_rejects_what_its_steps_reject(p_values: dict[str, float], alpha: float) -> None:
    rejected, left = set(), sorted(p_values, key=lambda name: p_values[name])
    while left and len(left) * p_values[left[0]] <= alpha:
        rejected.add(left.pop(0))
    assert {name for name, p in holm(p_values).items() if p <= alpha} == rejected


def test_holm_by_hand() -> None:
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})


def test_holm_refuses_what_is_no_p() -> None:
    with pytest.raises(EstimateError, match=r"p of x is 1\.2"):
        holm({"x": 1.2})


def estimate(value: float, se: float, n: int = 20) -> Estimate:
    half = float(stdtrit(n - 1, 0.975)) * se
    return Estimate(value, value - half, value + half, n, n, "t", se=se)


@given(value=st.floats(-2, 2), se=st.floats(0.01, 1), margin=st.floats(0.05, 2))
def test_two_one_sided_tests_and_their_interval_agree(
    value: float, se: float, margin: float
) -> None:
    found = equivalence(estimate(value, se), margin)
    assert found.p is not None
    if abs(found.p - 0.05) > 1e-9:
        assert (found.verdict == "equivalent") == (found.p < 0.05)
    assert found.margin == margin
    assert found.low < value < found.high
    assert found.level == 0.9


@given(value=st.floats(-2, 2), se=st.floats(0.01, 1), margin=st.floats(0.05, 2))
def test_a_wider_margin_never_takes_an_equivalence_back(
    value: float, se: float, margin: float
) -> None:
    if equivalence(estimate(value, se), margin).verdict == "equivalent":
        assert equivalence(estimate(value, se), 2 * margin).verdict == "equivalent"


@pytest.mark.parametrize(
    ("value", "se", "verdict", "excludes_zero"),
    [
        (0.1, 0.1, "equivalent", False),
        (0.2, 0.05, "equivalent", True),
        (1.0, 0.2, "different", True),
        (0.4, 0.3, "undecided", False),
    ],
)
def test_a_difference_is_small_or_there_or_neither(
    value: float, se: float, verdict: str, *, excludes_zero: bool
) -> None:
    found = equivalence(estimate(value, se), margin=0.5)
    assert (found.verdict, found.excludes_zero) == (verdict, excludes_zero)


def test_clusters_all_alike_are_judged_by_their_bound() -> None:
    bound = Estimate(0.0, -0.4, 0.4, 40, 40, "bound: clusters alike")
    found = equivalence(bound, margin=0.5)
    assert (found.verdict, found.low, found.high, found.level) == ("equivalent", -0.4, 0.4, 0.95)
    assert found.p is None
    assert equivalence(bound, margin=0.3).verdict == "undecided"


@pytest.mark.parametrize(("margin", "alpha"), [(0.0, 0.05), (0.5, 0.0), (0.5, 0.5)])
def test_impossible_margins_and_alphas_are_refused(margin: float, alpha: float) -> None:
    with pytest.raises(EstimateError, match="give"):
        equivalence(estimate(0, 1), margin, alpha)
