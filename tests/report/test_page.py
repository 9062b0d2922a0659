"""The report as text: every number in it stands in a file, and nothing in it is active."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from report.told import SAID_BY_THE_METHOD, Told, check_numbers, told_by


@pytest.fixture(scope="module")
def told(folder: Path) -> Told:
    return told_by(folder / "report.html")


def test_every_number_is_the_one_that_stands_in_its_file(told: Told, folder: Path) -> None:
    assert len(told.numbers) > 200
    check_numbers(told, folder)


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
