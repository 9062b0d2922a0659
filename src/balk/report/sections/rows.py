"""Numbers of a file as rows of a chart."""

from typing import Any

from balk.report.nodes import Node


def ends(estimate: Node | None) -> dict[str, Any]:
    """Return value and interval of an estimate; empty where nothing is known."""
    if estimate is None:
        return {}
    return {key: estimate.value[key] for key in ("value", "low", "high")}


def skip_ends(condition: Node) -> dict[str, Any]:
    """Return the skips in an exam of a condition, and the interval."""
    found = ends(condition.get("skips_per_exam"))
    return {"skips" if key == "value" else key: value for key, value in found.items()}
