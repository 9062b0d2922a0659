"""What a report is made of: the tables and numbers of a folder of results, already read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from balk.errors import TableError
from balk.report.chosen import chosen
from balk.report.nodes import Node


@dataclass(frozen=True)
class Material:
    """The tables and numbers of one study.

    Attributes
    ----------
    name : str
        What the study is called: its folder.
    decisions, exams, items : DataFrame
        The tables.
    summary : Node
        ``summary.json``.
    fits : Node or None
        ``fits.json``; None where mechanisms were not fitted.
    study : mapping
        ``study.json``: who was asked what; empty where it is not at hand.
    facts : mapping of str to str
        What else the methods say: versions, hashes, when.
    commands : sequence of str
        What makes all this again, in a shell.
    stems : mapping of str to str
        The text of each puzzle, by its id, as far as it is known.
    predictions : mapping of str to mapping
        Arm -> explanation -> sign of the change in skips: ``+``, ``0`` or ``-``.
    others : mapping of str to Node
        Numbers of what was asked beside the exams: ``answer_key``, where keys were shown.
    viewer : str or None
        Address of Inspect View on the study's logs; None where there is none beside the report.
    """

    name: str
    decisions: pl.DataFrame
    exams: pl.DataFrame
    items: pl.DataFrame
    summary: Node
    fits: Node | None = None
    study: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    commands: Sequence[str] = ()
    stems: Mapping[str, str] = field(default_factory=dict)
    predictions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    others: Mapping[str, Node] = field(default_factory=dict)
    viewer: str | None = None

    @property
    def has_exams(self) -> bool:
        """Whether exams were asked; else only answer keys were shown."""
        return not self.decisions.is_empty()

    @property
    def is_comparison(self) -> bool:
        """Whether holding subjects against each other is what the report was asked for."""
        return self.summary.file != "summary"

    @property
    def question(self) -> str:
        """What the report answers."""
        if self.has_exams:
            return "Does it stop short of hard questions, though an attempt can only gain?"
        return "Does it claim points that it did not earn?"

    @cached_property
    def subjects(self) -> tuple[Node, ...]:
        """The subjects of the summary."""
        return tuple(self.summary["subjects"])

    @cached_property
    def comparisons(self) -> tuple[Node, ...]:
        """Conditions and subjects held against each other."""
        return tuple(self.summary.get("comparisons") or ())

    @cached_property
    def prevalence(self) -> tuple[Node, ...]:
        """How common it is across subjects, by protocol and measure."""
        return tuple(self.summary.get("prevalence") or ())

    @cached_property
    def held(self) -> pl.DataFrame:
        """The decisions that the page itself holds."""
        return chosen(self.decisions)

    @cached_property
    def protocols(self) -> tuple[str, ...]:
        """Protocols that were used: batch first, then realtime, then isolated."""
        used = set(self.exams["protocol"].unique())
        return tuple(one for one in ("batch", "realtime", "isolated") if one in used)

    def fit(self, subject: str, protocol: str) -> Node | None:
        """Return the fit of a subject in a protocol, if there is one."""
        if self.fits is None:
            return None
        return self.fits["subjects"].first(subject=subject, protocol=protocol)


def read_node(path: Path) -> Node:
    """Return the numbers of a JSON file.

    Raises
    ------
    TableError
        If there is no such file, or it is not JSON.
    """
    try:
        return Node(json.loads(path.read_text()), path.stem)
    except (OSError, ValueError) as error:
        raise TableError(
            f"{path}: no numbers can be read ({error}); write them with: balk table LOGS --out DIR"
        ) from error
