"""Dose-response of a table: what counts as a dose and a skip, and what the summary holds."""

import json

import numpy as np
import pytest

from balk.dose_response import fit_share, log_slope, proportional_test, trend_test
from measure_tables import REALTIME, Json, exam, subject_numbers


def response(*exams: list[Json]) -> Json:
    """The dose-response of the only arm and protocol with lifelines."""
    (found,) = subject_numbers("dose_response", *exams)
    return found


def offered(marks: str, form: int, lifelines: int, **fields: object) -> list[Json]:
    own: Json = {"arm": "lifelines", "lifelines": lifelines, **fields}
    return exam(marks, form, **own)


FEW = ["1S000", "SS000", "10000"]
MANY = ["SSS00", "SSSS1", "1S0S0"]
STUDY = [offered(marks, form, 2) for form, marks in enumerate(FEW)] + [
    offered(marks, form, 4) for form, marks in enumerate(MANY)
]


def test_each_dose_has_its_skips_and_all_have_one_slope() -> None:
    found = response(*STUDY)
    assert [dose["lifelines"] for dose in found["doses"]] == [2, 4]
    assert [dose["skips_per_exam"]["value"] for dose in found["doses"]] == pytest.approx([1, 3])
    assert [dose["n_exams"] for dose in found["doses"]] == [3, 3]
    assert found["slope"]["value"] == pytest.approx(np.log(3) / np.log(2))
    assert (found["slope"]["n_clusters"], found["no_slope_because"]) == (6, None)


def test_the_numbers_are_those_of_the_counts() -> None:
    doses, skips, forms = [2, 2, 2, 4, 4, 4], [1, 2, 0, 3, 4, 2], [0, 1, 2, 0, 1, 2]
    found = response(*STUDY)
    slope, proportional = log_slope(doses, skips), proportional_test(doses, skips)
    trend = trend_test(doses, skips, forms)
    assert found["slope"]["se"] == pytest.approx(slope.se)
    tested = found["proportional"]
    assert (tested["p"], tested["p_se"]) == (proportional.p, proportional.p_se)
    assert (tested["share"], tested["dispersion"]) == fit_share(doses, skips)
    assert (found["trend"]["p"], found["trend"]["within"]) == (trend.p, "form")
    assert trend.p == 2 / 2**3


def test_exams_without_lifelines_have_no_dose() -> None:
    assert subject_numbers("dose_response", exam("1010", 0)) == []
    assert response(exam("1010", 0), *STUDY) == response(*STUDY)


def test_failed_exams_are_left_out() -> None:
    assert response(*STUDY, offered("FFFFF", 7, 4)) == response(*STUDY)


def test_lifelines_beyond_the_last_question_are_no_dose() -> None:
    more = [offered(marks, form, 50) for form, marks in enumerate(MANY)]
    found = response(*STUDY[:3], *more)
    assert [dose["lifelines"] for dose in found["doses"]] == [2, 50]
    assert found["slope"]["value"] == pytest.approx(np.log(3) / np.log(5 / 2))


def test_a_dose_of_0_is_told_and_enters_no_slope() -> None:
    found = response(*STUDY, offered("10O00", 0, 0))
    assert [dose["lifelines"] for dose in found["doses"]] == [0, 2, 4]
    for name in ("slope", "proportional", "trend"):
        assert found[name] == response(*STUDY)[name]


def test_unread_questions_are_counted_as_skips_or_their_exams_left_out() -> None:
    found = response(*STUDY, offered("SUUU0", 3, 2), offered("SUUU0", 3, 4))
    bounds = found["slope_bounds"]
    assert found["slope"]["value"] == pytest.approx(np.log((10 / 4) / (4 / 4)) / np.log(2))
    assert bounds["as_skip"]["value"] == pytest.approx(np.log((13 / 4) / (5 / 4)) / np.log(2))
    assert bounds["fully_read"] == response(*STUDY)["slope"]


@pytest.mark.parametrize(
    ("exams", "because", "n_tests"),
    [
        ([offered("1S00", 0, 3), offered("SS00", 1, 3)], "1 dose", 0),
        ([offered("1000", 0, 2), offered("1000", 0, 4)], "no skip in 2 exams", 0),
        ([offered("1000", 0, 2), offered("S000", 0, 4)], "largest dose, 4", 1),
    ],
)
def test_where_there_is_no_slope_the_reason_is_told(
    exams: list[list[Json]], because: str, n_tests: int
) -> None:
    found = response(*exams)
    assert found["slope"] is None
    assert because in found["no_slope_because"]
    assert (found["proportional"] is not None) == (n_tests > 0)


def test_arms_and_protocols_have_their_own_dose_response() -> None:
    penalty = offered("S111", 0, 2, penalty=1.0) + offered("SS11", 1, 3, penalty=1.0)
    realtime = offered("S111", 0, 2, **REALTIME)
    found = subject_numbers("dose_response", *STUDY, penalty, realtime)
    assert [(one["penalty"], one["protocol"]) for one in found] == [
        (0.0, "batch"),
        (0.0, "realtime"),
        (1.0, "batch"),
    ]


def test_an_infinite_quantile_of_the_null_is_null_in_json() -> None:
    found = response(offered("0000", 0, 2), offered("S000", 0, 4))
    json.dumps(found, allow_nan=False)
    assert found["proportional"]["null_high"] is None


def test_use_of_all_lifelines_is_proportional_and_bounded() -> None:
    exams = [offered("SS11", f, 2) for f in range(9)] + [offered("SSSS", f, 4) for f in range(9)]
    found = response(*exams)
    assert found["slope"]["value"] == pytest.approx(1)
    assert found["slope"]["low"] < 1 <= found["slope"]["high"]
    assert found["proportional"]["p"] == 1
    assert found["trend"]["p"] == 2 / 2**9
