"""Simulated subjects from prompt to reply: known, steady, and in the form asked for."""

import re
from collections.abc import Iterator
from statistics import mean

import numpy as np
import pytest

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.forms import make_forms
from balk.design.prompts import wording
from balk.elicit.subjects import chance, knowledge
from balk.elicit.subjects.key_table import REPLICATE, recall, remember
from balk.elicit.subjects.knowledge import Knowledge, answer
from balk.elicit.subjects.policies.registry import POLICIES
from balk.elicit.subjects.prompt_reader import Message, read_exam
from balk.elicit.subjects.roster import SIMULATED, make_subject
from balk.elicit.subjects.simulated import Subject
from balk.errors import SubjectError
from balk.records import Form, Interface, Outcome, Protocol, Puzzle, Reading

LINE = re.compile(r"Q(\d+): difficulty (\d+), confidence (\d+)%, answer: (\S+)")


def make_pool(n: int, level: int = 5) -> list[Puzzle]:
    rng = np.random.default_rng(level)
    return [
        Puzzle(
            f"Level {level}, case {i}: " + "and so on " * int(rng.integers(1, 60)) + "how many?",
            str(1000 + i),
            "number",
            "made",
            level,
            distractors=(str(2000 + i), str(3000 + i)),
        )
        for i in range(n)
    ]


POOL = make_pool(40)
FORMS = make_forms(POOL, 60, 20, seed=1)
SHORT = Form(0, tuple(POOL[:5]))
BATCH: Protocol = "batch"
PROTOCOLS: tuple[Protocol, ...] = ("realtime", "isolated")


@pytest.fixture(autouse=True)
def _known_puzzles() -> Iterator[None]:
    remember(POOL)
    token = REPLICATE.set("")
    yield
    REPLICATE.reset(token)


def make_exam(
    form: Form,
    lifelines: int | None = 10,
    protocol: Protocol = "batch",
    interface: Interface = "chat",
    arm: str = "lifelines",
) -> Exam:
    name = "none" if lifelines is None else arm
    return Exam(form, Condition(make_arm(name), lifelines, protocol), interface)


def ask(subject: Subject, *texts: Message) -> str:
    return subject.reply(read_exam(texts)).text


def sit_batch(subject: Subject, exam: Exam, epoch: int = 1) -> str:
    REPLICATE.set(f"{exam.form.id}/{epoch}")
    return ask(subject, ("user", wording.opening(exam)))


def sit_one_by_one(subject: Subject, exam: Exam, epoch: int = 1) -> list[str]:
    """Replies of a realtime or isolated chat exam, with true results told in real time."""
    REPLICATE.set(f"{exam.form.id}/{epoch}")
    left, replies, talk = exam.condition.lifelines, [], list[Message]()
    for position, puzzle in enumerate(exam.form.puzzles, start=1):
        if exam.condition.protocol == "isolated":
            talk = [("user", wording.question(exam, position, left))]
        elif position == 1:
            talk = [("user", wording.opening(exam))]
        replies.append(ask(subject, *talk))
        is_skip = is_skipped(replies[-1])
        left = left - is_skip if left is not None else None
        reading = Reading(position, Outcome.SKIP if is_skip else Outcome.ATTEMPT)
        is_right = None if is_skip else answers(replies[-1]) == [puzzle.key]
        if exam.condition.protocol == "realtime":
            told = wording.feedback(exam, reading, is_right, left)
            talk += [("assistant", replies[-1]), ("user", told)]
    return replies


def answers(reply: str) -> list[str]:
    return [found[4] for found in LINE.finditer(reply)]


def is_skipped(reply: str) -> bool:
    return "LIFELINE" in answers(reply)


def n_skips(reply: str) -> int:
    return answers(reply).count("LIFELINE")


def test_a_batch_chat_reply_thinks_and_then_has_one_line_for_each_question() -> None:
    thinking, sheet = sit_batch(make_subject("tension"), make_exam(FORMS[0])).split("\n\n")
    assert thinking
    lines = [LINE.fullmatch(line) for line in sheet.split("\n")]
    assert [line and int(line[1]) for line in lines] == list(range(1, 21))
    assert all(line and 1 <= int(line[2]) <= 10 and 1 <= int(line[3]) <= 99 for line in lines)


@pytest.mark.parametrize("name", SIMULATED)
def test_a_document_is_continued_without_running_past_its_stop(name: str) -> None:
    for epoch in range(20):
        subject = make_subject(name, seed=epoch)
        for protocol in (BATCH, *PROTOCOLS):
            exam = make_exam(SHORT, 3, protocol, "completion")
            stops = wording.COMPLETION_STOPS[protocol]
            text = wording.question(exam, 2, 2) if protocol == "isolated" else wording.opening(exam)
            assert not any(stop in ask(subject, ("user", text)) for stop in stops)


