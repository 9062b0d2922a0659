"""What simulated subjects of known truth do under each arm: what a contrast is to find."""

import pytest

from balk.design.arms import GATE, make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.design.study import Questions
from balk.elicit.subjects.key_table import remember
from balk.elicit.subjects.prompt_reader import read_exam
from balk.elicit.subjects.roster import SIMULATED, make_subject
from balk.measure.parse import parse_reply
from balk.records import Outcome, Reading

N_EXAMS = 12
N_LIFELINES = 10
SKIPPING = tuple(name for name in SIMULATED if name not in {"rational", "sloppy"})
QUESTIONS = Questions(levels=(3, 4), pool=24, questions=12, exams=N_EXAMS, seed=5)
FORMS = QUESTIONS.make_forms()
remember(puzzle for form in FORMS for puzzle in form.puzzles)


def readings(name: str, spec: str, lifelines: int = N_LIFELINES) -> list[Reading]:
    """Everything that a subject decides in the batch exams of an arm."""
    found: list[Reading] = []
    for index, form in enumerate(FORMS):
        exam = Exam(form, Condition(make_arm(spec), lifelines, "batch"))
        subject = make_subject(name, seed=index)
        reply = subject.reply(read_exam([("user", wording.opening(exam))]))
        found += parse_reply(reply.text, exam.reply_format())
    return found


def n_skips(name: str, spec: str) -> int:
    return sum(reading.outcome is Outcome.SKIP for reading in readings(name, spec))


@pytest.mark.parametrize("name", SKIPPING)
def test_a_penalty_raises_skipping(name: str) -> None:
    assert n_skips(name, "penalty=1") > n_skips(name, "lifelines")


@pytest.mark.parametrize("name", SKIPPING)
def test_dominance_ends_skipping_only_for_a_believed_penalty(name: str) -> None:
    is_ended = n_skips(name, "dominance") == 0
    assert is_ended == (name == "believed_penalty")


@pytest.mark.parametrize("spec", ["nonsense", "renamed=pass", "renamed=blank", "rating=after"])
@pytest.mark.parametrize("name", ["threshold", "use_the_parts", "tension"])
def test_what_a_way_out_is_called_and_where_ratings_stand_is_read(name: str, spec: str) -> None:
    found = readings(name, spec)
    assert all(reading.outcome.is_decision for reading in found)
    assert sum(reading.outcome is Outcome.SKIP for reading in found) > 0
    assert all(reading.confidence is not None for reading in found)


def test_without_ratings_none_are_stated() -> None:
    found = readings("threshold", "rating=none")
    assert all(reading.outcome.is_decision for reading in found)
    assert all(reading.confidence is None and reading.difficulty is None for reading in found)


def test_a_price_ends_skipping_of_nothing_but_what_is_worth_less() -> None:
    """The rational subject buys a way out of a penalty, and none that costs more than it."""
    assert n_skips("rational", "penalty=1+price=0") > n_skips("rational", "penalty=1+price=0.5") > 0
    assert n_skips("rational", "penalty=0.25+price=0.25") == 0


@pytest.mark.parametrize("lifelines", [1, 3])
@pytest.mark.parametrize("name", ["rational", *SKIPPING])
def test_every_subject_passes_the_gate(name: str, lifelines: int) -> None:
    found = readings(name, "gate", lifelines)
    demanded = [reading for reading in found if reading.position == GATE]
    assert len(demanded) == N_EXAMS
    assert all(reading.outcome is Outcome.SKIP for reading in demanded)
