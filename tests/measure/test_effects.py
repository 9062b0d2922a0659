"""Model-free numbers: small tables by hand, laws, and coverage on data of known truth."""

import json
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.measure.decisions import make_exams
from balk.measure.effects import summarise
from balk.measure.effects.contrasts import Contrast, net_points_given_away
from balk.measure.effects.forgone import forgone_points
from balk.measure.items import make_items
from balk.records import Estimate
from measure_tables import OFFERED, Json, exam, subject_summary, summary, table


def condition(*exams: list[Json]) -> Json:
    """The numbers of the last condition of the only subject."""
    found: Json = subject_summary(*exams)["conditions"][-1]
    return found


def contrast(*exams: list[Json]) -> Json:
    """The numbers of the last contrast of the only subject."""
    found: Json = subject_summary(*exams)["contrasts"][-1]
    return found


def estimates(data: object) -> Iterator[Json]:
    if isinstance(data, dict) and "n_clusters" in data:
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from estimates(part)


TWO_PLAIN = (exam("1010", 0), exam("1100", 1))
TWO_OFFERED = (exam("1S00", 0, **OFFERED), exam("11SS", 1, **OFFERED))


def test_skips_and_shares_are_counted_by_exam() -> None:
    found = condition(*TWO_OFFERED)
    assert found["skips_per_exam"]["value"] == 1.5
    assert found["share_with_skip"]["value"] == 1
    assert found["share_using_all"]["value"] == 0.5
    assert found["skips_per_exam"]["n_clusters"] == 2


def test_accuracy_and_points_come_from_what_was_attempted() -> None:
    found = condition(*TWO_OFFERED)
    assert found["accuracy"]["value"] == 3 / 5
    assert found["points_per_exam"]["value"] == 1.5


def test_points_follow_the_penalty_and_the_price() -> None:
    found = condition(exam("10S0", 0, **OFFERED, penalty=0.5, price=0.25))
    assert found["points_per_exam"]["value"] == -0.25


def test_without_an_exit_there_is_an_attempt_rate_and_no_skip_number() -> None:
    found = condition(exam("10B1", 0), exam("1111", 1))
    assert found["attempt_rate"]["value"] == 7 / 8
    assert found["skips_per_exam"] is None
    assert found["skips_per_exam_bounds"] is None
    assert found["share_with_skip"] is None
    assert found["share_using_all"] is None
    assert found["overdrafts_per_exam"] is None


def test_lifelines_of_which_none_are_offered_are_not_lifelines_never_mentioned() -> None:
    found = condition(exam("10O1", 0, arm="lifelines", lifelines=0))
    assert found["skips_per_exam"]["value"] == 0
    assert found["skips_per_exam"]["high"] == 0
    assert found["overdrafts_per_exam"]["value"] == 1
    assert found["share_using_all"] is None


def test_what_was_not_read_is_counted_as_attempt_as_skip_and_dropped() -> None:
    found = condition(exam("1SBM", 0, **OFFERED))
    assert found["parse_coverage"]["value"] == 0.5
    skips = {name: bound["value"] for name, bound in found["skips_per_exam_bounds"].items()}
    assert skips == {"as_attempt": 1, "as_skip": 2, "dropped": 2}
    attempts = {name: bound["value"] for name, bound in found["attempt_rate_bounds"].items()}
    assert attempts == {"as_attempt": 0.75, "as_skip": 0.25, "dropped": 0.5}


def test_an_exam_without_any_decision_leaves_the_dropped_bound_open() -> None:
    found = condition(exam("UUUU", 0, **OFFERED))
    assert found["skips_per_exam_bounds"]["dropped"] is None
    assert found["skips_per_exam_bounds"]["as_skip"]["value"] == 2
    assert found["accuracy"] is None


def test_an_overdraft_is_a_decision_and_neither_an_attempt_nor_a_skip() -> None:
    found = condition(exam("SSO1", 0, **OFFERED))
    assert found["parse_coverage"]["value"] == 1
    assert found["overdrafts_per_exam"]["value"] == 1
    assert found["skips_per_exam_bounds"]["as_skip"]["value"] == 2


def test_outcomes_and_reasons_are_counted() -> None:
    found = condition(exam("1SBB", 0, **OFFERED), exam("1FFF", 1, **OFFERED))
    counted = {word: n for word, n in found["outcomes"].items() if n}
    assert counted == {"attempt": 2, "skip": 1, "blank": 2, "failed": 3}
    assert found["reasons"] == {"because": 5}