def test_a_document_reply_goes_on_after_the_number_that_the_prompt_ends_with() -> None:
    exam = make_exam(SHORT, 3, "batch", "completion")
    text = wording.opening(exam)
    reply = ask(make_subject("tension"), ("user", text))
    sheet = (text + reply).split("ANSWER SHEET\n\n")[1]
    assert len(LINE.findall(sheet)) == 5
    assert reply.startswith(" difficulty")


@pytest.mark.parametrize("name", SIMULATED)
def test_the_same_call_gives_the_same_reply_even_from_a_cold_start(name: str) -> None:
    exam = make_exam(FORMS[0], 10, "realtime")
    first = sit_one_by_one(make_subject(name), exam)
    chance.draw_exam.cache_clear()
    knowledge.expected_items.cache_clear()
    assert sit_one_by_one(make_subject(name), exam) == first


@pytest.mark.parametrize("name", SIMULATED)
def test_replicates_seeds_and_doses_differ(name: str) -> None:
    exam = make_exam(FORMS[0])
    replies = {
        sit_batch(make_subject(name), exam),
        sit_batch(make_subject(name), exam, epoch=2),
        sit_batch(make_subject(name, seed=1), exam),
        sit_batch(make_subject(name), make_exam(FORMS[0], 12)),
        sit_batch(make_subject(name), make_exam(FORMS[1])),
    }
    assert len(replies) == 5


def test_rational_never_skips_at_penalty_0_in_any_protocol() -> None:
    subject = make_subject("rational")
    for form in FORMS[:10]:
        assert n_skips(sit_batch(subject, make_exam(form, 20))) == 0
    for protocol in PROTOCOLS:
        replies = sit_one_by_one(subject, make_exam(FORMS[0], 20, protocol))
        assert not any(map(is_skipped, replies))


def test_rational_skips_at_penalty_1_as_long_as_lifelines_last() -> None:
    subject = make_subject("rational")
    for form in FORMS[:5]:
        assert n_skips(sit_batch(subject, make_exam(form, 3, arm="penalty"))) == 3
        hopeless = sum(Knowledge().confidence(puzzle) < 0.5 for puzzle in form.puzzles)
        assert n_skips(sit_batch(subject, make_exam(form, 20, arm="penalty"))) == hopeless


@pytest.mark.parametrize("name", ["tension", "relative_tension"])
def test_tension_offered_10_lifelines_skips_2_to_5_questions_of_20(name: str) -> None:
    subject = make_subject(name)
    skips = [n_skips(sit_batch(subject, make_exam(form))) for form in FORMS]
    assert 2 <= mean(skips) <= 5


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "rational"])
def test_every_other_policy_skips_2_to_7_questions_of_20_at_10_lifelines(name: str) -> None:
    subject = make_subject(name)
    skips = [n_skips(sit_batch(subject, make_exam(form))) for form in FORMS[:30]]
    assert 2 <= mean(skips) <= 7
    assert max(skips) <= 10


@pytest.mark.parametrize("name", ["tension", "relative_tension"])
def test_tension_skips_more_in_real_time_than_when_no_result_is_told(name: str) -> None:
    subject = make_subject(name)
    realtime, isolated = (
        [
            sum(map(is_skipped, sit_one_by_one(subject, make_exam(form, 10, protocol))))
            for form in FORMS[:15]
        ]
        for protocol in PROTOCOLS
    )
    assert mean(realtime) > mean(isolated)


@pytest.mark.parametrize("name", POLICIES)
def test_the_exit_word_is_never_used_where_no_lifeline_is_mentioned(name: str) -> None:
    subject = make_subject(name)
    assert "lifeline" not in sit_batch(subject, make_exam(FORMS[0], None)).lower()
    for protocol in PROTOCOLS:
        replies = sit_one_by_one(subject, make_exam(SHORT, None, protocol))
        assert "lifeline" not in "".join(replies).lower()


@pytest.mark.parametrize("name", POLICIES)
def test_nobody_uses_more_lifelines_than_there_are(name: str) -> None:
    for protocol in PROTOCOLS:
        replies = sit_one_by_one(
            make_subject(name), make_exam(FORMS[0], 2, protocol, arm="penalty")
        )
        assert sum(map(is_skipped, replies)) <= 2


