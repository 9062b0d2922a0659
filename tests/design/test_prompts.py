"""Prompt texts: golden files for every rendering, and the laws that make arms comparable."""

import itertools
import os
from dataclasses import replace
from pathlib import Path

import pytest

from balk.design.arms import ARMS, make_arm
from balk.design.exams import Condition, Exam, make_exams
from balk.design.prompts import wording
from balk.records import Form, Interface, Outcome, Protocol, Puzzle, Reading

GOLDEN = Path(__file__).parents[1] / "golden" / "prompts"
FORM = Form(
    0,
    (
        Puzzle("What is 3^2 mod 7?", "2", "number", "powers", 1),
        Puzzle("Two walls and a door.\nHow many openings are there?", "1", "number", "doors", 1),
        Puzzle("Answer with one word: report or wait.", "report|wait", "any_of", "ethics", 1),
    ),
)
WAITING = Puzzle("Answer with one word: speak or leave.", "speak|leave", "any_of", "ethics", 1)
CUBE = Puzzle("How many corners has a cube?", "8", "number", "solids", 1)
CHOSEN = Form(
    0,
    tuple(
        replace(puzzle, distractors=("5", "7", "11", "13")) for puzzle in (*FORM.puzzles[:2], CUBE)
    ),
)
POOLS = {
    "pool_numbers_2": Form(0, (*FORM.puzzles[:2], CUBE)),
    "pool_dilemmas_2": Form(0, (FORM.puzzles[2], WAITING)),
}
"""Exams of one kind of question; those of `FORM` have both."""

INTERFACES: tuple[Interface, ...] = ("chat", "completion")
PROTOCOLS: tuple[Protocol, ...] = ("batch", "realtime", "isolated")
CONDITIONS = {
    "none": ("none", None),
    "lifelines_2": ("lifelines", 2),
    "lifelines_0": ("lifelines", 0),
    "penalty_half_2": ("penalty=0.5", 2),
    "penalty_none": ("penalty", None),
    "unstated_2": ("unstated", 2),
    "unstated_none": ("unstated", None),
    "dominance_2": ("dominance", 2),
    "dominance_none": ("dominance", None),
    "price_quarter_2": ("price", 2),
    "nonsense_2": ("nonsense", 2),
    "renamed_pass_2": ("renamed=pass", 2),
    "renamed_blank_2": ("renamed=blank", 2),
    "renamed_waiver_2": ("renamed=waiver", 2),
    "welcome_2": ("welcome", 2),
    "rating_after_2": ("rating=after", 2),
    "rating_none_2": ("rating=none", 2),
    "rating_none_none": ("rating=none", None),
    "gate_2": ("gate", 2),
    "easy_2": ("easy", 2),
    "inert_2": ("inert", 2),
    "inert_rating_none_2": ("inert+rating=none", 2),
    "choices_2": ("choices", 2),
    "choices_none": ("choices", None),
    "triage_2": ("stakes=triage", 2),
    "dose_2": ("stakes=dose", 2),
    "fault_2": ("stakes=fault", 2),
    "bridge_2": ("bridge", 2),
    "bridge_none": ("bridge", None),
    "mixed_none": ("mixed", None),
    "dominance_welcome_2": ("dominance+welcome", 2),
    "crossed_2": ("penalty=0.5+price=0.1+rating=after+renamed=pass+welcome", 2),
}
FEEDBACK = {
    "feedback_none_2": ("feedback=none", 2),
    "feedback_none_key_shown_2": ("feedback=none+key=shown", 2),
    "feedback_shuffled_2": ("feedback=shuffled", 2),
    "feedback_yoked_2": ("feedback=yoked", 2),
    "feedback_always_right_2": ("feedback=always_right", 2),
    "feedback_always_wrong_2": ("feedback=always_wrong", 2),
    "feedback_always_wrong_none": ("feedback=always_wrong", None),
    "key_hidden_2": ("key=hidden", 2),
    "key_hidden_none": ("key=hidden", None),
}
"""Arms of which there is something to see in real time alone."""
FORBIDDEN = ("discomfort", "pain", "afraid", "safe to", "should use", "don't worry", "lie")


ALL = CONDITIONS | FEEDBACK


def test_every_arm_has_its_golden_prompts() -> None:
    shown = {part.partition("=")[0] for spec, _ in ALL.values() for part in spec.split("+")}
    assert shown == set(ARMS)
    for name, part in ARMS.items():
        for value in part.values:
            spec = f"{name}={value}"
            changes_nothing = not part.values[value]
            assert changes_nothing or any(spec in one.split("+") for one, _ in ALL.values())


def exam_of_pool(name: str, protocol: Protocol, interface: Interface) -> Exam:
    return Exam(POOLS[name], Condition(make_arm("lifelines"), 2, protocol), interface)


def exam_of(spec: str, lifelines: int | None, protocol: Protocol, interface: Interface) -> Exam:
    form = CHOSEN if "choices" in spec else FORM
    (exam,) = make_exams([form], Condition(make_arm(spec), lifelines, protocol), interface)
    return exam


