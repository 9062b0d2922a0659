"""The section on what was registered: contrasts with their predictions, and what differs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from balk.report.blocks import Paragraph, Section, Table
from balk.report.nodes import Node
from balk.report.sections import lock
from balk.reports import read_material
from report.told import check_numbers, told_by


def numbers(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return held


def section_on(folder: Path, summary: dict[str, Any]) -> Section | None:
    return lock.section(replace(read_material(folder), summary=Node(summary, "summary")))


def words_of(section: Section | None) -> str:
    assert section is not None
    told = [one.text.striptags() for one in section.blocks if isinstance(one, Paragraph)]
    return " ".join(" ".join(told).split())


def test_every_contrast_that_was_locked_is_told_with_its_numbers(told_folder: Path) -> None:
    told = told_by(told_folder / "report.html")
    check_numbers(told, told_folder)
    shown = {at for at, _, _ in told.numbers}
    contrasts = numbers(told_folder)["lock"]["contrasts"]
    answered = [i for i, one in enumerate(contrasts) if one["confirmatory"]]
    assert len(contrasts) > len(answered) > 5
    for i in answered:
        for key in ("estimate/value", "estimate/low", "estimate/high", "p_holm"):
            assert f"summary#/lock/contrasts/{i}/confirmatory/{key}" in shown


def test_what_was_locked_and_not_asked_stays_in_the_list_without_an_answer(
    told_folder: Path,
) -> None:
    section = section_on(told_folder, numbers(told_folder))
    assert section is not None
    rows = next(one for one in section.blocks if isinstance(one, Table)).rows
    unasked = [row for row in rows if "welcome" in str(row[1])]
    assert len(unasked) == 3
    assert {row[-2] for row in unasked} == {"no answer"}
    assert {row[-1] for row in unasked} == {"as many: all"}


def test_a_deviation_is_listed_in_words(told_folder: Path) -> None:
    page = (told_folder / "report.html").read_text()
    assert "balk-sim/rational, welcome, 4 lifelines, batch, 6 exams" in page
    assert "locked, and not asked" in page
    assert "{&#34;arm&#34;" not in page


def test_a_study_that_keeps_its_word_is_said_to(told_folder: Path) -> None:
    summary = numbers(told_folder)
    summary["lock"]["deviations"] = []
    section = section_on(told_folder, summary)
    assert "Nothing differs from the lock." in words_of(section)
    assert section is not None
    assert {one.name for one in section.blocks if isinstance(one, Table)} == {"contrasts"}


@pytest.mark.parametrize(
    ("sign", "agree", "said"),
    [
        ("-", ["tension"], "fewer, as predicted by tension"),
        ("0", ["rational", "use_the_parts"], "as many, as predicted by rational, use the parts"),
        ("+", [], "more, as predicted by no explanation"),
    ],
)
def test_a_contrast_that_is_decided_is_said_first(
    told_folder: Path, sign: str, agree: list[str], said: str
) -> None:
    summary = numbers(told_folder)
    one = next(
        one
        for one in summary["lock"]["contrasts"]
        if one["measure"] == "skips_per_exam" and one["confirmatory"]
    )
    one["confirmatory"] |= {"sign": sign, "agree": agree}
    words = words_of(section_on(told_folder, summary))
    assert said in words
    assert "What else was locked is open." in words


def test_a_study_without_a_lock_is_called_not_registered(folder: Path) -> None:
    told = numbers(folder)
    assert words_of(section_on(folder, told)).startswith("Not registered")
    assert "Not registered" in (folder / "report.html").read_text()


def test_numbers_that_know_of_no_lock_say_nothing_of_one(folder: Path) -> None:
    told = numbers(folder)
    del told["lock"]
    assert section_on(folder, told) is None
