"""The sloppy subject: its truth is known, consistent, and does not depend on any parser."""

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.elicit.subjects.key_table import remember
from balk.elicit.subjects.prompt_reader import read_exam
from balk.elicit.subjects.sloppy import cells, frames, rows, thinking
from balk.elicit.subjects.sloppy.cells import write_cell
from balk.elicit.subjects.sloppy.layouts import LAYOUTS, ONE_QUESTION
from balk.elicit.subjects.sloppy.subject import SloppySubject
from balk.elicit.subjects.sloppy.truth import Intent, Plan
from balk.elicit.subjects.sloppy.writing import SloppyReply, write_sloppy
from balk.errors import ReplyError
from balk.records import Form, Outcome, Puzzle, ReplyFormat

ANSWERS = ("-12", "7/12", "12345", "7", "left", "-5/3", "88", "1000000", "right", "3")
CHAT = ReplyFormat(10, exit_word="LIFELINE", lifelines=3)
DOCUMENT = ReplyFormat(10, exit_word="LIFELINE", lifelines=3, prefix="Q1:")
ONE = ReplyFormat(1, first=4, exit_word="LIFELINE", lifelines=2)
ONE_LINE = ReplyFormat(1, first=4, exit_word="LIFELINE", lifelines=2, prefix="Q4:")
SILENT = ReplyFormat(10)
FORMATS = (CHAT, DOCUMENT, ONE, ONE_LINE, SILENT)
FORMAT_IDS = ("chat", "document", "one", "one line", "silent")


@cache
def written(reply_format: ReplyFormat, n: int = 1500) -> tuple[SloppyReply, ...]:
    answers = ANSWERS[: reply_format.n_questions]
    return tuple(write_sloppy(reply_format, answers, np.random.default_rng(i)) for i in range(n))


@pytest.mark.parametrize("reply_format", FORMATS, ids=FORMAT_IDS)
def test_there_is_one_outcome_for_each_question_and_an_answer_for_each_attempt(
    reply_format: ReplyFormat,
) -> None:
    answers = ANSWERS[: reply_format.n_questions]
    for reply in written(reply_format):
        pairs = zip(reply.outcomes, answers, strict=True)
        assert reply.answers == tuple(a if letter == "A" else None for letter, a in pairs)


@pytest.mark.parametrize("reply_format", FORMATS, ids=FORMAT_IDS)
def test_the_first_skips_use_up_the_lifelines_and_the_rest_are_overdrafts(
    reply_format: ReplyFormat,
) -> None:
    for reply in written(reply_format):
        asked = [letter for letter in reply.outcomes if letter in "SO"]
        n_paid = min(len(asked), reply_format.lifelines or 0)
        assert asked == ["S"] * n_paid + ["O"] * (len(asked) - n_paid)


@given(lifelines=st.none() | st.integers(0, 5), intents=st.lists(st.sampled_from(Intent)))
def test_uncounted_lifelines_never_run_out_and_other_intents_use_none(
    lifelines: int | None, intents: list[Intent]
) -> None:
    outcomes = Plan(tuple(intents), ("1",) * len(intents)).outcomes(lifelines)
    n_asked = intents.count(Intent.SKIP)
    assert outcomes.count("S") == (n_asked if lifelines is None else min(n_asked, lifelines))
    kept = outcomes.replace("O", "S")
    assert kept == "".join(intents)


def test_every_outcome_that_a_subject_can_cause_is_planted() -> None:
    seen = set("".join(reply.outcomes for reply in written(CHAT)))
    assert seen == {str(outcome) for outcome in Outcome} - {Outcome.FAILED}


def test_without_an_exit_word_nothing_is_skipped_though_some_ask_for_it() -> None:
    replies = written(SILENT)
    assert not set("SOC") & set("".join(reply.outcomes for reply in replies))
    assert any("LIFELINE" in reply.text for reply in replies)


def test_every_layout_is_used() -> None:
    assert set(LAYOUTS) <= {reply.layout for reply in written(CHAT)}
    assert set(ONE_QUESTION) <= {reply.layout for reply in written(ONE)}


def test_every_sin_is_committed() -> None:
    committed = {sin for n in (CHAT, SILENT) for reply in written(n) for sin in reply.sins}
    kinds = {
        "attempt": cells.ATTEMPTS | cells.NUMBERS | cells.WORDS | cells.UNUSED_LIFELINES,
        "skip": cells.SKIPS,
        "conflict": cells.CONFLICTS,
        "blank": cells.BLANKS | cells.UNANNOUNCED,
        "unparsed": cells.UNREADABLE | cells.UNSETTLED,
    }
    planned = {f"{kind}: {sin}" for kind, forms in kinds.items() for sin in forms}
    planned |= {*frames.BEFORE, *frames.AFTER, *thinking.SHARES, *rows.PASSES} - {""}
    planned |= {"cut", "missing line", "carriage returns", "trailing spaces"}
    assert planned <= committed


