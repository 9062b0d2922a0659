"""Entries from questions that are told apart by their numbers: lines, lists, headings, sections."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from balk.measure.parsing.decide import decide
from balk.measure.parsing.declarations import Declarations
from balk.measure.parsing.entries import Entry, Rank, Sheet, Span
from balk.measure.parsing.markers import Marker, Style, find_markers
from balk.measure.parsing.section import Section
from balk.measure.parsing.short import MAX_SHORT
from balk.records import Outcome

MAX_ANNOUNCED = 300  # characters before a second pass in which it is announced
MAX_REPEATED = 8  # sections of one question that are read, the last ones

_AGAIN = re.compile(
    r"\b(?:second|again|corrections?|corrected?|revis\w+|final|chang\w+|updat\w+|re-?check\w*)\b"
)
_QUESTION = re.compile(r"(?<![a-z])(?:q(?:uestion)?s?|problem|puzzle)(?![a-z])")


class _Line:
    """A line that begins with a question's number, and whether a labelled answer stands on it."""

    def __init__(self, sheet: Sheet, declarations: Declarations, marker: Marker) -> None:
        self.marker = marker
        self.end = sheet.line_end(marker.end)
        self.is_read = True
        has_label = declarations.has_label(marker.end, self.end)
        rated = sheet.low[marker.end : min(self.end, marker.end + MAX_SHORT)]
        may_count_steps = marker.style is Style.NUMBER and sheet.is_single
        self.is_labelled = has_label and (not may_count_steps or "difficulty" in rated)


def read_sections(sheet: Sheet, declarations: Declarations) -> tuple[list[Entry], list[Span]]:
    """Return the entries found behind question numbers, and the stretches of other questions.

    A reply may number its questions, its steps and its notes alike. Each way of writing a number
    is tried alone; the one that decides most questions is taken, the clearest on a tie. Lines
    with both a number and a labelled answer count in any case.
    """
    lines = [_Line(sheet, declarations, marker) for marker in find_markers(sheet)]
    lines = [line for line in lines if line.is_labelled or _may_begin(sheet, line.marker)]
    lines = _without_steps(sheet, lines)
    unlabelled = {line.marker.style for line in lines if not line.is_labelled}
    read: dict[Style, tuple[list[Entry], list[Span]]] = {}
    for style in [style for style in Style if style in unlabelled] or [Style.WORD]:
        chosen = [line for line in lines if line.marker.style is style or line.is_labelled]
        read[style] = _read_style(sheet, declarations, _latest(chosen), style)
    is_sheet = len(_asked_by_name(sheet, lines)) > 1
    answers = {
        style: entries
        if style is not Style.NUMBER or (_covers(sheet, entries) and not is_sheet)
        else [entry for entry in entries if entry.rank is Rank.DECLARED]
        for style, (entries, _) in read.items()
    }
    best = max(answers, key=lambda style: _score(answers[style]))
    entries, foreign = answers[best], read[best][1]
    for style, (others, _) in read.items():
        entries += _second_pass(sheet, entries, others) if style is not best else []
    return entries, foreign


def read_line(sheet: Sheet, declarations: Declarations, span: Span, position: int) -> Entry | None:
    """Return what one line without a number says about a question."""
    start, end = span
    return Section(sheet, declarations, position, start, start, end, end).read_line()


def _asked_by_name(sheet: Sheet, lines: list[_Line]) -> set[int]:
    """Return the questions that have a labelled line which does not begin with a bare number."""
    named = (line for line in lines if line.is_labelled and line.marker.style is not Style.NUMBER)
    return {line.marker.numbers[0] for line in named} & set(sheet.positions)


def _may_begin(sheet: Sheet, marker: Marker) -> bool:
    """Tell whether a number begins a question; where one was asked, most numbers count steps."""
    if marker.style is Style.NUMBER and "|" in sheet.text[marker.start : marker.end]:
        return False  # a row of a table that is not about the questions
    if not sheet.is_single:
        return True
    is_asked = marker.numbers[0] in sheet.positions
    if marker.style is not Style.WORD:
        return is_asked or marker.style is Style.NUMBER
    return is_asked or _QUESTION.search(sheet.low, marker.start, marker.end) is not None


def _without_steps(sheet: Sheet, lines: list[_Line]) -> list[_Line]:
    """Leave out bare numbers where one question was asked, unless its own is the only one."""
    bare = {
        line.marker.numbers[0]
        for line in lines
        if line.marker.style is Style.NUMBER and not line.is_labelled
    }
    if not sheet.is_single or bare == set(sheet.positions):
        return lines
    return [line for line in lines if line.is_labelled or line.marker.style is not Style.NUMBER]


