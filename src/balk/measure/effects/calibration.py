"""Does stated confidence match what is right? In plain exams, and on what is attempted elsewhere.

Where lifelines are offered the attempts are chosen, so only exams without lifelines tell how well
a subject knows itself; the others tell how the questions that it kept turned out.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from balk.estimates import clustered_mean, two_way_mean
from balk.measure.effects.auc import within_exam_auc
from balk.measure.effects.codes import codes_of
from balk.measure.effects.conditions import CONDITION, came_back
from balk.records import Estimate, Outcome

N_BINS = 10
"""Bins of the reliability table, each a tenth wide; the last holds 1."""


def calibration(
    exams: pl.DataFrame, decisions: pl.DataFrame, _items: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return, for each condition, how stated confidence compares with being right.

    Returns
    -------
    list of dict
        - the columns of `CONDITION`;
        - ``n_attempts``, and of these ``n_unmarked`` and ``n_without_confidence`` (marked, but no
          confidence was stated), which the numbers leave out;
        - ``overconfidence``: mean confidence less accuracy (Estimate, two-way);
        - ``brier``: mean squared distance of confidence from 1 or 0 (Estimate, two-way); 0.25 for
          who always says 50 %;
        - ``auc``: chance that a right answer was stated with more confidence than a wrong one of
          the same exam, ties counting half (Estimate, two-way);
        - ``table``: for each tenth of confidence that was stated, ``from``, ``to``, ``n``, the
          mean ``confidence`` and the ``accuracy`` (Estimate, by exam).
    """
    ordered = came_back(exams).sort(CONDITION, maintain_order=True)
    attempts = decisions.filter(pl.col("outcome") == Outcome.ATTEMPT)
    return [
        {
            **own.select(CONDITION).row(0, named=True),
            **_numbers(attempts.filter(pl.col("exam_id").is_in(own["exam_id"].to_list()))),
        }
        for own in ordered.partition_by(CONDITION, maintain_order=True)
    ]


def _numbers(attempts: pl.DataFrame) -> dict[str, Any]:
    marked = attempts.drop_nulls("is_right")
    rows = marked.drop_nulls("confidence")
    right = pl.col("is_right").cast(pl.Float64)
    scored = rows.select(
        "exam_id",
        "puzzle_id",
        score="confidence",
        is_hit="is_right",
        excess=pl.col("confidence") - right,
        squared=(pl.col("confidence") - right) ** 2,
    )
    return {
        "n_attempts": attempts.height,
        "n_unmarked": attempts.height - marked.height,
        "n_without_confidence": marked.height - rows.height,
        "overconfidence": _mean(scored, "excess", -1.0),
        "brier": _mean(scored, "squared", 0.0),
        "auc": within_exam_auc(scored),
        "table": list(_table(scored)),
    }


def _mean(scored: pl.DataFrame, name: str, least: float) -> Estimate | None:
    if scored.is_empty():
        return None
    clusters = (codes_of(scored[column]) for column in ("exam_id", "puzzle_id"))
    return two_way_mean(scored[name], *clusters, within=(least, 1.0), unit="attempts")


def _table(scored: pl.DataFrame) -> Iterator[dict[str, Any]]:
    confidence, exams = scored["score"].to_numpy(), codes_of(scored["exam_id"])
    right = scored["is_hit"].cast(pl.Float64).to_numpy()
    tenths = np.clip(np.floor(np.round(confidence * N_BINS, 9)), 0, N_BINS - 1)
    for tenth in np.unique(tenths).tolist():
        own = tenths == tenth
        yield {
            "from": tenth / N_BINS,
            "to": (tenth + 1) / N_BINS,
            "n": int(own.sum()),
            "confidence": float(confidence[own].mean()),
            "accuracy": clustered_mean(right[own], exams[own], within=(0.0, 1.0), unit="attempts"),
        }
