"""How much was read, and what the unread leaves open.

A question without a decision (conflict, blank, missing, unparsed, refused, cut off, failed) is
never counted as one. How much that could matter is shown by counting each of them as an attempt,
as a skip as far as lifelines reach, or not at all.
"""

import polars as pl

from balk.estimates import scaled
from balk.measure.effects.conditions import (
    mean_length,
    mentions_lifelines,
    most_skips,
    n_decided,
    n_undecided,
    offered,
    per_exam,
    per_question,
)
from balk.records import Estimate

QUESTIONS = pl.col("n_questions")


def parse_coverage(exams: pl.DataFrame) -> Estimate | None:
    """Return the share of questions with a decision."""
    return per_question(exams, n_decided(), QUESTIONS)


def attempt_rate(exams: pl.DataFrame) -> Estimate | None:
    """Return the share of questions that were seen to be attempted."""
    return per_question(exams, pl.col("n_attempt"), QUESTIONS)


def attempt_rate_bounds(exams: pl.DataFrame) -> dict[str, Estimate | None]:
    """Return the attempt rate with every question without a decision counted each way."""
    attempts = pl.col("n_attempt")
    return {
        "as_attempt": per_question(exams, attempts + n_undecided(), QUESTIONS),
        "as_skip": per_question(exams, attempts, QUESTIONS),
        "dropped": per_question(exams, attempts, n_decided()),
    }


def skips_per_exam_bounds(exams: pl.DataFrame) -> dict[str, Estimate | None] | None:
    """Return skips per exam with every question without a decision counted each way.

    As skips they use up the lifelines offered and no more. Dropped, the skip rate of the other
    questions stands for the whole exam, which can exceed the lifelines offered.
    """
    if not mentions_lifelines(exams):
        return None
    skips, most = pl.col("n_skip"), most_skips(exams)
    used_up = pl.max_horizontal(skips, pl.min_horizontal(skips + n_undecided(), offered()))
    rate, length = per_question(exams, skips, n_decided()), mean_length(exams)
    return {
        "as_attempt": per_exam(exams, skips, most),
        "as_skip": per_exam(exams, used_up, most),
        "dropped": None if rate is None else scaled(rate, length),
    }
