"""Entries without a question's number: the one question asked, or as many lines as questions."""

import re

from balk.measure.parsing.choices import conclude
from balk.measure.parsing.decide import decide
from balk.measure.parsing.declarations import Declarations, Found
from balk.measure.parsing.entries import Entry, Rank, Sheet
from balk.measure.parsing.places import MAX_PLACE
from balk.measure.parsing.ratings import find_ratings
from balk.measure.parsing.sections import read_line
from balk.records import Outcome

MAX_SIGNS = 2  # signs alone that can be meant for an answer; more are a rule between paragraphs
MAX_RATED = 4_000  # characters at the end of a reply that are searched for ratings

_NEXT_QUESTION = re.compile(
    r"^[ \t>*#]{0,6}(?:next )?(?:question|problem|puzzle|hypothesis|premises?|exercise|q)\b"
    r" ?\d{0,4} ?[:.]",
    re.MULTILINE,
)


def read_single(
    sheet: Sheet, declarations: Declarations, *, is_numbered: bool = False
) -> list[Entry]:
    """Return the entry for the only question asked, from a reply that does not number it.

    Parameters
    ----------
    sheet : Sheet
        The reply, with stretches about other questions blanked.
    declarations : Declarations
        The declarations of that sheet.
    is_numbered : bool
        Whether a line with the question's number is there, though it says nothing.
    """
    end = _own_end(sheet, declarations)
    labelled = declarations.labelled(0, end)
    if labelled and labelled.verdict.is_decided:
        return [_entry(sheet, labelled, Rank.DECLARED)]
    return (
        (_from_line(sheet, declarations) if not is_numbered else [])
        or _from_prose(sheet, declarations, end)
        or ([_entry(sheet, labelled, Rank.PROSE)] if labelled else [])
    )


def read_in_order(sheet: Sheet, declarations: Declarations) -> list[Entry]:
    """Return entries by order where a reply is as many answers, line by line, as questions."""
    if sheet.is_single:
        return []
    lines = [(found.start(), found.end()) for found in _bounded_lines(sheet)]
    rated = [
        line
        for line in lines
        if declarations.has_label(*line) and "difficulty" in sheet.low[line[0] : line[1]]
    ]
    lines = rated or lines
    if len(lines) != sheet.reply_format.n_questions:
        return []
    entries = [
        read_line(sheet, declarations, line, position)
        for position, line in zip(sheet.positions, lines, strict=True)
    ]
    is_clear = all(
        entry and (rated or entry.verdict.is_plain or entry.verdict.outcome is Outcome.BLANK)
        for entry in entries
    )
    return [
        Entry(
            entry.position,
            entry.verdict,
            "order",
            Rank.PROSE,
            entry.start,
            entry.end,
            entry.difficulty,
            entry.confidence,
        )
        for entry in entries
        if entry and is_clear
    ]


def _bounded_lines(sheet: Sheet) -> list[re.Match[str]]:
    """Return the lines that are not empty, unless there are more than an exam could have."""
    limit = 4 * sheet.reply_format.n_questions + 40
    lines: list[re.Match[str]] = []
    for found in re.finditer(r"[^\s][^\n]*", sheet.text):
        lines.append(found)
        if len(lines) > limit:
            return []
    return lines


def _own_end(sheet: Sheet, declarations: Declarations) -> int:
    """Return where the reply stops being about this question: a base model may invent the next."""
    answered = declarations.first_decided(0, len(sheet.text))
    invented = _NEXT_QUESTION.search(sheet.low, answered) if answered is not None else None
    return invented.start() if invented else len(sheet.text)


def _from_line(sheet: Sheet, declarations: Declarations) -> list[Entry]:
    """Read a reply of one line, or a last line that holds nothing but the fields."""
    stripped = sheet.text.strip()
    start = sheet.text.find(stripped)
    opening = start + stripped.rfind("\n") + 1
    line = (opening, start + len(stripped))
    if not stripped or line[1] - line[0] > MAX_PLACE or declarations.shows_label(*line):
        return []
    entry = read_line(sheet, declarations, line, sheet.reply_format.first)
    is_only = opening == start
    if entry is None or (not is_only and entry.rule != "fields") or not entry.verdict.is_decided:
        return []
    is_rule = len(stripped) > MAX_SIGNS and not any(map(str.isalnum, stripped))
    return [] if is_rule else [entry]


def _from_prose(sheet: Sheet, declarations: Declarations, end: int) -> list[Entry]:
    found = (
        declarations.in_prose(0, end) or declarations.last_line(0, end) or _conclusion(sheet, end)
    )
    return [_entry(sheet, found, Rank.PROSE)] if found else []


def _conclusion(sheet: Sheet, end: int) -> Found | None:
    """Read the choice that the reply's last words come to."""
    text = sheet.text[:end].rstrip()
    start = max(text.rfind("\n") + 1, len(text) - MAX_PLACE // 2)
    chosen = conclude(text[start:], sheet.terms) if sheet.terms.choices else None
    return Found(start, len(text), decide(chosen, sheet.terms), "conclusion") if chosen else None


def _entry(sheet: Sheet, found: Found, rank: Rank) -> Entry:
    difficulty, confidence = find_ratings(sheet.low[-MAX_RATED:])
    return Entry(
        position=sheet.reply_format.first,
        verdict=found.verdict,
        rule=found.rule,
        rank=rank,
        start=found.start,
        end=found.end,
        difficulty=difficulty,
        confidence=confidence,
    )
