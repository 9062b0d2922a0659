"""The corpus that the embedded language models read."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from balk.design.prompts import wording
from balk.measure.parse import parse_reply
from balk.records import Outcome
from organisms.corpus import SKIP_RATE, make_paper

PAPERS = [make_paper(1, index) for index in range(300)]


@given(index=st.integers(0, 2**30))
def test_the_same_number_gives_the_same_paper(index: int) -> None:
    assert make_paper(3, index).text == make_paper(3, index).text


def test_a_paper_begins_with_what_balk_prints() -> None:
    assert all(paper.text.startswith(wording.opening(paper.exam)) for paper in PAPERS)


def test_every_line_of_a_batch_paper_is_read_as_a_decision() -> None:
    for paper in PAPERS:
        if paper.exam.condition.protocol == "batch":
            reply = paper.text.removeprefix(wording.opening(paper.exam))
            readings = parse_reply(reply, paper.exam.reply_format())
            assert {r.outcome for r in readings} <= {Outcome.ATTEMPT, Outcome.SKIP}


def test_lifelines_are_rare_and_never_more_than_offered() -> None:
    n_questions, n_skips = 0, 0
    for paper in PAPERS:
        offered = paper.exam.condition.lifelines or 0
        used = paper.text.count("answer: LIFELINE")
        assert used <= offered
        if offered and paper.exam.condition.arm.demanded is None:
            n_questions, n_skips = n_questions + paper.exam.n_questions, n_skips + used
    se = (SKIP_RATE * (1 - SKIP_RATE) / n_questions) ** 0.5
    assert abs(n_skips / n_questions - SKIP_RATE) < 4 * se


def test_a_demanded_lifeline_is_used() -> None:
    demanding = [p for p in PAPERS if p.exam.condition.arm.demanded is not None]
    assert demanding
    for paper in demanding:
        line = next(
            line
            for line in paper.text.splitlines()
            if line.startswith(f"Q{paper.exam.condition.arm.demanded}: ")
        )
        assert line.endswith("LIFELINE")


def test_every_arm_and_both_protocols_are_read() -> None:
    arms = Counter(paper.exam.condition.arm.name for paper in PAPERS)
    assert {"lifelines", "penalty", "unstated", "price", "gate"} <= set(arms)
    assert {paper.exam.condition.protocol for paper in PAPERS} == {"batch", "realtime"}
