"""A table of decisions that somebody has edited is refused before a number is made of it."""

from pathlib import Path

import polars as pl
import pytest

from balk.errors import TableError
from balk.measure.decisions import DECISIONS, read_table, write_table
from balk.measure.probes.reasons import REASONS
from measure_tables import OFFERED, exam, table


def unedited() -> pl.DataFrame:
    return table(
        exam("10", 0, exam_id="a"),
        exam("1S0", 0, exam_id="b", **OFFERED),
        exam("0S1S", 1, exam_id="c", **OFFERED),
    )


def put(column: str, value: object, rows: pl.Expr) -> pl.DataFrame:
    """The table with another value in some rows of a column."""
    there = pl.when(rows).then(pl.lit(value, DECISIONS[column]))
    return unedited().with_columns(there.otherwise(pl.col(column)).alias(column))


def message(edited: pl.DataFrame, tmp_path: Path) -> str:
    path = tmp_path / "decisions.parquet"
    write_table(edited, path, "decisions")
    with pytest.raises(TableError) as found:
        read_table(path, "decisions")
    assert str(found.value).startswith(f"{path}: exam ")
    assert str(found.value).endswith(
        "mend the table, or write it again with: balk table LOGS --out DIR"
    )
    return str(found.value)


IN_B = pl.col("exam_id") == "b"
FIRST_OF_B = IN_B & (pl.col("position") == 1)


def test_a_table_that_nobody_edited_is_read_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "decisions.parquet"
    shuffled = unedited().sample(fraction=1, shuffle=True, seed=1)
    write_table(shuffled, path, "decisions")
    assert read_table(path).equals(shuffled)


@pytest.mark.parametrize(
    "column",
    ["subject", "protocol", "arm", "price", "feedback_shown", "exam_id", "puzzle_id", "outcome"],
)
def test_what_every_row_needs_is_never_null(column: str, tmp_path: Path) -> None:
    found = message(put(column, None, IN_B), tmp_path)
    assert f"{column} is None; allowed: never null (3 of 9 rows break this)" in found


def test_a_position_is_never_null(tmp_path: Path) -> None:
    found = message(put("position", None, FIRST_OF_B), tmp_path)
    assert "exam b, position None: position is None; allowed: never null (1 of 9 rows" in found


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("outcome", "skip", "one of A, S, O, C, B, M, U, R, T, F"),
        ("protocol", "oral", "one of batch, realtime, isolated"),
        ("interface", "phone", "one of chat, completion"),
        ("penalty", float("nan"), "null (unstated) or 0 or more"),
        ("penalty", float("inf"), "null (unstated) or 0 or more"),
        ("penalty", -0.5, "null (unstated) or 0 or more"),
        ("price", float("nan"), "0 or more"),
        ("lifelines", -1, "null (never mentioned) or 0 or more"),
        ("position", 0, "1 or more"),
        ("confidence", 1.5, "null or between 0 and 1"),
        ("confidence", float("nan"), "null or between 0 and 1"),
        ("stem_chars", 0, "null (not told) or 1 or more"),
        ("stated_reason", "boredom", f"one of {', '.join(REASONS)}"),
        ("follow_up_outcome", "right", "one of A, S, O, C, B, M, U, R, T, F"),
        ("follow_up_is_right", True, "null unless the outcome of the follow-up is A"),
        ("advice", "many", "one of none, some, all, number, unread"),
        ("advised", -1, "null or 0 or more"),
    ],
)
def test_a_value_that_is_not_allowed_is_told_with_its_exam(
    column: str, value: object, allowed: str, tmp_path: Path
) -> None:
    found = message(put(column, value, FIRST_OF_B), tmp_path)
    assert "exam b, position" in found
    assert f"{column} is {value!r}; allowed: {allowed} (1 of 9 rows break this)" in found


def test_two_rows_of_one_question_are_refused_even_where_they_disagree(tmp_path: Path) -> None:
    first, other = unedited(), put("outcome", "U", FIRST_OF_B).filter(FIRST_OF_B)
    edited = pl.concat([first, other.with_columns(is_right=pl.lit(None, pl.Boolean))])
    found = message(edited, tmp_path)
    assert "exam b has 2 rows of position 1; give one row a question (1 of 3 exams" in found


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "t"),
        ("protocol", "realtime"),
        ("arm", "penalty"),
        ("penalty", 0.5),
        ("price", 0.25),
        ("lifelines", 3),
        ("lifelines", None),
        ("feedback_shown", True),
    ],
)
def test_what_an_exam_was_is_the_same_in_all_its_rows(
    column: str, value: object, tmp_path: Path
) -> None:
    found = message(put(column, value, FIRST_OF_B), tmp_path)
    assert f"exam b is given in 2 versions: its rows differ in {column}; allowed: " in found
    assert "(1 of 3 exams break this)" in found


def test_exams_merged_under_one_name_are_refused(tmp_path: Path) -> None:
    found = message(unedited().with_columns(exam_id=pl.lit("x")), tmp_path)
    assert "exam x has 3 rows of position 1" in found


@pytest.mark.parametrize(
    ("lifelines", "told"),
    [
        (1, "exam c has 2 skips with 1 lifelines; allowed: at most 1, and outcome O for the rest"),
        (None, "exam c has 2 skips with lifelines never mentioned; allowed: at most 0"),
    ],
)
def test_no_exam_has_more_skips_than_lifelines(
    lifelines: int | None, told: str, tmp_path: Path
) -> None:
    assert told in message(put("lifelines", lifelines, pl.col("exam_id") == "c"), tmp_path)


def test_an_arm_that_another_package_adds_is_read(tmp_path: Path) -> None:
    edited = put("arm", "stakes", IN_B)
    write_table(edited, tmp_path / "decisions.parquet", "decisions")
    assert "stakes" in set(read_table(tmp_path / "decisions.parquet")["arm"])
