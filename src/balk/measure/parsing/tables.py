"""Entries from tables: markdown, tabs, semicolons or commas, with or without a header."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from collections.abc import Iterator
from dataclasses import dataclass

from balk.measure.parsing.columns import (
    ANSWER,
    OTHER,
    QUESTION,
    Record,
    entries_of,
    meaning,
    number_in,
)
from balk.measure.parsing.entries import Entry, Sheet, Span

MAX_HEADERS = 2_000  # lines that may be tried as a header
MAX_ROWS = 5_000
MAX_LINE = 2_000  # characters of a header or a row
MAX_CELLS = 60
MIN_COLUMNS = 2
N_FIELDS = 3  # without a header, fewer may be anything

_DELIMITERS = ("|", "\t", ";", ",")
_RULE_ROW = re.compile(r"[\s|:+=;,–—-]+")
_ESCAPED_BAR = "\\|"
_HEADER = re.compile(
    r"^(?=[^\n|\t;,]{0,60}[|\t;,])[ \t|>*]{0,8}"
    r"(?:(?=[^\n]{0,400}?(?:answer|\bans\b|response|decision))"
    r"[a-z#][^\n|\t;,:0-9!?]{0,40}(?:\([^()\n]{0,20}\))?[ \t*]{0,8}[|\t;,]"
    r"|(?:q|question|problem|no\.?|#)[ \t*]{0,8}[|\t;,][ \t*]{0,8}q?\d)",
    re.MULTILINE,
)
_IN_BRACKETS = re.compile(r"\([^()]{0,40}\)")
_NOT_A_NAME = re.compile(r"[:!{}]|\d|(?:\S+\s+){4}")
_HEADERLESS = re.compile(
    r"^(?=[^\n\d]{0,30}\d)[ \t]{0,8}\|?[ \t]{0,8}(?:q(?:uestion)?[ \t]?)?\d{1,4}"
    r"[ \t]{0,8}(?P<delimiter>[|\t;,])"
    r"(?=[ \t]{0,8}\d{1,2}(?:/10)?[ \t]{0,8}[|\t;,])[^\n%]{1,400}%",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table: its cells and where it stands."""

    cells: list[str]
    start: int
    end: int
    is_closed: bool


def read_tables(sheet: Sheet) -> tuple[list[Entry], list[Span]]:
    """Return the entries that stand in tables, and the stretches the tables take up."""
    records: list[Record] = []
    spans: list[Span] = []
    after = 0
    for n_headers, header in enumerate(_HEADER.finditer(sheet.low)):
        start = header.start()
        if start < after or n_headers > MAX_HEADERS:
            continue
        found, end = _read_table(sheet, start)
        if found:
            records += found
            spans.append((start, end))
        after = end
    if not records:
        records = list(_headerless(sheet))
        spans = [(record.start, record.end) for record in records]
    return entries_of(records, sheet, "table"), spans


def _read_table(sheet: Sheet, start: int) -> tuple[list[Record], int]:
    """Read the table that may begin with a header at `start`; return also where it ends."""
    end = sheet.line_end(start)
    header = sheet.text[start : min(end, start + MAX_LINE)]
    for delimiter in _DELIMITERS:
        cells = _cells(header, delimiter)
        if len(cells) < MIN_COLUMNS:
            continue
        names = [meaning(cell, sheet) for cell in cells]
        if _is_header(cells, names):
            return _rows_below(sheet, names, delimiter, end)
        numbers = [number for cell in cells[1:] if (number := number_in(cell)) is not None]
        if names[0] == QUESTION and len(numbers) == len(cells) - 1:
            return _columns_right(sheet, numbers, delimiter, end)
    return [], end


def _is_header(cells: list[str], names: list[str]) -> bool:
    """Tell whether a line names columns and does not only happen to hold the word answer."""
    is_named = names.count(ANSWER) == 1 and len(set(names) - {OTHER}) > 1
    return is_named and not any(_NOT_A_NAME.search(_IN_BRACKETS.sub("", cell)) for cell in cells)


def _rows_below(
    sheet: Sheet, names: list[str], delimiter: str, after: int
) -> tuple[list[Record], int]:
    rows = list(_rows(sheet, delimiter, after, len(names), last_is_wide=names[-1] == ANSWER))
    end = rows[-1].end if rows else after
    if QUESTION in names:
        column = names.index(QUESTION)
        numbers = [
            number_in(row.cells[column]) if len(row.cells) > column else None for row in rows
        ]
    elif len(rows) == sheet.reply_format.n_questions:
        numbers = list(sheet.positions)
    else:
        numbers = []
    records = [
        Record(number, dict(zip(names, row.cells, strict=False)), row.start, row.end, row.is_closed)
        for number, row in zip(numbers, rows, strict=False)
        if number is not None
    ]
    return records, end


def _columns_right(
    sheet: Sheet, numbers: list[int], delimiter: str, after: int
) -> tuple[list[Record], int]:
    """Read a table that has a column for each question and a row for each field."""
    by_number: dict[int, dict[str, str]] = {number: {} for number in numbers}
    end, is_closed = after, False
    for row in _rows(sheet, delimiter, after, len(numbers) + 1, last_is_wide=False):
        name = meaning(row.cells[0], sheet)
        for number, cell in zip(numbers, row.cells[1:], strict=False):
            by_number[number].setdefault(name, cell)
        end, is_closed = row.end, row.is_closed
    records = [
        Record(number, fields, after + 1, end, is_closed)
        for number, fields in by_number.items()
        if ANSWER in fields
    ]
    return records, end


def _rows(
    sheet: Sheet, delimiter: str, after: int, n_cells: int, *, last_is_wide: bool
) -> Iterator[_Row]:
    """Yield the rows below a header until a line that is none."""
    start = after + 1
    for _ in range(MAX_ROWS):
        end = sheet.line_end(start)
        line = sheet.text[start : min(end, start + MAX_LINE)]
        if not line.strip() or delimiter not in line:
            return
        if not _RULE_ROW.fullmatch(line):
            cells = _cells(line, delimiter, n_cells if last_is_wide else 0)
            is_closed = line.rstrip().endswith("|") and len(cells) >= n_cells
            yield _Row(cells, start, end, is_closed)
        start = end + 1


def _cells(line: str, delimiter: str, n_cells: int = 0) -> list[str]:
    """Return the cells of a line; with `n_cells`, the last one keeps further delimiters."""
    if delimiter == "|":
        line = line.replace(_ESCAPED_BAR, "\x00").strip().removeprefix("|").removesuffix("|")
    parts = line.split(delimiter, n_cells - 1 if n_cells else MAX_CELLS)
    return [part.replace("\x00", "|").strip(' \t*"') for part in parts]


def _headerless(sheet: Sheet) -> Iterator[Record]:
    """Yield rows of number, then the fields in the order asked for; one has to be a percentage."""
    names = [QUESTION, *sheet.reply_format.fields]
    if len(names) <= N_FIELDS:
        return
    for found in list(_HEADERLESS.finditer(sheet.low))[-MAX_ROWS:]:
        end = sheet.line_end(found.start())
        line = sheet.text[found.start() : min(end, found.start() + MAX_LINE)]
        cells = _cells(line, found["delimiter"], len(names) if names[-1] == ANSWER else 0)
        number = number_in(cells[0]) if len(cells) == len(names) else None
        if number is not None:
            fields = dict(zip(names, cells, strict=True))
            yield Record(number, fields, found.start(), end, line.rstrip().endswith("|"))