def _score(entries: list[Entry]) -> tuple[int, int]:
    return _n_decided(entries, Rank.SHORT), _n_decided(entries, Rank.PROSE)


def _second_pass(sheet: Sheet, entries: list[Entry], others: list[Entry]) -> list[Entry]:
    """Return what is written in another way behind all the rest, if it is said to correct it."""
    last = max((entry.start for entry in entries), default=0)
    later = [entry for entry in others if entry.start > last and entry.rank > Rank.PROSE]
    if not entries or not later:
        return []
    begin = min(entry.start for entry in later)
    announced = _AGAIN.search(sheet.low, max(last, begin - MAX_ANNOUNCED), begin)
    return later if announced else []


def _n_decided(entries: Iterable[Entry], rank: Rank) -> int:
    """Return how many questions are decided at a rank or above."""
    decided = (entry for entry in entries if entry.verdict.is_decided)
    return len({entry.position for entry in decided if entry.rank >= rank})


def _latest(lines: list[_Line]) -> list[_Line]:
    """Mark all but the last few lines of each question as boundaries only: the last ones count."""
    n_seen: Counter[int] = Counter()
    for line in reversed(lines):
        number = line.marker.numbers[0]
        n_seen[number] += 1
        line.is_read = n_seen[number] <= MAX_REPEATED
    return lines


def _read_style(
    sheet: Sheet, declarations: Declarations, lines: list[_Line], style: Style
) -> tuple[list[Entry], list[Span]]:
    """Return the entries of one way of writing numbers, and the stretches of other questions."""
    entries: list[Entry] = []
    others: list[Span] = []
    is_list = style is not Style.NUMBER or (_is_ascending(lines) and not sheet.is_single)
    ends = [line.marker.start for line in lines[1:]] + [len(sheet.text)]
    sections: list[tuple[Section, bool]] = []
    for line, end in zip(lines, ends, strict=False):
        mine = [number for number in line.marker.numbers if number in sheet.positions]
        if not mine:
            others.append((line.marker.start, end))
        elif line.is_read and len(line.marker.numbers) > 1:
            entries += _read_group(sheet, line, mine)
        elif line.is_read:
            start, content, line_end = line.marker.start, line.marker.end, min(line.end, end)
            section = Section(sheet, declarations, mine[0], start, content, line_end, end)
            sections.append((section, is_list or line.is_labelled))
    entries += _read_all(sections)
    return entries, others


def _read_all(sections: list[tuple[Section, bool]]) -> list[Entry]:
    """Read sections; where most answers stand on their line, an empty line was left empty."""
    n_bare = sum(section.is_bare() for section, _ in sections)
    has_lines = len(sections) > 2 * n_bare
    return [
        section.left_empty()
        if section.is_bare() and (has_lines or not may_span)
        else section.read(may_span=may_span)
        for section, may_span in sections
    ]


def _is_ascending(lines: list[_Line]) -> bool:
    numbers = (line.marker.numbers[0] for line in lines)
    return all(later > earlier for earlier, later in pairwise(numbers))


def _covers(sheet: Sheet, entries: list[Entry]) -> bool:
    """Tell whether a bare list is long enough to be the answers and not steps or notes.

    Of a reply that was cut off, it may be the beginning.
    """
    n_questions = sheet.reply_format.n_questions
    read = {entry.position for entry in entries if entry.verdict.is_decided or entry.rank}
    begins = sheet.is_truncated and read == set(sheet.positions[: len(read)])
    is_clear = all(entry.rank for entry in entries if not sheet.is_unfinished(entry.end))
    return len(read) >= min(n_questions, max(2, n_questions // 2)) or (begins and is_clear)


def _read_group(sheet: Sheet, line: _Line, numbers: list[int]) -> list[Entry]:
    """Read ``Q5-Q8: LIFELINE``; one answer for several questions is none."""
    start, end = line.marker.end, min(line.end, line.marker.end + MAX_SHORT)
    verdict = decide(sheet.text[start:end], sheet.terms)
    if verdict.outcome not in {Outcome.SKIP, Outcome.BLANK} or verdict.says_nothing:
        return []
    begin = line.marker.start
    return [Entry(number, verdict, "group", Rank.SHORT, begin, end) for number in numbers]
