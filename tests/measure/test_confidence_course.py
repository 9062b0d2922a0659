"""Stated confidence: calibration, its course along the exam, and what a verdict does to it."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from balk.measure.decisions import make_exams
from balk.measure.effects import calibration as calibrations
from balk.measure.effects import summarise, verdicts
from balk.measure.effects.confidence import slope_within
from balk.measure.items import make_items
from balk.records import Estimate
from measure_tables import OFFERED, REALTIME, Json, exam, subject_numbers, subject_summary, table

Floats = NDArray[np.float64]

N_SETS = 300
SLACK = 4 * (0.95 * 0.05 / N_SETS) ** 0.5


def only(name: str, *exams: list[Json]) -> Json:
    """The numbers of that name of the only condition."""
    (found,) = subject_numbers(name, *exams)
    return found


def covered(found: list[Estimate | None], truth: float) -> float:
    return float(np.mean([one is not None and one.low <= truth <= one.high for one in found]))


def is_near(found: list[Estimate | None], truth: float) -> bool:
    values = np.array([one.value for one in found if one is not None])
    return bool(abs(values.mean() - truth) < 4 * values.std() / len(values) ** 0.5)


# Calibration


def test_overconfidence_is_confidence_less_accuracy() -> None:
    found = only(
        "calibration", exam("10", 0, confidences=[0.9, 0.5]), exam("00", 1, None, [0.8, 0])
    )
    assert found["overconfidence"]["value"] == pytest.approx((0.9 + 0.5 + 0.8) / 4 - 1 / 4)
    assert found["brier"]["value"] == pytest.approx((0.01 + 0.25 + 0.64) / 4)
    assert found["auc"]["value"] == 1


def test_only_marked_attempts_with_a_confidence_count_and_the_rest_is_told() -> None:
    whole = only("calibration", exam("10", 0, confidences=[0.9, 0.5]))
    marks, stated = "10X1BU", [0.9, 0.5, 0.7, None, 0.3, None]
    found = only("calibration", exam(marks, 0, confidences=stated))
    assert (found["n_attempts"], found["n_unmarked"], found["n_without_confidence"]) == (4, 1, 1)
    for name in ("overconfidence", "brier", "auc", "table"):
        assert found[name] == whole[name]


def test_skipped_questions_are_not_part_of_calibration() -> None:
    found = only("calibration", exam("1S0", 0, confidences=[0.9, 0.1, 0.5], **OFFERED))
    assert (found["lifelines"], found["n_attempts"]) == (2, 2)
    assert found["overconfidence"]["value"] == pytest.approx(0.7 - 0.5)


def test_the_reliability_table_has_a_bin_for_each_tenth_that_was_stated() -> None:
    stated = [0.0, 0.1, 0.3, 0.39, 0.9, 1.0]
    found = only("calibration", exam("000111", 0, confidences=stated))["table"]
    assert [(one["from"], one["to"], one["n"]) for one in found] == [
        (0.0, 0.1, 1),
        (0.1, 0.2, 1),
        (0.3, 0.4, 2),
        (0.9, 1.0, 2),
    ]
    assert [one["accuracy"]["value"] for one in found] == [0, 0, 0.5, 1]
    assert found[2]["confidence"] == pytest.approx(0.345)


@given(tenth=st.integers(0, 9))
def test_a_whole_tenth_begins_a_bin(tenth: int) -> None:
    found = only("calibration", exam("1", 0, confidences=[tenth / 10]))["table"]
    assert found[0]["from"] == tenth / 10


def test_without_confidences_there_is_no_calibration() -> None:
    found = only("calibration", exam("10", 0))
    assert found["n_without_confidence"] == 2
    assert (found["overconfidence"], found["brier"], found["auc"]) == (None, None, None)
    assert found["table"] == []


def test_overconfidence_of_an_honest_subject_covers_0() -> None:
    rng = np.random.default_rng(1)
    found: list[Estimate | None] = []
    for _ in range(N_SETS):
        p = rng.beta(2, 2, 40)
        asked = np.array([rng.choice(40, 20, replace=False) for _ in range(20)])
        attempts = pl.DataFrame(
            {
                "exam_id": np.repeat(np.arange(20), 20),
                "puzzle_id": asked.ravel(),
                "confidence": p[asked].ravel(),
                "is_right": (rng.random(asked.shape) < p[asked]).ravel(),
            }
        )
        found.append(calibrations._numbers(attempts)["overconfidence"])  # noqa: SLF001 -- fast
    assert is_near(found, 0)
    assert covered(found, 0) > 0.95 - SLACK


# Course along the exam

ORDERS = ([1, 2, 3, 4], [2, 4, 1, 3], [4, 3, 2, 1], [3, 1, 4, 2])


def by_form(confidence: Callable[[int, int], float], **fields: Any) -> list[list[Json]]:  # noqa: ANN401 -- columns
    """Four forms of the same puzzles, with a confidence by puzzle and place."""
    return [
        exam("1111", form, order, [confidence(p, i) for i, p in enumerate(order)], **fields)
        for form, order in enumerate(ORDERS)
    ]


def test_the_course_is_free_of_what_puzzles_and_exams_differ_in() -> None:
    found = only("confidence_course", *by_form(lambda puzzle, place: puzzle / 10 - 0.01 * place))
    assert found["slope_per_question"]["value"] == pytest.approx(-0.01)
    assert (found["n_exams"], found["n_confidences"]) == (4, 16)


def test_a_confidence_that_follows_the_puzzle_alone_has_a_flat_course() -> None:
    found = only("confidence_course", *by_form(lambda puzzle, _: puzzle / 10))
    slope = found["slope_per_question"]
    assert slope["value"] == pytest.approx(0, abs=1e-9)
    assert slope["low"] < -0.01 < 0.01 < slope["high"]  # four exams bound little


def test_puzzles_that_always_come_at_the_same_place_show_no_course() -> None:
    exams = [exam("1111", 0, None, [0.9, 0.8, 0.7, 0.6], exam_id=name) for name in "ab"]
    assert only("confidence_course", *exams)["slope_per_question"] is None


def test_without_confidences_there_is_no_course() -> None:
    found = only("confidence_course", exam("1111", 0))
    assert (found["n_confidences"], found["slope_per_question"]) == (0, None)


def draw_course(
    rng: np.random.Generator, n_exams: int, n_puzzles: int
) -> tuple[Floats, Floats, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Confidence falls by 0.004 a question, in each exam by its own amount around it."""
    asked = np.array([rng.choice(n_puzzles, 20, replace=False) for _ in range(n_exams)])
    place = np.tile(np.arange(20.0), (n_exams, 1))
    slopes = rng.normal(-0.004, 0.003, (n_exams, 1))
    values = rng.beta(2, 2, n_puzzles)[asked] + rng.normal(0, 0.1, (n_exams, 1)) + slopes * place
    values += rng.normal(0, 0.15, asked.shape)
    puzzles = np.unique(asked, return_inverse=True)[1].ravel()
    return values.ravel(), place.ravel(), (np.repeat(np.arange(n_exams), 20), puzzles)


