"""Entries from JSON, whole or broken: arrays, objects, objects keyed by question number."""

import json
import re
from collections.abc import Iterator
from typing import Any

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

MAX_FAILURES = 5  # beginnings that turn out not to be JSON, each of which may cost the whole text
MAX_OBJECTS = 5_000
MAX_DEPTH = 6
MAX_KEY = 40  # characters between an object's beginning and its question number
MAX_OBJECT = 2_000  # characters of one object that has to be read without being valid

_BEGINNING = re.compile(r"^[ \t]{0,40}(?:\w{1,20} ?[=:] ?)?(?=[\[{])", re.MULTILINE)
_FLAT = re.compile(
    r"(?:[\"']?(?:q(?:uestion)?[ _]?)?(?P<key>\d{1,4})[\"']?\s{0,3}:\s{0,3})?"
    r"(?<![\w\\}])\{(?P<body>[^{}]*)\}",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"[\"']?(?P<name>[A-Za-z#][\w #]{0,30}|\d{1,4})[\"']?\s{0,3}[:=]\s{0,3}"
    r"(?:\"(?P<double>(?:[^\"\\\n]|\\.){0,300})\"|'(?P<single>[^'\n]{0,300})'|(?P<bare>[^,{}\[\]\"'\n]{1,100}))"
)
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_NOTHING = frozenset({"null", "None"})

Fields = dict[str, str]


def read_objects(sheet: Sheet) -> tuple[list[Entry], list[Span]]:
    """Return the entries that stand in JSON, and the stretches the JSON takes up."""
    records: list[Record] = []
    spans: list[Span] = []
    if "{" not in sheet.text and "[" not in sheet.text:
        return [], spans
    for start, end, value in _values(sheet.text):
        found = list(_walk(value, sheet, 0))[-MAX_OBJECTS:]
        if found:
            records += _located(sheet, found, start, end)
            spans.append((start, end))
    rest = sheet.without(spans)
    broken = list(_broken(rest)) if "{" in rest.text else []
    spans += [(record.start, record.end) for record in broken]
    return entries_of(records + broken, sheet, "json"), spans


def _values(text: str) -> Iterator[tuple[int, int, Any]]:
    """Yield every JSON value that begins a line, with where it begins and ends."""
    n_failures, n_found, after = 0, 0, 0
    for beginning in _BEGINNING.finditer(text):
        start = beginning.end()
        if start < after or n_failures > MAX_FAILURES or n_found > MAX_OBJECTS:
            continue
        try:
            value, after = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            n_failures += 1
            continue
        n_found += 1
        yield start, after, value


def _located(
    sheet: Sheet, found: list[tuple[int, Fields]], start: int, end: int
) -> Iterator[Record]:
    """Yield records with the stretch of their own object, as far as it can be told."""
    cursor = start
    for position, fields in found:
        if position not in sheet.positions:
            continue
        named = re.compile(rf"[:\"'](?:q|question|problem)?[ _]?0?{position}(?![\d.])")
        key = named.search(sheet.low, cursor, min(end, cursor + MAX_OBJECT))
        if key:
            opening = sheet.low.rfind("{", max(cursor, key.start() - MAX_KEY), key.start())
            cursor = opening if opening >= 0 else key.start() + 1
            end_of_object = sheet.low.find("}", key.end(), end) + 1
        yield Record(position, fields, cursor, (key and end_of_object) or end)


def _walk(value: Any, sheet: Sheet, depth: int) -> Iterator[tuple[int, Fields]]:  # noqa: ANN401 -- JSON is anything
    """Yield question numbers and their fields, wherever in a JSON value they are."""
    if isinstance(value, list) and depth <= MAX_DEPTH:
        yield from _walk_list(value, sheet, depth)
    elif isinstance(value, dict) and depth <= MAX_DEPTH:
        yield from _walk_object(value, sheet, depth)


def _walk_list(values: list[Any], sheet: Sheet, depth: int) -> Iterator[tuple[int, Fields]]:
    if len(values) == sheet.reply_format.n_questions and not sheet.is_single:
        unnumbered = [_answer_only(one, sheet) for one in values]
        if all(fields is not None for fields in unnumbered):
            yield from zip(sheet.positions, (fields or {} for fields in unnumbered), strict=True)
            return
    for one in values:
        yield from _walk(one, sheet, depth + 1)


def _answer_only(value: Any, sheet: Sheet) -> Fields | None:  # noqa: ANN401 -- JSON is anything
    """Return the fields of a list's element that says which question it is by its place alone."""
    if isinstance(value, dict):
        fields = _fields(value, sheet)
        return fields if ANSWER in fields and QUESTION not in fields else None
    return {ANSWER: value or ""} if value is None or isinstance(value, str) else None


def _walk_object(value: dict[str, Any], sheet: Sheet, depth: int) -> Iterator[tuple[int, Fields]]:
    fields = _fields(value, sheet)
    number = number_in(fields.get(QUESTION, ""))
    if number is not None and len(fields) > 1:
        yield number, fields
        return
    if sheet.is_single and ANSWER in fields and QUESTION not in fields:
        yield sheet.reply_format.first, fields
        return
    for key, inner in value.items():
        keyed = number_in(key)
        if keyed is None:
            yield from _walk(inner, sheet, depth + 1)
        elif isinstance(inner, dict):
            yield keyed, _fields(inner, sheet)
        else:
            yield keyed, {ANSWER: _text(inner)}


def _fields(value: dict[str, Any], sheet: Sheet) -> Fields:
    """Return the fields of an object by what their names mean; the first of a kind counts."""
    fields: Fields = {}
    for name, inner in value.items():
        kind = meaning(name, sheet)
        is_nested = kind == ANSWER and isinstance(inner, dict | list)
        if kind != OTHER and number_in(name) is None and not is_nested:
            fields.setdefault(kind, _text(inner))
    return fields


def _text(value: Any) -> str:  # noqa: ANN401 -- JSON is anything
    """Return a plain value as words; what is nested in the place of one is not a value."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else ""


def _broken(sheet: Sheet) -> Iterator[Record]:
    """Yield what can be read of objects that are not valid JSON: cut off, or in loose notation."""
    for n_found, flat in enumerate(_FLAT.finditer(sheet.text)):
        if n_found > MAX_OBJECTS:
            return
        named, keyed = _loose_fields(flat["body"][:MAX_OBJECT], sheet)
        number = int(flat["key"]) if flat["key"] else number_in(named.get(QUESTION, ""))
        if number is not None and len(named) > (QUESTION in named):
            yield Record(number, named, flat.start(), flat.end())
        elif sheet.is_single and ANSWER in named and not keyed:
            yield Record(sheet.reply_format.first, named, flat.start(), flat.end())
        else:
            for one, value in keyed.items():
                yield Record(one, {ANSWER: value}, flat.start(), flat.end())


def _loose_fields(body: str, sheet: Sheet) -> tuple[Fields, dict[int, str]]:
    """Return named fields, and values keyed by question number."""
    named: Fields = {}
    keyed: dict[int, str] = {}
    for pair in _PAIR.finditer(body):
        value = (pair["double"] or pair["single"] or pair["bare"] or "").strip()
        value = "" if value in _NOTHING else value.replace("\\\\", "\\")
        number = number_in(pair["name"])
        kind = meaning(pair["name"], sheet)
        if number is not None:
            keyed[number] = value
        elif kind != OTHER:
            named.setdefault(kind, value)
    return named, keyed
