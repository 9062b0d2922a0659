"""Question numbers: where one begins a line, and how it is written."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from balk.measure.parsing.entries import Sheet

MAX_MARKERS = 5_000  # the last ones count, so the first are let go
MAX_LINE = 20_000  # characters of one line in which further questions are looked for
MAX_GAP = 2  # questions left out in a row of named ones on one line
MIN_CHAIN = 3  # bare numbers on one line that make a list

_LEAD = r"[ \t>•●▪◦·–—*#+\-(\[{|\"']{0,16}"
_AMENDS = (
    r"(?:(?:correction|corrected|revised|revision|update|updated|actually|edit|wait|final|amended|"
    r"and|so|then|for)\b"
    r"[ \t,:–—-]{0,4}(?:(?:to|for|on) )?[(\[]?)?"
)
_NAME = (
    r"(?:(?:answer|solution|response|ans) ?(?:to|for)? ?)?"
    r"(?:questions?|problems?|puzzles?|items?|exercise|quest|qs?)"
    r"|answer|ans|a(?=\d)|no\.?|nr\.?|number|id"
)
_SEPARATORS = (
    r"(?:[ \t)\]}\"'>:=|;,→*_]|\.(?!\d)|[-–—](?![\d.(\\$∞]|[ \t]{0,8}(?:$|[(;,|]))|->){0,12}"
)
_MARKER = re.compile(
    rf"^(?=[^\n\d]{{0,80}}\d)(?P<lead>{_LEAD}){_AMENDS}(?P<name>{_NAME})?[ \t]{{0,3}}"
    r"(?P<sign>(?:no\.?|nr\.?|number|id|#) ?)?(?P<colon>[:=])?[ \t\"'#(\[]{0,4}"
    r"(?P<number>\d{1,4})(?!\d|[.,]\d| ?%|\w)(?P<of> ?(?:/|of|out of) ?\d{1,4}\b)?"
    rf"(?P<sep>{_SEPARATORS})",
    re.MULTILINE,
)
_FIELD_NAMES = ("question", "problem", "puzzle", "item", "q", "id", "number", "no")
_MEMBER = r"(?: ?, ?(?:and )?| ?& ?| and | ?[-–—] ?| to | through )"
_GROUP = re.compile(rf"(?:{_MEMBER}(?:q(?:uestion)? ?)?\d{{1,4}}){{1,40}} ?(?=[:–—=]|- )[:–—=-]")
_GROUP_OF_Q = re.compile(rf"(?:{_MEMBER}q(?:uestion)? ?\d{{1,4}}){{1,40}} ?(?=[:–—=]|- )[:–—=-]")
_PIECE = re.compile(r"([-–—]|to|through)? ?(?:q(?:uestion)? ?)?(\d{1,4})")
_FIELD_AHEAD = re.compile(
    r"(?:difficulty|confidence|answer|i (?:write|say|put|use|skip|choose)\b|[-+]?\d|\\|\$|\()"
)
_INLINE = re.compile(
    r"(?<=[ \t,;.|)\]])(?P<name>q(?:uestion)? ?)?(?P<number>\d{1,4})"
    r"(?P<sep> ?(?:[:)=]|\.(?!\d)|[–—-](?= )) ?)"
)


class Style(StrEnum):
    """How a question's number is written."""

    WORD = "word"
    """``Q3:``, ``Question 3``, ``#3``."""
    HEADING = "heading"
    """A number in bold or as a heading, alone on its line."""
    NUMBER = "number"
    """``3.``, ``3)``, as in any list."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A question's number (or several) at the beginning of a line, or in a row on one line.

    Attributes
    ----------
    numbers : tuple of int
        The question's number; several for ``Q3-Q5:``.
    style : Style
        How it is written.
    start, end : int
        Where the line begins, and where the marker ends and its content begins.
    """

    numbers: tuple[int, ...]
    style: Style
    start: int
    end: int


def find_markers(sheet: Sheet) -> list[Marker]:
    """Return the markers of a reply in order, at most the last `MAX_MARKERS`."""
    markers = []
    for found in list(_MARKER.finditer(sheet.low))[-MAX_MARKERS:]:
        marker = _read(sheet, found)
        if marker:
            markers += [marker, *_in_line(sheet, marker)]
    return markers