def test_the_course_is_that_of_least_squares_with_dummies() -> None:
    values, place, (exams, puzzles) = draw_course(np.random.default_rng(3), 6, 30)
    found = slope_within(values, place, (exams, puzzles), exams, reach=1.0)
    assert found is not None
    dummies = [np.eye(codes.max() + 1)[codes] for codes in (exams, puzzles)]
    design = np.column_stack([place, *dummies])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    scores = np.linalg.pinv(design)[0] * (values - design @ coefficients)
    variance = 6 / 5 * np.square(np.bincount(exams, scores)).sum()
    n, n_puzzles = values.size, int(puzzles.max()) + 1
    assert found.value == pytest.approx(coefficients[0])
    assert found.se == pytest.approx((variance * (n - 1) / (n - 1 - n_puzzles)) ** 0.5)


@pytest.mark.parametrize(("n_exams", "n_puzzles"), [(20, 40), (10, 100)])
def test_the_course_is_recovered_and_covered(n_exams: int, n_puzzles: int) -> None:
    rng = np.random.default_rng(n_exams)
    found = []
    for _ in range(N_SETS):
        values, place, groups = draw_course(rng, n_exams, n_puzzles)
        found.append(slope_within(values, place, groups, groups[0], reach=1.0))
    assert is_near(found, -0.004)
    assert covered(found, -0.004) > 0.95 - SLACK


