"""Rows from anywhere -> puzzles: one set of checks for every source."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from balk.design.sources.keys import canonical_key, canonical_number, read_marking
from balk.errors import PuzzleError
from balk.records import Marking, Puzzle

LEVEL = 5  # of puzzles whose source states none
LEVELS = ("1", "2", "3", "4", "5")

ASKED = ("stem", "key", "distractors")  # fields that a reply may repeat
_RESERVED = re.compile(r"\blifelines?\b", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")

_REMEDIES = {
    "stem": "give the question as text",
    "key": "give the right answer as text",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source.

    Attributes
    ----------
    place : str
        Where it stands, such as ``bank.jsonl line 7``: the start of every message about it.
    fields : mapping of str to object
        ``stem`` and ``key``; optionally ``marking``, ``family``, ``level``, ``distractors``,
        ``source``. Anything else is ignored; None and empty text count as absent.
    """

    place: str
    fields: Mapping[str, object]

    def error(self, field: str, message: str) -> PuzzleError:
        """Return an error about one field."""
        return PuzzleError(f"{self.place}: field {field!r} {message}")

    def text(self, field: str) -> str | None:
        """Return a field as stripped text; a number is taken as it is written."""
        value = self.fields.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            kind = {bool: "true or false", list: "a list", dict: "an object"}.get(type(value))
            raise self.error(
                field, f"is {kind or type(value).__name__}; put text in quotation marks"
            )
        text = str(value).strip()
        if _SURROGATE.search(text):
            raise self.error(field, "holds half of a character (a lone surrogate); write it out")
        if field in ASKED and (found := _RESERVED.search(text)):
            raise self.error(
                field, f"holds {found[0]!r}, the word that skips a question in an exam; reword it"
            )
        return text or None

    def required(self, field: str) -> str:
        """Return a field that must be there."""
        text = self.text(field)
        if text is None:
            near = [name for name in self.fields if name.strip().lower() == field]
            seen = f" (there is {near[0]!r})" if near and near[0] != field else ""
            state = "is empty" if field in self.fields else f"is missing{seen}"
            raise self.error(field, f"{state}; {_REMEDIES[field]}")
        return text

    def texts(self, field: str) -> list[str]:
        """Return a field that holds a list, or text that is a JSON list or joined by ``|``."""
        value = self.fields.get(field)
        if isinstance(value, str):
            value = _split(value)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise self.error(field, "is no list; give wrong answers as a list of text")
        items = [Row(self.place, {field: item}).text(field) for item in value]
        return [item for item in items if item is not None]


def _split(text: str) -> object:
    """Return the items of a list written as text."""
    if text.lstrip().startswith("["):
        try:
            return json.loads(text, parse_float=str)
        except (ValueError, RecursionError):
            return text
    return text.split("|") if text.strip() else None


def make_puzzles_of(rows: Iterable[Row], *, family: str, source: str) -> list[Puzzle]:
    """Return the puzzles that rows hold, in order.

    Parameters
    ----------
    rows : iterable of Row
        Rows of one source.
    family : str
        Family of puzzles that state none.
    source : str
        Source of puzzles that state none.

    Raises
    ------
    PuzzleError
        At the first row that is no puzzle, or is the same puzzle as an earlier one.
    """
    places: dict[str, str] = {}
    puzzles = []
    for row in rows:
        puzzle = make_puzzle_of(row, family=family, source=source)
        if puzzle.id in places:
            raise PuzzleError(
                f"{row.place}: the same puzzle as in {places[puzzle.id]}; remove one of the two"
            )
        places[puzzle.id] = row.place
        puzzles.append(puzzle)
    return puzzles


def make_puzzle_of(row: Row, *, family: str, source: str) -> Puzzle:
    """Return the puzzle that a row holds; errors and defaults as in `make_puzzles_of`."""
    stem, raw = row.required("stem"), row.required("key")
    try:
        marking = read_marking(row.text("marking"), raw)
    except PuzzleError as error:
        raise row.error("marking", f"is not known: {error}") from None
    key = _canonical(row, "key", raw, marking)
    return Puzzle(
        stem=stem,
        key=key,
        marking=marking,
        family=row.text("family") or family,
        level=_level(row),
        source=row.text("source") or source,
        distractors=_distractors(row, key, marking),
    )


def _canonical(row: Row, field: str, text: str, marking: Marking) -> str:
    """Return a key or a distractor in canonical form, errors with their place."""
    try:
        return canonical_key(text, marking)
    except PuzzleError as error:
        raise row.error(field, f"{text[:40]!r} {error}") from None


def _level(row: Row) -> int:
    """Return the level that a row states, 5 where it states none."""
    text = row.text("level")
    if text is None:
        return LEVEL
    number = canonical_number(text)  # "3.0" where a table stores levels as floats
    if number not in LEVELS:
        raise row.error("level", f"is {text!r}; give a whole number from 1 to 5")
    return int(number)


def _distractors(row: Row, key: str, marking: Marking) -> tuple[str, ...]:
    """Return the wrong answers that a row offers, each different from the key and the others."""
    rule: Marking = "word" if marking == "any_of" else marking
    wrong = [_canonical(row, "distractors", text, rule) for text in row.texts("distractors")]
    if key in wrong:
        raise row.error("distractors", f"holds the key {key!r}; give wrong answers only")
    if len(set(wrong)) != len(wrong):
        raise row.error("distractors", "holds the same answer twice; give each once")
    return tuple(wrong)
