"""Words that several sections use."""

from collections.abc import Mapping
from typing import Any


def condition_words(condition: Mapping[str, Any]) -> str:
    """Return a condition in words: ``penalty 0.5, 10 lifelines, batch``."""
    points = {"penalty": condition["penalty"], "price": condition["price"]}
    arm = " + ".join(
        f"{part} {points[part]:g}" if points.get(part) else part
        for part in condition["arm"].split("+")
    )
    shown = [] if arm in {"none", "lifelines"} else [arm]
    return ", ".join([*shown, dose_words(condition["lifelines"]), condition["protocol"]])


def dose_words(lifelines: int | None) -> str:
    """Return a number of lifelines in words."""
    if lifelines is None:
        return "no lifeline mentioned"
    return f"{lifelines} lifeline{'' if lifelines == 1 else 's'}"