# Against batch


def test_real_time_is_held_against_batch_on_the_same_questions() -> None:
    batch = by_form(lambda puzzle, _: puzzle / 10)
    realtime = by_form(lambda puzzle, place: puzzle / 10 + 0.1 - 0.02 * place, **REALTIME)
    alone = exam("1111", 9, confidences=[0.9] * 4, **REALTIME)
    (found,) = subject_numbers("confidence_against_batch", *batch, *realtime, alone)
    assert (found["protocol"], found["n_exams"], found["n_questions"]) == ("realtime", 4, 16)
    assert found["change"]["value"] == pytest.approx(0.1 - 0.02 * 1.5)
    assert found["slope_per_question"]["value"] == pytest.approx(-0.02)


def test_one_form_is_enough_where_the_same_questions_are_compared() -> None:
    batch = exam("1111", 0, confidences=[0.8, 0.2, 0.6, 0.4])
    realtime = exam("1111", 0, confidences=[0.8, 0.3, 0.8, 0.7], **REALTIME)
    (found,) = subject_numbers("confidence_against_batch", batch, realtime)
    assert found["slope_per_question"]["value"] == pytest.approx(0.1)


def test_only_the_same_payoffs_and_lifelines_are_compared() -> None:
    batch = exam("11", 0, confidences=[0.5, 0.5])
    realtime = exam("11", 0, confidences=[0.5, 0.5], **OFFERED, **REALTIME)
    assert subject_numbers("confidence_against_batch", batch, realtime) == []


def test_questions_without_confidence_on_both_sides_are_not_compared() -> None:
    batch = exam("11", 0, confidences=[0.5, None])
    realtime = exam("11", 0, confidences=[None, 0.5], **REALTIME)
    (found,) = subject_numbers("confidence_against_batch", batch, realtime)
    assert (found["n_questions"], found["change"], found["slope_per_question"]) == (0, None, None)


# After a verdict


def test_a_change_leaves_the_judged_question_out_and_the_puzzles_off() -> None:
    usual = [exam("11111", f, None, [0.3, 0.5, 0.7, 0.5, 0.3], **REALTIME) for f in (1, 2)]
    judged = exam(
        "1100S", 0, None, [0.3, 0.1, 0.8, 0.1, 0.1], **REALTIME, arm="lifelines", lifelines=9
    )
    others = [[row | {"arm": "lifelines", "lifelines": 9} for row in rows] for rows in usual]
    found = only("confidence_after_verdict", judged, *others)
    # less what the others state: 0, -0.4, 0.1, -0.4, -0.2; the others by symmetry half the reverse
    own_right, own_wrong = 0.1 - 0, ((-0.4 + 0.4) + (-0.2 - 0.1)) / 2
    theirs = [(-0.1 - 0) / 2, (0.4 - 0.4) / 2, (0.2 + 0.1) / 2]
    assert found["after_right"]["value"] == pytest.approx((own_right + 2 * sum(theirs)) / 7)
    assert found["after_wrong"]["value"] == pytest.approx(own_wrong)
    expected = found["after_right"]["value"] - found["after_wrong"]["value"]
    assert found["difference"]["value"] == pytest.approx(expected)
    assert (found["feedback_shown"], found["n_judged"], found["n_without_change"]) == (True, 9, 0)


def test_judged_questions_without_both_neighbours_confidence_are_counted() -> None:
    exams = [exam("1010", f, None, [0.5, 0.5, 0.5, None], **REALTIME) for f in range(3)]
    found = only("confidence_after_verdict", *exams)
    assert (found["n_judged"], found["n_without_change"]) == (6, 3)


def test_a_puzzle_that_no_other_exam_asks_gives_no_change() -> None:
    found = only("confidence_after_verdict", exam("1010", 0, None, [0.5] * 4, **REALTIME))
    assert (found["n_judged"], found["n_without_change"]) == (2, 2)
    assert (found["after_right"], found["after_wrong"], found["difference"]) == (None, None, None)


