"""How many subjects give points away, and how much they differ."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from balk.errors import EstimateError
from balk.estimates import clustered_mean
from balk.measure.decisions import DECISIONS, make_decisions
from balk.measure.effects.comparisons import compare
from balk.measure.effects.prevalence import (
    RandomEffects,
    prevalence,
    prevalences,
    random_effects,
    skip_rates,
)
from balk.records import Estimate

Json = dict[str, Any]


def subject(value: float, se: float, n: int = 20) -> Estimate:
    half = float(stdtrit(n - 1, 0.975)) * se
    return Estimate(value, value - half, value + half, n, n, "t", se=se)


def subjects(values: list[float], ses: list[float]) -> dict[str, Estimate]:
    pairs = zip(values, ses, strict=True)
    return {f"s{i}": subject(value, se) for i, (value, se) in enumerate(pairs)}


def test_subjects_count_as_above_within_or_undecided() -> None:
    found = prevalence(subjects([2.0, 0.1, -2.0], [0.2, 0.2, 0.2]))
    assert found["verdicts"] == {"s0": "above", "s1": "undecided", "s2": "within"}
    assert (found["n_subjects"], found["n_above"], found["n_undecided"]) == (3, 1, 1)
    assert found["share"]["value"] == pytest.approx(1 / 3)
    assert found["share_possible"]["value"] == pytest.approx(2 / 3)


def test_a_threshold_is_passed_by_the_whole_interval_or_not_at_all() -> None:
    low = subject(0.05, 0.01).low
    assert prevalence({"s": subject(0.05, 0.01)}, low)["n_above"] == 0
    assert prevalence({"s": subject(0.05, 0.01)}, low - 1e-9)["n_above"] == 1


def test_the_lower_bound_allows_for_subjects_that_only_seem_to_be_above() -> None:
    found = prevalence(subjects([5.0] * 8 + [0.0] * 12, [0.5] * 20))
    low = found["share"]["low"]
    assert low == pytest.approx(0.1912, abs=5e-5)  # Clopper-Pearson for 8 of 20
    assert found["at_least"] == pytest.approx((low - 0.05) / 0.95)
    assert prevalence(subjects([0.0] * 5, [1.0] * 5))["at_least"] == 0


def test_the_lower_bound_holds_among_subjects_who_give_nothing_away() -> None:
    rng, n_studies = np.random.default_rng(11), 200
    broken = 0
    for _ in range(n_studies):
        draws = rng.normal(0, 1, (10, 12))
        means = {f"s{i}": clustered_mean(row, range(12)) for i, row in enumerate(draws)}
        broken += prevalence(means)["at_least"] > 0
    assert broken / n_studies < 0.05 + 4 * (0.05 * 0.95 / n_studies) ** 0.5


def test_no_subjects_are_refused() -> None:
    with pytest.raises(EstimateError, match="no subjects to count"):
        prevalence({})
    with pytest.raises(EstimateError, match="no subjects to average"):
        random_effects({})


# Cases and others, vaccinated and not, of 13 trials of the BCG vaccine: Colditz et al. (1994),
# doi:10.1001/jama.1994.03510330076038.
BCG = (
    *((4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619)),
    *((33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619)),
    *((505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600)),
    *((186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)),
)


def test_published_analysis_of_the_bcg_trials_is_reproduced() -> None:
    values = [float(np.log(a * (c + d) / (c * (a + b)))) for a, b, c, d in BCG]
    ses = [(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) ** 0.5 for a, b, c, d in BCG]
    found = random_effects(subjects(values, ses))
    assert found.spread is not None
    assert found.spread_low is not None
    assert found.spread_high is not None
    # as the R package metafor has them: Paule-Mandel, and the Q-profile
    assert found.spread**2 == pytest.approx(0.3181, abs=5e-5)
    assert found.spread_low**2 == pytest.approx(0.1197, abs=5e-5)
    assert found.spread_high**2 == pytest.approx(1.1115, abs=5e-5)
    assert found.mean.value == pytest.approx(-0.7150, abs=5e-5)


def q(values: list[float], ses: list[float], between: float) -> float:
    weights = [1 / (se**2 + between) for se in ses]
    mean = sum(w * y for w, y in zip(weights, values, strict=True)) / sum(weights)
    return sum(w * (y - mean) ** 2 for w, y in zip(weights, values, strict=True))


SUBJECTS = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2)), min_size=2, max_size=8)


@given(drawn=SUBJECTS)
def test_the_variance_between_subjects_makes_q_its_expectation_or_is_zero(
    drawn: list[tuple[float, float]],
) -> None:
    values, ses = [one for one, _ in drawn], [se for _, se in drawn]
    found = random_effects(subjects(values, ses))
    assert found.spread is not None
    if found.spread:
        assert q(values, ses, found.spread**2) == pytest.approx(len(drawn) - 1, rel=1e-6)
    else:
        assert q(values, ses, 0.0) <= len(drawn) - 1


@given(drawn=SUBJECTS, shift=st.floats(-3, 3))
def test_a_shift_moves_the_mean_and_nothing_else(
    drawn: list[tuple[float, float]], shift: float
) -> None:
    values, ses = [one for one, _ in drawn], [se for _, se in drawn]
    found = random_effects(subjects(values, ses))
    moved = random_effects(subjects([one + shift for one in values], ses))
    assert moved.mean.value == pytest.approx(found.mean.value + shift, abs=1e-6)
    assert moved.mean.se == pytest.approx(found.mean.se, rel=1e-4)


def test_subjects_of_equal_precision_are_averaged_with_students_t() -> None:
    values = [1.0, 2.0, 4.0, 7.0]
    found = random_effects(subjects(values, [0.1] * 4))
    spread, half = np.std(values, ddof=1), stdtrit(3, 0.975) * np.std(values, ddof=1) / 2
    assert found.mean.value == pytest.approx(3.5)
    assert found.mean.high == pytest.approx(3.5 + half)
    assert found.spread == pytest.approx((spread**2 - 0.01) ** 0.5)
    assert found.predicted_high == pytest.approx(
        3.5 + stdtrit(2, 0.975) * (spread**2 - 0.01 + spread**2 / 4) ** 0.5
    )


def test_a_single_subject_keeps_its_own_interval_and_tells_no_spread() -> None:
    only = subject(1.0, 0.2)
    assert random_effects({"s": only}) == RandomEffects(mean=only)


def test_two_subjects_give_a_wide_mean_and_no_prediction() -> None:
    found = random_effects(subjects([1.0, 3.0], [0.1, 0.1]))
    assert found.mean.high - 2 == pytest.approx(stdtrit(1, 0.975) * 1.0)
    assert found.predicted_low is None
    assert found.spread_high is not None
    assert found.spread_high > 20


def test_subjects_that_differ_less_than_by_chance_have_no_spread_and_an_interval() -> None:
    found = random_effects(subjects([1.0, 1.0, 1.0], [0.3, 0.3, 0.3]))
    assert (found.spread, found.spread_low, found.spread_high) == (0, 0, 0)
    assert found.mean.se == pytest.approx(0.3 / 3**0.5)


def test_a_subject_whose_exams_are_all_alike_counts_by_its_bound() -> None:
    bound = Estimate(0.0, 0.0, 0.4, 40, 40, "bound: clusters alike")
    found = random_effects({"a": bound, "b": subject(0.0, 0.4 / 1.6449)})
    assert found.mean.se == pytest.approx(0.4 / 1.6449 / 2**0.5, rel=1e-4)


def test_an_interval_of_no_width_is_refused() -> None:
    certain = Estimate(0.0, 0.0, 0.0, 40, 40, "bound: clusters alike")
    with pytest.raises(EstimateError, match="interval of b has no width"):
        random_effects({"a": subject(1, 1), "b": certain})


@settings(deadline=None)
@given(drawn=SUBJECTS)
def test_everything_is_json(drawn: list[tuple[float, float]]) -> None:
    found = prevalence(subjects([one for one, _ in drawn], [se for _, se in drawn]))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_mean_spread_and_prediction_cover_the_truth() -> None:
    rng, n_studies = np.random.default_rng(23), 300
    ses, hits = rng.uniform(0.1, 0.6, 8), {"mean": 0, "spread": 0, "prediction": 0}
    for _ in range(n_studies):
        truths = rng.normal(1.0, 0.5, 9)
        values = rng.normal(truths[:8], ses)
        found = random_effects(subjects(values.tolist(), ses.tolist()))
        assert found.spread_low is not None
        assert found.spread_high is not None
        assert found.predicted_low is not None
        assert found.predicted_high is not None
        hits["mean"] += found.mean.low <= 1.0 <= found.mean.high
        hits["spread"] += found.spread_low <= 0.5 <= found.spread_high
        hits["prediction"] += found.predicted_low <= truths[8] <= found.predicted_high
    slack = 4 * (0.95 * 0.05 / n_studies) ** 0.5
    assert min(hits.values()) / n_studies > 0.95 - slack, hits


ROW: Json = dict.fromkeys(DECISIONS) | {
    "interface": "chat",
    "penalty": 0.0,
    "price": 0.0,
    "protocol": "batch",
    "feedback_shown": False,
    "epoch": 1,
    "family": "tilings",
    "level": 5,
    "key": "7",
}


def exams(name: str, marks: list[str], lifelines: int | None = None, **more: object) -> list[Json]:
    arm = "none" if lifelines is None else "lifelines"
    own = ROW | {"subject": name, "model": "m", "arm": arm, "lifelines": lifelines} | more
    return [
        own
        | {"form_id": f"f{form}", "exam_id": f"{name} {own['arm']} {lifelines} {form}"}
        | {"position": i, "puzzle_id": f"p{i}", "reason": "" if mark in "01S" else "because"}
        | {"outcome": "A" if mark in "01" else mark}
        | {"is_right": mark == "1" if mark in "01" else None}
        for form, text in enumerate(marks)
        for i, mark in enumerate(text, start=1)
    ]


def study() -> Json:
    rows = [
        *exams("a", ["1111", "1110", "1111"]),
        *exams("a", ["SSS1", "SSS0", "1SSS"], 3),
        *exams("a", ["SS11", "SSF0", "1111"], 10),
        *exams("b", ["1000", "0100", "0010"]),
        *exams("b", ["1000", "0100", "0010"], 3),
        *exams("c", ["SSS1"], 3, arm="welcome"),
    ]
    return {name: [row[name] for row in rows] for name in DECISIONS}


def test_skip_rates_pool_the_doses_of_the_main_arm() -> None:
    rates = skip_rates(make_decisions(study()))
    assert set(rates) == {"a", "b"}
    assert rates["a"].value == pytest.approx((9 + 4) / 23)
    assert rates["b"].high == pytest.approx((1 - 0.05 ** (1 / 3)) * 3 / 4)


def test_every_protocol_has_net_points_and_skip_rates_across_subjects() -> None:
    decisions = make_decisions(study())
    points, rates = prevalences(decisions, compare(decisions), lapse=0.02)
    assert (points["protocol"], points["measure"]) == ("batch", "net_points_per_exam")
    assert (rates["measure"], rates["threshold"]) == ("skip_rate", 0.02)
    assert (points["n_subjects"], points["n_models"]) == (2, 1)
    assert rates["verdicts"] == {"a": "above", "b": "undecided"}
    assert list(rates["random_effects"]) == list(RandomEffects.__dataclass_fields__)
    json.dumps([points, rates], allow_nan=False)


def test_a_table_without_plain_exams_has_skip_rates_alone() -> None:
    columns = {name: values[12:36] for name, values in study().items()}
    decisions = make_decisions(columns)
    [rates] = prevalences(decisions, compare(decisions))
    assert (rates["measure"], rates["n_subjects"]) == ("skip_rate", 1)
    assert rates["random_effects"]["spread"] is None


def test_levels_of_the_estimates_set_what_may_be_false() -> None:
    loose = {name: replace(one, level=0.9) for name, one in subjects([5.0] * 3, [0.1] * 3).items()}
    found = prevalence(loose)
    assert found["at_least"] == pytest.approx((found["share"]["low"] - 0.1) / 0.9)
