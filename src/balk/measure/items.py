"""How hard each puzzle is for each subject, from exams that offer no way out.

Only decisions of the plain exam without lifelines tell an item's accuracy: where a subject may
skip, the items it attempts are chosen. The raw accuracy is unbiased and goes into every number;
the shrunk one is steadier, leans towards the middle exactly on the hard items that are skipped,
and serves only as a covariate.
"""

import polars as pl

from balk.measure.decisions import ITEMS, exact_mean, is_baseline
from balk.records import Outcome
from balk.shrinkage import fit_beta

ITEM = ("subject", "protocol", "puzzle_id")
"""What an item is: a puzzle, for a subject, in a protocol."""


def make_items(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return one row for every subject, protocol and puzzle, sorted by these.

    Returns
    -------
    DataFrame
        The columns of `balk.measure.decisions.ITEMS`:

        - ``n_exams``, ``n_attempts``, ``n_right``, ``n_skips``: over all conditions, leaving out
          calls that never came back;
        - ``n_baseline_exams``, ``n_baseline_attempts``, ``n_baseline_right``: the same in plain
          exams without lifelines; an attempt that could not be marked is not among them;
        - ``accuracy_raw``: n_baseline_right / n_baseline_attempts, null without attempts;
        - ``accuracy_shrunk``: posterior mean under `fit_beta` for its subject and protocol, null
          where accuracy_raw is;
        - ``n_confidences``, ``confidence``: how many plain exams state one, and their mean.
    """
    counted = (
        decisions.filter(pl.col("outcome") != Outcome.FAILED)
        .group_by(ITEM)
        .agg(*_counts())
        .sort(ITEM)
        .with_columns(accuracy_raw=_over("n_baseline_right", "n_baseline_attempts"))
    )
    groups = counted.partition_by("subject", "protocol", maintain_order=True)
    items = pl.concat([_with_shrunk(group) for group in groups]) if groups else counted
    return items.select(
        (pl.col(name) if name in items.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in ITEMS.items()
    )


def _with_shrunk(group: pl.DataFrame) -> pl.DataFrame:
    right, attempts = pl.col("n_baseline_right"), pl.col("n_baseline_attempts")
    if group["n_baseline_attempts"].sum() == 0:
        return group.with_columns(accuracy_shrunk=pl.lit(None, dtype=pl.Float64))
    mean, strength = fit_beta(group["n_baseline_right"], group["n_baseline_attempts"])
    pooled = strength == float("inf")
    shrunk = pl.lit(mean) if pooled else (right + strength * mean) / (attempts + strength)
    return group.with_columns(accuracy_shrunk=pl.when(attempts > 0).then(shrunk))


def _counts() -> list[pl.Expr]:
    outcome, right, baseline = pl.col("outcome"), pl.col("is_right"), is_baseline()
    return [
        pl.col("family", "level").first(),
        pl.len().alias("n_exams"),
        (outcome == Outcome.ATTEMPT).sum().alias("n_attempts"),
        right.sum().alias("n_right"),
        (outcome == Outcome.SKIP).sum().alias("n_skips"),
        baseline.sum().alias("n_baseline_exams"),
        (right.is_not_null() & baseline).sum().alias("n_baseline_attempts"),
        (right & baseline).sum().alias("n_baseline_right"),
        (pl.col("confidence").is_not_null() & baseline).sum().alias("n_confidences"),
        exact_mean(pl.when(baseline).then("confidence")).alias("confidence"),
    ]


def _over(top: str, bottom: str) -> pl.Expr:
    return pl.when(pl.col(bottom) > 0).then(pl.col(top) / pl.col(bottom))
