"""What stands in summary.json stands in the report, in the section that it belongs to."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from report.told import told_by

UNREAD = ("conflict", "blank", "missing", "unparsed", "refusal", "truncated", "failed")


@pytest.fixture(scope="module")
def summary(told_folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((told_folder / "summary.json").read_text())
    return held


@pytest.mark.parametrize("name", ["feedback", "dose_range", "doses", "arms"])
def test_every_comparison_is_told_with_its_interval(
    told_folder: Path, summary: dict[str, Any], name: str
) -> None:
    shown = {at for at, _, _ in told_by(told_folder / "report.html").numbers}
    places = [
        f"summary#/comparisons/{i}/estimate"
        for i, one in enumerate(summary["comparisons"])
        if one["name"] == name and one["estimate"]
    ]
    assert places
    for place in places:
        assert {f"{place}/{end}" for end in ("value", "low", "high")} <= shown


def test_a_comparison_of_doses_names_both(told_folder: Path) -> None:
    assert "4 lifelines, batch less 2 lifelines" in (told_folder / "report.html").read_text()


def test_feedback_is_drawn_in_the_section_on_one_by_one(told_folder: Path) -> None:
    page = (told_folder / "report.html").read_text()
    section = page.partition('<section id="one-by-one"')[2].partition("</section>")[0]
    assert 'id="figure-feedback"' in section
    assert (told_folder / "figures" / "feedback.svg").exists()
    assert (told_folder / "tables" / "feedback.csv").exists()


def test_what_was_not_read_is_drawn_for_those_who_left_it(
    told_folder: Path, summary: dict[str, Any]
) -> None:
    page = (told_folder / "report.html").read_text()
    told = re.search(r"Share of questions without a decision: ([^\"]*)\.\"", page)
    assert told
    lost = {}
    for subject in summary["subjects"]:
        n_questions = sum(one["n_questions"] for one in subject["conditions"])
        n = sum(one["outcomes"][kind] for one in subject["conditions"] for kind in UNREAD)
        if n:
            lost[subject["subject"]] = n / n_questions
    assert told[1] == "; ".join(f"{name} {share:.1%}" for name, share in lost.items())
    assert set(lost) == {"balk-sim/sloppy"}


def test_where_all_was_read_nothing_is_drawn_of_it(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    assert "nothing was left unread" in page
    assert 'id="figure-reading"' not in page
