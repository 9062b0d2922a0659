"""Numbers of the probes, from small tables whose truth can be counted by hand."""

from typing import Any

import pytest

from balk.measure.decisions import make_exams
from measure_tables import OFFERED, exam, subject_summary, table

Json = dict[str, Any]
ASKED = {"probes": "follow_up: read"}


def followed(marks: str, again: str, form: int, **fields: object) -> list[Json]:
    """An exam whose skips were asked again: 1 right, 0 wrong, - not asked, else an outcome."""
    rows = exam(marks, form, **OFFERED | ASKED | fields)
    for row, mark in zip(rows, again, strict=True):
        if mark != "-":
            row["follow_up_outcome"] = "A" if mark in "01" else mark
            row["follow_up_is_right"] = mark == "1" if mark in "01" else None
    return rows


def follow_up(*exams: list[Json]) -> Json:
    (probed,) = subject_summary(*exams)["probes"]
    found: Json = probed["follow_up"]
    return found


def test_points_forgone_are_those_that_the_skipped_questions_earned() -> None:
    found = follow_up(
        followed("S1S", "1-0", 0), followed("1SS", "-11", 1), followed("111", "---", 2)
    )
    assert found["n_exams"] == 3
    assert (found["n_skips"], found["n_undecided"]) == (4, 0)
    assert found["forgone_points"]["value"] == pytest.approx(1.0)
    assert found["forgone_points"]["n_clusters"] == 3
    assert found["accuracy"]["value"] == pytest.approx(3 / 4)


def test_a_wrong_answer_costs_the_penalty_and_an_attempt_saves_the_price() -> None:
    payoffs = {"penalty": 0.5, "price": 0.25, "arm": "penalty+price"}
    found = follow_up(followed("S1S", "1-0", 0, **payoffs), followed("1S1", "-0-", 1, **payoffs))
    first, second = (1 + 0.25) + (-0.5 + 0.25), -0.5 + 0.25
    assert found["forgone_points"]["value"] == pytest.approx((first + second) / 2)


def test_what_was_not_answered_again_earns_nothing() -> None:
    found = follow_up(followed("SS1", "B1-", 0), followed("S11", "O--", 1))
    assert (found["n_skips"], found["n_undecided"]) == (3, 2)
    assert found["forgone_points"]["value"] == pytest.approx(1 / 2)
    assert found["accuracy"]["value"] == 1.0


def test_an_exam_whose_follow_up_failed_is_left_out() -> None:
    kept, failed = followed("S11", "1--", 0), followed("S11", "F--", 1)
    found = follow_up(kept, failed)
    assert (found["n_exams"], found["forgone_points"]["value"]) == (1, 1.0)
    (probed,) = subject_summary(failed)["probes"]
    assert probed["follow_up"] is None


def test_exams_that_were_not_asked_are_left_out() -> None:
    found = follow_up(followed("S11", "1--", 0), exam("S11", 1, **OFFERED))
    assert found["n_exams"] == 1


def test_the_accuracy_of_other_exams_stands_beside_it() -> None:
    plain = [exam("101", form, puzzles=[1, 2, 3]) for form in (0, 1)]
    offered = [followed("SS1", "10-", form) for form in (0, 1)]
    found = follow_up(*plain, *offered)
    contrasts = subject_summary(*plain, *offered)["contrasts"]
    assert found["forgone_points_by_accuracy"] == contrasts[0]["forgone_points"]["estimate"]
    assert found["forgone_points_by_accuracy"]["value"] == found["forgone_points"]["value"] == 1.0


def understood(penalty: float | None, lifelines: int | None, *points: float | None) -> bool | None:
    right, wrong, lifeline = points
    fields: Json = {
        "probes": "payoff: read",
        "penalty": penalty,
        "price": 0.25 if lifelines else 0.0,
        "lifelines": lifelines,
        "payoff_right": right,
        "payoff_wrong": wrong,
        "payoff_lifeline": lifeline,
    }
    (found,) = make_exams(table(exam("111", 0, **fields)))["payoff_understood"]
    return None if found is None else bool(found)


@pytest.mark.parametrize(
    ("penalty", "lifelines", "points", "is_understood"),
    [
        (0.5, 3, (1.0, -0.5, -0.25), True),
        (0.0, None, (1.0, 0.0, None), True),
        (1 / 3, 3, (1.0, -0.3333, -0.25), True),
        (1 / 3, 3, (1.0, -0.33, -0.25), False),
        (0.5, 3, (1.0, 0.5, -0.25), False),
        (0.5, 3, (2.0, -0.5, -0.25), False),
        (0.5, 3, (1.0, -0.5, 0.0), False),
        (None, 3, (1.0, -0.7, -0.25), True),
        (0.5, 3, (1.0, -0.5, None), None),
        (None, 3, (1.0, None, -0.25), None),
    ],
)
def test_the_points_are_understood_where_they_are_those_announced(
    penalty: float | None,
    lifelines: int | None,
    points: tuple[float | None, ...],
    is_understood: bool | None,  # noqa: FBT001 -- what is expected
) -> None:
    assert understood(penalty, lifelines, *points) is is_understood


def test_reasons_are_shares_of_lifelines_with_the_most_stated_first() -> None:
    exams = [exam("SS1", form, **OFFERED, probes="reasons: read") for form in (0, 1)]
    for row, reason in zip(
        [row for rows in exams for row in rows if row["outcome"] == "S"],
        ("unsure", "unsure", "penalty", "unsure"),
        strict=True,
    ):
        row["stated_reason"] = reason
    (probed,) = subject_summary(*exams)["probes"]
    assert [(one["reason"], one["n"]) for one in probed["reasons"]] == [
        ("unsure", 3),
        ("penalty", 1),
    ]
    assert probed["reasons"][0]["share"]["value"] == pytest.approx(3 / 4)
    assert probed["reasons"][0]["share"]["n_clusters"] == 2
    (found,) = make_exams(table(exams[0]))["stated_reasons"]
    assert found.to_list() == ["unsure", "unsure"]


def test_without_probes_the_summary_says_nothing_of_them() -> None:
    assert subject_summary(exam("S10", 0, **OFFERED))["probes"] == []
