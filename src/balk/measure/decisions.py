"""The one table: a row for every question of every exam, and its summary by exam."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from balk.errors import TableError, unknown
from balk.measure.probes.columns import EXAM_PROBES, QUESTION_PROBES
from balk.measure.probes.exams import followed_up, is_understood
from balk.measure.rules import check_decisions
from balk.records import Outcome

SCHEMA_VERSION = 2
"""Raised whenever a column changes its name, type or meaning."""

Kind = Literal["decisions", "exams", "items"]

EXAM: dict[str, pl.DataType] = {
    "subject": pl.String(),
    "model": pl.String(),
    "interface": pl.String(),
    "persona": pl.String(),
    "arm": pl.String(),
    "penalty": pl.Float64(),
    "price": pl.Float64(),
    "protocol": pl.String(),
    "lifelines": pl.Int16(),
    "feedback_shown": pl.Boolean(),
    "form_id": pl.String(),
    "exam_id": pl.String(),
    "epoch": pl.Int16(),
    "lock": pl.String(),
}
"""Columns that all decisions of an exam share (with those of `SOURCE`)."""

SOURCE: dict[str, pl.DataType] = {"log": pl.String(), "sample_uuid": pl.String()}
"""Where an exam's reply is kept: the log, relative to the table, and the sample in it."""

SHARED = (*EXAM, *SOURCE, *EXAM_PROBES)
"""Columns in which all rows of an exam agree."""

DECISIONS: dict[str, pl.DataType] = {
    **EXAM,
    "position": pl.Int16(),
    "puzzle_id": pl.String(),
    "family": pl.String(),
    "level": pl.Int8(),
    "stem_chars": pl.Int32(),
    "outcome": pl.String(),
    "reason": pl.String(),
    "answer": pl.String(),
    "key": pl.String(),
    "is_right": pl.Boolean(),
    "confidence": pl.Float64(),
    "difficulty": pl.Float64(),
    "lifelines_left": pl.Int16(),
    "used_token": pl.Boolean(),
    "p_skip": pl.Float64(),
    "provenance": pl.String(),
    "quote": pl.String(),
    "output_tokens": pl.Int32(),
    "finish_reason": pl.String(),
    **EXAM_PROBES,
    **QUESTION_PROBES,
    **SOURCE,
}
"""Columns of decisions.parquet, in order. `lifelines` is null where none were ever mentioned, and
`lock` where the study was not pre-registered."""

COUNTS: dict[str, str] = {f"n_{outcome.word}": outcome.value for outcome in Outcome}
"""Column of exams.parquet -> the outcome that it counts."""

EXAMS: dict[str, pl.DataType] = {
    **EXAM,
    "n_questions": pl.Int32(),
    **dict.fromkeys(COUNTS, pl.Int32()),
    "n_tokens": pl.Int32(),
    "n_right": pl.Int32(),
    "n_wrong": pl.Int32(),
    "points": pl.Float64(),
    "used_all": pl.Boolean(),
    "mean_confidence": pl.Float64(),
    "output_tokens": pl.Int64(),
    "outcomes": pl.String(),
    **EXAM_PROBES,
    "payoff_understood": pl.Boolean(),
    "stated_reasons": pl.List(pl.String()),
    "n_followed_up": pl.Int32(),
    "n_follow_up_right": pl.Int32(),
    **SOURCE,
}
"""Columns of exams.parquet, in order. An attempt that could not be marked is in neither
`n_right` nor `n_wrong`; `used_all` is null where no lifeline was offered. What probes came to is
null where they were not asked; `stated_reasons` has one for each lifeline used."""

ITEMS: dict[str, pl.DataType] = {
    "subject": pl.String(),
    "protocol": pl.String(),
    "puzzle_id": pl.String(),
    "family": pl.String(),
    "level": pl.Int8(),
    "n_exams": pl.Int32(),
    "n_attempts": pl.Int32(),
    "n_right": pl.Int32(),
    "n_skips": pl.Int32(),
    "n_baseline_exams": pl.Int32(),
    "n_baseline_attempts": pl.Int32(),
    "n_baseline_right": pl.Int32(),
    "accuracy_raw": pl.Float64(),
    "accuracy_shrunk": pl.Float64(),
    "n_confidences": pl.Int32(),
    "confidence": pl.Float64(),
}
"""Columns of items.parquet, in order; `balk.measure.items` says what they hold."""

SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "decisions": DECISIONS,
    "exams": EXAMS,
    "items": ITEMS,
}

ORDER = ("subject", "arm", "penalty", "price", "protocol", "lifelines", "exam_id", "position")
"""Columns that sort the table; no two rows agree in all of them."""

BASELINE_ARMS = ("none", "lifelines")
"""Arms whose text is the plain exam once no lifelines are mentioned."""

ITEM_ARMS = (*BASELINE_ARMS, "easy", "mixed", "choices")
"""Arms whose exams without lifelines are plain ones of other puzzles."""


def make_decisions(columns: Mapping[str, Sequence[object]]) -> pl.DataFrame:
    """Return the table, checked and in its total order.

    Parameters
    ----------
    columns : mapping of str to sequence
        The columns of `DECISIONS`, all of one length, in any order and with rows in any order.

    Raises
    ------
    TableError
        If a column is missing, unknown or of another type, a value is not allowed, a question of
        an exam occurs twice, an exam has more skips than lifelines, or its rows disagree on what
        it was.
    """
    frame = _typed(columns).sort(ORDER)
    check_decisions(frame, SHARED)
    return frame