def _read(sheet: Sheet, found: re.Match[str]) -> Marker | None:
    name = (found["name"] or "").strip()
    if found["colon"] and not _is_field(sheet, found, name):
        return None
    has_name = bool(
        name or found["sign"] or "#" in found[0][len(found["lead"]) :] or _is_hash(found)
    )
    numbers, end = _numbers(sheet, found, name)
    separators = found["sep"].replace(" ", "")
    if has_name:
        is_marker = _is_named(sheet, found, separators, name) or len(numbers) > 1
        return Marker(numbers, Style.WORD, found.start(), end) if is_marker else None
    if found["of"]:
        return None
    if _is_heading(sheet, found):
        return Marker(numbers, Style.HEADING, found.start(), end)
    is_marker = any(sign in separators for sign in ".):]–—|→\t")
    return Marker(numbers, Style.NUMBER, found.start(), end) if is_marker else None


def _is_field(sheet: Sheet, found: re.Match[str], name: str) -> bool:
    """Tell whether ``question: 3`` is a field of its own, and not an equation or a sentence."""
    is_known = found["colon"] == ":" and name.startswith(_FIELD_NAMES)
    rest = sheet.low[found.end() : sheet.line_end(found.end())][:60].strip(" ,|")
    return is_known and (not rest or rest.startswith(("difficulty", "confidence", "answer")))


def _is_hash(found: re.Match[str]) -> bool:
    """Tell whether the number is written ``#3``, which is no heading."""
    return found["lead"].endswith("#") and found["lead"].count("#") == 1


def _is_named(sheet: Sheet, found: re.Match[str], separators: str, name: str) -> bool:
    """Tell whether a name and a number begin an entry, and not a sentence about the question."""
    after = found.end()
    if (separators == "," and not name.startswith("q")) or (name == "a" and ":" not in separators):
        return False
    if separators.strip("'\"") or "**" in sheet.source[found.start("number") : found.end()]:
        return True
    rest = sheet.low[after : after + 60]
    if separators or not rest.strip() or rest.lstrip(" ").startswith("\n"):
        return not separators
    if name in {"answer", "ans", "a", "no", "no.", "number", "id"}:
        return False
    exit_word = sheet.terms.exit_word
    is_exit = exit_word is not None and exit_word.pattern.match(sheet.text, after) is not None
    return is_exit or rest[0] in "(\t" or _FIELD_AHEAD.match(rest) is not None


def _is_heading(sheet: Sheet, found: re.Match[str]) -> bool:
    end = sheet.line_end(found.end())
    is_alone = not sheet.text[found.end() : end].strip(" *#")
    before = sheet.source[found.start() : found.start("number")]
    return is_alone and ("#" in before or "**" in before)


def _numbers(sheet: Sheet, found: re.Match[str], name: str) -> tuple[tuple[int, ...], int]:
    """Return the question numbers of a marker, and where its content begins."""
    first = int(found["number"])
    is_plural = name.endswith("s")
    group = (
        (_GROUP if is_plural else _GROUP_OF_Q).match(sheet.low, found.end("number"))
        if name
        else None
    )
    if not group:
        return (first,), found.end()
    numbers, beyond = [first], sheet.positions[-1] + 1
    for connective, number in _PIECE.findall(group[0]):
        last = int(number)
        numbers += range(numbers[-1] + 1, min(last, beyond) + 1) if connective else [last]
    return tuple(dict.fromkeys(numbers)), group.end()


def _in_line(sheet: Sheet, marker: Marker) -> Iterator[Marker]:
    """Yield the following questions where several stand in a row on one line: 1, 2, 3."""
    if len(marker.numbers) > 1 or marker.style is Style.HEADING:
        return
    end = sheet.line_end(marker.end)
    chain: list[Marker] = []
    wanted = marker.numbers[0] + 1
    for found in _INLINE.finditer(sheet.low, marker.end, min(end, marker.end + MAX_LINE)):
        is_named = found["name"] is not None
        number = int(found["number"])
        gap = len(sheet.positions) if sheet.text[found.start() - 2] in ";|" else MAX_GAP
        is_next = number == wanted or (is_named and wanted < number <= wanted + gap)
        if is_next and is_named == (marker.style is Style.WORD):
            chain.append(Marker((number,), marker.style, found.start(), found.end()))
            wanted = number + 1
    if marker.style is Style.WORD or len(chain) >= MIN_CHAIN - 1:
        yield from chain
