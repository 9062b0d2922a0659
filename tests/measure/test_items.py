"""How hard the items are: counts by hand, and a prior that recovers its truth."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.errors import EstimateError
from balk.measure.decisions import DECISIONS, ITEMS, make_decisions
from balk.measure.items import make_items
from balk.shrinkage import fit_beta

PLAIN: dict[str, Any] = dict.fromkeys(DECISIONS) | {
    "subject": "s",
    "model": "m",
    "interface": "chat",
    "arm": "none",
    "penalty": 0.0,
    "price": 0.0,
    "protocol": "batch",
    "feedback_shown": False,
    "form_id": "f0",
    "epoch": 1,
    "family": "tilings",
    "level": 5,
    "reason": "",
    "key": "7",
}


def table(**exams: tuple[str, dict[str, Any]]) -> pl.DataFrame:
    """Exams by id: marks (1 right, 0 wrong, any other sign an outcome) and fields."""
    rows = [
        PLAIN
        | {"exam_id": exam_id, "position": i, "puzzle_id": f"p{i}"}
        | {"outcome": "A" if mark in "01" else mark}
        | {"is_right": mark == "1" if mark in "01" else None}
        | fields
        for exam_id, (marks, fields) in exams.items()
        for i, mark in enumerate(marks, start=1)
    ]
    return make_decisions({name: [row[name] for row in rows] for name in DECISIONS})


def item(items: pl.DataFrame, puzzle_id: str, protocol: str = "batch") -> dict[str, Any]:
    return items.row(
        by_predicate=(pl.col("puzzle_id") == puzzle_id) & (pl.col("protocol") == protocol),
        named=True,
    )


OFFERED: dict[str, Any] = {"arm": "lifelines", "lifelines": 2}


def test_accuracy_comes_from_plain_exams_only() -> None:
    items = make_items(table(a=("10", {}), b=("00", {}), c=("11", OFFERED), d=("1S", OFFERED)))
    assert items.schema == pl.Schema(ITEMS)
    first, second = item(items, "p1"), item(items, "p2")
    assert (first["n_exams"], first["n_attempts"], first["n_right"], first["n_skips"]) == (
        4,
        4,
        3,
        0,
    )
    assert (second["n_attempts"], second["n_skips"]) == (3, 1)
    assert (first["n_baseline_exams"], first["n_baseline_attempts"]) == (2, 2)
    assert (first["accuracy_raw"], second["accuracy_raw"]) == (0.5, 0.0)


@pytest.mark.parametrize(
    "fields",
    [
        {"arm": "penalty", "penalty": 1.0},
        {"arm": "welcome"},
        {"arm": "lifelines", "lifelines": 0},
        OFFERED,
    ],
)
def test_an_item_never_attempted_in_a_plain_exam_has_no_accuracy(fields: dict[str, Any]) -> None:
    found = item(make_items(table(a=("1", fields))), "p1")
    assert (found["n_attempts"], found["n_baseline_attempts"]) == (1, 0)
    assert found["accuracy_raw"] is None
    assert found["accuracy_shrunk"] is None


def test_the_lifelines_arm_without_lifelines_is_a_plain_exam() -> None:
    found = item(make_items(table(a=("1", {"arm": "lifelines", "penalty": None}))), "p1")
    assert found["n_baseline_attempts"] == 1


def test_blanks_and_unmarked_attempts_are_no_failures() -> None:
    found = item(make_items(table(a=("1", {}), b=("B", {}), c=("A", {}), d=("F", {}))), "p1")
    assert (found["n_exams"], found["n_attempts"], found["n_baseline_attempts"]) == (3, 2, 1)
    assert found["accuracy_raw"] == 1


def test_protocols_and_subjects_are_kept_apart() -> None:
    items = make_items(
        table(a=("1", {}), b=("0", {"protocol": "realtime"}), c=("0", {"subject": "t"}))
    )
    assert items.select("subject", "protocol", "accuracy_raw").rows() == [
        ("s", "batch", 1.0),
        ("s", "realtime", 0.0),
        ("t", "batch", 0.0),
    ]


def test_confidence_is_that_of_plain_exams() -> None:
    items = make_items(
        table(
            a=("1", {"confidence": 0.2}),
            b=("1", {"confidence": 0.4}),
            c=("1", {}),
            d=("1", OFFERED | {"confidence": 1.0}),
        )
    )
    found = item(items, "p1")
    assert (found["n_confidences"], found["confidence"]) == (2, pytest.approx(0.3))


def test_an_accuracy_is_shrunk_towards_the_mean_by_the_strength() -> None:
    decisions = table(a=("110", {}), b=("110", {}), c=("100", {}), d=("111", {}))
    mean, strength = fit_beta([4, 3, 1], [4, 4, 4])
    assert 0 < strength < float("inf")
    found = make_items(decisions)["accuracy_shrunk"].to_list()
    assert found == [pytest.approx((k + strength * mean) / (4 + strength)) for k in (4, 3, 1)]


def test_moments_are_as_computed_by_hand() -> None:
    # m = 1/2; sum n (p - m)^2 / (m (1 - m)) = 4 * (1/4 + 1/4) * 4 = 8 over k - 1 = 1 and
    # N - sum n^2 / N - (k - 1) = 8 - 4 - 1 = 3: rho = 7 / 3, which is above 1
    assert fit_beta([4, 0], [4, 4]) == (0.5, 0.0)
    # 4 * (1/16 + 1/16) * 4 = 2: rho = 1 / 3
    assert np.allclose(fit_beta([3, 1], [4, 4]), (0.5, 2.0))


def test_items_alike_are_shrunk_to_their_common_mean() -> None:
    assert fit_beta([2, 2, 2], [4, 4, 4]) == (0.5, float("inf"))
    assert fit_beta([1, 0, 1], [1, 1, 1])[1] == float("inf")  # none attempted twice


@pytest.mark.parametrize(("right", "mean"), [(0, 0.5 / 9), (4, 8.5 / 9)])
def test_where_all_or_nothing_is_right_no_accuracy_is_certain(right: int, mean: float) -> None:
    assert np.allclose(fit_beta([right, right], [4, 4]), (mean, float("inf")))


def test_items_without_attempts_teach_nothing() -> None:
    assert fit_beta([3, 0, 1], [4, 0, 4]) == fit_beta([3, 1], [4, 4])
    with pytest.raises(EstimateError, match="give items with attempts"):
        fit_beta([0], [0])


def test_the_fit_recovers_the_prior_that_made_the_data() -> None:
    rng = np.random.default_rng(5)
    fits = []
    for _ in range(200):
        attempts = rng.integers(5, 15, 100)
        fits.append(fit_beta(rng.binomial(attempts, rng.beta(0.8, 1.2, 100)), attempts))
    means = np.array([mean for mean, _ in fits])
    rhos = np.array([1 / (1 + strength) for _, strength in fits])
    assert abs(means.mean() - 0.4) < 4 * means.std() / 200**0.5
    # the plug-in m (1 - m) is too small by the variance of m, about 1 part in 150
    assert abs(rhos.mean() - 1 / 3) < 4 * rhos.std() / 200**0.5 + 1 / 3 / 150


@given(marks=st.lists(st.text("01BOMF", min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_shrunk_accuracy_lies_between_the_raw_one_and_the_others(marks: list[str]) -> None:
    exams: dict[str, tuple[str, dict[str, Any]]] = {
        f"e{i}": (text, {}) for i, text in enumerate(marks)
    }
    items = make_items(table(**exams)).drop_nulls("accuracy_raw")
    assert items["accuracy_shrunk"].null_count() == 0
    for raw, shrunk in items.select("accuracy_raw", "accuracy_shrunk").rows():
        assert 0 <= shrunk <= 1
        assert abs(shrunk - 0.5) <= max(abs(raw - 0.5), *abs(items["accuracy_raw"] - 0.5))
