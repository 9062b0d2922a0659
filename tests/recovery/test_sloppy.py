"""The parser against the sloppy subject, whose true decisions are known.

The two were written from the same rules and know nothing of each other.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from balk.elicit.subjects.sloppy.writing import SloppyReply, write_sloppy
from balk.measure.mark import is_right
from balk.measure.parse import parse_reply
from balk.records import Marking, Outcome, Reading, ReplyFormat

N_FAST, N_ALL = 600, 10_000
ANSWERS = ("-12", "7/12", "12345", "7", "left", "-5/3", "88", "1000000", "right", "3")
WORDS = {"left", "right"}
FORMATS = (
    ReplyFormat(20, exit_word="LIFELINE", lifelines=10),
    ReplyFormat(20, exit_word="LIFELINE", lifelines=3),
    ReplyFormat(10, exit_word="LIFELINE", lifelines=4, prefix="Q1:"),
    ReplyFormat(1, first=5, exit_word="LIFELINE", lifelines=2),
    ReplyFormat(1, first=5, exit_word="LIFELINE", lifelines=0, prefix="Q5:"),
    ReplyFormat(20),
    ReplyFormat(10, exit_word="PASS", lifelines=4),
)


def exams(start: int, n: int) -> Iterator[tuple[ReplyFormat, tuple[str, ...], SloppyReply]]:
    for number in range(start, start + n):
        reply_format = FORMATS[number % len(FORMATS)]
        turned = number % len(ANSWERS)
        answers = tuple(
            ANSWERS[(turned + i) % len(ANSWERS)] for i in range(reply_format.n_questions)
        )
        rng = np.random.default_rng(np.random.SeedSequence(2026, spawn_key=(number,)))
        yield reply_format, answers, write_sloppy(reply_format, answers, rng)


def confusions(start: int, n: int) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Count (true, read) pairs that differ, and the true outcomes."""
    wrong: Counter[tuple[str, str]] = Counter()
    truth: Counter[str] = Counter()
    for reply_format, answers, sloppy in exams(start, n):
        readings = parse_reply(sloppy.text, reply_format, is_truncated=sloppy.is_truncated)
        truth.update(sloppy.outcomes)
        for reading, outcome, answer in zip(readings, sloppy.outcomes, answers, strict=True):
            seen = read_as(reading, answer)
            if seen != outcome:
                wrong[outcome, seen] += 1
    return wrong, truth


def read_as(reading: Reading, answer: str) -> str:
    if reading.outcome is not Outcome.ATTEMPT or reading.answer is None:
        return str(reading.outcome)
    marking: Marking = "word" if answer in WORDS else "number"
    return "A" if is_right(reading.answer, answer, marking) else "A, another answer"


def assert_all_recovered(start: int, n: int) -> None:
    wrong, truth = confusions(start, n)
    assert set("ASOCBMURT") <= set(truth)
    assert not wrong


def test_every_planted_outcome_is_recovered() -> None:
    assert_all_recovered(0, N_FAST)


@pytest.mark.slow
def test_every_planted_outcome_is_recovered_in_ten_thousand_exams() -> None:
    assert_all_recovered(N_FAST, N_ALL)
