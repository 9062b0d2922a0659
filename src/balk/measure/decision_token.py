"""The probability of a skip where the subject decided: read from log-probabilities."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from balk.records import ReplyFormat

_PLACE = re.compile(r"^[^\S\n]*Q(\d{1,4})\b[^\n]*?\banswer:[^\S\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TokenChance:
    """One generated token and how likely it and its rivals were.

    Attributes
    ----------
    token : str
        The token as text.
    rivals : mapping of str to float
        Candidate token -> natural log-probability, the chosen one included.
    """

    token: str
    rivals: Mapping[str, float]


def read_p_skip(tokens: Sequence[TokenChance], reply_format: ReplyFormat) -> list[float | None]:
    """Return the probability that each question's answer begins with the exit word.

    The decision token is the first one that is not white space after ``answer:`` on the
    question's line; the last line with the number counts, as for the parser. The probability is
    the sum over the reported candidates that begin the exit word, so it is a lower bound where a
    provider reports few of them.

    Parameters
    ----------
    tokens : sequence of TokenChance
        The reply, token by token.
    reply_format : ReplyFormat
        What the reply may look like.

    Returns
    -------
    list of float or None
        One in [0, 1] for each question; None where there is no exit word or no such token.
    """
    chances: list[float | None] = [None] * reply_format.n_questions
    if not reply_format.exit_word:
        return chances
    text = reply_format.prefix + "".join(chance.token for chance in tokens)
    starts = _starts(tokens, len(reply_format.prefix))
    for place in _PLACE.finditer(text):
        index = int(place[1]) - reply_format.first
        decisive = starts.get(place.end())
        if decisive is not None and 0 <= index < reply_format.n_questions:
            chances[index] = _p_begins(tokens[decisive].rivals, reply_format.exit_word)
    return chances


def _starts(tokens: Sequence[TokenChance], offset: int) -> dict[int, int]:
    """Map the place of each token's first visible character to the token's index."""
    starts = {}
    for index, chance in enumerate(tokens):
        visible = chance.token.lstrip()
        if visible:
            starts[offset + len(chance.token) - len(visible)] = index
        offset += len(chance.token)
    return starts


def _p_begins(rivals: Mapping[str, float], exit_word: str) -> float:
    total = sum(
        math.exp(logprob)
        for token, logprob in rivals.items()
        if token.strip() and exit_word.startswith(token.strip())
    )
    return min(total, 1.0)
