"""The columns that probes fill, all null where none was asked."""

import polars as pl

PROBES_VERSION = 2
"""Raised whenever a reply to a probe may come to another reading; old logs are then read again."""

EXAM_PROBES: dict[str, pl.DataType] = {
    "probes": pl.String(),
    "payoff_right": pl.Float64(),
    "payoff_wrong": pl.Float64(),
    "payoff_lifeline": pl.Float64(),
    "advice": pl.String(),
    "advised": pl.Int16(),
}
"""Those in which all rows of an exam agree. `probes` says what was asked and how it went."""

QUESTION_PROBES: dict[str, pl.DataType] = {
    "stated_reason": pl.String(),
    "stated_reason_by": pl.String(),
    "stated_reason_quote": pl.String(),
    "follow_up_outcome": pl.String(),
    "follow_up_answer": pl.String(),
    "follow_up_is_right": pl.Boolean(),
}
"""Those of a question."""
