"""Simulated subjects read back from the prompt text what the exam says."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.arms import Arm, Exit, make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.elicit.subjects.prompt_reader import ExamView, Message, Question, Shown, read_exam
from balk.errors import SubjectError
from balk.records import Form, Interface, Outcome, Protocol, Puzzle, Reading

STEMS = (
    "How many ways are there?\n\nTwo are the same if a turn maps one on the other.\n  a) 1\n  b) 2",
    "What is 3 + 3?",
    "Q7 is a name.\nLifelines left: 9 is a phrase.\n\nResult of Q1: none. Which word comes last?",
    "Give the last digit of 7^100:",
)
PUZZLES = tuple(Puzzle(stem, str(i), "number", "made", 5) for i, stem in enumerate(STEMS))
ARM = Arm("priced", penalty=0.25, price=0.1, exit=Exit("pass", "passes", "FREE PASS"))
TURNS = (
    (Outcome.ATTEMPT, True, "right"),
    (Outcome.SKIP, None, "skipped"),
    (Outcome.ATTEMPT, False, "wrong"),
)
LIFELINES = (None, 0, 3)


def make_exam(
    protocol: Protocol,
    interface: Interface,
    lifelines: int | None,
    puzzles: tuple[Puzzle, ...] = PUZZLES,
) -> Exam:
    arm = make_arm("none") if lifelines is None else ARM
    return Exam(Form(0, puzzles), Condition(arm, lifelines, protocol), interface)


def realtime_messages(exam: Exam, n_answered: int) -> list[Message]:
    """The call that asks question `n_answered + 1`, after the results of `TURNS`."""
    texts: list[Message] = [("user", wording.opening(exam))]
    left = exam.condition.lifelines
    for position, (outcome, is_right, _) in enumerate(TURNS[:n_answered], start=1):
        left = max(left - 1, 0) if left and outcome is Outcome.SKIP else left
        texts.append(("assistant", f" difficulty 3, confidence 50%, answer: {position}"))
        reading = Reading(position, outcome)
        texts.append(("user", wording.feedback(exam, reading, is_right, left)))
    if exam.interface == "completion":
        return [("user", "".join(text for _, text in texts))]
    return texts


def check_rules(view: ExamView, exam: Exam) -> None:
    arm, offered = exam.condition.arm, exam.condition.lifelines
    assert view.n_questions == exam.n_questions
    assert view.interface == exam.interface
    assert view.lifelines == offered
    assert view.exit_word == exam.condition.exit_word
    assert view.penalty == arm.penalty
    assert view.price == (0.0 if offered is None else arm.price)


@pytest.mark.parametrize(
    ("interface", "lifelines"), list(product(("chat", "completion"), LIFELINES))
)
def test_a_batch_prompt_is_read_back(interface: Interface, lifelines: int | None) -> None:
    exam = make_exam("batch", interface, lifelines)
    view = read_exam([("user", wording.opening(exam))])
    check_rules(view, exam)
    assert view.questions == tuple(Question(i, s) for i, s in enumerate(STEMS, start=1))
    assert view.lifelines_left == lifelines
    assert view.history == ()
    assert view.is_whole


@pytest.mark.parametrize("n_answered", range(4))
@pytest.mark.parametrize(
    ("interface", "lifelines"), list(product(("chat", "completion"), LIFELINES))
)
def test_each_turn_of_a_realtime_exam_is_read_back(
    interface: Interface, lifelines: int | None, n_answered: int
) -> None:
    exam = make_exam("realtime", interface, lifelines)
    view = read_exam(realtime_messages(exam, n_answered))
    check_rules(view, exam)
    assert view.questions == (Question(n_answered + 1, STEMS[n_answered]),)
    assert view.lifelines_left == (2 if lifelines == 3 and n_answered > 1 else lifelines)
    told = enumerate((verdict for *_, verdict in TURNS[:n_answered]), start=1)
    assert [(shown.number, shown.verdict) for shown in view.history] == list(told)
    assert not view.is_whole


@pytest.mark.parametrize("position", [1, 3, 4])
@pytest.mark.parametrize(
    ("interface", "lifelines"), list(product(("chat", "completion"), LIFELINES))
)
def test_an_isolated_question_is_read_back(
    interface: Interface, lifelines: int | None, position: int
) -> None:
    exam = make_exam("isolated", interface, lifelines)
    left = 1 if lifelines else lifelines
    view = read_exam([("user", wording.question(exam, position, left))])
    check_rules(view, exam)
    assert view.questions == (Question(position, STEMS[position - 1]),)
    assert view.lifelines_left == left
    assert view.history == ()


@pytest.mark.parametrize("interface", ["chat", "completion"])
def test_the_rules_are_the_same_at_every_turn(interface: Interface) -> None:
    exam = make_exam("realtime", interface, 3)
    rules = {read_exam(realtime_messages(exam, n)).rules for n in range(4)}
    isolated = make_exam("isolated", interface, 3)
    texts = [wording.question(isolated, n, left) for n, left in ((1, 3), (2, 0))]
    assert len(rules) == 1
    assert len({read_exam([("user", text)]).rules for text in texts}) == 1


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_result_that_can_be_told_is_read(outcome: Outcome) -> None:
    exam = make_exam("realtime", "chat", 3)
    told = wording.feedback(exam, Reading(1, outcome), None, 2)
    view = read_exam([("user", wording.opening(exam)), ("user", told)])
    assert view.history == (Shown(1, "skipped" if outcome is Outcome.SKIP else "other"),)


@pytest.mark.parametrize("interface", ["chat", "completion"])
def test_a_persona_before_the_exam_changes_nothing_but_its_identity(interface: Interface) -> None:
    exam = make_exam("batch", interface, 3)
    system, text = "You are sure of yourself.", wording.opening(exam)
    plain = read_exam([("user", text)])
    messages = [("system", system), ("user", text)]
    view = read_exam(messages if interface == "chat" else [("user", system + text)])
    assert view.questions == plain.questions
    assert view.exit_word == plain.exit_word
    assert view.rules == system + plain.rules


@given(stem=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1))
def test_any_stem_of_a_realtime_turn_comes_back_as_it_was(stem: str) -> None:
    puzzles = (Puzzle(stem, "1", "number", "made", 5), PUZZLES[1])
    for interface in ("chat", "completion"):
        exam = make_exam("realtime", interface, 3, puzzles)
        assert read_exam([("user", wording.opening(exam))]).questions == (Question(1, stem),)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [("user", "What is the capital of France?")],
        [("system", "This is an exam of 2 questions.")],
        [("user", wording.opening(make_exam("realtime", "chat", 3))), ("user", "Thank you.")],
    ],
)
def test_anything_else_is_refused(messages: list[Message]) -> None:
    with pytest.raises(SubjectError, match="only read balk's own exam prompts"):
        read_exam(messages)