def test_attempts_are_right_as_often_as_the_accuracy_says() -> None:
    subject, truth, n_exams = make_subject("rational"), Knowledge(), 600
    exam = make_exam(SHORT, None)
    given = np.array([answers(sit_batch(subject, exam, epoch)) for epoch in range(n_exams)])
    keys = [puzzle.key for puzzle in SHORT.puzzles]
    p = np.array([truth.accuracy(puzzle) for puzzle in SHORT.puzzles])
    observed = (given == keys).mean(axis=0)
    # 5 questions, 4 standard errors each: a right subject fails 1 time in 3,000.
    assert (np.abs(observed - p) < 4 * np.sqrt(p * (1 - p) / n_exams)).all()


def test_an_item_is_as_hard_in_every_form_and_condition() -> None:
    lines = [
        {found[1]: found[2] for found in LINE.finditer(sit_batch(make_subject("threshold"), exam))}
        for exam in (make_exam(SHORT, 3), make_exam(SHORT, None), make_exam(SHORT, 20))
    ]
    assert lines[0] == lines[1] == lines[2]


def test_stated_confidence_varies_from_exam_to_exam_around_the_belief() -> None:
    truth, puzzle, n = Knowledge(), POOL[0], 4000
    noise = np.random.default_rng(8).standard_normal(n)
    stated = np.array([truth.stated_confidence(puzzle, float(z)) for z in noise])
    belief = truth.confidence(puzzle)
    logits = np.log(stated / (1 - stated)) - np.log(belief / (1 - belief))
    assert abs(logits.mean()) < 4 * 0.5 / np.sqrt(n)
    assert logits.std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * n))


def test_the_level_decides_how_much_is_known() -> None:
    truth = Knowledge()
    p = [mean(truth.accuracy(puzzle) for puzzle in make_pool(300, level)) for level in range(1, 6)]
    assert p == sorted(p, reverse=True)
    assert p[0] > 0.8
    assert 0.25 < p[4] < 0.45


@pytest.mark.parametrize(
    ("puzzle", "right"),
    [
        (Puzzle("a", "7/12", "number", "made", 5), "7/12"),
        (Puzzle("b", "knave", "word", "made", 5, distractors=("knight",)), "knave"),
        (Puzzle("c", "knave", "word", "made", 5), "knave"),
        (Puzzle("d", "yes|no", "any_of", "ethics", 5, distractors=("perhaps",)), "yes"),
        (Puzzle("e", r"2\sqrt{2}", "math", "made", 5), r"2\sqrt{2}"),
    ],
)
def test_right_answers_are_keys_and_wrong_ones_are_not(puzzle: Puzzle, right: str) -> None:
    assert answer(puzzle, is_right=True, pick=0.5) == right
    assert answer(puzzle, is_right=False, pick=0.999) not in puzzle.key.split("|")


def test_where_every_choice_is_right_one_is_made_anyway() -> None:
    puzzle = Puzzle("f", "yes|no", "any_of", "ethics", 5)
    assert answer(puzzle, is_right=False, pick=0.5) == "yes"


def test_a_stem_is_recalled_whatever_its_white_space() -> None:
    puzzle = Puzzle("Two\n\nparagraphs,  and a line.", "1", "number", "made", 5)
    remember([puzzle])
    assert recall("Two paragraphs, and a\nline. ") == puzzle


def test_an_unknown_stem_is_told_apart() -> None:
    with pytest.raises(SubjectError, match="tasks built in this process"):
        recall("What was never asked?")


def test_an_unknown_subject_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(SubjectError, match="Did you mean 'tension'"):
        make_subject("tensions")


def test_an_unknown_argument_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(SubjectError, match=r"argument of balk-sim/tension 'slopes'.*'slope'"):
        make_subject("tension", slopes=3)


@pytest.mark.parametrize(
    "arguments",
    [{"slope": "steep"}, {"seed": 1.5}, {"slope": float("nan")}, {"sigma": -1}, {"item_sd": -1}],
)
def test_an_impossible_argument_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(SubjectError, match="give"):
        make_subject("tension", **arguments)


def test_arguments_change_the_policy_and_the_knowledge() -> None:
    eager = make_subject("tension", kappa=0, slope=0, sigma=0, hardest=-9, item_sd=0)
    replies = [sit_batch(eager, make_exam(form)) for form in FORMS[:5]]
    assert mean(map(n_skips, replies)) > 8
    assert not any(a.startswith("1") for reply in replies for a in answers(reply))


def test_whole_and_decimal_arguments_of_the_same_value_are_the_same_subject() -> None:
    exam = make_exam(FORMS[0])
    subjects = make_subject("tension", slope=5), make_subject("tension", slope=5.0)
    assert sit_batch(subjects[0], exam) == sit_batch(subjects[1], exam)
