"""The report as text: every number in it stands in a file, and nothing in it is active."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from balk.report.shown import rounded

# Numbers that are the method's and not the study's, such as the level of an interval.
SAID_BY_THE_METHOD = {"95", "0", "1", "0.5"}


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


@pytest.fixture(scope="module")
def told(folder: Path) -> Told:
    parser = Told()
    parser.feed((folder / "report.html").read_text())
    return parser


def stands_at(folder: Path, at: str) -> Any:  # noqa: ANN401 -- any JSON
    file, _, pointer = at.partition("#")
    value = json.loads((folder / f"{file}.json").read_text())
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def test_every_number_is_the_one_that_stands_in_its_file(told: Told, folder: Path) -> None:
    assert len(told.numbers) > 200
    for at, value, shown in told.numbers:
        there = stands_at(folder, at)
        assert float(value) == there, at
        decimals = len(shown.removesuffix(" %").partition(".")[2])
        assert shown == rounded(there, decimals, is_percent=shown.endswith("%")), at


def test_no_sentence_holds_a_number_of_its_own(told: Told, folder: Path) -> None:
    fits = json.loads((folder / "fits.json").read_text())
    words = [fit["words"] for fit in fits["subjects"]]
    for text in told.loose:
        if not any(text.strip() in said for said in words):
            assert set(re.findall(r"\d+(?:\.\d+)?", text)) <= SAID_BY_THE_METHOD, text


def test_the_page_names_no_address_to_load(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    before_scripts = page.partition('<script type="application/json"')[0]
    assert not re.search(r'(?:src|href)="(?!#)', before_scripts)
    assert "default-src 'none'" in unescape(before_scripts)
    assert "unsafe-eval" not in page


def test_a_subject_without_skips_is_told_with_what_was_ruled_out(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    assert re.search(r"skipped nothing</b> in .* exams: skips in more than .* are ruled out", page)
