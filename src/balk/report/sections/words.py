"""Words that several sections use."""

from collections.abc import Mapping
from typing import Any

from balk.report.shown import visible

MOST_CHARS = 200
"""Characters of an arm that are shown."""


def arm_words(condition: Mapping[str, Any]) -> str:
    """Return arm and payoffs in words, such as ``penalty 0.5``; empty for the plain exam."""
    points = {"penalty": condition["penalty"], "price": condition["price"]}
    arm = " + ".join(
        f"{part} {points[part]:g}" if points.get(part) else part
        for part in condition["arm"].split("+")
    )
    return "" if arm in {"none", "lifelines"} else visible(arm, MOST_CHARS)


def condition_words(condition: Mapping[str, Any]) -> str:
    """Return a condition in words: ``penalty 0.5, 10 lifelines, batch``."""
    shown = [arm_words(condition), dose_words(condition["lifelines"]), condition["protocol"]]
    return ", ".join(part for part in shown if part)


def dose_words(lifelines: int | None) -> str:
    """Return a number of lifelines in words."""
    if lifelines is None:
        return "no lifeline mentioned"
    return f"{lifelines} lifeline{'' if lifelines == 1 else 's'}"