def test_failed_exams_are_counted_and_enter_no_number() -> None:
    with_failed = condition(exam("FFFF", 2, **OFFERED), *TWO_OFFERED)
    without = condition(*TWO_OFFERED)
    assert (with_failed["n_exams"], with_failed["n_failed_exams"]) == (3, 1)
    assert list(estimates(with_failed)) == list(estimates(without))


def test_a_condition_of_failed_exams_alone_has_no_numbers() -> None:
    found = contrast(*TWO_PLAIN, exam("FFFF", 0, **OFFERED))
    assert found["baseline"]["arm"] == "none"
    assert found["net_points_given_away"] is None
    assert condition(exam("FFFF", 0))["parse_coverage"] is None


def test_forty_exams_without_a_skip_bound_their_share_and_their_number() -> None:
    found = condition(*(exam("1010", form, **OFFERED) for form in range(40)))
    assert found["share_with_skip"]["high"] == pytest.approx(0.0722, abs=5e-5)
    assert found["skips_per_exam"]["value"] == 0
    assert found["skips_per_exam"]["high"] == pytest.approx(2 * (1 - 0.05 ** (1 / 40)))


def test_net_points_are_paired_by_form() -> None:
    found = contrast(*TWO_PLAIN, exam("1111", 7), *TWO_OFFERED, exam("0000", 8, **OFFERED))
    assert found["pairs"] == {"n_exams": 2, "n_questions": 8}
    assert found["net_points_given_away"]["value"] == 0.5  # 2 and 2 less 1 and 2


def test_net_points_can_be_negative_where_skipping_helps() -> None:
    found = contrast(exam("0000", 0), exam("S111", 0, **OFFERED))
    assert found["net_points_given_away"]["value"] == -3


def test_a_call_that_never_came_back_is_no_lost_point() -> None:
    found = contrast(exam("1111", 0), exam("1111", 1), exam("11FF", 0, **OFFERED))
    assert found["net_points_given_away"]["value"] == 0
    assert found["net_points_given_away"]["n"] == 2


def test_unread_questions_earn_nothing_and_can_be_dropped() -> None:
    found = contrast(exam("1111", 0), exam("1SUU", 0, **OFFERED))
    assert found["net_points_given_away"]["value"] == 3
    assert found["net_points_given_away_dropped"]["value"] == 2  # 1 of 2 questions, of 4


def test_repeats_of_a_form_are_paired_one_to_one() -> None:
    repeats = (exam("1000", 0, exam_id="a"), exam("1100", 0, exam_id="b"))
    offered = (exam("0000", 0, exam_id="c", **OFFERED), exam("1SS0", 0, exam_id="d", **OFFERED))
    found = contrast(*repeats, *offered)
    assert found["pairs"] == {"n_exams": 2, "n_questions": 8}
    assert found["net_points_given_away"]["value"] == 1


def test_accuracy_is_compared_on_questions_that_both_attempted() -> None:
    found = contrast(*TWO_PLAIN, *TWO_OFFERED)["accuracy_change_on_common"]
    assert (found["plain"], found["offered"]) == (4 / 5, 3 / 5)
    assert found["change"]["value"] == pytest.approx(-1 / 5)
    assert found["change"]["n"] == 5


def test_nothing_attempted_in_common_gives_no_change() -> None:
    found = contrast(exam("1B", 0), exam("S1", 0, **OFFERED))["accuracy_change_on_common"]
    assert found == {"plain": None, "offered": None, "change": None}


def test_forgone_points_sum_the_raw_accuracies_of_skipped_items() -> None:
    found = contrast(*TWO_PLAIN, *TWO_OFFERED)["forgone_points"]
    # p1 to p4 have 1, 1/2, 1/2 and 0; skipped are p2, and p3 and p4
    assert found["estimate"]["value"] == 0.5
    assert (found["n_skips"], found["n_unknown"]) == (3, 0)


def test_forgone_points_do_not_look_at_shrunk_accuracies() -> None:
    decisions = table(*TWO_PLAIN, *TWO_OFFERED)
    exams, items = make_exams(decisions), make_items(decisions)
    lifted = items.with_columns(accuracy_shrunk=pl.lit(1.0))
    assert summarise(decisions, exams, lifted) == summarise(decisions, exams, items)


