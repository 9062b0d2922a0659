"""Reads the puzzle that an author wrote from its reply."""

import json
from dataclasses import dataclass

from balk.design.authoring.wishes import Wish
from balk.design.sources.rows import Row, make_puzzle_of
from balk.errors import PuzzleError
from balk.records import Puzzle

MAX_CHARS = 200_000  # of a reply's end, in which its object stands
MAX_CHECK_CHARS = 10_000
FIELDS = ("stem", "key", "distractors", "check")
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
    code = check if isinstance(check, str) and wish.domain != "ethics" else ""
    return Draft(puzzle, _without_fence(code)[:MAX_CHECK_CHARS])


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
