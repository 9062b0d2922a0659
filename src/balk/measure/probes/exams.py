"""What the probes of an exam add up to."""

import polars as pl

from balk.records import Outcome

CLOSE = 1e-3
"""Points by which those understood may differ from those announced: a third has many decimals."""


def followed_up(decisions: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return the reasons and follow-up answers of each exam, for an aggregation by exam.

    Null where none was asked, and at no cost where no exam of the table was.
    """
    reason, outcome = pl.col("stated_reason"), pl.col("follow_up_outcome")
    came_back = (outcome != Outcome.FAILED).sum()
    is_asked = outcome.count() > 0
    columns = {
        "stated_reasons": (reason, pl.when(reason.count() > 0).then(reason.drop_nulls().implode())),
        "n_followed_up": (outcome, pl.when(is_asked).then(came_back)),
        "n_follow_up_right": (outcome, pl.when(is_asked).then(pl.col("follow_up_is_right").sum())),
    }
    return {
        name: pl.lit(None) if decisions.select(asked.count()).item() == 0 else told
        for name, (asked, told) in columns.items()
    }


def is_understood() -> pl.Expr:
    """Return whether the points as understood are those announced; null where one was not read.

    Where no penalty is stated, whatever a wrong answer is believed to bring is right; where no
    lifeline is mentioned, there are no points of it.
    """
    has_lifelines = pl.col("lifelines").is_not_null()
    right = (pl.col("payoff_right") - 1).abs() <= CLOSE
    wrong = ((pl.col("payoff_wrong") + pl.col("penalty")).abs() <= CLOSE) | (
        pl.col("penalty").is_null() & pl.col("payoff_wrong").is_not_null()
    )
    lifeline = ((pl.col("payoff_lifeline") + pl.col("price")).abs() <= CLOSE) | ~has_lifelines
    read = (
        pl.col("payoff_right").is_not_null()
        & pl.col("payoff_wrong").is_not_null()
        & (pl.col("payoff_lifeline").is_not_null() | ~has_lifelines)
    )
    return pl.when(read).then(right & wrong & lifeline)
