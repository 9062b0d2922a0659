"""Which decisions a page holds: as many exams of every condition as it has room for."""

import polars as pl

MOST_DECISIONS = 40_000
"""Decisions that a page holds; the tables have all."""

EXAM = ("subject", "arm", "penalty", "price", "protocol", "lifelines")


def chosen(decisions: pl.DataFrame, most: int = MOST_DECISIONS) -> pl.DataFrame:
    """Return the decisions that the page holds, each with its `index` in it.

    Of every subject and condition as many exams, the first ones, so that no condition is cut
    short for another; form by form, so that the same exams are held of all.
    """
    ranked = decisions.with_columns(
        nth=(pl.col("form_id") + pl.col("epoch").cast(pl.String)).rank("dense").over(EXAM)
    )
    n_held = ranked.group_by("nth").len().sort("nth")["len"].cum_sum()
    n_exams = max(int((n_held <= most).sum()), 1)
    held = ranked.filter(pl.col("nth") <= n_exams).drop("nth").head(most)
    return held.with_row_index("index")
