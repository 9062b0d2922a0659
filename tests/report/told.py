"""A report read back: every number with the place in a file that it says it is from."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from balk.report.shown import rounded

# Numbers that are the method's and not the study's, such as the level of an interval.
SAID_BY_THE_METHOD = {"95", "0", "1", "0.5", "0.05"}


class Told(HTMLParser):
    """Numbers with the place they come from, and the text around them."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str, str]] = []
        self.loose: list[str] = []
        self._path: list[str] = []
        self._at: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "data":
            self._at = (held["data-at"] or "", held["value"] or "")
        if tag not in {"meta", "br"}:
            self._path.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            self._at = None
        if tag in self._path:
            while self._path.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._at is not None:
            self.numbers.append((*self._at, data))
        elif {"p", "dd"} & set(self._path) and not {"bdi", "code", "b"} & set(self._path):
            self.loose.append(data)


def told_by(page: Path) -> Told:
    """Return what a page says."""
    parser = Told()
    parser.feed(page.read_text())
    return parser


def stands_at(folder: Path, at: str) -> Any:  # noqa: ANN401 -- any JSON
    file, _, pointer = at.partition("#")
    value = json.loads((folder / f"{file}.json").read_text())
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def check_numbers(told: Told, folder: Path) -> None:
    """Hold every number of a page against the one that stands in its file."""
    for at, value, shown in told.numbers:
        there = stands_at(folder, at)
        assert float(value) == there, at
        decimals = len(shown.removesuffix(" %").partition(".")[2])
        assert shown == rounded(there, decimals, is_percent=shown.endswith("%")), at


def own_numbers(told: Told) -> set[str]:
    """Return the numbers of sentences that stand in no file."""
    found = (set(re.findall(r"\d+(?:\.\d+)?", text)) for text in told.loose)
    return set().union(*found) - SAID_BY_THE_METHOD
