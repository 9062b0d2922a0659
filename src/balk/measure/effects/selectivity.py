"""Which questions are skipped: do they fail more often, is the subject less sure of them.

Both yardsticks come from plain exams without lifelines, which are always other exams than the one
a question was skipped in: measured failure, 1 less the item's raw accuracy, and the confidence
stated there. They are measured in some ten exams an item and so blur what they stand for: the
AUCs are those of the yardsticks and lie closer to 1/2 than those of the true difficulty.

A question counts if it was at risk and decided. In batch the subject sees all questions before it
uses a lifeline, so all of them are at risk, those after the last lifeline too. Asked one by one, a
question is at risk if a lifeline was left when it was asked; without one, an attempt is no choice.
A lifeline asked for with none left (overdraft) is neither a skip nor an attempt.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from balk.estimates import clustered_mean
from balk.measure.effects.auc import within_exam_auc
from balk.measure.effects.codes import codes_of
from balk.measure.effects.conditions import CONDITION, came_back
from balk.records import Outcome

N_BINS = 5
"""Steps of the selectivity curve."""

SKIP = pl.col("outcome") == Outcome.SKIP
CHOICE = [Outcome.SKIP.value, Outcome.ATTEMPT.value]


def selectivity(
    exams: pl.DataFrame, decisions: pl.DataFrame, items: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return, for each condition with lifelines to use, how skips choose among questions.

    Returns
    -------
    list of dict
        - the columns of `CONDITION`;
        - ``n_questions``: ``asked`` in exams that came back, ``compared`` (at risk, and skipped or
          attempted), and why the rest is not: ``not_at_risk``, ``overdrafts``, ``undecided``;
        - ``n_unknown``: compared questions whose item has no measured ``failure`` or
          ``confidence``, and which that number therefore leaves out;
        - ``auc_failure``: chance that a skipped question fails more often than an attempted one of
          the same exam, ties counting half (Estimate, two-way); 1/2 if skips do not choose;
        - ``auc_confidence``: chance that it is one of less confidence;
        - ``curve``: skip rate by equal-count bins of items, from the least confident to the most
          (see `_curve`).
    """
    usable = came_back(exams).filter(pl.col("lifelines") > 0).sort(CONDITION, maintain_order=True)
    rows = _questions(decisions, items)
    return [
        {**own.select(CONDITION).row(0, named=True), **_numbers(rows, own)}
        for own in usable.partition_by(CONDITION, maintain_order=True)
    ]


def _questions(decisions: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return the questions with what plain exams of their protocol say about them."""
    known = items.select(
        "protocol",
        "puzzle_id",
        failure=1 - pl.col("accuracy_raw"),
        doubt=1 - pl.col("confidence"),
    )
    before = SKIP.cum_sum() - SKIP
    left = (pl.col("lifelines") - before).over("exam_id")
    at_risk = (pl.col("protocol") == "batch") | (left > 0)
    return decisions.with_columns(at_risk=at_risk, is_hit=SKIP).join(
        known, on=["protocol", "puzzle_id"], how="left", maintain_order="left"
    )


def _numbers(questions: pl.DataFrame, exams: pl.DataFrame) -> dict[str, Any]:
    asked = questions.filter(pl.col("exam_id").is_in(exams["exam_id"].to_list()))
    at_risk = asked.filter("at_risk")
    compared = at_risk.filter(pl.col("outcome").is_in(CHOICE))
    n_overdrafts = at_risk.filter(pl.col("outcome") == Outcome.OVERDRAFT).height
    return {
        "n_questions": {
            "asked": asked.height,
            "compared": compared.height,
            "not_at_risk": asked.height - at_risk.height,
            "overdrafts": n_overdrafts,
            "undecided": at_risk.height - compared.height - n_overdrafts,
        },
        "n_unknown": {
            "failure": compared["failure"].null_count(),
            "confidence": compared["doubt"].null_count(),
        },
        "auc_failure": _auc(compared, "failure"),
        "auc_confidence": _auc(compared, "doubt"),
        "curve": list(_curve(compared)),
    }


def _auc(compared: pl.DataFrame, score: str) -> object:
    known = compared.select("exam_id", "puzzle_id", "is_hit", score=score).drop_nulls("score")
    return within_exam_auc(known)


def _curve(compared: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield ``n_items``, their mean ``confidence``, and ``skip_rate`` (by exam) of each bin.

    Items of equal confidence are never split: a tie falls whole where its middle rank does, so
    bins may differ in size, and one without items is left out.
    """
    known = compared.drop_nulls("doubt")
    confidence, exams = 1 - known["doubt"].to_numpy(), codes_of(known["exam_id"])
    skipped = known["is_hit"].cast(pl.Float64).to_numpy()
    _, first, item = np.unique(codes_of(known["puzzle_id"]), return_index=True, return_inverse=True)
    stated = confidence[first]
    step = _fifths(stated)
    for number in np.unique(step):
        own = step[item] == number
        yield {
            "n_items": int((step == number).sum()),
            "confidence": float(stated[step == number].mean()),
            "skip_rate": clustered_mean(
                skipped[own], exams[own], within=(0.0, 1.0), unit="decisions"
            ),
        }


def _fifths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the number, from 0, of the equal-count bin that a value's middle rank falls into."""
    ranked = np.sort(values)
    middle = (np.searchsorted(ranked, values) + np.searchsorted(ranked, values, "right")) / 2
    return np.asarray(np.floor(middle / values.size * N_BINS))
