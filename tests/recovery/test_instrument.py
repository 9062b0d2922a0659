"""Known truths through the whole instrument: prompts -> text -> parser -> numbers."""

from pathlib import Path

import polars as pl
import pytest

from balk import pipeline
from balk.design.prompts.wording import opening
from balk.design.study import Questions, Study
from balk.elicit.subjects.key_table import REPLICATE
from balk.elicit.subjects.prompt_reader import read_exam
from balk.elicit.subjects.sloppy.subject import SloppySubject

QUESTIONS = Questions(exams=20)


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    study = Study.crossed(
        ("balk-sim/rational", "balk-sim/tension", "balk-sim/relative_tension"),
        lifelines=(None, 10),
        protocols=("batch",),
        questions=QUESTIONS,
    )
    return pipeline.run(study, tmp_path_factory.mktemp("batch"), max_connections=20).exams


def test_a_rational_subject_skips_nothing(batch: pl.DataFrame) -> None:
    assert batch.filter(subject="balk-sim/rational")["n_skip"].sum() == 0


@pytest.mark.parametrize("subject", ["balk-sim/tension", "balk-sim/relative_tension"])
def test_subjects_under_tension_take_a_handful_of_ten_lifelines(
    batch: pl.DataFrame, subject: str
) -> None:
    skips = batch.filter(subject=subject, lifelines=10)["n_skip"]
    assert len(skips) == 20
    assert 2 <= float(skips.mean()) <= 5  # type: ignore[arg-type]


def test_every_simulated_reply_is_read_in_full(batch: pl.DataFrame) -> None:
    assert (batch["n_attempt"] + batch["n_skip"]).to_list() == [20] * len(batch)


def test_no_lifeline_is_asked_for_where_none_is_mentioned(batch: pl.DataFrame) -> None:
    plain = batch.filter(pl.col("lifelines").is_null())
    assert plain["n_skip"].sum() == plain["n_overdraft"].sum() == 0


def test_what_the_sloppy_subject_meant_is_what_the_table_says(tmp_path: Path) -> None:
    study = Study.crossed(
        ("balk-sim/sloppy",), lifelines=(None, 4), protocols=("batch",), questions=QUESTIONS
    )
    exams = pipeline.run(study, tmp_path, max_connections=20).exams
    told = {(exam["form_id"], exam["lifelines"]): exam["outcomes"] for exam in exams.to_dicts()}
    assert told == _meant(study)


def _meant(study: Study) -> dict[tuple[str, int | None], str]:
    """Ask the subject itself, outside Inspect, what each of its replies means."""
    subject, meant = SloppySubject(), {}
    for exam in (exam for cell in study.cells() for exam in study.exams(cell)):
        REPLICATE.set(f"{exam.form.id}/1")
        view = read_exam([("user", opening(exam))])
        meant[exam.form.id, exam.condition.lifelines] = subject.write(view).outcomes
    return meant
