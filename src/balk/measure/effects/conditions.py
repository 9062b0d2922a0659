"""What numbers are asked of: the exams of one subject under one condition."""

from collections.abc import Callable
from typing import Any

import polars as pl

from balk.estimates import clustered_ratio, scaled
from balk.records import Estimate

Number = Callable[[pl.DataFrame], Any]
"""From the exams of one condition, without failed ones, to an Estimate, a dict of them or None."""

CONDITION = ("arm", "penalty", "price", "protocol", "lifelines")
"""What makes a condition, in the order that sorts them."""


def came_back(exams: pl.DataFrame) -> pl.DataFrame:
    """Return the exams of which at least one call came back."""
    return exams.filter(pl.col("n_failed") < pl.col("n_questions"))


def n_decided() -> pl.Expr:
    """Return how many questions of an exam have a decision: attempt, skip or overdraft."""
    return pl.sum_horizontal("n_attempt", "n_skip", "n_overdraft")


def n_undecided() -> pl.Expr:
    """Return how many questions of an exam have no decision, whatever the reason."""
    return pl.col("n_questions") - n_decided()


def offered() -> pl.Expr:
    """Return how many lifelines can be used in an exam; null where none are mentioned."""
    cap = pl.min_horizontal("lifelines", "n_questions")
    return pl.when(pl.col("lifelines").is_not_null()).then(cap)


def mentions_lifelines(exams: pl.DataFrame) -> bool:
    """Return whether the condition mentions lifelines at all."""
    return exams["lifelines"].null_count() < exams.height


def per_question(
    exams: pl.DataFrame, top: pl.Expr, bottom: pl.Expr, most: float = 1.0
) -> Estimate | None:
    """Return counts `top` per count `bottom`, by exam, at most `most`; None where none counts."""
    counts = exams.select("exam_id", top=top, bottom=bottom)
    if counts["bottom"].sum() == 0:
        return None
    columns = counts["top"], counts["bottom"], counts["exam_id"]
    return clustered_ratio(*columns, within=(0.0, most))


def per_exam(exams: pl.DataFrame, top: pl.Expr, most: float) -> Estimate | None:
    """Return the mean count `top` an exam, of which one exam can have at most `most`."""
    length = mean_length(exams)
    rate = per_question(exams, top, pl.col("n_questions"), most / length)
    return None if rate is None else scaled(rate, length)


def mean_length(exams: pl.DataFrame) -> float:
    """Return the mean number of questions an exam."""
    return float(exams["n_questions"].sum() / exams.height)


def longest(exams: pl.DataFrame) -> float:
    """Return the largest number of questions in an exam."""
    return float(exams.select(pl.col("n_questions").max()).item())


def most_skips(exams: pl.DataFrame) -> float:
    """Return the largest number of lifelines that an exam of the condition lets one use."""
    return float(exams.select(offered().max()).item())
