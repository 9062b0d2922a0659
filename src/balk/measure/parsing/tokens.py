"""Inert tokens: whether a question's line says that one is used."""

import re

from balk.measure.parsing.folding import words

FIELD = "token"
"""Name of the field, in a `ReplyFormat` and in a line."""

_STATED = re.compile(
    r"\btokens?\b(?: ?used)?[\s\"'*_:=|<(\[-]{0,8}(?:is )?"
    r"(yes|no|true|false|used|not used|unused|none|y|n)\b"
)
_YES = words("yes true used y")
_INSTEAD = re.compile(r"\W*(?:a |use |use a )?tokens?\W*")


def find_token(low: str) -> bool | None:
    """Return whether the last field for a token in lower-case text says yes; None without one."""
    stated = _STATED.findall(low)
    return stated[-1] in _YES if stated else None


def token_in(cell: str) -> bool | None:
    """Return whether a table cell or a JSON value says that a token is used."""
    word = cell.strip(" \"'*_.").lower()
    if word in _YES:
        return True
    return False if word in words("no false n none 0 -") else None


def is_instead(answer: str) -> bool:
    """Tell whether a token stands in the answer's place, where it answers nothing."""
    return _INSTEAD.fullmatch(answer.lower()) is not None
