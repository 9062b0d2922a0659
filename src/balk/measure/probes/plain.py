"""Replies to probes made plain: odd signs, emphasis and reasoning out of the way."""

import re
from collections.abc import Sequence

from balk.measure.parsing.folding import fold, hide_reasoning, hide_run_on, tidy

MAX_CHARS = 20_000
"""At the end of a reply that are read; no answer to a probe is as long."""

EXITS = r"(?:lifelines?|passes|pass|blanks?|blickets?|waivers?|tokens?)"
"""Pattern of what the arms call a way out, in lower case."""

_NAMED = re.compile(r"\bq(?:uestion)?s? ?\d", re.IGNORECASE)
_BARE = re.compile(r"^([ \t>*-]{0,6})(\d{1,3})[.)](?=\s)", re.MULTILINE)


def plain(text: str) -> str:
    """Return the end of a reply, folded, without reasoning and without another speaker's turn."""
    return plain_whole(text)[-MAX_CHARS:]


def plain_whole(text: str) -> str:
    """Return all of a reply in the same way."""
    return hide_run_on(hide_reasoning(fold(tidy(text))))


def squeezed(text: str) -> str:
    """Return a text on one line, without the marks of a list or of emphasis around it."""
    return " ".join(text.split()).strip(" *_`|>\"'")


def renumbered(text: str, numbers: Sequence[int]) -> str:
    """Return a reply with the numbers asked about, where it counts its lines 1, 2, 3 instead.

    Only as many lines as numbers, in order and without any question named, are such a count.
    """
    counted = [int(line[2]) for line in _BARE.finditer(text)]
    in_order = list(range(1, len(numbers) + 1))
    if len(numbers) == 1 or counted != in_order or _NAMED.search(text):
        return text
    asked = iter(numbers)
    return _BARE.sub(lambda line: f"{line[1]}Q{next(asked)}:", text)
