"""A reader's table: which arms move which simulated subjects, as each explanation says."""

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam, make_exams
from balk.design.predictions import (
    DOSE,
    DOSE_PROVIDED,
    EXPLANATIONS,
    HEEDS,
    HISTORY,
    HISTORY_PROVIDED,
    NET_POINTS,
    NET_POINTS_PROVIDED,
    PAYS,
    PREDICTIONS,
    PROVIDED,
    TOKENS,
)
from balk.design.prompts import wording
from balk.design.study import Questions
from balk.elicit.subjects.key_table import remember
from balk.elicit.subjects.knowledge import Knowledge
from balk.elicit.subjects.policies.registry import POLICIES
from balk.elicit.subjects.prompt_reader import ExamView, read_exam
from balk.elicit.subjects.roster import make_subject
from balk.measure.parse import parse_reply
from balk.records import Outcome, ReplyFormat

Counts = NDArray[np.int64]

N_LIFELINES = 10
INERT_FIELDS = ("difficulty", "confidence", "token", "answer")
BELIEF_DECIDES = {"easy", "choices"}  # small differences, for which more exams are needed
STANDARD_ERRORS = 3


def questions(spec: str, level: int = 5) -> Questions:
    n_exams = 240 if spec in BELIEF_DECIDES else 60
    return Questions(pool=40, questions=16, exams=n_exams, seed=11, levels=(level,))


@cache
def views(spec: str, n_exams: int, lifelines: int = N_LIFELINES, level: int = 5) -> list[ExamView]:
    """What the batch exams of an arm say."""
    condition = Condition(make_arm(spec), lifelines, "batch")
    forms = questions("", level).but(exams=n_exams).of_arm(condition.arm).make_forms()
    exams = make_exams(forms, condition, "chat")
    remember(puzzle for exam in exams for puzzle in exam.form.puzzles)
    return [read_exam([("user", wording.opening(exam))]) for exam in exams]


@cache
def skips(
    name: str, spec: str, n_exams: int, lifelines: int = N_LIFELINES, level: int = 5
) -> Counts:
    """Skips of a subject in each exam."""
    replies = [
        make_subject(name, seed=index).reply(view).text
        for index, view in enumerate(views(spec, n_exams, lifelines, level))
    ]
    word = make_arm(spec).exit.word
    return np.array([len(re.findall(rf"answer: {word}\b", reply)) for reply in replies])


def sign(name: str, spec: str, lifelines: int = N_LIFELINES, level: int = 5) -> str:
    """The sign of the difference from the plain wording, where it is one."""
    n_exams = questions(spec).exams
    return sign_of(
        skips(name, spec, n_exams, lifelines, level)
        - skips(name, "lifelines", n_exams, lifelines, level)
    )


def sign_of(moved: Counts) -> str:
    error = float(moved.std(ddof=1)) / math.sqrt(moved.size)
    if abs(moved.mean()) <= STANDARD_ERRORS * error or not moved.any():
        return "0"
    return "+" if moved.mean() > 0 else "-"


@pytest.mark.parametrize("spec", PREDICTIONS)
@pytest.mark.parametrize("name", EXPLANATIONS)
def test_an_arm_moves_a_subject_as_its_explanation_says(name: str, spec: str) -> None:
    assert sign(name, spec) == PREDICTIONS[spec][name]


@pytest.mark.parametrize(("spec", "pays"), [("penalty=0.25", False), ("penalty=1", True)])
def test_a_penalty_moves_the_rational_only_where_a_skip_pays(spec: str, pays: bool) -> None:  # noqa: FBT001 -- a column of cases
    assert PROVIDED["penalty"]["rational"] == PAYS
    forms = questions(spec, level=1).make_forms()
    held = [Knowledge().confidence(puzzle) for form in forms for puzzle in form.puzzles]
    assert (min(held) < make_arm(spec).break_even) == pays
    assert sign("rational", spec, level=1) == (PREDICTIONS["penalty"]["rational"] if pays else "0")