def make_exams(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return one row an exam, with the columns of `EXAMS`, in the order of the table.

    `points` counts 1 for a right answer, minus the penalty for a wrong one (0 where unstated) and
    minus the price for a lifeline. Everything without a decision earns 0.
    """
    outcome, right, used = pl.col("outcome"), pl.col("is_right"), pl.col("used_token")
    exams = (
        decisions.sort(ORDER)
        .group_by("exam_id", maintain_order=True)
        .agg(
            pl.col(name for name in SHARED if name != "exam_id").first(),
            n_questions=pl.len(),
            **{name: (outcome == letter).sum() for name, letter in COUNTS.items()},
            n_tokens=pl.when(used.count() > 0).then(used.sum()),
            n_right=right.sum(),
            n_wrong=(~right).sum(),
            mean_confidence=exact_mean(pl.col("confidence")),
            output_tokens=pl.when(pl.col("output_tokens").count() > 0).then(_tokens()),
            outcomes=outcome.str.join(""),
            **followed_up(decisions),
        )
    )
    price, penalty = pl.col("price"), pl.col("penalty").fill_null(0)
    offered = pl.min_horizontal("lifelines", "n_questions")
    return exams.with_columns(
        points=pl.col("n_right") - penalty * pl.col("n_wrong") - price * pl.col("n_skip"),
        used_all=pl.when(pl.col("lifelines") > 0).then(pl.col("n_skip") >= offered),
        payoff_understood=is_understood(),
    ).select(pl.col(name).cast(dtype) for name, dtype in EXAMS.items())


def exact_mean(values: pl.Expr) -> pl.Expr:
    """Return a mean to 9 decimals whose last digit does not depend on the order of addition."""
    billionths = (values * 1e9).round().cast(pl.Int64)
    return pl.when(values.count() > 0).then(billionths.sum() / values.count() / 1e9)


def is_baseline() -> pl.Expr:
    """Return whether a row is of a plain exam without lifelines, where every contrast starts."""
    free = pl.col("penalty").fill_null(0) == 0
    return pl.col("lifelines").is_null() & pl.col("arm").is_in(ITEM_ARMS) & free


def _tokens() -> pl.Expr:
    """Return the tokens of an exam's replies; in batch every question states the one reply's."""
    tokens = pl.col("output_tokens").cast(pl.Int64)
    is_one_reply = (pl.col("protocol") == "batch").first()
    return pl.when(is_one_reply).then(tokens.max()).otherwise(tokens.sum())


def write_table(frame: pl.DataFrame, path: Path, kind: Kind) -> None:
    """Write a table to Parquet, whole or not at all; the same table gives the same bytes.

    Raises
    ------
    TableError
        If the frame does not have the columns of its kind.
    """
    if frame.schema != pl.Schema(SCHEMAS[kind]):
        raise TableError(
            f"{path}: not a table of {kind}; allowed columns: {', '.join(SCHEMAS[kind])}"
        )
    stamp = {"balk.schema_version": str(SCHEMA_VERSION), "balk.kind": kind}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.write_parquet(draft, metadata=stamp)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read_table(path: Path, kind: Kind | None = None) -> pl.DataFrame:
    """Return a table that `write_table` wrote.

    Parameters
    ----------
    path : Path
        A Parquet file.
    kind : {"decisions", "exams", "items"}, optional
        What it must hold; by default any of the three.

    Raises
    ------
    TableError
        If there is no such table, it is of another kind or schema version, or it holds decisions
        that `make_decisions` would refuse.
    """
    remedy = "write it again with: balk table LOGS --out DIR"
    try:
        stamp = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TableError(f"{path}: no table can be read ({error}); {remedy}") from error
    version, held = stamp.get("balk.schema_version"), stamp.get("balk.kind", "")
    if version != str(SCHEMA_VERSION):
        raise TableError(f"{path}: schema version {version}, allowed is {SCHEMA_VERSION}; {remedy}")
    if kind not in {None, held}:
        raise TableError(f"{path}: a table of {held}, not of {kind}; give {kind}.parquet")
    if frame.schema != pl.Schema(SCHEMAS.get(held, {})):
        raise TableError(f"{path}: columns are not those of {held!r}; {remedy}")
    if held == "decisions":
        _check_read(frame, path, remedy)
    return frame


def _check_read(frame: pl.DataFrame, path: Path, remedy: str) -> None:
    try:
        check_decisions(frame, SHARED)
    except TableError as error:
        raise TableError(f"{path}: {error}; mend the table, or {remedy}") from error


def _typed(columns: Mapping[str, Sequence[object]]) -> pl.DataFrame:
    for name in columns:
        if name not in DECISIONS:
            raise TableError(unknown("column", name, DECISIONS))
    missing = [name for name in DECISIONS if name not in columns]
    if missing:
        raise TableError(f"decisions lack {', '.join(missing)}; give every column of DECISIONS")
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise TableError(f"columns differ in length: {lengths}; give one value a row in each")
    return pl.DataFrame([_series(name, columns[name]) for name in DECISIONS])


def _series(name: str, values: Sequence[object]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=DECISIONS[name])
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        raise TableError(f"column {name} is not all {DECISIONS[name]} ({error})") from error
