"""The section on answer keys, alone and beside exams: every number as in the saved file."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from balk import answer_key, pipeline
from balk.design.answer_key.study import AnswerKeyStudy
from balk.report.blocks import Paragraph
from balk.report.nodes import Node
from balk.report.sections import answer_key as section_of
from balk.report.sections.key_claims import PARTS, leads, split_sentence
from balk.reports import read_material
from report.told import check_numbers, own_numbers, told_by

SUBJECTS = ("balk-key/overclaiming", "balk-key/honest")
ESTIMATES = ("claimed", "earned_true", "earned_shown", "claimed_minus_earned_true")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small finished answer-key study, with its report."""
    study = AnswerKeyStudy(
        subjects=SUBJECTS,
        grader="balk-key/grader",
        puzzles="balk:divisor_counts",
        n_puzzles=8,
        batch=2,
    )
    folder = tmp_path_factory.mktemp("keys") / "keys"
    answer_key.run(study, folder, max_connections=8)
    pipeline.report(folder)
    return folder


@pytest.fixture(scope="module")
def beside(keys: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of exams that holds one of answer keys."""
    both = tmp_path_factory.mktemp("both") / "study"
    shutil.copytree(folder, both, ignore=shutil.ignore_patterns("logs"))
    (both / "answer-key").mkdir()
    shutil.copy(keys / "summary.json", both / "answer-key")
    pipeline.report(both)
    return both


def numbers(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return held


def test_every_number_is_the_one_that_stands_in_its_file(keys: Path, beside: Path) -> None:
    for folder, file in ((keys, "summary"), (beside, "answer-key/summary")):
        told = told_by(folder / "report.html")
        check_numbers(told, folder)
        assert len([at for at, _, _ in told.numbers if at.startswith(f"{file}#/")]) > 300
    assert own_numbers(told_by(keys / "report.html")) == set()


def test_everything_that_was_claimed_earned_accepted_and_shown_is_told(keys: Path) -> None:
    shown = {at for at, _, _ in told_by(keys / "report.html").numbers}
    for i, subject in enumerate(numbers(keys)["subjects"]):
        at = f"summary#/subjects/{i}"
        places = [
            *(f"split/{part}" for part, found in subject["split"].items() if found),
            *("detection/d_prime", "detection/criterion", "knowledge/right_alone"),
            *(f"screening/{j}/accepted" for j, _ in enumerate(subject["screening"])),
            *(
                f"self_score/{j}/{name}"
                for j, one in enumerate(subject["self_score"])
                for name in ESTIMATES
                if one[name]
            ),
            *(
                f"workings/{j}/rates/{kind}"
                for j, one in enumerate(subject["workings"])
                for kind in one["rates"]
            ),
        ]
        for place in places:
            assert {f"{at}/{place}/{end}" for end in ("value", "low", "high")} <= shown, place
        assert f"{at}/graded/kappa" in shown


def test_a_report_of_keys_alone_asks_its_own_question_first(keys: Path) -> None:
    page = (keys / "report.html").read_text()
    assert "<h1>Does it claim points that it did not earn?</h1>" in page
    assert "Unearned claims</b> are shown of <bdi>balk-key/overclaiming</bdi>." in page
    assert "stop short of" not in page
    assert (keys / "tables" / "key_split.csv").exists()


def test_a_study_of_exams_tells_of_the_keys_in_its_folder(beside: Path, folder: Path) -> None:
    assert 'id="answer-key"' in (beside / "report.html").read_text()
    assert "stop short of" in (beside / "report.html").read_text()
    assert 'id="answer-key"' not in (folder / "report.html").read_text()
    assert section_of.section(read_material(folder)) is None


def with_part(keys: Path, part: str, low: float, high: float) -> Node:
    """Return a subject of which one part of the split is known, and no other."""
    subject = numbers(keys)["subjects"][0]
    estimate = {"value": (low + high) / 2, "low": low, "high": high}
    subject["split"] = dict.fromkeys(PARTS) | {part: estimate}
    return Node(subject, "summary")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_called_shown_only_where_its_whole_interval_is_above_nothing(
    keys: Path, part: str
) -> None:
    above, across = with_part(keys, part, 0.1, 0.5), with_part(keys, part, -0.1, 0.5)
    assert split_sentence(above).startswith(f"<b>Shown</b>: {PARTS[part]} (")
    assert split_sentence(across).startswith(f"Not shown: {PARTS[part]} (")
    assert f"<b>{PARTS[part].capitalize()}</b> " in next(leads([above]))
    assert "shown of none" in " ".join(leads([across]))


def test_a_study_that_broke_off_says_so(keys: Path) -> None:
    held = read_material(keys)
    told = held.others["answer_key"].value | {"unfinished": "self_score"}
    section = section_of.section(replace(held, others={"answer_key": Node(told, "summary")}))
    assert section is not None
    first = section.blocks[0]
    assert isinstance(first, Paragraph)
    assert "stage self score did not come to its end" in first.text.striptags()


def test_keys_of_which_nothing_came_back_make_a_page_that_says_so(
    keys: Path, tmp_path: Path
) -> None:
    (tmp_path / "summary.json").write_text('{"subjects": [], "unfinished": "knowledge"}')
    shutil.copy(keys / "answer_key.parquet", tmp_path)
    page = pipeline.report(tmp_path, with_files=False).read_text()
    assert "No answer came back." in page
    assert "stage <em>knowledge</em> did not come to its end" in page
    assert "shown of none" not in page