@pytest.mark.parametrize(("name", "is_left"), [("threshold", False), ("selective_parts", True)])
def test_a_penalty_moves_who_has_a_lifeline_left(name: str, is_left: bool) -> None:  # noqa: FBT001 -- a column of cases
    assert PROVIDED["penalty"][name] == HEEDS
    plain = skips(name, "lifelines", 60, lifelines=1)
    assert (plain < 1).any() == is_left
    found = sign(name, "penalty=1", lifelines=1)
    assert found == (PREDICTIONS["penalty"][name] if is_left else "0")


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_more_lifelines_mean_more_skips_except_to_the_rational(name: str) -> None:
    n_exams = questions("").exams
    many, few = (skips(name, "lifelines", n_exams, lifelines) for lifelines in (16, 2))
    assert sign_of(many - few) == DOSE[name]


@pytest.mark.parametrize("name", DOSE_PROVIDED)
def test_an_offer_above_the_number_of_ones_own_changes_nothing(name: str) -> None:
    n_exams = questions("").exams
    many, few = (skips(name, "lifelines", n_exams, lifelines) for lifelines in (16, 13))
    assert (few < 13).all()
    assert sign_of(many - few) == "0"


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_whoever_skips_gives_points_away(name: str) -> None:
    # Every question may be got right, so that a skip costs its accuracy and nothing else does.
    assert ("+" if skips(name, "lifelines", 60).sum() else "0") == NET_POINTS[name]


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


@cache
def skips_in_turn(name: str, spec: str) -> Counts:
    """Skips of a subject in each real-time exam of an arm of false verdicts, or of none."""
    forms = Questions(pool=24, questions=12, exams=45, seed=11).make_forms()
    exams = make_exams(forms, Condition(make_arm(spec), N_LIFELINES, "realtime"), "chat")
    remember(puzzle for exam in exams for puzzle in exam.form.puzzles)
    return np.array([n_skips_in_turn(name, index, exam) for index, exam in enumerate(exams)])


def n_skips_in_turn(name: str, seed: int, exam: Exam) -> int:
    subject, left, messages = make_subject(name, seed=seed), N_LIFELINES, []
    text = wording.opening(exam)
    told = {"always_wrong": False, "always_right": True}.get(exam.condition.arm.verdicts)
    for position in range(1, exam.n_questions + 1):
        messages.append(("user", text))
        reply = subject.reply(read_exam(messages)).text
        messages.append(("assistant", reply))
        (reading,) = parse_reply(reply, exam.reply_format(position, left))
        is_skip = reading.outcome is Outcome.SKIP
        left -= is_skip
        text = wording.feedback(exam, reading, None if is_skip else told, left)
    return N_LIFELINES - left


@pytest.mark.parametrize("spec", HISTORY)
@pytest.mark.parametrize("name", EXPLANATIONS)
def test_being_told_of_failure_moves_those_to_whom_it_matters(name: str, spec: str) -> None:
    matters = getattr(POLICIES[name], "failure_effect", 0.0) > 0
    assert matters == (name in {"tension", "relative_tension"})
    found = sign_of(skips_in_turn(name, spec) - skips_in_turn(name, "feedback=none"))
    assert found == (HISTORY[spec] if matters else "0")


def test_the_page_of_predictions_says_what_the_table_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "predictions.md").read_text().replace("`", "")
    provided = dict(PROVIDED) | {
        "more lifelines": DOSE_PROVIDED,
        "points given away": NET_POINTS_PROVIDED,
    }
    signs = dict(PREDICTIONS) | {"more lifelines": DOSE, "points given away": NET_POINTS}
    for row, own in (signs | {"inert: tokens used": TOKENS}).items():
        marks = provided.get(row, {})
        cells = " | ".join(f"{own[n]}{' *' if n in marks else ''}" for n in EXPLANATIONS)
        assert f"| {row} | {cells} |" in page
    for spec, wanted in HISTORY.items():
        assert f"| {spec} | {wanted}{' *' if wanted == '+' else ''} |" in page
    said = {text for texts in provided.values() for text in texts.values()}
    for text in {*said, HISTORY_PROVIDED}:
        assert text.replace("{break_even:.3g}", "(penalty - price) / (1 + penalty)") in page
