"""What the skipped questions would have earned, from accuracies measured in other exams."""

from typing import Any

import polars as pl

from balk.estimates import scaled, two_way_mean
from balk.measure.effects.contrasts import Contrast, questions_per_exam
from balk.records import Estimate, Outcome


def forgone_points(contrast: Contrast) -> dict[str, Any]:
    """Return the points per exam that attempting instead of skipping would have earned.

    Each skip counts the item's raw accuracy in plain exams, which are always other exams than
    the one it was skipped in; with a penalty or a price, the expected points of an attempt plus
    the price saved. Shrunk accuracies would overstate it: items are skipped because they are
    hard, and shrinking lifts exactly those.

    Returns
    -------
    dict
        - ``estimate``: skips of items that no plain exam attempted count as never right in the
          value and the lower end, as always right in the upper end;
        - ``n_skips``, ``n_unknown``: skips, and those of items of unknown accuracy.
    """
    rows = _with_accuracy(contrast)
    skips = rows.filter(pl.col("outcome") == Outcome.SKIP)
    lowest, highest = (_forgone(contrast, rows, accuracy) for accuracy in (0.0, 1.0))
    return {
        "estimate": _spanning(lowest, highest),
        "n_skips": skips.height,
        "n_unknown": skips["accuracy_raw"].null_count(),
    }


def _with_accuracy(contrast: Contrast) -> pl.DataFrame:
    known = contrast.items.select("puzzle_id", "accuracy_raw")
    rows = contrast.offered.filter(pl.col("outcome") != Outcome.FAILED)
    return rows.join(known, on="puzzle_id", how="left", maintain_order="left")


def _forgone(contrast: Contrast, rows: pl.DataFrame, unknown: float) -> Estimate:
    """Return forgone points per exam, with `unknown` for accuracies that were not measured."""
    length = questions_per_exam(contrast.offered)
    p_right = pl.col("accuracy_raw").fill_null(unknown)
    attempt = p_right - contrast.penalty * (1 - p_right) + contrast.price
    lost = pl.when(pl.col("outcome") == Outcome.SKIP).then(attempt).otherwise(0.0)
    ends = (min(0.0, contrast.price - contrast.penalty), 1 + contrast.price)
    lifelines = float(rows.select(pl.col("lifelines").max()).item())
    most = min(lifelines / length, 1.0)
    estimate = two_way_mean(
        rows.select(lost).to_series(),
        rows["exam_id"],
        rows["puzzle_id"],
        within=(ends[0] * most, ends[1] * most),
        unit="decisions",
    )
    return scaled(estimate, length)


def _spanning(lowest: Estimate, highest: Estimate) -> Estimate:
    """Return the lowest estimate with the upper end of the highest."""
    if lowest == highest:
        return lowest
    return Estimate(
        value=lowest.value,
        low=lowest.low,
        high=highest.high,
        n=lowest.n,
        n_clusters=lowest.n_clusters,
        method=f"{lowest.method}, items of unknown accuracy from 0 to 1",
        level=lowest.level,
        unit=lowest.unit,
    )
