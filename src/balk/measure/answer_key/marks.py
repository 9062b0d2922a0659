"""What a subject says of answers: a mark for each question, or how many are right."""

import re
from collections.abc import Sequence

from balk.measure.mark import is_right
from balk.records import Outcome, Reading

MAX_CHARS = 100_000  # of a reply's end, in which its score stands

_SCORE = re.compile(
    r"^[\s>*_#`-]*(?:(?:final|my|total)\s+)*score[\s*_`]*[:=][\s*_`]*(\d{1,4})\b(?![.,]\d)(?!\s*%)"
    r"(?:\s*(?:/|out\s+of|of)\s*(\d{1,4}))?",
    re.IGNORECASE | re.MULTILINE,
)
_BARE = re.compile(r"^[\s*_`]*(\d{1,4})(?:\s*(?:/|out\s+of)\s*(\d{1,4}))?[\s*_`.]*\Z")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)


def read_marks(readings: Sequence[Reading], words: tuple[str, str]) -> list[bool | None]:
    """Return for each question whether its answer is called right, None where nobody can tell.

    Parameters
    ----------
    readings : sequence of Reading
        What `balk.measure.parse.parse_reply` read.
    words : tuple of two str
        What says that an answer is right, and that it is not, such as ``("right", "wrong")``.
    """
    return [_is_first(reading, words) for reading in readings]


def _is_first(reading: Reading, words: tuple[str, str]) -> bool | None:
    """Return which of two words an answer is; None where it is neither or both."""
    if reading.outcome is not Outcome.ATTEMPT or reading.answer is None:
        return None
    said = reading.answer.casefold().strip(" .*_`")
    if said.startswith(("not ", "in")):  # "not right" and "incorrect" say the opposite
        return None
    is_one, is_other = (bool(is_right(said, word, "word")) for word in words)
    return is_one if is_one != is_other else None


def read_score(text: str, n_questions: int) -> int | None:
    """Return how many answers a reply reports to be right, or None where it cannot be told.

    The last line of the form counts. A number above the number of questions, or a total that
    is another one, is no report.
    """
    said = _THOUGHT.sub("", text[-MAX_CHARS:])
    found = list(_SCORE.finditer(said))
    last = found[-1] if found else _BARE.match(said.strip())
    if last is None:
        return None
    score, of = int(last[1]), last[2]
    return score if score <= n_questions and (of is None or int(of) == n_questions) else None
