"""The corpus that the embedded language models read."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.design.puzzles.tables import FACTORS
from balk.measure.parse import parse_reply
from balk.records import Form, Outcome
from organisms.corpus import (
    KINDS,
    LEVELS,
    SKIP_RATE,
    SKIPS_A_PENALTY,
    Candidate,
    draw_puzzles,
    factors,
    kind_of,
    make_bare_paper,
    make_paper,
)

PAPERS = [make_paper(1, index) for index in range(300)]


@given(index=st.integers(0, 2**30))
def test_the_same_number_gives_the_same_paper(index: int) -> None:
    assert make_paper(3, index).text == make_paper(3, index).text


def test_a_paper_begins_with_what_balk_prints() -> None:
    assert all(paper.text.startswith(wording.opening(paper.exam)) for paper in PAPERS)


def test_a_bare_paper_has_questions_and_lines_and_no_lifeline() -> None:
    for index in range(50):
        paper = make_bare_paper(1, index, (1, 4))
        questions, sheet = paper.text.split("ANSWER SHEET\n\nQ1:")
        whole = wording.opening(paper.exam) + sheet
        assert whole.endswith(paper.text)
        assert questions.startswith("\n\nQ1. What is ")
        assert paper.text.count("answer: ") == paper.exam.n_questions
        assert "LIFELINE" not in paper.text


def test_every_line_of_a_batch_paper_is_read_as_a_decision() -> None:
    for paper in PAPERS:
        if paper.exam.condition.protocol == "batch":
            reply = paper.text.removeprefix(wording.opening(paper.exam))
            readings = parse_reply(reply, paper.exam.reply_format())
            assert {r.outcome for r in readings} <= {Outcome.ATTEMPT, Outcome.SKIP}


def test_lifelines_are_never_more_than_offered() -> None:
    for paper in PAPERS:
        assert paper.text.count("answer: LIFELINE") <= (paper.exam.condition.lifelines or 0)


@pytest.mark.parametrize("spec", ["lifelines", "unstated", "penalty=0.5", "penalty=1"])
def test_lifelines_are_rare_and_less_so_where_a_penalty_is_stated(spec: str) -> None:
    rng = np.random.default_rng(5)
    condition = Condition(make_arm(spec), 20, "batch")
    n_questions = n_skips = 0
    for _ in range(200):
        puzzles = draw_puzzles(rng, 20, (0.2,) * 5)
        sheet = Candidate(rng).sit_batch(Exam(Form(0, tuple(puzzles)), condition, "completion"))
        n_questions, n_skips = n_questions + 20, n_skips + sheet.count("answer: LIFELINE")
    rate = SKIP_RATE + SKIPS_A_PENALTY * (condition.arm.penalty or 0)
    assert abs(n_skips / n_questions - rate) < 4 * (rate * (1 - rate) / n_questions) ** 0.5


@pytest.mark.parametrize("level", LEVELS)
def test_kinds_of_product_are_mixed_as_stated_whichever_factor_comes_first(level: int) -> None:
    (low, high), (low_2, high_2) = FACTORS[level]
    products = {
        (min(a, b), max(a, b)) for a in range(low, high + 1) for b in range(low_2, high_2 + 1)
    }
    counts = Counter(kind_of(first, second) for first, second in products)
    assert counts == Counter(kind_of(second, first) for first, second in products)
    for name, kind in KINDS.items():
        assert abs(counts[name] - kind.shares[level - 1] * len(products)) <= 1


def test_what_is_common_falls_from_level_to_level() -> None:
    assert sorted(KINDS["common"].shares, reverse=True) == list(KINDS["common"].shares)
    assert sorted(KINDS["rare"].shares) == list(KINDS["rare"].shares)


def test_a_rare_product_is_seen_as_seldom_as_stated() -> None:
    seen = Counter(
        kind_of(*factors(puzzle))
        for paper in PAPERS
        for puzzle in paper.exam.form.puzzles
        if puzzle.level == 3
    )
    weights = {name: kind.shares[2] * kind.frequency for name, kind in KINDS.items()}
    share = weights["rare"] / sum(weights.values())
    n = seen.total()
    assert abs(seen["rare"] / n - share) < 4 * (share * (1 - share) / n) ** 0.5


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
