"""How stated confidence moves along an exam, and how far it differs from the same exam in batch.

Puzzles differ in difficulty and exams in mood, so a confidence is compared with those on the same
puzzle and those of the same exam: the slope is that of the question's number beside an effect of
each exam and each puzzle. It needs puzzles that come early in one exam and late in another.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from balk.estimates import clustered_ratio, paired_mean
from balk.measure.effects.codes import Codes, codes_of
from balk.measure.effects.conditions import CONDITION, came_back
from balk.measure.effects.contrasts import QUESTION
from balk.records import Estimate

Floats = NDArray[np.float64]

PAYOFFS = ("arm", "penalty", "price", "lifelines")
"""What two protocols of a comparison have in common."""

PRECISION = 1e-10
"""Of residuals, in questions or units of confidence."""

MOST_ROUNDS = 1_000


def confidence_course(
    exams: pl.DataFrame, decisions: pl.DataFrame, _items: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return how confidence moves from question to question under each condition.

    Every stated confidence counts, whatever was decided.

    Returns
    -------
    list of dict
        - the columns of `CONDITION`, ``n_exams`` and ``n_confidences`` stated in them;
        - ``slope_per_question``: change of confidence a question, on the same puzzle and within
          the exam (Estimate, by exam); null where no confidence is stated or every puzzle always
          comes at the same place.
    """
    stated = decisions.drop_nulls("confidence")
    ordered = came_back(exams).sort(CONDITION, maintain_order=True)
    return [
        {**own.select(CONDITION).row(0, named=True), **_course(_rows(stated, own))}
        for own in ordered.partition_by(CONDITION, maintain_order=True)
    ]


def confidence_against_batch(
    exams: pl.DataFrame, decisions: pl.DataFrame, _items: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return, for each other protocol, its confidences less those of batch on the same questions.

    Exams are paired by form and epoch, so that puzzle and place are the same on both sides.

    Returns
    -------
    list of dict
        - the columns of `CONDITION`, ``n_exams`` and ``n_questions`` paired, with a confidence on
          both sides;
        - ``change``: mean difference (Estimate, two-way by pair of exams and puzzle);
        - ``slope_per_question``: how the difference grows with each question (Estimate, by pair
          of exams).
    """
    stated = decisions.drop_nulls("confidence")
    usable = came_back(exams)
    batch = usable.filter(pl.col("protocol") == "batch")
    others = usable.filter(pl.col("protocol") != "batch").sort(CONDITION, maintain_order=True)
    found = []
    for own in others.partition_by(CONDITION, maintain_order=True):
        same = batch.join(own.select(PAYOFFS).unique(), on=PAYOFFS, how="semi", nulls_equal=True)
        if not same.is_empty():
            pairs = _paired(_rows(stated, own), _rows(stated, same))
            found.append(own.select(CONDITION).row(0, named=True) | _against(pairs))
    return found


def slope_within(
    values: Floats, positions: Floats, groups: tuple[Codes, ...], exams: Codes, reach: float
) -> Estimate | None:
    """Return the slope of values on positions beside an effect of each group, clustered by exam.

    Parameters
    ----------
    values, positions : array of shape (n,)
        One row a question.
    groups : tuple of arrays of shape (n,)
        For each kind of effect, the number of the group that a row belongs to.
    exams : array of shape (n,)
        Number of the exam that a row belongs to.
    reach : float
        Largest less smallest possible value.

    Returns
    -------
    Estimate or None
        None where positions are fixed by the groups. The standard error allows for the effects
        fitted beside the exams', by the factor (n - 1) / (n - 1 - number of them).

    References
    ----------
    Frisch & Waugh (1933), doi:10.2307/1907330; Cameron & Miller (2015),
    doi:10.3368/jhr.50.2.317.
    """
    y, x = _residuals(np.stack([values, positions]), groups)
    weights = np.square(x)
    if weights.sum() <= PRECISION * (1 + np.square(positions - positions.mean()).sum()):
        return None
    # Each value between its ends: the steepest slope has all at the end that its x asks for.
    steepest = reach * np.abs(x).sum() / 2 / weights.sum()
    ends = (-steepest, steepest)
    slope = clustered_ratio(x * y, weights, exams, within=ends, unit="confidences")
    n_effects = sum(int(codes.max()) + 1 for codes in groups[1:])
    spare = values.size - 1 - n_effects
    return None if spare < 1 else _widened(slope, ((values.size - 1) / spare) ** 0.5, ends)


def _course(stated: pl.DataFrame) -> dict[str, Any]:
    slope = None
    if not stated.is_empty():
        exams, puzzles = codes_of(stated["exam_id"]), codes_of(stated["puzzle_id"])
        values, positions = (stated[name].to_numpy() for name in ("confidence", "position"))
        slope = slope_within(
            values, positions.astype(np.float64), (exams, puzzles), exams, reach=1.0
        )
    return {
        "n_exams": stated["exam_id"].n_unique(),
        "n_confidences": stated.height,
        "slope_per_question": slope,
    }


def _rows(stated: pl.DataFrame, exams: pl.DataFrame) -> pl.DataFrame:
    return stated.filter(pl.col("exam_id").is_in(exams["exam_id"].to_list()))


def _paired(own: pl.DataFrame, batch: pl.DataFrame) -> pl.DataFrame:
    """Return one row a question of both sides, numbering exams that repeat a form and epoch."""
    repeat = pl.col("exam_id").rank("dense").over("form_id", "epoch")
    columns = (*QUESTION, "exam_id", "confidence")
    one, other = (side.with_columns(repeat=repeat).select(columns) for side in (own, batch))
    return one.join(other, on=QUESTION, suffix="_batch", maintain_order="left")


def _against(pairs: pl.DataFrame) -> dict[str, Any]:
    change = slope = None
    if not pairs.is_empty():
        sides = (pairs["confidence"], pairs["confidence_batch"])
        exams, puzzles = codes_of(pairs["exam_id"]), codes_of(pairs["puzzle_id"])
        change = paired_mean(
            *sides, exams, puzzles, within=(-1.0, 1.0), unit="pairs of confidences"
        )
        difference, positions = (sides[0] - sides[1]).to_numpy(), pairs["position"].to_numpy()
        slope = slope_within(difference, positions.astype(np.float64), (exams,), exams, reach=2.0)
    return {
        "n_exams": pairs["exam_id"].n_unique(),
        "n_questions": pairs.height,
        "change": change,
        "slope_per_question": slope,
    }


def _residuals(columns: Floats, groups: tuple[Codes, ...]) -> Floats:
    """Return each row of numbers less the effects of all groups, taken off in turn."""
    rest = columns
    for _ in range(MOST_ROUNDS):
        before = rest
        for codes in groups:
            sizes = np.bincount(codes)
            means = np.stack([np.bincount(codes, row) / sizes for row in rest])
            rest = rest - means[:, codes]
        if len(groups) == 1 or np.abs(rest - before).max() <= PRECISION:
            break
    return rest


def _widened(estimate: Estimate, factor: float, ends: tuple[float, float]) -> Estimate:
    """Return an interval built on a standard error with that error multiplied."""
    if estimate.se is None:
        return estimate
    value, half = estimate.value, (estimate.high - estimate.low) / 2 * factor
    low, high = max(value - half, ends[0]), min(value + half, ends[1])
    return replace(estimate, low=low, high=high, se=estimate.se * factor)
