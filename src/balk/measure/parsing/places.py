"""Where an answer's place begins and ends behind a label."""

import re

from balk.measure.parsing.entries import Sheet
from balk.measure.parsing.ratings import LABEL as RATING_LABEL

MAX_PLACE = 800  # characters of an answer's place that are looked at
MAX_NEXT_WORDS = 6  # of an answer that stands in the line below its label
MAX_FENCES = 4  # lines between a label and its answer that only open a formula or a block

_HEADING = re.compile(r"\s*#{1,6} ")
_FENCE = re.compile(r"[\s$\[\](){}\\]*|\s*(?:text|plaintext|json|yaml|math|latex)\s*")
_FIELD = re.compile(
    r"\W{0,8}(?:(?:(?:final )?answers?|difficulty|confidence|q(?:uestion)? ?\d+|reasoning|"
    r"explanation)\b[^\n]{0,3}:?|question\W{0,3}$)"
)
_BLANKS = " \t*_\"'>"


def place_after(sheet: Sheet, start: int, limit: int) -> tuple[int, int]:
    """Return where the answer's place behind a label begins and ends.

    The place ends with the line or where another field begins. If the rest of the line is
    empty, a short line below is the place.

    Parameters
    ----------
    sheet : Sheet
        The reply.
    start : int
        Where the label ends.
    limit : int
        Where the stretch ends that the label belongs to.
    """
    end = sheet.line_end(start, limit)
    place = _until_field(sheet, start, end)
    if sheet.text[place[0] : place[1]].strip(_BLANKS):
        return place
    for _ in range(MAX_FENCES):
        start = end + 1
        end = sheet.line_end(start, limit) if start < limit else start
        if start >= limit or not _FENCE.fullmatch(sheet.text, start, end):
            break
    is_place = start < limit and _is_answer(sheet.text[start : min(end, start + MAX_PLACE)])
    return _until_field(sheet, start, end) if is_place else place


def _is_answer(line: str) -> bool:
    """Tell whether a line below a label can be its answer."""
    if "\\boxed" in line or line.strip()[:1] == "<":
        return True
    is_other = _HEADING.match(line) or _FIELD.match(line.lower()) or line.rstrip().endswith(":")
    return not is_other and len(line.split()) <= MAX_NEXT_WORDS


def _until_field(sheet: Sheet, start: int, end: int) -> tuple[int, int]:
    end = min(end, start + MAX_PLACE)
    field = RATING_LABEL.search(sheet.low, start, end)
    return start, field.start() if field else end
