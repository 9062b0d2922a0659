"""The section on probes: what is said beside what is done, each number as in summary.json."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from balk.report.blocks import Paragraph
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections import probes
from balk.report.sections.reasons import OUTCOMES
from balk.reports import read_material
from report.told import Told, check_numbers, own_numbers, told_by


@pytest.fixture(scope="module")
def told(told_folder: Path) -> Told:
    return told_by(told_folder / "report.html")


def numbers_of(told: Told) -> set[str]:
    return {at for at, _, _ in told.numbers if "/probes/" in at}


def paragraph_on(folder: Path, subject: str) -> str:
    section = probes.section(read_material(folder))
    assert section is not None
    texts = [one.text.striptags() for one in section.blocks if isinstance(one, Paragraph)]
    return " ".join(next(text for text in texts if subject in text).split())


def test_every_number_is_the_one_that_stands_in_its_file(told: Told, told_folder: Path) -> None:
    assert len(numbers_of(told)) > 100
    check_numbers(told, told_folder)
    assert own_numbers(told) == set()


def test_every_reason_and_every_observed_point_is_told(told: Told, told_folder: Path) -> None:
    summary = json.loads((told_folder / "summary.json").read_text())
    shown = numbers_of(told)
    n = 0
    for i, subject in enumerate(summary["subjects"]):
        for j, one in enumerate(subject["probes"]):
            at = f"summary#/subjects/{i}/probes/{j}"
            for k, _ in enumerate(one["reasons"] or []):
                assert f"{at}/reasons/{k}/share/value" in shown
                n += 1
            if one["follow_up"] and one["lifelines"]:
                assert f"{at}/follow_up/forgone_points/value" in shown
                n += 1
    assert n > 8


def test_a_belief_that_costs_points_is_told_with_what_takes_it_away(told_folder: Path) -> None:
    said = paragraph_on(told_folder, "believed_penalty")
    assert "offered 4 lifelines" in said
    assert re.search(r"named the points announced in 0 % \[0 %, \d+ %\] of exams", said)
    assert re.search(r"a wrong answer loses points, it said in 100 %", said)
    assert "states most is penalty" in said
    assert re.search(r"wording of dominance takes that reason away, skips change by -", said)


def test_advice_that_is_kept_is_told_with_what_is_ruled_out(told_folder: Path) -> None:
    said = paragraph_on(told_folder, "balk-sim/rational")
    assert "advised to use none in 6 exams" in said
    assert re.search(r"had skipped in no exam; in more than [\d.]+ % is ruled out", said)
    assert "right" not in said  # nothing was skipped, so nothing was asked after all


@pytest.mark.parametrize(
    ("low", "high", "verdict", "seen"),
    [
        (-3.0, -1.0, "different", "fewer, as the reason has it"),
        (1.0, 3.0, "different", "more, against the reason"),
        (-0.2, 0.2, "equivalent", "as many: skipping goes on without the reason"),
        (-1.0, 0.2, "undecided", "open: more, as many or fewer"),
    ],
)
def test_whether_a_reason_survives_is_said_by_rule(
    told_folder: Path, low: float, high: float, verdict: str, seen: str
) -> None:
    said = str(probes.section(with_change(told_folder, low, high, verdict)))
    assert {one for one in OUTCOMES.values() if one in said} == {seen}


def with_change(folder: Path, low: float, high: float, verdict: str) -> Material:
    """Return a study in which every arm changes skips by as much."""
    held = read_material(folder)
    summary: dict[str, Any] = json.loads(json.dumps(held.summary.value))
    change = {"value": (low + high) / 2, "low": low, "high": high}
    for one in (one for subject in summary["subjects"] for one in subject["probes"]):
        for removed in (r for reason in one["reasons"] or [] for r in reason["removed_by"]):
            removed["skips"] = removed["skips"] and change
    for compared in summary["comparisons"]:
        if compared["name"] == "arms":
            compared["estimate"] = change
            compared["equivalence"] = {"verdict": verdict}
    return Material(
        held.name, held.decisions, held.exams, held.items, Node(summary, "summary"), held.fits
    )


def test_a_study_without_probes_has_no_such_section(folder: Path) -> None:
    assert 'id="probes"' not in (folder / "report.html").read_text()
    assert probes.section(read_material(folder)) is None
