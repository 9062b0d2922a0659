"""Finding one's way among the conditions of a subject."""

from collections.abc import Iterator

from balk.report.material import Material
from balk.report.nodes import Node

MANY_LIFELINES = 10
"""Dose that the answer is about where it was asked: the essay's."""


def focus(subject: Node, protocol: str) -> Node | None:
    """Return the contrast that the answer is about: ten lifelines, or the most below all."""
    plain = subject["contrasts"].where(arm="lifelines", protocol=protocol, penalty=0.0, price=0.0)
    offered = {node.value["lifelines"]: node for node in plain if node.value["lifelines"]}
    if not offered:
        return None
    return offered.get(MANY_LIFELINES) or offered[max(offered)]


def condition_of(subject: Node, contrast: Node) -> Node:
    """Return the condition that a contrast is about."""
    keys = ("arm", "penalty", "price", "protocol", "lifelines")
    found = subject["conditions"].first(**{key: contrast.value[key] for key in keys})
    assert found is not None  # noqa: S101 -- every contrast has its condition
    return found


def dose_response_of(subject: Node, protocol: str) -> Node | None:
    """Return how skips of the plain exams grow with lifelines."""
    return subject["dose_response"].first(
        arm="lifelines", penalty=0.0, price=0.0, protocol=protocol
    )


def comparisons_of(material: Material, *names: str, **wanted: object) -> Iterator[Node]:
    """Yield the comparisons of some names that have an estimate."""
    for node in material.comparisons:
        held = node.value
        is_wanted = all(held[key] == value for key, value in wanted.items())
        if held["name"] in names and held["estimate"] and is_wanted:
            yield node
