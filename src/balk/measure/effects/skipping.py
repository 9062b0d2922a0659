"""How often lifelines are used: in how many exams, on how many questions, beyond the budget."""

import polars as pl

from balk.estimates import share
from balk.measure.effects.conditions import longest, mentions_lifelines, most_skips, per_exam
from balk.records import Estimate


def skips_per_exam(exams: pl.DataFrame) -> Estimate | None:
    """Return the mean number of skips that were read; None where no lifeline is mentioned."""
    if not mentions_lifelines(exams):
        return None
    return per_exam(exams, pl.col("n_skip"), most_skips(exams))


def share_with_skip(exams: pl.DataFrame) -> Estimate | None:
    """Return the share of exams with a skip, with its exact interval."""
    if not mentions_lifelines(exams):
        return None
    return share(exams["n_skip"] > 0, exams["exam_id"])


def share_using_all(exams: pl.DataFrame) -> Estimate | None:
    """Return the share of exams that use every lifeline; None where none is offered."""
    rows = exams.drop_nulls("used_all")
    return None if rows.is_empty() else share(rows["used_all"], rows["exam_id"])


def overdrafts_per_exam(exams: pl.DataFrame) -> Estimate | None:
    """Return the mean number of lifelines asked for with none left."""
    if not mentions_lifelines(exams):
        return None
    return per_exam(exams, pl.col("n_overdraft"), longest(exams))


def tokens_per_exam(exams: pl.DataFrame) -> Estimate | None:
    """Return the mean number of inert tokens used; None where none was offered or told of."""
    rows = exams.drop_nulls("n_tokens")
    return None if rows.is_empty() else per_exam(rows, pl.col("n_tokens"), longest(rows))
