"""Promises that hold for every reply: shape, budget, truncation, and what is never read."""

import pytest

from balk.measure.parse import PARSER_VERSION, parse_reply
from balk.records import QUOTE_CHARS, Outcome, ReplyFormat

EXAM = ReplyFormat(4, exit_word="LIFELINE", lifelines=2)
LINE = "Q{}: difficulty 7, confidence 40%, answer: {}"


def outcomes(reply: str, reply_format: ReplyFormat = EXAM, *, is_truncated: bool = False) -> str:
    readings = parse_reply(reply, reply_format, is_truncated=is_truncated)
    return "".join(reading.outcome for reading in readings)


def sheet(*cells: str) -> str:
    return "\n".join(LINE.format(number, cell) for number, cell in enumerate(cells, 1)) + "\n"


def test_the_version_is_a_number_that_logs_can_be_compared_with() -> None:
    assert isinstance(PARSER_VERSION, int)


@pytest.mark.parametrize("first", [1, 7])
@pytest.mark.parametrize("reply", ["", "17", "LIFELINE", "Q9: LIFELINE", "{", "\n\n\n"])
def test_there_is_one_reading_for_each_question_in_order(reply: str, first: int) -> None:
    readings = parse_reply(reply, ReplyFormat(3, first=first, exit_word="LIFELINE", lifelines=1))
    assert [reading.position for reading in readings] == [first, first + 1, first + 2]


@pytest.mark.parametrize(
    ("lifelines", "expected"), [(None, "SSSS"), (0, "OOOO"), (1, "SOOO"), (3, "SSSO"), (9, "SSSS")]
)
def test_skips_beyond_the_lifelines_left_are_overdrafts(
    lifelines: int | None, expected: str
) -> None:
    reply_format = ReplyFormat(4, exit_word="LIFELINE", lifelines=lifelines)
    assert outcomes(sheet(*["LIFELINE"] * 4), reply_format) == expected


def test_lifelines_are_spent_in_the_order_of_the_questions_not_of_the_lines() -> None:
    reply = "\n".join(LINE.format(number, "LIFELINE") for number in (4, 3, 2, 1))
    assert outcomes(reply) == "SSOO"


def test_a_conflict_uses_no_lifeline() -> None:
    assert outcomes(sheet("17 or LIFELINE", "LIFELINE", "LIFELINE", "LIFELINE")) == "CSSO"


@pytest.mark.parametrize(
    ("reply", "reason"), [("", "empty reply"), (" \n", "empty reply"), ("<think>a</think>", "only")]
)
def test_a_reply_without_words_is_missing_with_its_reason(reply: str, reason: str) -> None:
    readings = parse_reply(reply, EXAM)
    assert all(reading.outcome is Outcome.MISSING for reading in readings)
    assert all(reason in reading.reason for reading in readings)


def test_a_prefix_alone_is_an_empty_reply() -> None:
    reply_format = ReplyFormat(2, exit_word="LIFELINE", lifelines=1, prefix="Q1:")
    assert [reading.reason for reading in parse_reply("", reply_format)] == ["empty reply"] * 2


@pytest.mark.parametrize("prefix", ["Q1:", "Q1: ", "Q1"])
def test_a_completion_goes_on_where_its_prefix_ends(prefix: str) -> None:
    reply_format = ReplyFormat(2, exit_word="LIFELINE", lifelines=1, prefix=prefix)
    rest = LINE.format(1, "17").removeprefix("Q1:") if prefix != "Q1" else LINE.format(1, "17")[2:]
    assert outcomes(f"{rest}\n{LINE.format(2, 'LIFELINE')}", reply_format) == "AS"


def test_the_last_line_of_a_cut_off_reply_is_not_trusted() -> None:
    reply = sheet("17", "LIFELINE", "12").rstrip("\n")
    assert outcomes(reply) == "ASAM"
    assert outcomes(reply, is_truncated=True) == "ASTT"
    assert outcomes(reply + "\n", is_truncated=True) == "ASAT"


