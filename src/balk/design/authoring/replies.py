"""Reads the puzzle that an author wrote from its reply."""

import json
import re
from dataclasses import dataclass

from balk.design.authoring.wishes import Wish
from balk.design.sources.rows import Row, make_puzzle_of
from balk.errors import PuzzleError
from balk.records import Puzzle

MAX_CHARS = 200_000  # of a reply's end, in which its object stands
MAX_CHECK_CHARS = 10_000
MAX_STEM_CHARS = 6_000
MAX_KEY_CHARS = 80
FIELDS = ("stem", "key", "distractors", "check")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_OF_AN_EXAM = re.compile(
    r"^\s*(?:Q\d+\s*[.:]|answer key\s*:?\s*$|score\s*:)", re.IGNORECASE | re.MULTILINE
)
_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author wrote.

    Attributes
    ----------
    puzzle : Puzzle
        The puzzle with the author's key.
    check : str
        Code that prints the key; empty where none was written.
    """

    puzzle: Puzzle
    check: str = ""


def read_draft(reply: str, wish: Wish, author: str) -> Draft:
    """Return the puzzle in a reply: its last JSON object with a stem and a key.

    Raises
    ------
    PuzzleError
        If there is none, or it is no puzzle; the message says what is wrong.
    """
    fields = _last_object(reply[-MAX_CHARS:])
    if fields is None:
        raise PuzzleError("the reply holds no JSON object with stem and key")
    check = fields.get("check")
    held = {name: fields.get(name) for name in FIELDS if name != "check"} | {"level": wish.level}
    if wish.domain == "ethics":
        held |= {"marking": "any_of", "distractors": None}
    row = Row("the reply", held)
    puzzle = make_puzzle_of(row, family=f"authored {wish.domain}", source=f"author:{author}")
    _check_text(puzzle)
    code = check if isinstance(check, str) and wish.domain != "ethics" else ""
    return Draft(puzzle, _without_fence(code)[:MAX_CHECK_CHARS])


def _check_text(puzzle: Puzzle) -> None:
    """Refuse what could not be put into an exam, or would pass for a part of it."""
    if len(puzzle.stem) > MAX_STEM_CHARS or len(puzzle.key) > MAX_KEY_CHARS:
        raise PuzzleError(
            f"its stem has {len(puzzle.stem)} characters and its key {len(puzzle.key)}; "
            f"{MAX_STEM_CHARS} and {MAX_KEY_CHARS} are allowed"
        )
    if found := _CONTROL.search(puzzle.stem + puzzle.key):
        raise PuzzleError(f"it holds the character {found[0]!r}, which nobody sees")
    if found := _OF_AN_EXAM.search(puzzle.stem):
        raise PuzzleError(f"its stem holds {found[0].strip()!r}, a line of the exam around it")


def _last_object(text: str) -> dict[str, object] | None:
    """Return the last object with a stem and a key; each is looked for where a brace opens."""
    found, place = None, text.find("{")
    while place >= 0:
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            if isinstance(value, dict) and {"stem", "key"} <= value.keys():
                found = value
        place = text.find("{", end)
    return found


def _without_fence(code: str) -> str:
    lines = code.strip().splitlines()
    if lines and lines[0].startswith("```"):
        lines = lines[1:-1] if lines[-1].startswith("```") else lines[1:]
    return "\n".join(lines)
