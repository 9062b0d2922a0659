"""Keys in canonical form, by marking rule."""

import re
from fractions import Fraction
from typing import get_args

from balk.errors import PuzzleError, unknown
from balk.records import Marking

MAX_CHARS = 4_000  # Python refuses to read an int of more than 4,300 digits
MIN_OPTIONS = 2

_NUMBER = re.compile(r"[+-]?(?:\d+/\d+|(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,3})?)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")


def canonical_key(text: str, marking: Marking) -> str:
    """Return a key as `balk.records.Puzzle` wants it.

    Parameters
    ----------
    text : str
        The key as someone wrote it, such as ``"0.50"``, ``"14/24"`` or ``" Carol "``.
    marking : {"number", "word", "any_of", "math"}
        The rule that will compare answers with it.

    Raises
    ------
    PuzzleError
        If the text cannot be a key of this marking; the message ends in what to do.
    """
    if marking == "number":
        number = canonical_number(text)
        if number is None:
            raise PuzzleError(
                "is no exact number; write it as in -12, 7/12 or 0.5, or mark by word"
            )
        return number
    if marking == "any_of":
        options = [" ".join(option.lower().split()) for option in text.split("|")]
        if not all(options) or len(set(options)) != len(options) or len(options) < MIN_OPTIONS:
            raise PuzzleError(
                "does not hold two or more different options; write them as in yes|no"
            )
        return "|".join(options)
    return text.strip() if marking == "math" else " ".join(text.lower().split())


def canonical_number(text: str) -> str | None:
    """Return an exact number as an integer or a reduced fraction, or None if it is none.

    A number in percent keeps its sign, since answers then count in percent as well.
    """
    bare = re.sub(r"\s*([/%])\s*", r"\1", text.strip()).replace("\N{MINUS SIGN}", "-")
    if bare.endswith("%"):
        is_number = not set(bare[:-1]) & set("/%") and canonical_number(bare[:-1]) is not None
        return bare.replace(",", "") if is_number else None
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if len(bare) > MAX_CHARS or not _NUMBER.fullmatch(bare):
        return None
    try:
        return str(Fraction(bare))
    except ZeroDivisionError:
        return None


def read_marking(text: str | None, key: str) -> Marking:
    """Return a marking by its name or, where none is given, the one that fits the key.

    Raises
    ------
    PuzzleError
        If the name is unknown.
    """
    if text is None:
        return "word" if canonical_number(key) is None else "number"
    markings: dict[str, Marking] = {name: name for name in get_args(Marking)}
    if text not in markings:
        raise PuzzleError(unknown("marking", text, markings))
    return markings[text]