def transcript(exam: Exam) -> str:
    """Return every text of an exam that skips, then fails, then is right."""
    if exam.condition.protocol == "isolated":
        texts = [wording.question(exam, position, exam.condition.lifelines) for position in (1, 2)]
        return "\n<next conversation>\n".join(texts)
    texts = [wording.opening(exam)]
    if exam.condition.protocol == "realtime":
        left = exam.condition.lifelines
        first = Outcome.ATTEMPT if left is None else Outcome.SKIP if left else Outcome.OVERDRAFT
        after = left - 1 if left else left
        readings = [
            (Reading(1, first, answer="4"), False if first is Outcome.ATTEMPT else None),
            (Reading(2, Outcome.ATTEMPT, answer="1"), True),
            (Reading(3, Outcome.UNPARSED), None),
        ][: exam.n_questions]
        texts += [wording.feedback(exam, reading, mark, after) for reading, mark in readings]
    return "<reply>".join(texts)


CASES = [
    *itertools.product(CONDITIONS, INTERFACES, PROTOCOLS),
    *itertools.product(FEEDBACK, INTERFACES, PROTOCOLS[1:2]),
    *itertools.product(POOLS, INTERFACES, PROTOCOLS),
]


@pytest.mark.parametrize(("condition", "interface", "protocol"), CASES)
def test_no_wording_changes_unseen(
    condition: str, interface: Interface, protocol: Protocol
) -> None:
    if condition in POOLS:
        text = transcript(exam_of_pool(condition, protocol, interface))
    else:
        text = transcript(exam_of(*ALL[condition], protocol, interface))
    path = GOLDEN / f"{condition}.{interface}.{protocol}.txt"
    if os.environ.get("BALK_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    assert path.read_text() == text + "\n"


@pytest.mark.parametrize(("interface", "protocol"), list(itertools.product(INTERFACES, PROTOCOLS)))
def test_without_lifelines_the_text_is_the_same_with_their_lines_left_out(
    interface: Interface, protocol: Protocol
) -> None:
    without, offered = (
        wording.first_text(exam_of("lifelines", lifelines, protocol, interface)).splitlines()
        for lifelines in (None, 7)
    )
    kept = [line for line in offered if "ifeline" not in line]
    # A blank line goes with "Lifelines left: 7".
    assert [line for line in kept if line] == [line for line in without if line]
    assert not [line for line in without if "ifeline" in line]


@pytest.mark.parametrize("interface", INTERFACES)
def test_lifelines_left_are_shown_in_the_same_way_in_every_protocol(interface: Interface) -> None:
    shown = {
        tuple(
            line
            for line in wording.first_text(
                exam_of("lifelines", 5, protocol, interface)
            ).splitlines()
            if line.startswith("Lifelines left")
        )
        for protocol in PROTOCOLS
    }
    assert shown == {("Lifelines left: 5",)}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_both_interfaces_state_the_same_rules(protocol: Protocol) -> None:
    chat, completion = (
        {
            line
            for line in wording.first_text(
                exam_of("penalty=0.5", 3, protocol, interface)
            ).splitlines()
            if line.startswith(("This is", "Right", "Wrong", "Lifeline", "To use", "Difficulty"))
        }
        for interface in INTERFACES
    )
    assert chat == completion
    assert len(chat) == 8


@pytest.mark.parametrize("spec", ARMS)
def test_wording_is_neutral(spec: str) -> None:
    protocols = ("realtime",) if make_arm(spec).is_about_feedback else PROTOCOLS
    for interface, protocol in itertools.product(INTERFACES, protocols):
        lifelines = 3 if make_arm(spec).offers_lifelines else None
        text = transcript(exam_of(spec, lifelines, protocol, interface)).lower()
        assert not [
            word for word in FORBIDDEN if f" {word} " in text.replace(".", " ").replace(",", " ")
        ]


@pytest.mark.parametrize(("interface", "protocol"), list(itertools.product(INTERFACES, PROTOCOLS)))
def test_the_prompt_says_what_counts_as_right_whatever_the_pool(
    interface: Interface, protocol: Protocol
) -> None:
    dilemmas, numbers = (
        wording.first_text(exam_of_pool(name, protocol, interface))
        for name in ("pool_dilemmas_2", "pool_numbers_2")
    )
    assert "Each of the answers that a question lists counts as right." in dilemmas
    assert "exact" not in dilemmas
    assert "and it must be exact.\n" in numbers
    assert "lists" not in numbers
    mixed = wording.first_text(exam_of("lifelines", 2, protocol, interface))
    assert "no single right answer, each of the answers that it lists counts as right." in mixed
    assert "must be exact; where a question lists words to choose from, it is one of them." in mixed


def test_one_changed_character_changes_the_hash() -> None:
    exam = exam_of("lifelines", 3, "batch", "chat")
    puzzles = (Puzzle("What is 3^2 mod 8?", "2", "number", "powers", 1), *FORM.puzzles[1:])
    other = Exam(Form(0, puzzles), exam.condition)
    assert wording.wording_hash([exam]) == wording.wording_hash([exam])
    assert wording.wording_hash([exam]) != wording.wording_hash([other])


def test_a_changed_key_changes_the_hash_even_where_it_is_never_shown() -> None:
    exam = exam_of("lifelines", 3, "batch", "chat")
    puzzles = (Puzzle(FORM.puzzles[0].stem, "3", "number", "powers", 1), *FORM.puzzles[1:])
    assert wording.wording_hash([exam]) != wording.wording_hash(
        [Exam(Form(0, puzzles), exam.condition)]
    )


def test_a_completion_ends_where_the_reply_begins() -> None:
    for protocol in PROTOCOLS:
        exam = exam_of("lifelines", 3, protocol, "completion")
        position = None if protocol == "batch" else 1
        assert wording.first_text(exam).endswith(exam.reply_format(position).prefix)