def test_a_cut_off_second_pass_leaves_its_last_question_undecided() -> None:
    reply = sheet("17", "LIFELINE", "12", "5") + "Again:\n" + LINE.format(3, "1")
    assert outcomes(reply, is_truncated=True) == "ASTA"


@pytest.mark.parametrize(
    "reply",
    [
        '[{"question": 1, "answer": 12}]',
        "<q1>12</q1>",
        "| Q | Answer |\n|---|---|\n| 1 | 12 |",
    ],
)
def test_an_answer_that_is_closed_counts_though_the_reply_was_cut_off(reply: str) -> None:
    assert outcomes(reply, is_truncated=True) == "ATTT"


def test_a_quote_is_short_and_has_single_spaces() -> None:
    reply = LINE.format(1, "17") + "   " + "x" * 200
    quote = parse_reply(reply, EXAM)[0].quote
    assert len(quote) <= QUOTE_CHARS
    assert "  " not in quote


def test_a_quote_shows_the_words_as_they_were_written() -> None:
    reply = "**Q1:** difficulty 7, confidence 40%, **answer:** \N{MINUS SIGN}12"
    assert parse_reply(reply, EXAM)[0].quote == reply


def test_struck_out_words_are_not_read() -> None:
    assert outcomes(sheet("~~LIFELINE~~ 17", "~~17~~ LIFELINE")) == "ASMM"


@pytest.mark.parametrize("word", ["LIFELINE", "use a lifeline"])
def test_the_same_reply_without_an_exit_has_no_skip(word: str) -> None:
    assert outcomes(sheet(word, "17"), ReplyFormat(2)) == "BA"


@pytest.mark.parametrize(
    "reply",
    [
        "Q1: How many lifelines are there?",
        "To use a lifeline on a question, write LIFELINE in the place of the answer.",
        "A LIFELINE is worth 0 points, so it cannot beat a guess.",
        "Lifelines left: 2",
        "Lifelines used: Q1, Q2",
        "I will not use a LIFELINE on Q1.",
        "Q1 might deserve a LIFELINE, let me see.",
        "Q1: I could use a LIFELINE here, or count the 12 cases one by one.",
        "**Summary:** 2 x LIFELINE (Q1, Q2), an attempt at the rest.",
        "To sum up, I used 3 lifelines.",
    ],
)
@pytest.mark.parametrize("n_questions", [1, 4])
def test_talk_about_the_exit_is_no_skip(reply: str, n_questions: int) -> None:
    reply_format = ReplyFormat(n_questions, exit_word="LIFELINE", lifelines=2)
    assert not set("SO") & set(outcomes(reply, reply_format))


@pytest.mark.parametrize(
    "reply",
    [
        "n = 5",
        "q = 3",
        "a1 = 1, a2 = 4",
        "1. First, note that 2 + 2 = 4.\n2. Then count.",
        "| n | a(n) |\n|---|---|\n| 1 | 3 |\n| 2 | 7 |",
        "Question 2 is like question 1.",
        '{"cases": 12, "orbits": 4}',
        "The count starts at 12.",
    ],
)
def test_working_is_no_answer(reply: str) -> None:
    assert "A" not in outcomes(reply)


@pytest.mark.parametrize("label", ["Right", "Correct"])
def test_what_the_subject_was_told_yields_to_what_it_said(label: str) -> None:
    reply = f"Answer: 17\n\n{label} answer: 21"
    assert parse_reply(reply, ReplyFormat(1))[0].answer == "17"


def test_two_styles_of_numbers_are_not_mixed() -> None:
    steps = "1. 12 cases\n2. 40\n3. 7\n\n"
    assert outcomes(steps + sheet("17", "LIFELINE")) == "ASMM"


def test_a_second_pass_in_another_style_counts_if_it_is_said_to_correct() -> None:
    first = "Q1: 17\nQ2: LIFELINE\nQ3: 3\nQ4: 4\n\n"
    assert outcomes(first + "Corrections:\n1. LIFELINE\n2. 5\n") == "SAAA"
    assert outcomes(first + "Cases:\n1. 9\n2. 5\n") == "ASAA"
