"""Decisions as data inside a page: each text once, all compressed, none of it active.

A page shows a cell's reply, or a row of the table of decisions, from here when it is asked to.
Whatever a subject wrote is made visible first and put into the page as text.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from balk.report.chosen import EXAM
from balk.report.sections.words import condition_words
from balk.report.shown import label, visible

MOST_CHARS = 160
MOST_STEM_CHARS = 1200


def embedded(
    held: pl.DataFrame, stems: Mapping[str, str], sheets: Mapping[str, Sequence[int]]
) -> str:
    """Return the decisions that a page holds, as base64 of deflated JSON.

    Parameters
    ----------
    held : DataFrame
        As from `balk.report.chosen.chosen`.
    stems : mapping of str to str
        Text of each puzzle, as far as it is known.
    sheets : mapping of str to sequence of int
        Panel of an exam sheet -> the decision in each of its cells, -1 for none.
    """
    data = as_data(held, stems) | {"sheets": dict(sheets)}
    return packed(json.dumps(data, ensure_ascii=True, separators=(",", ":")))


def packed(text: str) -> str:
    """Return a text as base64 of deflated UTF-8, which can hold no markup."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(deflate.compress(text.encode()) + deflate.flush()).decode()


def as_data(held: pl.DataFrame, stems: Mapping[str, str]) -> dict[str, Any]:
    """Return the decisions as lists: what they share by number, one list a column."""
    exams = held.unique("exam_id", keep="first", maintain_order=True)
    subjects, conditions = _Numbered(), _Numbered()
    told = [
        [
            subjects.number(label(exam["subject"])),
            conditions.number(_text(condition_words(exam))),
            exam["epoch"],
            exam["log"] or "",
            exam["sample_uuid"] or "",
        ]
        for exam in exams.select(*EXAM, "epoch", "log", "sample_uuid").iter_rows(named=True)
    ]
    puzzles = held.unique("puzzle_id", keep="first", maintain_order=True)
    rules = _Numbered()
    return {
        "subjects": subjects.names,
        "conditions": conditions.names,
        "exams": told,
        "puzzles": [
            [label(family), level, _text(key), visible(stems.get(puzzle, ""), MOST_STEM_CHARS)]
            for puzzle, family, level, key in puzzles.select(
                "puzzle_id", "family", "level", "key"
            ).iter_rows()
        ],
        "exam": _numbers(held["exam_id"], exams["exam_id"]),
        "puzzle": _numbers(held["puzzle_id"], puzzles["puzzle_id"]),
        "position": held["position"].to_list(),
        "outcome": "".join(held["outcome"]),
        "mark": _marks(held),
        "confidence": (held["confidence"] * 100).round().cast(pl.Int64).to_list(),
        "answer": _texts(held["answer"]),
        "quote": _texts(held["quote"]),
        "reason": _texts(held["reason"]),
        "rule": [rules.number(_text(rule)) for rule in held["provenance"]],
        "rules": rules.names,
    }


def _marks(held: pl.DataFrame) -> str:
    """Return a letter a decision: right, wrong, or neither."""
    return "".join("-" if mark is None else "rw"[not mark] for mark in held["is_right"])


def _texts(column: pl.Series) -> list[str]:
    return [_text(text) for text in column]


def _text(text: str | None) -> str:
    return visible(text, MOST_CHARS) if text else ""


def _numbers(column: pl.Series, names: pl.Series) -> list[int]:
    places = {name: i for i, name in enumerate(names)}
    return [places[name] for name in column]


class _Numbered:
    """Names that are numbered as they come."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def number(self, name: str) -> int:
        """Return the number of a name."""
        return self._places.setdefault(name, len(self._places))

    @property
    def names(self) -> Sequence[str]:
        """The names, in the order of their numbers."""
        return list(self._places)
