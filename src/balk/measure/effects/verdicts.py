"""What a verdict does to confidence: the next question after a right and after a wrong answer.

A question that is got right is one on which confidence ran high, so from it to the next confidence
falls by itself. The question judged is therefore left out, and the one after it is compared with
the one before it. Both are less the mean confidence that other exams of the condition state on the
same puzzle, so that a hard puzzle does not look like lost confidence. What is left in common after
right and after wrong (the drift of an exam over two questions) cancels in their difference.

The same numbers without feedback are the yardstick: no verdict was told, and a difference is not
an effect of one.
"""

from typing import Any

import numpy as np
import polars as pl

from balk.estimates import clustered_mean, clustered_ratio
from balk.measure.effects.codes import codes_of
from balk.measure.effects.conditions import CONDITION, came_back
from balk.records import Estimate

TOLD = (*CONDITION, "feedback_shown")

REACH = 2.0
"""Largest change of a confidence less its puzzle's mean."""


def confidence_after_verdict(
    exams: pl.DataFrame, decisions: pl.DataFrame, _items: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return the change of confidence across a right and across a wrong answer.

    Verdicts are the marks of attempts; feedback, where shown, is taken to tell them truly. A
    change needs a stated confidence on both neighbours of the judged question, each on a puzzle
    for which another exam of the condition states one too.

    Returns
    -------
    list of dict
        - the columns of `CONDITION`, and ``feedback_shown``;
        - ``n_judged``, marked attempts with a question before and after, and ``n_without_change``
          of these, where a confidence that is needed is missing;
        - ``after_right``, ``after_wrong``: mean change (Estimate, by exam);
        - ``difference``: after right less after wrong (Estimate, by exam).
    """
    ordered = came_back(exams).sort(TOLD, maintain_order=True)
    return [
        {**own.select(TOLD).row(0, named=True), **_numbers(decisions, own)}
        for own in ordered.partition_by(TOLD, maintain_order=True)
    ]


def _numbers(decisions: pl.DataFrame, exams: pl.DataFrame) -> dict[str, Any]:
    rows = decisions.filter(pl.col("exam_id").is_in(exams["exam_id"].to_list()))
    judged = _judged(rows)
    known = judged.drop_nulls("change")
    return {
        "n_judged": judged.height,
        "n_without_change": judged.height - known.height,
        "after_right": _mean(known.filter("is_right")),
        "after_wrong": _mean(known.filter(~pl.col("is_right"))),
        "difference": _difference(known),
    }


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Return marked attempts between two questions, with the change of confidence across them."""
    puzzle, exam, here = pl.col("puzzle_id"), pl.col("exam_id"), pl.col("position")
    stated, n = pl.col("confidence"), pl.col("confidence").count().over(puzzle)
    others = (stated.sum().over(puzzle) - stated) / (n - 1)
    own = rows.with_columns(excess=pl.when(n > 1).then(stated - others))
    is_between = (here.shift(1).over(exam) == here - 1) & (here.shift(-1).over(exam) == here + 1)
    excess = pl.col("excess")
    change = excess.shift(-1).over(exam) - excess.shift(1).over(exam)
    return own.with_columns(change=change, is_between=is_between).filter(
        pl.col("is_between") & pl.col("is_right").is_not_null()
    )


def _mean(known: pl.DataFrame) -> Estimate | None:
    if known.is_empty():
        return None
    return clustered_mean(
        known["change"], codes_of(known["exam_id"]), within=(-REACH, REACH), unit="judged questions"
    )


def _difference(known: pl.DataFrame) -> Estimate | None:
    """Return the slope of change on the verdict, which is the difference of the two means."""
    right = known["is_right"].cast(pl.Float64).to_numpy()
    if right.size == 0 or right.min() == right.max():
        return None
    x, y = (side - side.mean() for side in (right, known["change"].to_numpy()))
    # A product with x alone would let the exams' mean change enter the error.
    return clustered_ratio(
        x * y,
        np.square(x),
        codes_of(known["exam_id"]),
        within=(-2 * REACH, 2 * REACH),
        unit="judged questions",
    )
