"""Hostile replies: a megabyte of anything is read in time that grows with its length alone."""

import time

import pytest

from balk.measure.parse import parse_reply
from balk.measure.parsing import columns, declarations, section, sections, short
from balk.measure.parsing.decide import decide
from balk.measure.parsing.verdicts import Terms, Verdict
from balk.records import Outcome, ReplyFormat

MEGABYTE = 1_000_000
MAX_DECISIONS = 4_000  # answer's places looked at, whatever the reply's length
GENEROUS_S = 5.0  # it takes well under one second; a slow machine must not fail the test

EXAM = ReplyFormat(20, exit_word="LIFELINE", lifelines=10)
ONE = ReplyFormat(1, first=3, exit_word="LIFELINE", lifelines=10)
LETTERS = ReplyFormat(1, exit_word="E", fields=("answer",), choices=tuple("ABCDE"))
DOCUMENT = ReplyFormat(20, exit_word="pass", lifelines=3, prefix="Q1:")
FORMATS = {"exam": EXAM, "one": ONE, "letters": LETTERS, "document": DOCUMENT}

UNITS = {
    "bars": "|",
    "braces": "{",
    "brackets": "[",
    "parentheses": "(",
    "digits": "1",
    "line breaks": "\n",
    "spaces": " ",
    "minus signs": "-",
    "hashes": "#",
    "stars": "*",
    "backslashes": "\\",
    "thinking opened": "<think>",
    "thinking opened and closed": "<think></think>",
    "tags": "<q1>17</q1>",
    "tags opened": "<answer>",
    "boxes opened": "\\boxed{",
    "boxes": "\\boxed{1} ",
    "labels": "answer: ",
    "label lines": "answer:\n",
    "numbers": "Q1:\n",
    "numbers in a line": "Q1: ",
    "steps": "1. x\n",
    "lines": "Q1: difficulty 7, confidence 40%, answer: 17\n",
    "table rows": "| 1 | 7 | 40% | 17 |\n",
    "table headers": "| Q | answer |\n",
    "objects": '{"question": 1, "answer": 17}\n',
    "nested objects": '{"a":',
    "marks": "###A",
    "exit words": "LIFELINE ",
    "denials": "no LIFELINE ",
    "corrections": "17 wait ",
    "sentences": "the answer is if ",
    "prose": "lorem ipsum dolor 12 sit amet. ",
    "examples": "example:\n",
    "groups": "Q1-",
    "fractions": "answer: \\frac{1}{2} ",
    "signs": "½\u2212\u201c",
    "capitals that grow in lower case": "\u0130",
}


def reply_of(unit: str, n_chars: int) -> str:
    return unit * (n_chars // len(unit))


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
@pytest.mark.parametrize("reply_format", FORMATS.values(), ids=FORMATS)
def test_the_number_of_places_that_are_decided_has_a_bound(
    unit: str, reply_format: ReplyFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_decisions = 0

    def counting(place: str, terms: Terms) -> Verdict:
        nonlocal n_decisions
        n_decisions += 1
        return decide(place, terms)

    for module in (columns, declarations, section, sections, short):
        monkeypatch.setattr(module, "decide", counting)
    readings = parse_reply(reply_of(unit, MEGABYTE // 5), reply_format)
    assert len(readings) == reply_format.n_questions
    assert n_decisions <= MAX_DECISIONS


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_a_megabyte_takes_seconds_at_the_very_most(unit: str) -> None:
    started = time.process_time()
    parse_reply(reply_of(unit, MEGABYTE), EXAM)
    assert time.process_time() - started < GENEROUS_S


def test_a_sheet_is_found_behind_a_megabyte_of_thinking() -> None:
    thinking = reply_of("Let me see: 12 cases, of which 5 drop out. No lifeline yet.\n", MEGABYTE)
    cells = ("LIFELINE" if number % 4 == 0 else number for number in range(1, 21))
    lines = "\n".join(
        f"Q{number}: difficulty 7, confidence 40%, answer: {cell}"
        for number, cell in enumerate(cells, start=1)
    )
    readings = parse_reply(f"{thinking}\n{lines}\n", EXAM)
    assert "".join(reading.outcome for reading in readings) == "AAAS" * 5


@pytest.mark.parametrize("unit", ["[", '{"a":', "(", "\\frac{", "<think>", "no LIFELINE, wait, "])
def test_deep_nesting_is_no_decision(unit: str) -> None:
    readings = parse_reply(f"Q1: answer: {unit * 100_000}", ReplyFormat(1))
    assert readings[0].outcome not in {Outcome.ATTEMPT, Outcome.SKIP}
