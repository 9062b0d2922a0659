"""The answer-key experiment from puzzles to numbers, with simulated subjects and real kills."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import list_eval_logs, read_eval_log, read_eval_log_samples

from balk import answer_key
from balk.design.answer_key.sheets import STAGES, Sheet, read_sheets
from balk.design.answer_key.study import AnswerKeyStudy
from balk.elicit.answer_key.tasks import answer_key as answer_key_task
from balk.elicit.answer_key.tasks import hold
from balk.elicit.subjects.keyed.policies import KEY_POLICIES
from balk.elicit.subjects.keyed.provider import make_keyed_subject
from balk.errors import StudyError, SubjectError
from balk.measure.answer_key.table import read_answer_key


def study_of(*subjects: str, **changes: object) -> AnswerKeyStudy:
    settings: dict[str, object] = {
        "subjects": subjects or ("balk-key/rationalising",),
        "author": "balk-key/author",
        "grader": "balk-key/grader",
        "puzzles": "balk:divisor_counts,orderings",
        "levels": (1, 2),
        "n_puzzles": 12,
        "batch": 4,
    }
    return AnswerKeyStudy.model_validate(settings | changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> answer_key.AnswerKeyResults:
    folder = tmp_path_factory.mktemp("finished")
    return answer_key.run(
        study_of("balk-key/rationalising", "balk-key/honest"), folder, max_connections=4
    )


def samples_by_stage(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for info in list_eval_logs(str(folder / "logs")):
        for sample in read_eval_log_samples(info):
            stage = str(sample.metadata["sheet"]["stage"])
            found.setdefault(stage, []).append(f"{sample.metadata['label']} {sample.id}")
    return found


def test_every_stage_is_asked_once_and_kept(finished: answer_key.AnswerKeyResults) -> None:
    found = samples_by_stage(finished.folder)
    assert set(found) == set(STAGES)
    assert all(len(set(names)) == len(names) for names in found.values())
    assert {path.name for path in finished.folder.iterdir()} == {
        ".lock",
        "logs", "sheets", "spent.json", "study.json", "answer_key.parquet", "summary.json",
    }  # fmt: skip
    assert finished.unfinished is None


def test_each_subject_answers_every_puzzle_under_every_key(
    finished: answer_key.AnswerKeyResults,
) -> None:
    table = finished.table
    assert table.equals(read_answer_key(finished.folder / "answer_key.parquet"))
    for stage in ("knowledge", "screening", "self_score"):
        own = table.filter(stage=stage, chosen="all", framing="plain")
        for _, rows in own.group_by("subject", "form", "key_type"):
            assert rows["puzzle_id"].n_unique() == len(rows) == 12
    assert set(table["outcome"]) == {"A", "B"}  # blank where a working reaches no answer


def test_what_is_accepted_is_asked_again_and_its_workings_are_read(
    finished: answer_key.AnswerKeyResults,
) -> None:
    table = finished.table.filter(subject="balk-key/rationalising")
    accepted = set(
        table.filter(stage="screening", key_type="false", framing="plain", said_right=True)[
            "puzzle_id"
        ]
    )
    again = table.filter(stage="self_score", chosen="accepted", form="count")
    workings = table.filter(stage="workings", form="count")
    assert set(again["puzzle_id"]) == set(workings["puzzle_id"]) == accepted
    lists = table.filter(stage="self_score", chosen="all", form="list", framing="plain")
    claimed = lists.filter(key_type="false", said_right=True)
    listed = table.filter(stage="workings", form="list", key_type="false")
    assert set(listed["puzzle_id"]) == set(claimed["puzzle_id"])
    assert workings["working"].null_count() == 0
    assert workings["graded"].null_count() == 0


def test_an_honest_subject_claims_what_it_earned_and_another_claims_more(
    finished: answer_key.AnswerKeyResults,
) -> None:
    excess = {
        subject["subject"]: {
            (score["form"], score["key_type"]): score["claimed_minus_earned_shown"]["value"]
            for score in subject["self_score"]
            if score["key_type"] != "none" and score["chosen"] == "all"
        }
        for subject in finished.summary["subjects"]
    }
    assert set(excess["balk-key/honest"].values()) == {0.0}
    assert excess["balk-key/rationalising"]["list", "false"] > 0


def test_false_answers_of_an_author_are_shown_and_never_marked_right(
    finished: answer_key.AnswerKeyResults,
) -> None:
    shown = finished.table.filter(pl.col("is_shown_true") == False)  # noqa: E712 -- polars
    assert set(shown["style"]) == {"author"}
    assert shown.filter(pl.col("shown") == pl.col("key")).is_empty()


def test_the_same_study_is_not_asked_again(finished: answer_key.AnswerKeyResults) -> None:
    heard: list[tuple[str, int, int]] = []
    again = answer_key.run(
        study_of("balk-key/rationalising", "balk-key/honest"),
        finished.folder,
        max_connections=4,
        listener=lambda *told: heard.append(told),
    )
    assert not heard
    assert again.table.equals(finished.table)
    assert again.summary == finished.summary


def test_another_study_does_not_write_into_the_same_folder(
    finished: answer_key.AnswerKeyResults,
) -> None:
    with pytest.raises(StudyError, match="holds another study"):
        answer_key.run(study_of(seed=1), finished.folder, max_connections=4)


def test_workings_may_follow_in_the_conversation_of_the_self_score(tmp_path: Path) -> None:
    study = study_of(layout="together", grader=None, author=None)
    table = answer_key.run(study, tmp_path, max_connections=4).table
    shown = table.filter(stage="workings")
    assert set(shown["layout"]) == {"together"}
    assert "unparsed" not in set(shown["working"])
    (info, *_) = list_eval_logs(str(tmp_path / "logs" / "workings"))
    sample = next(iter(read_eval_log_samples(info)))
    assert "ANSWER KEY" in sample.messages[0].text
    assert sample.messages[2].text.startswith("Show, step by step, how the answer to Q")


KILLED = """
import os, sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
import test_answer_key as t
from balk import answer_key

