"""From a study to the table, with simulated subjects and subjects that break off."""

import filecmp
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from inspect_ai import Task
from inspect_ai.log import list_eval_logs, read_eval_log, write_eval_log
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from balk import pipeline
from balk.design.study import Questions, Study
from balk.elicit.run import make_tasks, open_model, open_models
from balk.errors import StudyError, SubjectError, TableError

if TYPE_CHECKING:
    from balk.elicit.progress import Progress

QUESTIONS = Questions(puzzles="balk:divisor_counts", pool=10, questions=5, exams=3, levels=(1, 2))
TABLES = ("decisions.parquet", "exams.parquet", "items.parquet", "summary.json")


def study_of(*models: str, **changes: object) -> Study:
    settings: dict[str, object] = {
        "lifelines": (None, 2),
        "protocols": ("batch", "realtime"),
        "questions": QUESTIONS,
    }
    return Study.crossed(models, **settings | changes)  # type: ignore[arg-type]


@modelapi(name="scripted")
class Scripted(ModelAPI):
    """Replies, breaks off at the third question, or is filtered or cut, as its name says."""

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect names it
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        del tools, tool_choice, config
        question = sum(message.role == "user" for message in input)
        if self.model_name == "breaks_off" and question == 3:
            raise ValueError("the line went dead")
        text = f"Q{question}: difficulty 3, confidence 50%, answer: 7"
        stop: Any = "stop"
        if self.model_name == "filtered":
            text, stop = "", "content_filter"
        if self.model_name == "cut":
            text, stop = "Q1: difficulty 3, confidence 50%, answer: 1", "max_tokens"
        output = ModelOutput.from_content(self.model_name, text, stop_reason=stop)
        output.usage = ModelUsage(input_tokens=5, output_tokens=9, total_tokens=14)
        return output


def outcomes_of(decisions: pl.DataFrame) -> set[str]:
    ordered = decisions.sort("exam_id", "position")
    return {"".join(exam["outcome"]) for _, exam in ordered.group_by("exam_id")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pipeline.Results]:
    folder = tmp_path_factory.mktemp("finished")
    study = study_of("balk-sim/tension", "balk-sim/rational", personas=("plain", "monday"))
    return folder, pipeline.run(study, folder, max_connections=4)


def test_every_subject_sits_every_form_under_every_condition(
    finished: tuple[Path, pipeline.Results],
) -> None:
    exams = finished[1].exams
    assert len(exams) == 2 * 2 * 4 * 3
    assert exams.group_by("subject").len()["len"].to_list() == [12] * 4
    assert set(exams["subject"]) == {
        "balk-sim/tension",
        "balk-sim/tension+monday",
        "balk-sim/rational",
        "balk-sim/rational+monday",
    }
    assert exams["form_id"].n_unique() == 3


@pytest.mark.parametrize("reparse", [False, True])
def test_the_table_comes_back_byte_for_byte_from_the_logs(
    finished: tuple[Path, pipeline.Results], tmp_path: Path, *, reparse: bool
) -> None:
    folder = finished[0]
    pipeline.tabulate(str(folder / "logs"), tmp_path, reparse=reparse)
    assert filecmp.cmpfiles(folder, tmp_path, TABLES, shallow=False) == (list(TABLES), [], [])


def test_the_same_study_is_not_asked_again(finished: tuple[Path, pipeline.Results]) -> None:
    folder, before = finished
    heard: list[Progress] = []
    study = study_of("balk-sim/tension", "balk-sim/rational", personas=("plain", "monday"))
    after = pipeline.run(study, folder, max_connections=4, listener=heard.append)
    assert not heard
    assert after.decisions.equals(before.decisions)


def test_every_exam_is_told_as_it_ends(tmp_path: Path) -> None:
    heard: list[Progress] = []
    study = study_of("balk-sim/use_the_parts", protocols=("batch",))
    results = pipeline.run(study, tmp_path, max_connections=4, listener=heard.append)
    assert [progress.n_exams for progress in heard] == [1, 2, 3, 4, 5, 6]
    assert heard[-1].n_skips == (results.decisions["outcome"] == "S").sum()


