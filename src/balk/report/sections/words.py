"""Words that several sections use."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

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
    return f"{lifelines} {agreed(lifelines, 'lifeline', 'lifelines')}"


def agreed(count: float, one: str, many: str) -> str:
    """Return the form of a word that agrees with a count: one for 1, many for 0 and all others."""
    return one if count == 1 else many


def in_turn(words: Sequence[Markup | str], last: str = "and") -> Markup:
    """Return words one after the other: ``a, b and c``."""
    *first, end = words
    if not first:
        return Markup("{}").format(end)
    return Markup("{} {} {}").format(Markup(", ").join(first), last, end)