def test_verdicts_of_one_kind_have_no_difference() -> None:
    exams = [exam("111", f, None, [0.5, 0.5, 0.5 + f / 10], **REALTIME) for f in range(3)]
    found = only("confidence_after_verdict", *exams)
    assert found["after_right"] is not None
    assert (found["after_wrong"], found["difference"]) == (None, None)


def draw_verdicts(rng: np.random.Generator, step: float) -> pl.DataFrame:
    """Confidence moves by +step after a right and by -step after a wrong verdict, for good.

    What the subject feels of one question only raises both its confidence there and its chance to
    be right.
    """
    p = rng.beta(2, 2, 40)
    asked = np.array([rng.choice(40, 20, replace=False) for _ in range(20)])
    felt = rng.normal(0, 0.1, asked.shape)
    right = rng.random(asked.shape) < np.clip(p[asked] + felt, 0.02, 0.98)
    steps = np.where(right, step, -step)
    before = np.cumsum(steps, axis=1) - steps
    noise = rng.normal(0, 0.1, asked.shape) + rng.normal(0, 0.1, (20, 1))
    return pl.DataFrame(
        {
            "exam_id": np.repeat(np.arange(20), 20),
            "position": np.tile(np.arange(1, 21), 20),
            "puzzle_id": asked.ravel(),
            "confidence": (p[asked] + felt + before + noise).ravel(),
            "is_right": right.ravel(),
        }
    )


@pytest.mark.parametrize("step", [0.0, 0.03])
def test_the_effect_of_a_verdict_is_recovered_and_covered(step: float) -> None:
    rng = np.random.default_rng(4)
    found = [
        verdicts._difference(verdicts._judged(draw_verdicts(rng, step)).drop_nulls("change"))  # noqa: SLF001 -- fast
        for _ in range(N_SETS)
    ]
    assert is_near(found, 2 * step)
    assert covered(found, 2 * step) > 0.95 - SLACK


def test_a_change_from_the_judged_question_itself_would_show_effects_that_are_not_there() -> None:
    frame = pl.concat(
        [draw_verdicts(np.random.default_rng(seed), 0.0) for seed in range(100)]
    ).with_columns(naive=pl.col("confidence").shift(-1) - pl.col("confidence"))
    same_exam = pl.col("position") < 20
    right, wrong = (
        frame.filter(same_exam & (pl.col("is_right") == side))["naive"].to_numpy()
        for side in (True, False)
    )
    assert right.mean() - wrong.mean() < -0.03


STATED = st.lists(st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0])), min_size=4, max_size=4)
EXAMS = st.lists(
    st.tuples(st.text("01XSBUMO", min_size=4, max_size=4), STATED), min_size=1, max_size=6
)


@settings(max_examples=25, deadline=None)
@given(exams=EXAMS)
def test_every_interval_holds_its_value_and_is_json(
    exams: list[tuple[str, list[float | None]]],
) -> None:
    dose: Json = {"arm": "lifelines", "lifelines": 4}
    sides: tuple[Json, ...] = ({}, REALTIME, dose, dose | REALTIME | {"lifelines": 6})
    rows = [
        exam(marks if "lifelines" in side else marks.replace("S", "0"), form, None, stated, **side)
        for form, (marks, stated) in enumerate(exams)
        for side in sides
    ]
    text = json.dumps(subject_summary(*rows), allow_nan=False)
    json.loads(text, object_hook=check_interval)


def check_interval(data: Json) -> Json:
    if "n_clusters" in data:
        assert data["low"] <= data["value"] <= data["high"]
    return data


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = []
    for form in range(4):
        stated = rng.random(4).round(2).tolist()
        sides: tuple[Json, ...] = ({}, REALTIME, OFFERED)
        for side in sides:
            marks = "".join(rng.choice(list("01"), 4))
            marks = f"S{marks[1:3]}S" if side is OFFERED else marks
            rows.append(exam(marks, form, ORDERS[form], stated, **side))
    decisions = table(*rows)
    tables = (decisions, make_exams(decisions), make_items(decisions))
    shuffled = [one.sample(fraction=1, shuffle=True, seed=seed) for one in tables]
    assert summarise(*shuffled) == summarise(*tables)
