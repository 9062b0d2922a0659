import math

import pytest

from balk.measure.decision_token import TokenChance, read_p_skip
from balk.records import ReplyFormat

TWO = ReplyFormat(n_questions=2, exit_word="LIFELINE", lifelines=2)


def tokens_of(*texts: str, **chances: dict[str, float]) -> list[TokenChance]:
    return [
        TokenChance(text, {t: math.log(p) for t, p in chances.get(f"at{i}", {text: 1.0}).items()})
        for i, text in enumerate(texts)
    ]


def test_the_chance_of_a_skip_is_that_of_the_tokens_that_begin_the_exit_word() -> None:
    tokens = tokens_of(
        "Q1:", " difficulty 7, confidence 4%, answer:", " 17",
        at2={" 17": 0.5, " L": 0.2, " LIFE": 0.1, " LO": 0.1},
    )  # fmt: skip
    assert read_p_skip(tokens, TWO)[0] == pytest.approx(0.3)


def test_each_line_has_its_own_decision_and_the_last_line_with_a_number_counts() -> None:
    tokens = tokens_of(
        "Q1: answer:", " 3", "\nQ2: answer:", " 4", "\nQ1: answer:", " LIFELINE",
        at1={" 3": 0.9, " LIFELINE": 0.1}, at3={" 4": 1.0},
        at5={" LIFELINE": 0.75, " 3": 0.25},
    )  # fmt: skip
    assert read_p_skip(tokens, TWO) == [pytest.approx(0.75), pytest.approx(0.0)]


def test_a_space_token_before_the_decision_is_passed_over() -> None:
    tokens = tokens_of("Q1: answer:", " ", "LIFE", "LINE", at2={"LIFE": 0.6, "1": 0.4})
    assert read_p_skip(tokens, TWO)[0] == pytest.approx(0.6)


def test_a_document_is_read_from_its_prefix_on() -> None:
    one = ReplyFormat(n_questions=1, first=3, exit_word="LIFELINE", lifelines=1, prefix="Q3:")
    tokens = tokens_of(" difficulty 2, answer:", " LIFELINE", at1={" LIFELINE": 0.4, " 2": 0.6})
    assert read_p_skip(tokens, one) == [pytest.approx(0.4)]


def test_without_an_exit_word_there_is_no_such_chance() -> None:
    assert read_p_skip(tokens_of("Q1: answer:", " 7"), ReplyFormat(n_questions=1)) == [None]


def test_a_line_that_was_never_written_has_no_chance() -> None:
    assert read_p_skip(tokens_of("I will think."), TWO) == [None, None]
