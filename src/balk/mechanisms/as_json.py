"""Numbers and their intervals as JSON, which knows no infinity: an open end is null."""

from dataclasses import asdict
from typing import Any

import numpy as np

from balk.mechanisms.checks import Checks
from balk.mechanisms.derived import Told


def number(value: object) -> object:
    """Return a number, or None for one that is not finite."""
    is_open = isinstance(value, float) and not np.isfinite(value)
    return None if is_open else value


def told_as_json(told: Told | None) -> dict[str, Any] | None:
    """Return a number with its interval and how that was made."""
    return None if told is None else {k: number(part) for k, part in asdict(told).items()}


def checks_as_json(checks: Checks | None) -> dict[str, Any] | None:
    """Return the predictive checks, one entry for each statistic."""
    if checks is None:
        return None
    return {
        "p": checks.p,
        "oddest": checks.oddest,
        "statistics": [
            {"name": name, "seen": number(seen), "low": number(low), "high": number(high)}
            for name, seen, low, high in zip(
                checks.names, checks.seen, checks.low, checks.high, strict=True
            )
        ],
    }