def test_questions_before_a_call_that_failed_are_kept_and_the_rest_say_why(tmp_path: Path) -> None:
    study = study_of("scripted/breaks_off", protocols=("realtime",), lifelines=(None,))
    decisions = pipeline.run(study, tmp_path, max_connections=2).decisions
    assert outcomes_of(decisions) == {"AAFFF"}
    failed = decisions.filter(pl.col("outcome") == "F")
    assert failed["reason"].str.contains("the line went dead").all()
    assert failed["answer"].null_count() == len(failed)


def test_a_filtered_reply_is_a_refusal_with_its_reason(tmp_path: Path) -> None:
    study = study_of("scripted/filtered", protocols=("batch",), lifelines=(2,))
    decisions = pipeline.run(study, tmp_path, max_connections=2).decisions
    assert outcomes_of(decisions) == {"RRRRR"}
    assert decisions["reason"].str.contains("content_filter").all()


def test_an_answer_that_may_be_cut_is_truncated_and_not_an_attempt(tmp_path: Path) -> None:
    study = study_of("scripted/cut", protocols=("batch",), lifelines=(2,))
    decisions = pipeline.run(study, tmp_path, max_connections=2).decisions
    assert outcomes_of(decisions) == {"TTTTT"}
    assert set(decisions["finish_reason"]) == {"max_tokens"}


KILLED = """
import os, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
import test_run
from balk import pipeline

def listener(progress):
    if progress.n_exams == 8:
        os._exit(9)  # as kill -9 does: no farewell, nothing flushed

pipeline.run(test_run.twelve_exams(), Path(sys.argv[1]), max_connections=1, listener=listener)
"""


def twelve_exams() -> Study:
    return study_of(
        "balk-sim/tension",
        lifelines=(2,),
        protocols=("realtime",),
        questions=QUESTIONS.but(exams=12),
    )


def test_finished_exams_survive_a_kill_and_are_not_asked_again(tmp_path: Path) -> None:
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    killed = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", KILLED, str(tmp_path / "killed"), *here], check=False
    )
    assert killed.returncode == 9
    heard: list[Progress] = []
    study = twelve_exams()
    resumed = pipeline.run(study, tmp_path / "killed", max_connections=1, listener=heard.append)
    whole = pipeline.run(study, tmp_path / "whole", max_connections=1)
    assert len(heard) <= 12 - 8 + 1  # all but the exam that was about to be written
    where = ["log", "sample_uuid"]
    assert resumed.decisions.drop(where).equals(whole.decisions.drop(where))


def test_the_same_task_run_twice_makes_replicates(tmp_path: Path) -> None:
    for _ in range(2):
        study = study_of("balk-sim/tension", protocols=("batch",), lifelines=(2,))
        pipeline.run(study, tmp_path / "once", max_connections=2)
        for log in (tmp_path / "once" / "logs").glob("*.eval"):
            log.rename(tmp_path / log.name)
    exams = pipeline.tabulate(str(tmp_path), tmp_path / "tables").exams
    assert len(exams) == exams["exam_id"].n_unique() == 2 * 3


def test_borrowed_verdicts_are_those_of_exams_asked_before(tmp_path: Path) -> None:
    study = study_of(
        "balk-sim/tension",
        arms=("key=hidden", "feedback=yoked", "feedback=shuffled", "feedback=none"),
        protocols=("realtime",),
        lifelines=(2,),
    )
    results = pipeline.run(study, tmp_path, max_connections=4)
    assert len(results.exams) == 4 * 3
    told = json.loads((tmp_path / "told.json").read_text())
    lent = results.decisions.filter(arm="key=hidden").sort("position")
    for cell in study.cells():
        if cell.lender:
            forms = [exam.form.id for exam in study.exams(cell)]
            shown = [_verdicts_told(tmp_path, cell.condition.arm.name, form) for form in forms]
            said = told[cell.name]
            for i, (verdicts, answers) in enumerate(zip(said, shown, strict=True)):
                assert all(verdicts[at - 1] == letter for at, letter in answers.items())
                own = forms[i if "shuffled" in cell.name else (i + 1) % len(forms)]
                true = lent.filter(form_id=own)["is_right"].drop_nulls().to_list()
                assert ("R" in verdicts) == any(true) or len(true) > len(verdicts)
    again = pipeline.run(study, tmp_path, max_connections=4)
    assert again.decisions.equals(results.decisions)
    assert not results.decisions.filter(arm="feedback=none")["feedback_shown"].any()