def test_items_of_unknown_accuracy_widen_the_interval_and_add_nothing() -> None:
    known = contrast(exam("11B", 0), exam("1S1", 0, **OFFERED))["forgone_points"]
    unknown = contrast(exam("11B", 0), exam("1SS", 0, **OFFERED))["forgone_points"]
    assert known["n_unknown"] == 0
    assert (unknown["n_skips"], unknown["n_unknown"]) == (2, 1)
    assert unknown["estimate"]["value"] == known["estimate"]["value"] == 1
    assert unknown["estimate"]["high"] == 2
    assert "unknown accuracy from 0 to 1" in unknown["estimate"]["method"]


def test_a_skip_forgoes_the_penalty_risked_and_the_price_paid() -> None:
    offered = OFFERED | {"arm": "penalty", "penalty": 0.5, "price": 0.25}
    found = contrast(exam("10", 0), exam("01", 1), exam("1S", 0, **offered))
    assert found["forgone_points"]["estimate"]["value"] == 0.5 - 0.25 + 0.25


def test_the_plain_exam_stands_in_marked_by_the_payoffs_of_the_arm() -> None:
    found = contrast(exam("10", 0), exam("1S", 0, arm="penalty", penalty=1.0, lifelines=1))
    assert found["baseline"]["arm"] == "none"
    assert found["net_points_given_away"]["value"] == -1


def test_an_arm_asked_without_lifelines_is_its_own_baseline() -> None:
    penalty: Json = {"arm": "penalty", "penalty": 1.0}
    found = contrast(exam("11", 0), exam("00", 0, **penalty), exam("1S", 0, **penalty, lifelines=1))
    assert found["baseline"] == penalty | {"price": 0.0, "protocol": "batch", "lifelines": None}
    assert found["net_points_given_away"]["value"] == -3


def test_protocols_are_compared_within_themselves() -> None:
    found = contrast(*TWO_PLAIN, exam("1S00", 0, **OFFERED, protocol="realtime"))
    assert found["baseline"] is None
    assert found["net_points_given_away"] is None
    assert found["forgone_points"] is None


def test_every_condition_with_lifelines_has_a_contrast_and_no_other() -> None:
    doses = (exam("1S00", 0, arm="lifelines", lifelines=dose) for dose in (3, 10, 20))
    subject = summary(*TWO_PLAIN, *doses)["subjects"][0]
    assert [found["lifelines"] for found in subject["conditions"]] == [3, 10, 20, None]
    assert [found["lifelines"] for found in subject["contrasts"]] == [3, 10, 20]


def test_each_subject_has_its_own_numbers() -> None:
    found = summary(*TWO_PLAIN, *TWO_OFFERED, exam("0000", 0, subject="t", persona=None))
    assert [subject["subject"] for subject in found["subjects"]] == ["s", "t"]
    assert found["subjects"][1]["persona"] is None
    assert found["subjects"][1]["contrasts"] == []
    assert found["subjects"][0] == summary(*TWO_PLAIN, *TWO_OFFERED)["subjects"][0]


MARKS = st.lists(st.text("01BUTO", min_size=4, max_size=4), min_size=1, max_size=5)
SKIPS = st.lists(st.sampled_from(["1S00", "SS01", "0000", "SB1U", "FFFF", "SFF1"]), max_size=5)


def make_study(marks: list[str], skips: list[str], subject: str = "s") -> pl.DataFrame:
    plain = [exam(text, i, subject=subject) for i, text in enumerate(marks)]
    offered = [exam(text, i, subject=subject, **OFFERED) for i, text in enumerate(skips)]
    return table(*plain, *offered)