def listener(stage, n_done, n_sheets):
    if stage == sys.argv[2] and n_done == max(1, n_sheets // 2):
        os._exit(9)  # as kill -9 does: no farewell, nothing flushed

answer_key.run(t.study_of(), Path(sys.argv[1]), max_connections=1, listener=listener)
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kill_at_any_stage_repeats_no_stage_and_loses_no_puzzle(tmp_path: Path) -> None:
    whole = answer_key.run(study_of(), tmp_path / "whole", max_connections=1)
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    folder = tmp_path / "killed"
    finished_before: dict[str, int] = {}
    for stage in STAGES:
        killed = subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", KILLED, str(folder), stage, *here], check=False
        )
        assert killed.returncode == 9, stage
        logs = Counter(
            read_eval_log(info, header_only=True).eval.task
            for info in list_eval_logs(str(folder / "logs"))
            if read_eval_log(info, header_only=True).status == "success"
        )
        for task, n in finished_before.items():
            assert logs[task] == n, f"{task} was asked again"
        finished_before = dict(logs)
    resumed = answer_key.run(study_of(), folder, max_connections=1)
    where = ["log", "sample_uuid"]
    assert resumed.table.drop(where).equals(whole.table.drop(where))
    assert resumed.summary == whole.summary


def test_a_stage_can_be_asked_by_itself_from_its_file_of_sheets(
    finished: answer_key.AnswerKeyResults, tmp_path: Path
) -> None:
    path = finished.folder / "sheets" / "knowledge.json"
    sheets = read_sheets(path.read_text(), str(path))
    task = answer_key_task(stage="knowledge", sheets=str(path))
    (log,) = inspect_eval(task, model="balk-key/honest", log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert log.samples is not None
    assert {sample.id for sample in log.samples} == {sheet.name for sheet in sheets}


def test_a_stage_that_needs_earlier_logs_says_how_to_get_its_sheets() -> None:
    with pytest.raises(StudyError, match=r"sheets=OUT/sheets/STAGE\.json"):
        answer_key_task(stage="workings")
    with pytest.raises(StudyError, match="names no sheets"):
        answer_key_task(stage="workings", sheets="nowhere.json")


def test_the_hash_of_sheets_is_their_name_in_the_logs(
    finished: answer_key.AnswerKeyResults,
) -> None:
    (info,) = [
        info
        for info in list_eval_logs(str(finished.folder / "logs" / "knowledge"))
        if read_eval_log(info, header_only=True).eval.model == "balk-key/honest"
    ]
    log = read_eval_log(info)
    assert log.samples is not None
    asked = [Sheet.from_dict(s.metadata["sheet"]) for s in log.samples]
    asked.sort(key=lambda sheet: sheet.index)
    assert log.eval.task_args["sheets"] == hold(asked)


def test_a_model_that_cannot_be_used_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(SubjectError, match="Did you mean 'honest'"):
        answer_key.run(study_of("balk-key/honst"), tmp_path / "out", max_connections=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", KEY_POLICIES)
def test_a_policy_is_described_by_chances(name: str) -> None:
    assert make_keyed_subject(name, seed=3).policy == KEY_POLICIES[name]
    with pytest.raises(SubjectError, match="slip is 2"):
        make_keyed_subject(name, slip=2)
    with pytest.raises(SubjectError, match="unknown argument"):
        make_keyed_subject(name, slp=0.1)


def test_the_summary_is_plain_json(finished: answer_key.AnswerKeyResults) -> None:
    assert json.loads((finished.folder / "summary.json").read_text()) == finished.summary