def _verdicts_told(folder: Path, arm: str, form: str) -> dict[int, str]:
    """Position -> R or W, as the conversation on a form shows them."""
    told = {}
    for info in list_eval_logs(str(folder / "logs")):
        for sample in read_eval_log(info).samples or []:
            exam = sample.metadata["exam"]
            if (exam["arm"], exam["form_id"]) == (arm, form):
                for message in sample.messages:
                    found = re.match(r"Q(\d+): (right|wrong)\.(?!\s*The)", message.text)
                    if message.role == "user" and found:
                        told[int(found[1])] = found[2][0].upper()
    assert told
    return told


def test_borrowed_verdicts_need_exams_to_borrow_from() -> None:
    with pytest.raises(StudyError, match="add that arm"):
        study_of("balk-sim/tension", arms=("feedback=yoked",), protocols=("realtime",))


def test_yoked_exams_need_another_form_to_borrow_from() -> None:
    arms = ("key=hidden", "feedback=shuffled", "feedback=yoked")
    for exams, asked in ((1, arms[:2]), (2, arms)):
        study_of("balk-sim/tension", arms=asked, protocols=("realtime",), exams=exams)
    with pytest.raises(StudyError, match="ask at least 2 exams"):
        study_of("balk-sim/tension", arms=arms, protocols=("realtime",), exams=1)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no folder"):
        pipeline.tabulate(str(tmp_path / "nowhere"), tmp_path)


def test_a_crashed_log_is_left_out(finished: tuple[Path, pipeline.Results], tmp_path: Path) -> None:
    source = list_eval_logs(str(finished[0] / "logs"))[0]
    log = read_eval_log(source)
    log.status = "started"
    write_eval_log(log, str(tmp_path / "logs" / "crashed.eval"))
    with pytest.raises(TableError, match="1 crashed before"):
        pipeline.tabulate(str(tmp_path / "logs"), tmp_path)


def test_an_unknown_provider_is_refused_by_name() -> None:
    with pytest.raises(SubjectError, match="no-such-provider"):
        open_model("no-such-provider/x", {})


def test_an_unknown_simulated_subject_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SubjectError, match="tension"):
        open_model("balk-sim/tenson", {})


def _tasks(study: Study) -> list[Task]:
    return make_tasks(study, open_models(study), {})


def test_every_task_argument_is_passed_so_that_none_can_change_unseen() -> None:
    for task in _tasks(study_of("balk-sim/rational")):
        assert task.dataset
        assert len(task.dataset) == 3


def inspect(*arguments: str, cwd: Path) -> None:
    command = [sys.executable, "-m", "inspect_ai", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603 -- our own interpreter
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_task_runs_and_is_scored_again_in_plain_inspect(tmp_path: Path) -> None:
    tasks = ["-T", "lifelines=2", "-T", "questions=4", "-T", "pool=8", "-T", "exams=2"]
    inspect(
        "eval", "balk/lifelines", "--model", "balk-sim/relative_tension", *tasks,
        "--log-dir", "logs", "--display", "plain", cwd=tmp_path,
    )  # fmt: skip
    (source,) = list_eval_logs(str(tmp_path / "logs"))
    before = read_eval_log(source)
    inspect(
        "score", source.name.removeprefix("file://"), "--scorer", "balk/exam_scorer",
        "--action", "overwrite", "--output-file", "again.eval", "--display", "plain", cwd=tmp_path,
    )  # fmt: skip
    after = read_eval_log(str(tmp_path / "again.eval"))
    assert before.status == after.status == "success"
    assert before.samples
    assert after.samples
    for old, new in zip(before.samples, after.samples, strict=True):
        assert old.scores
        assert new.scores
        assert old.scores["exam_scorer"].answer == new.scores["exam_scorer"].answer
        assert old.scores["exam_scorer"].metadata == new.scores["exam_scorer"].metadata