@settings(max_examples=25, deadline=None)
@given(marks=MARKS, skips=SKIPS, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(marks: list[str], skips: list[str], seed: int) -> None:
    frame = make_study(marks, skips)
    tables = (frame, make_exams(frame), make_items(frame))
    shuffled = [one.sample(fraction=1, shuffle=True, seed=seed) for one in tables]
    assert summarise(*shuffled) == summarise(*tables)


@settings(max_examples=25, deadline=None)
@given(marks=MARKS, skips=SKIPS)
def test_a_subject_by_another_name_has_the_same_numbers(marks: list[str], skips: list[str]) -> None:
    frames = (make_study(marks, skips), make_study(marks, skips, subject="another"))
    one, other = (summarise(frame, make_exams(frame), make_items(frame)) for frame in frames)
    assert other["subjects"][0] | {"subject": "s"} == one["subjects"][0]


@settings(max_examples=25, deadline=None)
@given(marks=MARKS, skips=SKIPS)
def test_every_interval_holds_its_value_and_is_json(marks: list[str], skips: list[str]) -> None:
    frame = make_study(marks, skips)
    found = summarise(frame, make_exams(frame), make_items(frame))
    numbers = list(estimates(json.loads(json.dumps(found, allow_nan=False))))
    assert numbers or set(marks) | set(skips) == {"FFFF"}
    assert all(number["low"] <= number["value"] <= number["high"] for number in numbers)


@settings(max_examples=25, deadline=None)
@given(skips=st.lists(st.text("1SBU", min_size=2, max_size=2), min_size=1, max_size=5))
def test_the_bounds_on_skips_hold_what_was_read(skips: list[str]) -> None:
    found = condition(*(exam(text, i, **OFFERED) for i, text in enumerate(skips)))
    bounds = found["skips_per_exam_bounds"]
    assert bounds["as_attempt"] == found["skips_per_exam"]
    assert bounds["as_attempt"]["value"] <= bounds["as_skip"]["value"] <= 2


# Items are right with probability 0.1, 0.5 or 0.9 and skipped with 0.6, 0.2 or 0.
P_RIGHT, P_SKIP, WEIGHTS = np.array([0.1, 0.5, 0.9]), np.array([0.6, 0.2, 0.0]), (0.4, 0.3, 0.3)
FORGONE = 20 * float(np.sum(np.array(WEIGHTS) * P_RIGHT * P_SKIP))  # 1.08 points per exam
N_STUDIES = 120
SLACK = 4 * (0.95 * 0.05 / N_STUDIES) ** 0.5


def draw_contrast(rng: np.random.Generator) -> Contrast:
    """Twenty forms of 20 questions out of a fresh pool of 40, asked without and with lifelines."""
    kinds = rng.choice(3, size=40, p=WEIGHTS)
    exams = []
    for form in range(20):
        asked = rng.choice(40, size=20, replace=False)
        right = rng.random((2, 20)) < P_RIGHT[kinds[asked]]
        skipped = rng.random(20) < P_SKIP[kinds[asked]]
        plain, offered = ("".join("01"[int(hit)] for hit in side) for side in right)
        offered = "".join("S" if s else m for s, m in zip(skipped, offered, strict=True))
        puzzles = (asked + 1).tolist()
        exams.append(exam(plain, form, puzzles))
        exams.append(exam(offered, form, puzzles, arm="lifelines", lifelines=20))
    frame = table(*exams)
    plain_rows = frame.filter(pl.col("lifelines").is_null())
    offered_rows = frame.filter(pl.col("lifelines").is_not_null())
    return Contrast(plain_rows, offered_rows, make_items(frame), penalty=0.0, price=0.0)


@pytest.fixture(scope="module")
def studies() -> list[Contrast]:
    rng = np.random.default_rng(17)
    return [draw_contrast(rng) for _ in range(N_STUDIES)]


def covered(found: list[Estimate]) -> float:
    return sum(one.low <= FORGONE <= one.high for one in found) / len(found)


def is_near(found: list[Estimate], truth: float) -> bool:
    values = np.array([one.value for one in found])
    return bool(abs(values.mean() - truth) < 4 * values.std() / len(values) ** 0.5)


def test_net_points_recover_and_cover_the_truth(studies: list[Contrast]) -> None:
    found = [one for study in studies if (one := net_points_given_away(study)) is not None]
    assert len(found) == N_STUDIES
    assert is_near(found, FORGONE)
    assert covered(found) > 0.95 - SLACK


def test_forgone_points_recover_and_cover_the_truth(studies: list[Contrast]) -> None:
    found = [forgone_points(study)["estimate"] for study in studies]
    assert is_near(found, FORGONE)
    assert covered(found) > 0.95 - SLACK


def test_shrunk_accuracies_would_overstate_what_is_forgone(studies: list[Contrast]) -> None:
    shrunk = [
        Contrast(
            study.plain,
            study.offered,
            study.items.with_columns(accuracy_raw="accuracy_shrunk"),
            penalty=0.0,
            price=0.0,
        )
        for study in studies
    ]
    found = [forgone_points(study)["estimate"] for study in shrunk]
    assert not is_near(found, FORGONE)
    assert np.mean([one.value for one in found]) > FORGONE
