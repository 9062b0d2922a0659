"""Numbers that remember where they stand, so that a report can be checked against its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """A value inside a JSON file.

    Attributes
    ----------
    value : JSON data
        What stands there.
    file : str
        Name of the file without its ending, such as ``summary``.
    pointer : str
        JSON pointer (RFC 6901) to the value; empty for the whole file.
    """

    value: Any
    file: str
    pointer: str = ""

    @property
    def at(self) -> str:
        """File and pointer in one, such as ``summary#/subjects/0``."""
        return f"{self.file}#{self.pointer}"

    def __getitem__(self, key: str | int) -> "Node":
        """Return what stands under a key or at an index."""
        part = str(key).replace("~", "~0").replace("/", "~1")
        return Node(self.value[key], self.file, f"{self.pointer}/{part}")

    def __iter__(self) -> Iterator["Node"]:
        """Yield the members of a list."""
        return (self[i] for i in range(len(self.value)))

    def __bool__(self) -> bool:
        """Return whether anything is known: null, and an empty list, say nothing."""
        return self.value is not None and self.value not in ([], {})

    def get(self, *keys: str) -> "Node | None":
        """Return what stands under keys, one below the other, or None where nothing does."""
        node = self
        for key in keys:
            if not isinstance(node.value, dict) or node.value.get(key) is None:
                return None
            node = node[key]
        return node

    def where(self, **wanted: object) -> "Iterator[Node]":
        """Yield the members of a list whose fields have the values wanted."""
        for member in self:
            if all(member.value.get(name) == value for name, value in wanted.items()):
                yield member

    def first(self, **wanted: object) -> "Node | None":
        """Return the first member of a list whose fields have the values wanted, or None."""
        return next(self.where(**wanted), None)
