"""A reader's table: which arms move which simulated subjects, as each explanation says."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from balk.design.arms import make_arm
from balk.design.exams import Condition, make_exams
from balk.design.predictions import DOSE, EXPLANATIONS, HISTORY, NET_POINTS, PREDICTIONS, TOKENS
from balk.design.prompts import wording
from balk.design.study import Questions
from balk.elicit.subjects.key_table import remember
from balk.elicit.subjects.prompt_reader import ExamView, read_exam
from balk.elicit.subjects.roster import make_subject
from balk.measure.parse import parse_reply
from balk.records import Outcome, ReplyFormat

Counts = NDArray[np.int64]

N_LIFELINES = 10
INERT_FIELDS = ("difficulty", "confidence", "token", "answer")
BELIEF_DECIDES = {"easy", "choices"}  # small differences, for which more exams are needed
STANDARD_ERRORS = 3


def questions(spec: str) -> Questions:
    n_exams = 240 if spec in BELIEF_DECIDES else 60
    return Questions(pool=40, questions=16, exams=n_exams, seed=11)


@cache
def views(spec: str, n_exams: int) -> list[ExamView]:
    """What the batch exams of an arm say."""
    condition = Condition(make_arm(spec), N_LIFELINES, "batch")
    forms = questions("easy").but(exams=n_exams).of_arm(condition.arm).make_forms()
    exams = make_exams(forms, condition, "chat")
    remember(puzzle for exam in exams for puzzle in exam.form.puzzles)
    return [read_exam([("user", wording.opening(exam))]) for exam in exams]


@cache
def skips(name: str, spec: str, n_exams: int) -> Counts:
    """Skips of a subject in each exam."""
    replies = [
        make_subject(name, seed=index).reply(view).text
        for index, view in enumerate(views(spec, n_exams))
    ]
    word = f"answer: {make_arm(spec).exit.word}"
    return np.array([reply.count(word) for reply in replies])


def sign(name: str, spec: str) -> str:
    """The sign of the difference from the plain wording, where it is one."""
    n_exams = questions(spec).exams
    moved = skips(name, spec, n_exams) - skips(name, "lifelines", n_exams)
    error = float(moved.std(ddof=1)) / math.sqrt(n_exams)
    if abs(moved.mean()) <= STANDARD_ERRORS * error or not moved.any():
        return "0"
    return "+" if moved.mean() > 0 else "-"


@pytest.mark.parametrize("spec", PREDICTIONS)
@pytest.mark.parametrize("name", EXPLANATIONS)
def test_an_arm_moves_a_subject_as_its_explanation_says(name: str, spec: str) -> None:
    assert sign(name, spec) == PREDICTIONS[spec][name]


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_more_lifelines_mean_more_skips_except_to_the_rational(name: str) -> None:
    few, many = (
        sum(
            make_subject(name, seed=index).reply(view).text.count("LIFELINE")
            for index, view in enumerate(_offered(n_lifelines))
        )
        for n_lifelines in (3, 16)
    )
    assert ("+" if many > few else "0") == DOSE[name]


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_whoever_skips_gives_points_away(name: str) -> None:
    # Every question may be got right, so that a skip costs its accuracy and nothing else does.
    assert ("+" if skips(name, "lifelines", 60).sum() else "0") == NET_POINTS[name]


def _offered(n_lifelines: int) -> list[ExamView]:
    condition = Condition(make_arm("lifelines"), n_lifelines, "batch")
    exams = make_exams(questions("").make_forms(), condition, "chat")
    remember(puzzle for exam in exams for puzzle in exam.form.puzzles)
    return [read_exam([("user", wording.opening(exam))]) for exam in exams]


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_tokens_that_do_nothing_are_used_by_those_who_use_what_they_are_given(name: str) -> None:
    reply_format = ReplyFormat(16, lifelines=N_LIFELINES, fields=INERT_FIELDS)
    readings = [
        reading
        for index, view in enumerate(views("inert", 10))
        for reading in parse_reply(make_subject(name, seed=index).reply(view).text, reply_format)
    ]
    assert all(reading.outcome is Outcome.ATTEMPT for reading in readings)
    assert ("+" if any(reading.token for reading in readings) else "0") == TOKENS[name]


def test_the_page_of_predictions_says_what_the_table_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "predictions.md").read_text()
    for spec, signs in (
        dict(PREDICTIONS) | {"more lifelines": DOSE, "points given away": NET_POINTS}
    ).items():
        cells = " | ".join(signs[name] for name in EXPLANATIONS)
        assert f"| {spec} | {cells} |" in page.replace("`", "")
    for spec, wanted in HISTORY.items():
        assert f"| {spec} | {wanted} |" in page.replace("`", "")
