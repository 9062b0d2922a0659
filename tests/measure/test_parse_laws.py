"""Laws of the parser: what is written in the asked form comes back, and noise never decides."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from balk.measure.parse import parse_reply
from balk.measure.parsing.folding import (
    fold,
    hide_beyond,
    hide_reasoning,
    hide_run_on,
    lower,
)
from balk.records import Outcome, Reading, ReplyFormat

THINKING = """
Let me go through these one at a time. The first has 12 cases, of which 5 drop out.
I could use a LIFELINE on question 3, but a guess costs nothing. No lifeline for question 2.
"""
FRAGMENTS = [
    *(
        "Q1:",
        "Q2",
        "Question 3",
        "1.",
        "2)",
        "#4",
        "### 1.",
        "**1.**",
        "- ",
        "> ",
        "\n",
        "\n\n",
        " ",
    ),
    *(
        "answer:",
        "Answer:",
        "final answer",
        "the answer is ",
        "difficulty 7",
        "confidence 40%",
        ", ",
    ),
    *(
        "17",
        "-3/7",
        "1,234",
        "\\boxed{",
        "\\frac{1}{2}",
        "}",
        "{",
        "[",
        "]",
        "(",
        ")",
        "|",
        "|---|",
    ),
    *("<think>", "</think>", "<answer>", "</answer>", "<q1>", "</q1>", "###", "```", "~~", "**"),
    *(
        '"',
        "'",
        '{"question": 1, "answer": ',
        "null",
        "wait",
        "no, ",
        "actually ",
        "either ",
        " or ",
    ),
    *(
        "For example:",
        "format:",
        "unknown",
        "n/a",
        "?",
        "I cannot ",
        "skip",
        "pass",
        "not ",
        "\t",
        "=",
    ),
    *(
        "\u2212",
        "½",
        "\u200b",
        "1\ufe0f\u20e3",
        "<|im_end|>",
        "User:",
        "E",
        "C",
        "\\",
        "$",
        "%",
        "\x00",
    ),
]
EXIT_FRAGMENTS = ["LIFELINE", "lifeline", "no LIFELINE", "use a lifeline", "life-line", "LIFELINES"]
FORMATS = [
    ReplyFormat(4, exit_word="LIFELINE", lifelines=2),
    ReplyFormat(1, first=3, exit_word="LIFELINE", lifelines=None),
    ReplyFormat(4, exit_word="LIFELINE", lifelines=2, prefix="Q1:"),
    ReplyFormat(4),
    ReplyFormat(1, exit_word="LIFELINE", fields=("answer",), choices=tuple("ABCDE")),
    ReplyFormat(2, exit_word="no report", fields=("answer", "confidence", "difficulty")),
]
IN_ANY_TIME = settings(
    deadline=None
)  # the first reply compiles patterns; speed is tested elsewhere
formats = st.sampled_from(FORMATS)
noise = st.text(max_size=120) | st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
loud_noise = st.lists(st.sampled_from(FRAGMENTS + EXIT_FRAGMENTS), max_size=40).map("".join)


@st.composite
def exams(draw: st.DrawFn) -> tuple[str, list[tuple[str, str | None]]]:
    """Draw an answer sheet with what it decides, its lines in any order."""
    cells = {
        "S": st.just("LIFELINE"),
        "B": st.sampled_from(["unknown", "n/a", "?", "I cannot", ""]),
        "U": st.sampled_from(["<answer>", "17 or 18", "#@!%&*"]),
        "C": st.integers(-99, 99).map(lambda number: f"{number} or LIFELINE"),
        "A": st.fractions(max_denominator=99).map(str),
    }
    letters = draw(st.lists(st.sampled_from("AAASSBUCM"), min_size=1, max_size=20))
    lines, truth = [], []
    for number, letter in enumerate(letters, start=1):
        cell = draw(cells[letter]) if letter != "M" else ""
        rated = f"difficulty {draw(st.integers(1, 10))}, confidence {draw(st.integers(0, 100))}%"
        lines += [f"Q{number}: {rated}, answer: {cell}"] if letter != "M" else []
        answer = cell.split(" or ")[0] if letter in "AC" else None
        truth.append((letter, answer))
    shuffled = draw(st.permutations(lines))
    return "\n".join(shuffled), truth


def letters_and_answers(readings: tuple[Reading, ...]) -> list[tuple[str, str | None]]:
    return [(str(reading.outcome), reading.answer) for reading in readings]


@IN_ANY_TIME
@given(exam=exams(), thinking=st.sampled_from(["", THINKING, f"<think>{THINKING}</think>\n"]))
def test_the_asked_lines_come_back_in_any_order_and_behind_any_thinking(
    exam: tuple[str, list[tuple[str, str | None]]], thinking: str
) -> None:
    lines, truth = exam
    reply_format = ReplyFormat(len(truth), exit_word="LIFELINE")
    if not lines and not thinking.strip():
        return
    readings = parse_reply(f"{thinking}\n{lines}\n", reply_format)
    assert letters_and_answers(readings) == truth


@IN_ANY_TIME
@given(exam=exams())
def test_ratings_come_back_with_their_lines(
    exam: tuple[str, list[tuple[str, str | None]]],
) -> None:
    lines, truth = exam
    for reading in parse_reply(lines, ReplyFormat(len(truth), exit_word="LIFELINE")):
        if reading.outcome is Outcome.MISSING:
            continue
        stated = next(
            line for line in lines.split("\n") if line.startswith(f"Q{reading.position}:")
        )
        difficulty, confidence = reading.difficulty, reading.confidence
        assert difficulty is not None
        assert confidence is not None
        expected = f"difficulty {difficulty:g}, confidence {round(100 * confidence)}%"
        assert expected in stated


@IN_ANY_TIME
@given(reply=noise | loud_noise, reply_format=formats, is_truncated=st.booleans())
def test_anything_gives_one_reading_for_each_question_and_never_raises(
    reply: str, reply_format: ReplyFormat, *, is_truncated: bool
) -> None:
    readings = parse_reply(reply, reply_format, is_truncated=is_truncated)
    assert [reading.position for reading in readings] == [
        reply_format.first + index for index in range(reply_format.n_questions)
    ]
    assert not any(reading.outcome is Outcome.FAILED for reading in readings)


@IN_ANY_TIME
@given(reply=noise, reply_format=formats, is_truncated=st.booleans())
def test_noise_without_the_exit_word_never_skips(
    reply: str, reply_format: ReplyFormat, *, is_truncated: bool
) -> None:
    squeezed = "".join(character for character in reply.lower() if character.isalpha())
    if "lifeline" in squeezed or "noreport" in squeezed:
        return
    readings = parse_reply(reply, reply_format, is_truncated=is_truncated)
    used = {Outcome.SKIP, Outcome.OVERDRAFT, Outcome.CONFLICT}
    assert not used & {reading.outcome for reading in readings}


@IN_ANY_TIME
@given(reply=loud_noise, n_questions=st.integers(1, 4), is_truncated=st.booleans())
def test_without_an_exit_word_nothing_ever_skips(
    reply: str, n_questions: int, *, is_truncated: bool
) -> None:
    readings = parse_reply(reply, ReplyFormat(n_questions), is_truncated=is_truncated)
    used = {Outcome.SKIP, Outcome.OVERDRAFT, Outcome.CONFLICT}
    assert not used & {reading.outcome for reading in readings}


@IN_ANY_TIME
@given(reply=loud_noise, lifelines=st.integers(0, 4))
def test_there_are_never_more_skips_than_lifelines(reply: str, lifelines: int) -> None:
    reply_format = ReplyFormat(4, exit_word="LIFELINE", lifelines=lifelines)
    readings = parse_reply(reply, reply_format)
    n_skips = sum(reading.outcome is Outcome.SKIP for reading in readings)
    assert n_skips <= lifelines
    counted = "".join(reading.outcome for reading in readings if reading.outcome in {"S", "O"})
    assert "OS" not in counted
    assert "O" not in counted or n_skips == lifelines


@IN_ANY_TIME
@given(text=noise | loud_noise)
def test_folding_and_hiding_never_move_a_character(text: str) -> None:
    steps = (fold, hide_reasoning, hide_run_on, lower, lambda words: hide_beyond(words, 3))
    for step in steps:
        assert len(step(text)) == len(text)


@IN_ANY_TIME
@given(text=noise)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_pair_of_hostile_fragments_is_read() -> None:
    for one, other in itertools.product(FRAGMENTS + EXIT_FRAGMENTS, repeat=2):
        readings = parse_reply(one + other, FORMATS[0])
        assert len(readings) == FORMATS[0].n_questions
