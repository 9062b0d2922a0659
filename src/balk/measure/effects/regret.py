"""Where skipping can pay, what the best use of lifelines would have earned beyond what was earned.

An attempt at a question that is got right with chance p earns ``p - (1 - p) * penalty``, a lifeline
``-price``. So the optimal policy spends its lifelines on the questions whose attempt is worth
least, as long as it is worth less than a lifeline costs (Chow 1970, doi:10.1109/TIT.1970.1054406).
It knows the whole exam before it begins: one by one, nobody does.

Accuracies are measured, and who picks the worst by noisy accuracies and counts with the same ones
picks bad luck, and overstates the optimum. So the plain exams of each puzzle are halved: one half
picks, the other counts, and the other way round. This earns what a policy of half the data earns,
which is at most the optimum. The two values therefore enclose the regret: by halves from below, by
all plain exams at once from above.
"""

from typing import Any

import polars as pl

from balk.estimates import scaled, two_way_mean
from balk.measure.effects.contrasts import Contrast, questions_per_exam
from balk.records import Estimate, Outcome

HALVES = ("first", "second")


def regret(contrast: Contrast) -> dict[str, Any] | None:
    """Return the points per exam that the optimal use of lifelines earns beyond those obtained.

    Questions on puzzles with fewer than two marked attempts in the exams without lifelines are
    left out of both sides, as are attempts that could not be marked; lifelines are all the
    optimal policy's even so. The optimal policy earns by accuracies, the subject what it earned.

    Returns
    -------
    dict or None
        None where a skip never pays: no penalty above the price is stated. Else

        - ``estimate``: value and lower end by halves, which understates; the upper end is that of
          ``overstated``, so that the interval holds for what lies between. By exam and puzzle;
        - ``overstated``: the value where all plain exams both pick and count;
        - ``optimal_skips_per_exam``: lifelines that the optimal policy of all plain exams uses;
        - ``n_questions``, ``n_unknown``: those counted, and those left out.
    """
    if contrast.penalty <= contrast.price:
        return None
    asked = contrast.offered.filter(pl.col("outcome") != Outcome.FAILED)
    joined = asked.join(_accuracies(contrast.plain), on="puzzle_id", maintain_order="left")
    rows = joined.with_columns(obtained=contrast.points()).drop_nulls("obtained")
    if rows.is_empty():
        return None
    whole = _optimal(contrast, "accuracy", "accuracy")
    crossed = [_optimal(contrast, *pair) for pair in (HALVES, HALVES[::-1])]
    low = _less_obtained(contrast, rows, (crossed[0] + crossed[1]) / 2)
    high = _less_obtained(contrast, rows, whole)
    skipped = rows.select(_is_skipped(contrast, "accuracy").sum()).item()
    return {
        "estimate": _enclosing(low, high),
        "overstated": high.value,
        "optimal_skips_per_exam": skipped / rows["exam_id"].n_unique(),
        "n_questions": rows.height,
        "n_unknown": asked.height - rows.height,
    }


def _accuracies(plain: pl.DataFrame) -> pl.DataFrame:
    """Return the accuracy of each puzzle, of all its attempts and of every other one."""
    marked = plain.drop_nulls("is_right").sort("puzzle_id", "exam_id")
    half = (pl.col("exam_id").rank("ordinal").over("puzzle_id") % 2) == 1
    right = pl.col("is_right").cast(pl.Float64)
    return (
        marked.with_columns(half=half)
        .group_by("puzzle_id", maintain_order=True)
        .agg(
            accuracy=right.mean(),
            first=right.filter(pl.col("half")).mean(),
            second=right.filter(~pl.col("half")).mean(),
        )
        .drop_nulls()
    )


def _attempt(contrast: Contrast, accuracy: str) -> pl.Expr:
    p_right = pl.col(accuracy)
    return p_right - contrast.penalty * (1 - p_right)


def _is_skipped(contrast: Contrast, accuracy: str) -> pl.Expr:
    """Return whether the optimal policy of an accuracy skips a question."""
    attempt = _attempt(contrast, accuracy)
    place = attempt.rank("ordinal").over("exam_id")
    return (attempt < -contrast.price) & (place <= pl.col("lifelines"))


def _optimal(contrast: Contrast, picked_by: str, counted_by: str) -> pl.Expr:
    """Return what a question earns under the policy of one accuracy, counted by another."""
    skipped = _is_skipped(contrast, picked_by)
    return pl.when(skipped).then(-contrast.price).otherwise(_attempt(contrast, counted_by))


def _less_obtained(contrast: Contrast, rows: pl.DataFrame, optimal: pl.Expr) -> Estimate:
    most = 1 + max(contrast.penalty, contrast.price)
    lost = two_way_mean(
        rows.select(optimal - pl.col("obtained")).to_series(),
        rows["exam_id"],
        rows["puzzle_id"],
        within=(-most, most),
        unit="decisions",
    )
    return scaled(lost, questions_per_exam(contrast.offered))


def _enclosing(low: Estimate, high: Estimate) -> Estimate:
    """Return the estimate by halves, with the upper end of the one that overstates."""
    return Estimate(
        value=low.value,
        low=low.low,
        high=max(low.high, high.high),
        n=low.n,
        n_clusters=low.n_clusters,
        method=f"{low.method}, by halves; upper end by all plain exams",
        level=low.level,
        unit=low.unit,
    )
