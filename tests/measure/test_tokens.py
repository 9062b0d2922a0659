"""Inert tokens: read where they are stated, and never taken for a skip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.measure.parse import parse_reply
from balk.records import Outcome, Reading, ReplyFormat

FORMAT = ReplyFormat(2, lifelines=2, fields=("difficulty", "confidence", "token", "answer"))


def read(reply: str) -> list[tuple[str, str | None, bool | None]]:
    return [(one.outcome.value, one.answer, one.token) for one in parse_reply(reply, FORMAT)]


@pytest.mark.parametrize(
    "line",
    [
        "Q{}: difficulty 7, confidence 40%, token {}, answer: {}",
        "**Q{}:** difficulty 7, confidence 40%, token: **{}**, answer: {}",
        "Q{}: difficulty 7, confidence 40%, Token used: {}, answer: {}",
        "Q{}\nDifficulty: 7\nConfidence: 40%\nToken: {}\nAnswer: {}\n",
        '{{"question": {}, "token": "{}", "answer": "{}"}}',
    ],
)
@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("Yes", "No"), ("used", "not used")])
def test_a_token_is_read_in_whatever_layout_it_is_stated(line: str, yes: str, no: str) -> None:
    reply = f"{line.format(1, yes, 17)}\n{line.format(2, no, 18)}"
    assert read(reply) == [("A", "17", True), ("A", "18", False)]


def test_a_token_is_read_in_a_table() -> None:
    head = "| Q | difficulty | confidence | token | answer |\n|---|---|---|---|---|"
    reply = f"{head}\n| 1 | 7 | 40% | yes | 17 |\n| 2 | 7 | 40% | no | 18 |"
    assert read(reply) == [("A", "17", True), ("A", "18", False)]


def test_a_line_that_says_nothing_of_tokens_leaves_it_open() -> None:
    assert read("Q1: answer: 17\nQ2: answer: 18") == [("A", "17", None), ("A", "18", None)]


@pytest.mark.parametrize("word", ["TOKEN", "token", "Use a token"])
def test_a_token_in_the_answers_place_answers_nothing_and_is_used(word: str) -> None:
    (first, second) = parse_reply(f"Q1: answer: {word}\nQ2: token no, answer: 18", FORMAT)
    assert (first.outcome, first.answer, first.token) == (Outcome.BLANK, None, True)
    assert "token" in first.reason
    assert second.answer == "18"


def test_of_two_statements_the_last_counts() -> None:
    reply = "Q1: token yes, no, token no, answer: 17\nQ2: token no, answer: 18"
    assert read(reply)[0][2] is False


@given(st.sampled_from(["yes", "no"]), st.integers(0, 999))
def test_nothing_said_of_tokens_makes_a_skip(said: str, answer: int) -> None:
    readings = parse_reply(f"Q1: token {said}, answer: {answer}\nQ2: token {said}", FORMAT)
    assert Outcome.SKIP not in {reading.outcome for reading in readings}
    assert readings[0].token is (said == "yes")


def test_where_no_token_is_offered_the_word_says_nothing() -> None:
    plain = ReplyFormat(1)
    assert parse_reply("Q1: token yes, answer: 5", plain)[0] == Reading(
        1, Outcome.ATTEMPT, "5", provenance="line", quote="Q1: token yes, answer: 5"
    )


def test_tokens_beyond_those_offered_are_not_used() -> None:
    fields = ("token", "answer")
    reply = "".join(f"Q{i}: token yes, answer: {i}\n" for i in (1, 2, 3, 4))
    readings = parse_reply(reply, ReplyFormat(4, lifelines=2, fields=fields))
    assert [one.token for one in readings] == [True, True, False, False]
    assert [one.outcome for one in readings] == [Outcome.ATTEMPT] * 4
    assert [bool(one.reason) for one in readings] == [False, False, True, True]
    assert "none left" in readings[2].reason


def test_a_token_with_none_left_answers_nothing_and_is_not_used() -> None:
    reply_format = ReplyFormat(1, first=3, lifelines=0, fields=("token", "answer"))
    (reading,) = parse_reply("Q3: token yes, answer: TOKEN", reply_format)
    assert (reading.outcome, reading.token) == (Outcome.BLANK, False)


@given(st.integers(0, 5), st.lists(st.booleans(), min_size=1, max_size=6))
def test_there_are_never_more_tokens_used_than_offered(offered: int, wanted: list[bool]) -> None:
    lines = (f"Q{i}: token {'yes' if one else 'no'}, answer: 7" for i, one in enumerate(wanted, 1))
    reply_format = ReplyFormat(len(wanted), lifelines=offered, fields=("token", "answer"))
    readings = parse_reply("\n".join(lines), reply_format)
    assert sum(bool(one.token) for one in readings) == min(offered, sum(wanted))
