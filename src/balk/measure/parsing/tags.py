"""Entries from tags: ``<question id="3"><answer>17</answer></question>``, ``<q3>17</q3>``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from balk.measure.parsing.columns import (
    ANSWER,
    EXIT,
    OTHER,
    QUESTION,
    Record,
    entries_of,
    meaning,
    number_in,
)
from balk.measure.parsing.entries import Entry, Sheet, Span
from balk.measure.parsing.folding import words

MAX_TAGS = 20_000
MAX_FIELD = 500

_TAG = re.compile(
    r"<(?P<name>[a-z][a-z_-]{0,20}?)[_-]?(?P<number>\d{1,4})?(?P<rest>[ \t][^<>\n]{0,80})?>",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\s*<[a-z][^<>/]* [^<>/]*>\s*", re.IGNORECASE)
_CLOSING = re.compile(r"[_-]?\d{0,4}>")
_NUMBER = re.compile(
    r"\b(?:id|n|no|number|num|question|q|index) ?= ?[\"']?q?(\d{1,4})\b", re.IGNORECASE
)
_QUESTION_TAGS = words("q question problem puzzle item response entry")


@dataclass(slots=True)
class _Open:
    """The question whose fields are being collected."""

    number: int | None
    start: int = 0
    end: int = 0
    fields: dict[str, str] = field(default_factory=dict)


def read_tags(sheet: Sheet) -> tuple[list[Entry], list[Span]]:
    """Return the entries that stand between tags, and the stretches the tags take up."""
    records = [
        Record(question.number, question.fields, question.start, question.end)
        for question in (_questions(sheet) if "</" in sheet.text else ())
        if question.number is not None and (ANSWER in question.fields or EXIT in question.fields)
    ]
    return entries_of(records, sheet, "tags"), [(record.start, record.end) for record in records]


def _questions(sheet: Sheet) -> Iterator[_Open]:
    """Yield every question that tags set apart, with its fields."""
    default = sheet.reply_format.first if sheet.is_single else None
    current = _Open(default)
    for n_tags, tag in enumerate(_TAG.finditer(sheet.text)):
        if n_tags > MAX_TAGS:
            break
        kind, number = meaning(tag["name"], sheet), _number(tag)
        content, end = _content(sheet, tag)
        is_question = tag["name"].lower() in _QUESTION_TAGS or number is not None
        if not is_question and kind == OTHER:
            continue
        begins = is_question or kind == QUESTION
        if begins and number is None and content is not None:
            number = number_in(content)
        continues = number == current.number and kind not in current.fields
        if begins and not continues:
            yield current
            current = _Open(default if number is None else number, tag.start(), end)
        _add(current, tag, kind, content, end)
    yield current


def _add(current: _Open, tag: re.Match[str], kind: str, content: str | None, end: int) -> None:
    """Add a tag's content to its question, if it holds a field and no further tags."""
    is_numbered = _number(tag) is not None
    if content is None or (kind in {QUESTION, OTHER} and not is_numbered):
        return
    current.start = current.start if current.fields or current.end else tag.start()
    current.fields[ANSWER if kind in {QUESTION, OTHER} else kind] = content
    current.end = end


def _number(tag: re.Match[str]) -> int | None:
    if tag["number"]:
        return int(tag["number"])
    found = _NUMBER.search(tag["rest"] or "")
    return int(found[1]) if found else None


def _content(sheet: Sheet, tag: re.Match[str]) -> tuple[str | None, int]:
    """Return what stands between a tag and its closing one, and where that ends.

    The content is None if there is no closing tag near, or if further tags stand between.
    """
    closing = sheet.low.find(f"</{tag['name'].lower()}", tag.end(), tag.end() + MAX_FIELD)
    end = _CLOSING.match(sheet.low, closing + 2 + len(tag["name"])) if closing >= 0 else None
    if end is None:
        return None, tag.end()
    content = sheet.text[tag.end() : closing]
    is_leaf = "<" not in content or _PLACEHOLDER.fullmatch(content) is not None
    return (content, end.end()) if is_leaf else (None, tag.end())