@pytest.mark.parametrize("reply_format", FORMATS, ids=FORMAT_IDS)
def test_only_replies_that_are_cut_off_lose_questions_to_it(reply_format: ReplyFormat) -> None:
    for reply in written(reply_format):
        assert reply.is_truncated == ("T" in reply.outcomes)
        assert "T" not in reply.outcomes.rstrip("T")  # nothing after the cut is known


def test_a_cut_reply_ends_within_the_first_line_that_is_lost() -> None:
    cut = [r for r in written(CHAT) if r.is_truncated and r.layout == "asked lines"]
    assert cut
    for reply in cut:
        *whole, last = reply.text.split("\n")
        numbers = [int(m[1]) for line in whole if (m := re.match(r"Q(\d+): .*answer:", line))]
        n_whole = len(reply.outcomes.rstrip("T"))
        assert numbers[len(numbers) - n_whole :] == list(range(1, n_whole + 1))
        assert f"Q{n_whole + 1}:".startswith(last[:3])


@pytest.mark.parametrize(("reply_format", "stop"), [(DOCUMENT, "\n\n"), (ONE_LINE, "\n")])
def test_a_document_holds_nothing_that_a_stop_sequence_would_cut(
    reply_format: ReplyFormat, stop: str
) -> None:
    assert not any(stop in reply.text for reply in written(reply_format))


def test_a_document_always_has_its_first_line() -> None:
    assert not any(reply.outcomes.startswith("M") for reply in written(DOCUMENT))


@pytest.mark.parametrize("reply_format", [CHAT, DOCUMENT], ids=["chat", "document"])
def test_a_reply_without_sins_is_read_by_the_form_alone(reply_format: ReplyFormat) -> None:
    innocent = [
        reply
        for reply in written(reply_format)
        if not reply.sins and reply.layout in {"asked lines", "document"}
    ]
    assert innocent
    for reply in innocent:
        read = re.findall(r"Q\d+: .*answer: (\S+)", reply_format.prefix + reply.text)
        pairs = zip(reply.outcomes, reply.answers, strict=True)
        assert read == ["LIFELINE" if letter in "SO" else answer for letter, answer in pairs]


@pytest.mark.parametrize("intent", [Intent.ATTEMPT, Intent.BLANK, Intent.UNPARSED])
def test_no_cell_but_one_that_says_so_asks_for_a_lifeline(intent: Intent) -> None:
    withdrawn = {"lifeline withdrawn", "lifeline declined", "without a lifeline"}
    for seed in range(500):
        cell = write_cell(intent, "17", "LIFELINE", np.random.default_rng(seed))
        is_withdrawn = cell.sin.removeprefix("attempt: ") in withdrawn
        assert ("lifeline" in cell.text.lower()) == is_withdrawn


@pytest.mark.parametrize("intent", [Intent.SKIP, Intent.CONFLICT])
def test_every_skip_and_conflict_has_the_exit_word(intent: Intent) -> None:
    for seed in range(500):
        cell = write_cell(intent, "17", "Free Pass", np.random.default_rng(seed))
        assert "free pass" in cell.text.lower()
        assert ("17" in cell.text) == (intent is Intent.CONFLICT)


def test_a_synonym_that_is_the_exit_word_is_no_blank() -> None:
    texts = [
        write_cell(Intent.BLANK, "17", "pass", np.random.default_rng(i)).text for i in range(500)
    ]
    assert "skip" in texts
    assert "pass" not in texts


def test_the_same_stream_writes_the_same_reply() -> None:
    first, second = (write_sloppy(CHAT, ANSWERS, np.random.default_rng(77)) for _ in range(2))
    assert first == second


def test_answers_must_be_as_many_as_questions() -> None:
    with pytest.raises(ReplyError, match="2 answers for 10 questions"):
        write_sloppy(CHAT, ("1", "2"), np.random.default_rng(0))


def test_the_subjects_truth_can_be_had_again_from_the_prompt() -> None:
    puzzles = tuple(Puzzle(f"What is {i}?", str(i), "number", "made", 5) for i in range(4))
    remember(puzzles)
    exam = Exam(Form(0, puzzles), Condition(make_arm("lifelines"), 2, "isolated"))
    outcomes: Counter[str] = Counter()
    for seed in range(20):
        for number in range(1, 5):
            view = read_exam([("user", wording.question(exam, number, 2))])
            truth = SloppySubject(seed=seed).write(view)
            assert SloppySubject(seed=seed).reply(view).text == truth.text
            outcomes[truth.outcomes] += 1
    assert len(outcomes) > 2
