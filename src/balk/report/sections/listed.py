"""Numbers of a shape that is not known beforehand, as a table."""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.blocks import Cell, Table
from balk.report.nodes import Node
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, number

MOST_ROWS = 300
CONDITION = {"arm", "penalty", "price", "protocol", "lifelines"}


def listed(name: str, caption: Markup, node: Node) -> Table | None:
    """Return every number and short text under a node, a row each; None where there is none."""
    rows = [row for _, row in zip(range(MOST_ROWS), _rows(node, ""), strict=False)]
    return Table(name, caption, ["what", "value"], rows) if rows else None


def _rows(node: Node, path: str) -> Iterator[list[Cell]]:
    value = node.value
    if isinstance(value, dict) and not {"value", "low", "high"} <= set(value):
        for key in (key for key in value if not (key in CONDITION and set(value) >= CONDITION)):
            yield from _rows(node[key], _joined(path, str(key)))
    elif isinstance(value, list):
        for i, member in enumerate(node, start=1):
            yield from _rows(member, _joined(path, _name(member, i)))
    elif isinstance(value, bool):
        yield [foreign(path), "yes" if value else "no"]
    elif isinstance(value, str):
        yield [foreign(path), foreign(value)]
    elif isinstance(value, int):
        yield [foreign(path), number(node, 0)]
    elif value is not None:
        yield [foreign(path), node]


def _joined(path: str, part: str) -> str:
    return f"{path}, {part.replace('_', ' ')}" if path else part.replace("_", " ")


def _name(member: Node, place: int) -> str:
    """Return what a member of a list is called: its name, subject or condition."""
    value = member.value if isinstance(member.value, dict) else {}
    if set(value) >= CONDITION:
        return condition_words(value)
    named = [str(value[key]) for key in ("name", "subject", "arm", "protocol") if key in value]
    return " ".join(named) or str(place)
