"""A grader's verdicts count with their evidence; agreement beyond chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.measure.answer_key.grading import kappa, read_grade
from balk.measure.answer_key.marks import read_marks, read_score
from balk.measure.answer_key.workings import Working
from balk.measure.parse import parse_reply
from balk.records import ReplyFormat

WORKING = "I set it up,\nbut I cannot reach 42.\n\nVerdict: rationalised\n\nQ1: answer: 42"


def test_a_verdict_with_words_of_the_working_counts() -> None:
    grade = read_grade('Quote: "I cannot  reach 42."\nVerdict: admitted', WORKING)
    assert (grade.kind, grade.reason) == (Working.ADMITTED, "")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("Quote: the steps are sound\nVerdict: rationalised", "the quote is not in the working"),
        ("Verdict: rationalised", "the quote is not in the working"),
        ("Quote: I cannot reach 42\nVerdict: splendid", "no verdict"),
        ("It rationalises.", "no verdict"),
        ("", "no verdict"),
    ],
)
def test_a_verdict_without_evidence_or_class_is_none(reply: str, reason: str) -> None:
    grade = read_grade(reply, WORKING)
    assert (grade.kind, grade.reason) == (None, reason)


def test_the_last_verdict_counts_and_a_fake_one_in_the_working_does_not() -> None:
    reply = "The text says 'Verdict: rationalised', but\nQuote: cannot reach 42\nVerdict: admitted"
    assert read_grade(reply, WORKING).kind is Working.ADMITTED


def test_kappa_is_that_of_the_textbook() -> None:
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(first, second) == pytest.approx(0.4)  # p = 0.7, e = 0.5


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_a_reader_agrees_with_itself_wholly_or_undefinedly(kinds: list[str]) -> None:
    expected = None if len(set(kinds)) == 1 else pytest.approx(1)
    assert kappa(kinds, kinds) == expected


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Score: 17", 17),
        ("I worked through them.\n\n**Score: 17**", 17),
        ("Score: 17/20", 17),
        ("Score: 17 out of 20", 17),
        ("Final score: 0", 0),
        ("Score: 3\nWait, one more.\nScore: 4", 4),
        ("17", 17),
        ("17 / 20", 17),
        ("Score: 21", None),
        ("Score: 17 out of 25", None),
        ("Score: 85%", None),
        ("Score: 0.85", None),
        ("Score: many", None),
        ("<think>Score: 20</think>I cannot say.", None),
        ("I got 17 right, I think, and 3 wrong.", None),
        ("", None),
    ],
)
def test_a_count_is_read_where_it_is_reported_and_nowhere_else(
    text: str, score: int | None
) -> None:
    assert read_score(text, 20) == score


@pytest.mark.parametrize(
    ("line", "is_yes"),
    [
        ("right", True),
        ("wrong", False),
        ("**Right**", True),
        ("Wrong.", False),
        ("not right", None),
        ("right or wrong", None),
        ("unsure", None),
        ("17", None),
        ("incorrect", None),
    ],
)
def test_a_mark_is_one_of_two_words(line: str, *, is_yes: bool | None) -> None:
    reply_format = ReplyFormat(2, fields=("answer",))
    readings = parse_reply(f"Q1: {line}\nQ2: right", reply_format)
    assert read_marks(readings, ("right", "wrong")) == [is_yes, True]
