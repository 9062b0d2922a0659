"""What the decisions earned."""

import polars as pl

from balk.estimates import clustered_mean
from balk.measure.effects.conditions import longest, per_question
from balk.records import Estimate


def accuracy(exams: pl.DataFrame) -> Estimate | None:
    """Return the share of attempts that are right, of those that could be marked."""
    right, wrong = pl.col("n_right"), pl.col("n_wrong")
    return per_question(exams, right, right + wrong)


def points_per_exam(exams: pl.DataFrame) -> Estimate:
    """Return the mean score; a question without a decision earns nothing."""
    cost = pl.max_horizontal(pl.col("penalty").fill_null(0), "price")
    dearest = float(exams.select(cost.max()).item())
    within = (-dearest * longest(exams), longest(exams))
    return clustered_mean(exams["points"], exams["exam_id"], within=within)
