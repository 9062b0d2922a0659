"""Dose-response: how the number of skips grows with the number of lifelines offered."""

from collections.abc import Iterator
from dataclasses import asdict
from math import isfinite
from typing import Any

import polars as pl

from balk.dose_response import fit_share, log_slope, proportional_test, trend_test
from balk.errors import EstimateError
from balk.measure.effects.conditions import came_back, n_undecided, offered
from balk.measure.effects.skipping import skips_per_exam

SETTING = ("arm", "penalty", "price", "protocol")
"""What stays the same while the dose changes."""


def dose_response(
    exams: pl.DataFrame, _decisions: pl.DataFrame, _items: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return the dose-response of each arm, payoff and protocol that mentions lifelines.

    The dose is what can be used: the lifelines offered, at most the questions asked. Skips are
    those that were read; `slope_bounds` shows what the questions without a decision could change.

    Returns
    -------
    list of dict
        - the columns of `SETTING`, and ``n_exams``;
        - ``doses``: for each number of lifelines offered, ``lifelines``, ``n_exams`` and
          ``skips_per_exam`` (Estimate);
        - ``slope``: of log mean skips on log dose (Estimate), 1 if proportional, 0 if the offer
          has no effect, null where ``no_slope_because`` says why;
        - ``slope_bounds``: ``as_skip`` counts questions without a decision as skips as far as
          lifelines reach, ``fully_read`` leaves out exams that have one;
        - ``proportional``: the test of the slope against a constant share, with that ``share``
          and its ``dispersion`` between exams;
        - ``trend``: the permutation test of any rise or fall.
    """
    usable = came_back(exams).filter(pl.col("lifelines").is_not_null())
    ordered = usable.sort(SETTING, maintain_order=True)
    return [_response(own) for own in ordered.partition_by(SETTING, maintain_order=True)]


def _response(exams: pl.DataFrame) -> dict[str, Any]:
    most = pl.min_horizontal(pl.col("n_skip") + n_undecided(), offered())
    rows = exams.with_columns(dose=offered(), as_skip=pl.max_horizontal("n_skip", most))
    slope, reason = _slope(rows)
    return {
        **exams.select(SETTING).row(0, named=True),
        "n_exams": exams.height,
        "doses": list(_doses(exams)),
        "slope": slope,
        "no_slope_because": reason,
        "slope_bounds": {
            "as_skip": _slope(rows, "as_skip")[0],
            "fully_read": _slope(rows.filter(n_undecided() == 0))[0],
        },
        "proportional": _proportional(rows),
        "trend": _trend(rows),
    }


def _doses(exams: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for own in exams.sort("lifelines", maintain_order=True).partition_by(
        "lifelines", maintain_order=True
    ):
        skips = skips_per_exam(own)
        yield {"lifelines": own["lifelines"][0], "n_exams": own.height, "skips_per_exam": skips}


def _slope(rows: pl.DataFrame, skips: str = "n_skip") -> tuple[Any, str | None]:
    """Return the slope, or why there is none."""
    try:
        return log_slope(rows["dose"], rows[skips], rows["exam_id"]), None
    except EstimateError as error:
        return None, str(error)


def _proportional(rows: pl.DataFrame) -> dict[str, Any] | None:
    columns = rows["dose"], rows["n_skip"]
    if _n_doses(rows) < 2 or rows["n_skip"].sum() == 0:  # noqa: PLR2004 -- a slope needs two
        return None
    share, dispersion = fit_share(*columns)
    found = asdict(proportional_test(*columns)) | {"share": share, "dispersion": dispersion}
    return {name: value if isfinite(value) else None for name, value in found.items()}


def _trend(rows: pl.DataFrame) -> dict[str, Any] | None:
    if _n_doses(rows) < 2:  # noqa: PLR2004 -- a trend needs two
        return None
    return asdict(trend_test(rows["dose"], rows["n_skip"], rows["form_id"]))


def _n_doses(rows: pl.DataFrame) -> int:
    return rows.filter(pl.col("dose") > 0)["dose"].n_unique()
