"""answer_key.parquet: one row for every puzzle, key and stage."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from balk.errors import TableError, unknown
from balk.measure.mark import is_right
from balk.records import Marking

SCHEMA_VERSION = 1
"""Raised whenever a column changes its name, type or meaning."""
KIND = "answer_key"

CONDITION: dict[str, pl.DataType] = {
    "subject": pl.String(),
    "stage": pl.String(),
    "form": pl.String(),
    "key_type": pl.String(),
    "chosen": pl.String(),
    "framing": pl.String(),
    "layout": pl.String(),
}
"""What was asked of whom."""

COLUMNS: dict[str, pl.DataType] = {
    **CONDITION,
    "batch": pl.Int32(),
    "exam_id": pl.String(),
    "position": pl.Int16(),
    "puzzle_id": pl.String(),
    "family": pl.String(),
    "level": pl.Int8(),
    "marking": pl.String(),
    "key": pl.String(),
    "shown": pl.String(),
    "style": pl.String(),
    "is_shown_true": pl.Boolean(),
    "outcome": pl.String(),
    "reason": pl.String(),
    "answer": pl.String(),
    "is_right": pl.Boolean(),
    "agrees": pl.Boolean(),
    "alone_right": pl.Boolean(),
    "alone_agrees": pl.Boolean(),
    "said_right": pl.Boolean(),
    "claimed": pl.Int16(),
    "working": pl.String(),
    "graded": pl.String(),
    "quote": pl.String(),
    "log": pl.String(),
    "sample_uuid": pl.String(),
}
"""Columns of answer_key.parquet, in order; docs/answer_key.md says what they hold."""

READ = tuple(name for name in COLUMNS if name not in {"agrees", "alone_right", "alone_agrees"})
"""Columns that are read from logs; the others are joined here."""

ORDER = (*CONDITION, "batch", "position", "exam_id")


def make_answer_key(columns: Mapping[str, Sequence[object]]) -> pl.DataFrame:
    """Return the table: what was read, with what each subject answered alone beside it.

    Parameters
    ----------
    columns : mapping of str to sequence
        The columns of `READ`, one value a row.

    Raises
    ------
    TableError
        If a column is missing or unknown, or a question of an exam occurs twice.
    """
    for name in columns:
        if name not in READ:
            raise TableError(unknown("column", name, READ))
    missing = [name for name in READ if name not in columns]
    if missing:
        raise TableError(f"rows lack {', '.join(missing)}; give every column of READ")
    frame = pl.DataFrame({name: pl.Series(columns[name], dtype=COLUMNS[name]) for name in READ})
    if frame.select(*CONDITION, "exam_id", "puzzle_id").is_duplicated().any():
        raise TableError("a puzzle occurs twice in a conversation; read each log once")
    joined = frame.join(
        _alone(frame), on=["subject", "puzzle_id"], how="left", maintain_order="left"
    )
    marks = {
        "agrees": _marks(joined, "answer"),
        "alone_agrees": _marks(joined, "alone_answer"),
    }
    whole = joined.with_columns(
        pl.Series(name, values, dtype=pl.Boolean()) for name, values in marks.items()
    )
    return whole.select(list(COLUMNS)).sort(ORDER)


def _alone(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what each subject answered to each puzzle before it saw any key."""
    return (
        frame.filter(pl.col("stage") == "knowledge")
        .unique(["subject", "puzzle_id"], keep="first", maintain_order=True)
        .select(
            "subject",
            "puzzle_id",
            alone_answer=pl.col("answer"),
            alone_right=pl.col("is_right").fill_null(value=False),
        )
    )


def _marks(frame: pl.DataFrame, column: str) -> list[bool | None]:
    """Return whether answers agree with what is shown; an answer that is not there does not."""
    rows = frame.select(column, "shown", "marking").iter_rows()
    return [
        None if shown is None else agrees(answer, shown, marking) for answer, shown, marking in rows
    ]


def agrees(answer: str | None, shown: str, marking: Marking) -> bool | None:
    """Return whether an answer is the one shown, by the puzzle's marking rule.

    Where several answers are right, the one shown is meant alone.
    """
    if answer is None:
        return False
    return is_right(answer, shown, "word" if marking == "any_of" else marking)


def write_answer_key(frame: pl.DataFrame, path: Path) -> None:
    """Write the table whole or not at all; the same table gives the same bytes."""
    if frame.schema != pl.Schema(COLUMNS):
        raise TableError(f"{path}: not a table of the answer-key experiment; use make_answer_key")
    stamp = {"balk.schema_version": str(SCHEMA_VERSION), "balk.kind": KIND}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.write_parquet(draft, metadata=stamp)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read_answer_key(path: Path) -> pl.DataFrame:
    """Return a table that `write_answer_key` wrote.

    Raises
    ------
    TableError
        If there is none, or it is of another kind or version.
    """
    try:
        stamp, frame = pl.read_parquet_metadata(path), pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TableError(f"{path}: no table can be read ({error}); run balk answer-key") from error
    held = stamp.get("balk.kind"), stamp.get("balk.schema_version")
    if held != (KIND, str(SCHEMA_VERSION)) or frame.schema != pl.Schema(COLUMNS):
        raise TableError(
            f"{path}: holds {held[0]} of version {held[1]}, not {KIND} of version "
            f"{SCHEMA_VERSION}; run balk answer-key again with the same --out"
        )
    return frame
