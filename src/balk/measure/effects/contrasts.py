"""A condition with lifelines against plain exams without, question by question.

Both sides answered the same forms, so each question of an exam is paired with the same question
of the exam on the same form and epoch. Exams and puzzles are both samples: intervals are two-way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from balk.estimates import paired_mean, scaled
from balk.records import Estimate, Outcome

QUESTION = ("form_id", "epoch", "repeat", "position", "puzzle_id")
"""What a question of one side has in common with its partner on the other."""

UNDECIDED = [outcome for outcome in Outcome if not outcome.is_decision]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two sets of decisions of one subject in one protocol.

    Attributes
    ----------
    plain, offered : DataFrame
        Decisions of the exams without lifelines and of the condition that offers them.
    items : DataFrame
        The subject's items in this protocol.
    penalty, price : float
        Payoffs of the condition, by which both sides are marked.
    """

    plain: pl.DataFrame
    offered: pl.DataFrame
    items: pl.DataFrame
    penalty: float
    price: float

    def pairs(self) -> pl.DataFrame:
        """Return one row a question that came back on both sides.

        Columns end in ``_plain`` and ``_offered``: outcome, is_right and points; `exam` and
        `puzzle_id` are what the pairs are clustered by.
        """
        plain, offered = (self._side(side) for side in (self.plain, self.offered))
        joined = plain.join(offered, on=QUESTION, suffix="_offered", maintain_order="left")
        own = {name: f"{name}_plain" for name in ("outcome", "is_right", "points")}
        exam = pl.concat_str("form_id", "epoch", "repeat", separator=" ")
        return joined.rename(own).with_columns(exam=exam)

    def _side(self, decisions: pl.DataFrame) -> pl.DataFrame:
        """Return the questions that came back, numbering exams that repeat a form and epoch."""
        repeat = pl.col("exam_id").rank("dense").over("form_id", "epoch")
        rows = decisions.with_columns(repeat=repeat, points=self.points())
        columns = (*QUESTION, "outcome", "is_right", "points")
        return rows.filter(pl.col("outcome") != Outcome.FAILED).select(columns)

    def points(self) -> pl.Expr:
        """Return what a decision earns; null for an attempt that could not be marked."""
        outcome, right = pl.col("outcome"), pl.col("is_right")
        marked = pl.when(right).then(1.0).when(~right).then(-self.penalty)
        lifeline = pl.when(outcome == Outcome.SKIP).then(-self.price).otherwise(0.0)
        return pl.when(outcome == Outcome.ATTEMPT).then(marked).otherwise(lifeline)


ContrastNumber = Callable[[Contrast], Any]
"""From a contrast to an Estimate, a dict of numbers or None."""


def net_points_given_away(contrast: Contrast) -> Estimate | None:
    """Return points per exam without lifelines less points with: the primary estimand.

    A question without a decision earns nothing on either side, as in the exam.
    """
    return _points_lost(contrast, contrast.pairs())


def net_points_given_away_dropped(contrast: Contrast) -> Estimate | None:
    """Return the same from those questions alone that have a decision on both sides."""
    unread = pl.any_horizontal(pl.col("outcome_plain", "outcome_offered").is_in(UNDECIDED))
    return _points_lost(contrast, contrast.pairs().filter(~unread))


def accuracy_change_on_common(contrast: Contrast) -> dict[str, Any]:
    """Return accuracies on questions that both sides attempted, and offered less plain.

    Skipping may free effort for other questions: then this difference is above 0.
    """
    plain, offered = "is_right_plain", "is_right_offered"
    both = contrast.pairs().drop_nulls([plain, offered])
    if both.is_empty():
        return {"plain": None, "offered": None, "change": None}
    change = paired_mean(
        *(both[name] for name in (offered, plain, "exam", "puzzle_id")),
        within=(-1.0, 1.0),
        unit="pairs of attempts",
    )
    return {"plain": both[plain].mean(), "offered": both[offered].mean(), "change": change}


def n_pairs(contrast: Contrast) -> dict[str, int]:
    """Return how many exams and questions are paired."""
    pairs = contrast.pairs()
    return {"n_exams": pairs["exam"].n_unique(), "n_questions": pairs.height}


def _points_lost(contrast: Contrast, pairs: pl.DataFrame) -> Estimate | None:
    marked = pairs.drop_nulls(["points_plain", "points_offered"])
    if marked.is_empty():
        return None
    columns = (marked[name] for name in ("points_plain", "points_offered", "exam", "puzzle_id"))
    most = 1 + max(contrast.penalty, contrast.price)
    lost = paired_mean(*columns, within=(-most, most), unit="pairs of decisions")
    return scaled(lost, questions_per_exam(contrast.offered))


def questions_per_exam(decisions: pl.DataFrame) -> float:
    """Return the mean number of questions an exam."""
    return decisions.height / decisions["exam_id"].n_unique()
