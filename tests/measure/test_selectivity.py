"""Which questions are skipped: pairs by hand and by brute force, risk, and coverage."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from balk.measure.effects.auc import within_exam_auc
from measure_tables import OFFERED, REALTIME, Json, exam, subject_numbers

# Puzzles 1 to 4 are right in 2, 1, 1 and 0 of 2 plain exams, with these confidences.
PLAIN = (
    exam("1010", 0, confidences=[0.9, 0.5, 0.6, 0.1]),
    exam("1100", 1, confidences=[0.9, 0.5, 0.4, 0.1]),
)


def selectivity(*exams: list[Json]) -> Json:
    """The numbers of the only condition with lifelines."""
    (found,) = subject_numbers("selectivity", *PLAIN, *exams)
    return found


def test_skips_of_what_fails_have_an_auc_above_one_half() -> None:
    found = selectivity(exam("1S0S", 0, **OFFERED))
    # p2 (1/2) and p4 (1) against p1 (0) and p3 (1/2): one tie
    assert found["auc_failure"]["value"] == 3.5 / 4
    # doubts 0.5 and 0.9 against 0.1 and 0.5: the same
    assert found["auc_confidence"]["value"] == 3.5 / 4
    assert found["auc_failure"]["n"] == 4


def test_skips_of_what_succeeds_have_an_auc_below_one_half() -> None:
    assert selectivity(exam("S100", 0, **OFFERED))["auc_failure"]["value"] == 0


def test_only_questions_of_one_exam_are_compared() -> None:
    found = selectivity(exam("1S00", 0, **OFFERED), exam("1111", 1, **OFFERED))
    assert found == selectivity(exam("1S00", 0, **OFFERED)) | {
        "n_questions": found["n_questions"],
        "curve": found["curve"],
    }
    assert found["auc_failure"]["n_clusters"] == 1


def test_without_a_skip_there_is_no_auc_and_a_curve_at_0() -> None:
    found = selectivity(exam("1111", 0, **OFFERED))
    assert (found["auc_failure"], found["auc_confidence"]) == (None, None)
    assert {step["skip_rate"]["value"] for step in found["curve"]} == {0.0}


def test_in_batch_all_questions_are_at_risk() -> None:
    found = selectivity(exam("SS10", 0, **OFFERED))
    assert found["n_questions"]["compared"] == 4
    assert found["n_questions"]["not_at_risk"] == 0


def test_asked_one_by_one_no_question_is_at_risk_after_the_last_lifeline() -> None:
    plain = [exam("1010", form, **REALTIME) for form in (0, 1)]
    found = selectivity(*plain, exam("S1S0", 0, **OFFERED, **REALTIME))
    assert found["n_questions"] == {
        "asked": 4,
        "compared": 3,
        "not_at_risk": 1,
        "overdrafts": 0,
        "undecided": 0,
    }
    assert found["auc_failure"]["n"] == 3


def test_overdrafts_and_unread_questions_are_counted_and_not_compared() -> None:
    found = selectivity(exam("SSO1", 0, **OFFERED), exam("1SUB", 1, **OFFERED))
    assert found["n_questions"] == {
        "asked": 8,
        "compared": 5,
        "not_at_risk": 0,
        "overdrafts": 1,
        "undecided": 2,
    }


def test_items_without_a_yardstick_are_counted() -> None:
    found = selectivity(exam("1S0SS", 0, [1, 2, 3, 4, 9], **OFFERED | {"lifelines": 3}))
    assert found["n_unknown"] == {"failure": 1, "confidence": 1}
    assert found["auc_failure"] == selectivity(exam("1S0S", 0, **OFFERED))["auc_failure"]


def test_yardsticks_come_from_plain_exams_of_the_same_protocol() -> None:
    found = selectivity(exam("1S0S", 0, **OFFERED, **REALTIME))
    assert found["n_unknown"] == {"failure": 4, "confidence": 4}
    assert (found["auc_failure"], found["curve"]) == (None, [])


def test_confidence_stated_beside_a_skip_is_no_yardstick() -> None:
    own = exam("1S0S", 0, confidences=[0.1, 0.9, 0.2, 0.8], **OFFERED)
    assert selectivity(own) == selectivity(exam("1S0S", 0, **OFFERED))


def test_failed_exams_and_a_dose_of_0_are_no_conditions() -> None:
    failed, none_left = exam("FFFF", 0, **OFFERED), exam("1O10", 0, arm="lifelines", lifelines=0)
    assert subject_numbers("selectivity", *PLAIN, failed, none_left) == []


def test_the_curve_has_equal_counts_of_items_from_unsure_to_sure() -> None:
    sure = [round(0.05 + 0.09 * i, 2) for i in range(10)]
    plain = exam("1" * 10, 2, list(range(11, 21)), sure)
    offered = exam("SS1S111111", 2, list(range(11, 21)), arm="lifelines", lifelines=5)
    curve = selectivity(plain, offered)["curve"]
    assert [step["n_items"] for step in curve] == [2] * 5
    assert [step["skip_rate"]["value"] for step in curve] == [1, 0.5, 0, 0, 0]
    assert [step["confidence"] for step in curve] == pytest.approx(
        [0.095, 0.275, 0.455, 0.635, 0.815]
    )


def test_items_of_equal_confidence_share_a_step() -> None:
    plain = exam("1" * 6, 2, list(range(11, 17)), [0.2, 0.9, 0.9, 0.9, 0.9, 0.9])
    offered = exam("S11111", 2, list(range(11, 17)), **OFFERED)
    curve = selectivity(plain, offered)["curve"]
    assert [step["n_items"] for step in curve] == [1, 5]


QUESTIONS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=30,
)


def questions(rows: list[tuple[int, int, int, bool]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema=["exam_id", "puzzle_id", "score", "is_hit"], orient="row"
    ).with_columns(pl.col("score").cast(pl.Float64))


@given(rows=QUESTIONS)
def test_an_auc_counts_all_pairs_within_exams(rows: list[tuple[int, int, int, bool]]) -> None:
    pairs = [
        1.0 if hit[2] > miss[2] else 0.5 * (hit[2] == miss[2])
        for hit, miss in product(rows, rows)
        if hit[0] == miss[0] and hit[3] and not miss[3]
    ]
    found = within_exam_auc(questions(rows))
    assert (found is None) == (not pairs)
    if found is not None:
        assert found.value == pytest.approx(np.mean(pairs))
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(rows=QUESTIONS)
def test_hits_and_misses_exchanged_mirror_the_auc(rows: list[tuple[int, int, int, bool]]) -> None:
    found = within_exam_auc(questions(rows))
    other = within_exam_auc(questions(rows).with_columns(~pl.col("is_hit")))
    assert (found is None) == (other is None)
    if found is not None and other is not None:
        assert (1 - other.high, 1 - other.low) == pytest.approx((found.low, found.high))


@given(rows=QUESTIONS)
def test_only_the_order_of_scores_matters(rows: list[tuple[int, int, int, bool]]) -> None:
    frame = questions(rows)
    assert within_exam_auc(frame) == within_exam_auc(frame.with_columns(pl.col("score").exp()))


def test_the_two_way_variance_is_that_of_pairs_summed_by_exam_and_by_puzzle() -> None:
    rng = np.random.default_rng(2)
    rows = [
        (e, int(p), int(rng.integers(0, 4)), bool(rng.random() < 0.4))
        for e in range(6)
        for p in rng.choice(9, 6, replace=False)
    ]
    found = within_exam_auc(questions(rows))
    assert found is not None
    by_exam: dict[object, float] = {}
    by_puzzle: dict[object, float] = {}
    by_question: dict[object, float] = {}
    n_pairs = 0
    for hit, miss in product(rows, rows):
        if hit[0] == miss[0] and hit[3] and not miss[3]:
            n_pairs += 1
            excess = (hit[2] > miss[2]) + 0.5 * (hit[2] == miss[2]) - found.value
            by_exam[hit[0]] = by_exam.get(hit[0], 0.0) + excess
            for one in (hit, miss):
                by_puzzle[one[1]] = by_puzzle.get(one[1], 0.0) + excess
                by_question[one[:2]] = by_question.get(one[:2], 0.0) + excess
    variances = [
        len(sums) / (len(sums) - 1) * sum(total**2 for total in sums.values()) / n_pairs**2
        for sums in (by_exam, by_puzzle, by_question)
    ]
    variance = max(*variances[:2], variances[0] + variances[1] - variances[2])
    assert found.se == pytest.approx(variance**0.5)
    assert found.n_clusters == min(len(by_exam), len(by_puzzle))


def test_perfect_order_is_bounded_and_not_certain() -> None:
    rows = [(e, p, p, p > 3) for e in range(20) for p in range(6)]
    found = within_exam_auc(questions(rows))
    assert found is not None
    assert (found.value, found.high) == (1, 1)
    assert 0.5 < found.low < 1


N_STUDIES = 150
SLACK = 4 * (0.95 * 0.05 / N_STUDIES) ** 0.5


def draw_study(
    rng: np.random.Generator, n_exams: int, n_puzzles: int, slope: float
) -> pl.DataFrame:
    """Twenty questions an exam, skipped by difficulty, scored by failure in ten other exams."""
    p_right = rng.beta(1, 2, n_puzzles)
    failure = 1 - rng.binomial(10, p_right) / 10
    asked = np.array([rng.choice(n_puzzles, 20, replace=False) for _ in range(n_exams)])
    mood = rng.normal(0, 0.5, (n_exams, 1))
    skipped = rng.random(asked.shape) < expit(-2 + mood + slope * (1 / 3 - p_right[asked]))
    return pl.DataFrame(
        {
            "exam_id": np.repeat(np.arange(n_exams), 20),
            "puzzle_id": asked.ravel(),
            "score": failure[asked].ravel(),
            "is_hit": skipped.ravel(),
        }
    )


@pytest.mark.parametrize(
    ("n_exams", "n_puzzles", "slope"), [(20, 40, 4.0), (60, 40, 4.0), (20, 40, 0.0)]
)
def test_intervals_cover_the_auc_of_new_exams_and_new_puzzles(
    n_exams: int, n_puzzles: int, slope: float
) -> None:
    rng = np.random.default_rng(n_exams)
    truth = within_exam_auc(draw_study(rng, 4_000, 8_000, slope))
    assert truth is not None
    found = [within_exam_auc(draw_study(rng, n_exams, n_puzzles, slope)) for _ in range(N_STUDIES)]
    covered = [one is not None and one.low <= truth.value <= one.high for one in found]
    assert np.mean(covered) > 0.95 - SLACK
