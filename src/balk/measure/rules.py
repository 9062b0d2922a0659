"""What must be true of a table of decisions, whether it is made or read."""

from collections.abc import Collection
from typing import get_args

import polars as pl

from balk.errors import TableError
from balk.measure.probes.advice import KINDS
from balk.measure.probes.reasons import REASONS
from balk.records import Interface, Outcome, Protocol

NEVER_NULL = (
    *("subject", "model", "interface", "arm", "price", "protocol", "feedback_shown", "form_id"),
    *("exam_id", "epoch", "position", "puzzle_id", "family", "level", "outcome", "key"),
)
"""Columns of the decisions without which a row says nothing."""


def _outside(column: str, low: float, high: float = float("inf")) -> pl.Expr:
    value = pl.col(column)
    return ~value.is_between(low, high) | (value.cast(pl.Float64).is_infinite())


def _other_than(column: str, known: Collection[str]) -> tuple[str, pl.Expr, str]:
    return column, ~pl.col(column).is_in(list(known)), f"one of {', '.join(known)}"


_RULES: tuple[tuple[str, pl.Expr, str], ...] = (
    _other_than("outcome", list(Outcome)),
    _other_than("protocol", get_args(Protocol)),
    _other_than("interface", get_args(Interface)),
    (
        "is_right",
        pl.col("is_right").is_not_null() & (pl.col("outcome") != Outcome.ATTEMPT),
        "null unless the outcome is A",
    ),
    _other_than("stated_reason", list(REASONS)),
    _other_than("follow_up_outcome", list(Outcome)),
    (
        "follow_up_is_right",
        pl.col("follow_up_is_right").is_not_null()
        & pl.col("follow_up_outcome").ne_missing(Outcome.ATTEMPT),
        "null unless the outcome of the follow-up is A",
    ),
    _other_than("advice", list(KINDS)),
    ("advised", _outside("advised", 0), "null or 0 or more"),
    ("position", _outside("position", 1), "1 or more"),
    ("epoch", _outside("epoch", 1), "1 or more"),
    ("lifelines", _outside("lifelines", 0), "null (never mentioned) or 0 or more"),
    ("lifelines_left", _outside("lifelines_left", 0), "null or 0 or more"),
    ("penalty", _outside("penalty", 0), "null (unstated) or 0 or more"),
    ("price", _outside("price", 0), "0 or more"),
    ("stem_chars", _outside("stem_chars", 1), "null (not told) or 1 or more"),
    ("confidence", _outside("confidence", 0, 1), "null or between 0 and 1"),
    ("p_skip", _outside("p_skip", 0, 1), "null or between 0 and 1"),
    ("difficulty", _outside("difficulty", 1, 10), "null or between 1 and 10"),
    *((name, pl.col(name).is_null(), "never null") for name in NEVER_NULL),
)
"""Column, what must not be true of it, and what is allowed. Arms have no rule: outside packages
may ask their own, and whoever reads the table counts those that it does not know."""


def check_decisions(frame: pl.DataFrame, shared: Collection[str]) -> None:
    """Refuse decisions that nothing may be concluded from; the order of rows has no effect.

    Parameters
    ----------
    frame : DataFrame
        With the columns of `balk.measure.decisions.DECISIONS`, all of their types.
    shared : collection of str
        Columns in which all rows of an exam agree.

    Raises
    ------
    TableError
        If a value is not allowed, a question of an exam occurs twice, the rows of an exam disagree
        on what it was, or it has more skips than lifelines.
    """
    _check_values(frame)
    _check_questions(frame)
    _check_heads(frame, shared)
    _check_budgets(frame)


def _check_values(frame: pl.DataFrame) -> None:
    broken = frame.select(
        bad.arg_true().first().alias(str(i)) for i, (_, bad, _) in enumerate(_RULES)
    ).row(0)
    for row, (name, bad, allowed) in zip(broken, _RULES, strict=True):
        if row is not None:
            where = frame.row(row, named=True)
            raise TableError(
                f"exam {where['exam_id']}, position {where['position']}: {name} is "
                f"{where[name]!r}; allowed: {allowed} "
                f"({frame.filter(bad).height} of {frame.height} rows break this)"
            )


def _check_questions(frame: pl.DataFrame) -> None:
    rows = frame.select("exam_id", "position")
    again = rows.filter(rows.is_duplicated())
    if not again.is_empty():
        exam, position = again.sort("exam_id", "position").row(0)
        n_rows = again.filter(exam_id=exam, position=position).height
        raise TableError(
            f"exam {exam} has {n_rows} rows of position {position}; "
            f"give one row a question ({_share(again, frame)} break this)"
        )


def _check_heads(frame: pl.DataFrame, shared: Collection[str]) -> None:
    heads = frame.select(shared).unique()
    mixed = heads.filter(pl.col("exam_id").is_duplicated())
    if not mixed.is_empty():
        exam = mixed.sort("exam_id")["exam_id"][0]
        versions = mixed.filter(exam_id=exam)
        differing = [name for name in shared if versions[name].n_unique() > 1]
        raise TableError(
            f"exam {exam} is given in {versions.height} versions: its rows differ in "
            f"{', '.join(differing)}; allowed: the same in all its rows, for {', '.join(shared)} "
            f"({_share(mixed, frame)} break this)"
        )


def _check_budgets(frame: pl.DataFrame) -> None:
    """Check, where all rows of an exam agree, that it has no more skips than lifelines."""
    skips = frame.filter(pl.col("outcome") == Outcome.SKIP).group_by("exam_id", "lifelines").len()
    over = skips.filter(pl.col("len") > pl.col("lifelines").fill_null(0)).sort("exam_id")
    if not over.is_empty():
        exam, lifelines, n_skips = over.row(0)
        told = "lifelines never mentioned" if lifelines is None else f"{lifelines} lifelines"
        raise TableError(
            f"exam {exam} has {n_skips} skips with {told}; allowed: at most {lifelines or 0}, "
            f"and outcome {Outcome.OVERDRAFT} for the rest ({_share(over, frame)} break this)"
        )


def _share(broken: pl.DataFrame, frame: pl.DataFrame) -> str:
    """Return how many exams of the table are among the broken."""
    return f"{broken['exam_id'].n_unique()} of {frame['exam_id'].n_unique()} exams"
