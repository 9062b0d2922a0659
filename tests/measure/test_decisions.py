"""The table: what it refuses, its order, its bytes, and its summary by exam."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.errors import TableError
from balk.measure.decisions import (
    DECISIONS,
    EXAMS,
    Kind,
    make_decisions,
    make_exams,
    read_table,
    write_table,
)
from balk.measure.items import make_items

Columns = dict[str, list[Any]]

PLAIN: dict[str, Any] = dict.fromkeys(DECISIONS) | {
    "subject": "s",
    "model": "m",
    "interface": "chat",
    "arm": "lifelines",
    "penalty": 0.0,
    "price": 0.0,
    "protocol": "batch",
    "lifelines": 3,
    "feedback_shown": False,
    "form_id": "f0",
    "exam_id": "e0",
    "epoch": 1,
    "family": "tilings",
    "level": 5,
    "reason": "",
    "key": "7",
}


def exam(marks: str, **fields: object) -> list[dict[str, Any]]:
    """Rows of one exam: 1 right, 0 wrong, any other sign an outcome."""
    return [
        PLAIN
        | {"position": i, "puzzle_id": f"p{i}", "outcome": "A" if mark in "01" else mark}
        | {"is_right": mark == "1" if mark in "01" else None}
        | fields
        for i, mark in enumerate(marks, start=1)
    ]


def columns(*exams: list[dict[str, Any]]) -> Columns:
    rows = [row for rows in exams for row in rows]
    return {name: [row[name] for row in rows] for name in DECISIONS}


def table(*exams: list[dict[str, Any]]) -> pl.DataFrame:
    return make_decisions(columns(*exams))


def test_the_table_has_the_columns_of_its_schema_in_order() -> None:
    assert table(exam("10S")).schema == pl.Schema(DECISIONS)
    assert make_exams(table(exam("10S"))).schema == pl.Schema(EXAMS)


def test_rows_are_sorted_by_condition_then_exam_then_position() -> None:
    found = table(
        exam("10", exam_id="e2"),
        exam("10", exam_id="e3", lifelines=None),
        exam("10", exam_id="e1", arm="penalty", penalty=1.0),
        exam("10", exam_id="e0", lifelines=10),
    )
    assert found["exam_id"].to_list() == ["e3", "e3", "e2", "e2", "e0", "e0", "e1", "e1"]
    assert found["position"].to_list() == [1, 2] * 4


@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_rows_given_changes_nothing(seed: int) -> None:
    given_columns = columns(exam("10SB"), exam("0101", exam_id="e1"), exam("S", exam_id="e2"))
    order = np.random.default_rng(seed).permutation(9)
    shuffled = {name: [values[i] for i in order] for name, values in given_columns.items()}
    assert make_decisions(shuffled).equals(make_decisions(given_columns))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("outcome", "X", "outcome is 'X'; allowed: one of A, S, O"),
        ("outcome", None, "outcome is None; allowed: never null"),
        ("position", 0, "position is 0; allowed: 1 or more"),
        ("epoch", 0, "epoch is 0; allowed: 1 or more"),
        ("lifelines", -1, "lifelines is -1; allowed: null"),
        ("penalty", -0.5, "penalty is -0.5; allowed: null"),
        ("penalty", float("inf"), "penalty is inf; allowed: null"),
        ("price", float("nan"), "price is nan; allowed: 0 or more"),
        ("confidence", 70.0, "confidence is 70.0; allowed: null or between 0 and 1"),
        ("confidence", float("nan"), "confidence is nan; allowed"),
        ("difficulty", 11, "difficulty is 11.0; allowed: null or between 1 and 10"),
        ("p_skip", 1.5, "p_skip is 1.5; allowed"),
        ("subject", None, "subject is None; allowed: never null"),
        ("level", 500, "column level is not all Int8"),
        ("is_right", "yes", "column is_right is not all Boolean"),
        ("key", 7, "column key is not all String"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(column: str, value: object, message: str) -> None:
    with pytest.raises(TableError, match=message.replace("(", r"\(")):
        table(exam("1", **{column: value}))


def test_a_mark_belongs_to_an_attempt() -> None:
    with pytest.raises(TableError, match=r"position 2: is_right is False; allowed: null unless"):
        table(exam("1S", is_right=False))


def test_an_attempt_may_remain_unmarked() -> None:
    found = make_exams(table(exam("A1"))).row(0, named=True)
    assert (found["n_attempt"], found["n_right"], found["n_wrong"]) == (2, 1, 0)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda c: c.pop("quote"), "decisions lack quote"),
        (lambda c: c.update(outcom=["A", "A"]), "unknown column 'outcom'.*Did you mean 'outcome'"),
        (lambda c: c["quote"].pop(), "columns differ in length"),
        (lambda c: c.update(position=[1, 1]), "exam e0 has 2 rows of position 1"),
        (lambda c: c.update(form_id=["f0", "f1"]), "2 versions: its rows differ in form_id;"),
        (lambda c: c.update(sample_uuid=["a", "b"]), "exam e0 is given in 2 versions"),
        (lambda c: c.update(exam_id=["e0", None]), "exam_id is None; allowed: never null"),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(
    spoil: Callable[[Columns], object], message: str
) -> None:
    given_columns = columns(exam("10"))
    spoil(given_columns)
    with pytest.raises(TableError, match=message):
        make_decisions(given_columns)


def test_a_skip_beyond_the_lifelines_is_an_overdraft() -> None:
    with pytest.raises(TableError, match=r"exam e0 has 2 skips with 1 lifelines.*outcome O"):
        table(exam("1SS", lifelines=1))
    assert make_exams(table(exam("1SO", lifelines=1)))["n_overdraft"].item() == 1


def test_an_exam_counts_its_outcomes_and_keeps_them_in_order() -> None:
    found = make_exams(table(exam("10SOCBMURTF"))).row(0, named=True)
    assert found["outcomes"] == "AASOCBMURTF"
    assert found["n_questions"] == 11
    assert found["n_attempt"] == 2
    words = "skip overdraft conflict blank missing unparsed refusal truncated failed"
    assert [found[f"n_{word}"] for word in words.split()] == [1] * 9


@pytest.mark.parametrize(
    ("penalty", "price", "points"), [(0.0, 0.0, 2.0), (0.5, 0.25, 1.25), (None, 0.1, 1.9)]
)
def test_points_are_right_less_penalties_less_prices(
    penalty: float | None, price: float, points: float
) -> None:
    found = make_exams(table(exam("110SB", penalty=penalty, price=price)))
    assert found["points"].item() == pytest.approx(points)


@pytest.mark.parametrize(
    ("marks", "lifelines", "expected"),
    [
        ("1SS", 2, "all"),
        ("1SS", 3, "not all"),
        ("SSS", 20, "all"),
        ("111", 0, "none offered"),
        ("111", None, "none offered"),
    ],
)
def test_using_all_means_all_that_could_be_used(
    marks: str, lifelines: int | None, expected: str
) -> None:
    found = make_exams(table(exam(marks, lifelines=lifelines)))["used_all"].item()
    assert found is {"all": True, "not all": False, "none offered": None}[expected]


def test_what_nobody_stated_stays_null() -> None:
    found = make_exams(table(exam("10"))).row(0, named=True)
    assert found["mean_confidence"] is None
    assert found["output_tokens"] is None


def test_stated_confidences_are_averaged() -> None:
    rows = exam("101")
    for row, confidence in zip(rows, (0.1, None, 0.2), strict=True):
        row.update(confidence=confidence)
    assert make_exams(table(rows))["mean_confidence"].item() == pytest.approx(0.15)


@pytest.mark.parametrize(("protocol", "total"), [("realtime", 12), ("batch", 7)])
def test_the_tokens_of_one_reply_are_counted_once(protocol: str, total: int) -> None:
    rows = exam("101")
    for row, tokens in zip(rows, (5, 7, None), strict=True):
        row.update(output_tokens=tokens, protocol=protocol)
    assert make_exams(table(rows))["output_tokens"].item() == total


def test_exams_stand_in_the_order_of_the_table() -> None:
    decisions = table(exam("1", exam_id="e2"), exam("1", exam_id="e1", arm="penalty"))
    shuffled = decisions.reverse()
    assert make_exams(shuffled)["exam_id"].to_list() == ["e2", "e1"]


def tables() -> dict[Kind, pl.DataFrame]:
    decisions = table(exam("10S"), exam("01B", exam_id="e1", lifelines=None))
    return {
        "decisions": decisions,
        "exams": make_exams(decisions),
        "items": make_items(decisions),
    }


@pytest.mark.parametrize("kind", ["decisions", "exams", "items"])
def test_a_table_reads_back_as_it_was_written(kind: Kind, tmp_path: Path) -> None:
    frame, path = tables()[kind], tmp_path / f"{kind}.parquet"
    write_table(frame, path, kind)
    assert read_table(path, kind).equals(frame)
    assert read_table(path).schema == frame.schema


def test_the_same_table_gives_the_same_bytes_and_leaves_no_draft(tmp_path: Path) -> None:
    for name in ("one.parquet", "two.parquet"):
        write_table(tables()["decisions"], tmp_path / name, "decisions")
    one, two = sorted(tmp_path.iterdir())
    assert one.read_bytes() == two.read_bytes()


def test_a_write_that_fails_leaves_the_old_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "decisions.parquet"
    write_table(tables()["decisions"], path, "decisions")
    before = path.read_bytes()

    def fail(_: pl.DataFrame, file: Path, **__: object) -> None:
        file.write_bytes(b"half a ta")
        raise OSError

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fail)
    with pytest.raises(OSError):  # noqa: PT011 (raised by the test itself)
        write_table(tables()["decisions"], path, "decisions")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["decisions.parquet"]


def test_a_frame_of_another_kind_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="not a table of exams"):
        write_table(tables()["items"], tmp_path / "exams.parquet", "exams")


def test_a_table_of_another_kind_is_not_read_as_this_one(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    write_table(tables()["items"], path, "items")
    with pytest.raises(TableError, match="a table of items, not of exams"):
        read_table(path, "exams")


@pytest.mark.parametrize(
    ("stamp", "message"),
    [
        ({}, "schema version None, allowed is 2"),
        ({"balk.schema_version": "0", "balk.kind": "decisions"}, "schema version 0, allowed is 2"),
        ({"balk.schema_version": "2", "balk.kind": "decisions"}, "columns are not those of"),
        ({"balk.schema_version": "2", "balk.kind": "poems"}, "columns are not those of 'poems'"),
    ],
)
def test_a_table_of_other_make_is_refused_with_the_remedy(
    stamp: dict[str, str], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "decisions.parquet"
    tables()["decisions"].drop("quote").write_parquet(path, metadata=stamp)
    with pytest.raises(TableError, match=f"{message}.*balk table LOGS"):
        read_table(path)


@pytest.mark.parametrize("content", [None, b"", b"not a table"])
def test_a_file_that_is_no_table_is_refused_with_the_remedy(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "decisions.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TableError, match=r"(?s)no table can be read.*balk table LOGS"):
        read_table(path)
