"""What a page has room for: as many exams of every condition, and rows of every subject."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from balk.report.blocks import Cell

MOST_DECISIONS = 40_000
"""Decisions that a page holds; the tables have all."""

MOST_ROWS = 150
"""Rows of a table that a page holds; its CSV file has all."""

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


def chosen_rows(rows: Sequence[Sequence[Cell]], most: int = MOST_ROWS) -> list[Sequence[Cell]]:
    """Return the rows that the page holds: of each first cell as many, the first ones.

    Where there are more first cells than rows that fit, the first rows of all.
    """
    seen: Counter[str] = Counter()
    ranks = []
    for row in rows:
        seen[str(row[0])] += 1
        ranks.append(seen[str(row[0])])
    fits = [n for n in range(1, most + 1) if sum(rank <= n for rank in ranks) <= most]
    if not fits:
        return list(rows[:most])
    return [row for row, rank in zip(rows, ranks, strict=True) if rank <= fits[-1]]
