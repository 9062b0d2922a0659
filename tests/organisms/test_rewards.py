"""What the tuned models are rewarded for, and how their sheets are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.records import Form, Puzzle
from organisms.marking import mark_sheet
from organisms.rewards import SKIP_COST, STEEPNESS, WRONG, Outcome, announced, raters, torn

PUZZLES = tuple(Puzzle(f"What is {n} x 3?", str(3 * n), "number", "tables", 1) for n in (2, 3, 4))
LINE = " difficulty 1, confidence 95%, answer: "


def exam(lifelines: int | None) -> Exam:
    return Exam(
        Form(0, PUZZLES), Condition(make_arm("lifelines"), lifelines, "batch"), "completion"
    )


def sheet(*answers: str) -> str:
    return "\n".join(f"{'' if n == 1 else f'Q{n}:'}{LINE}{a}" for n, a in enumerate(answers, 1))


@pytest.mark.parametrize(
    ("lifelines", "answers", "words"),
    [
        (2, ("6", "LIFELINE", "13"), "right skip wrong"),
        (1, ("LIFELINE", "LIFELINE", "12"), "skip overdraft right"),
        (0, ("LIFELINE", "9", "12"), "overdraft right right"),
        (None, ("LIFELINE", "9", "12"), "unreadable right right"),
        (2, ("6", "dunno", "12"), "right unreadable right"),
        (2, ("6",), "right unreadable unreadable"),
    ],
)
def test_sheets_are_marked_line_by_line(
    lifelines: int | None, answers: tuple[str, ...], words: str
) -> None:
    outcomes = mark_sheet(exam(lifelines), sheet(*answers) + "\n\n")
    assert " ".join(outcome.word for outcome in outcomes) == words


def test_announced_points_are_those_of_the_paper() -> None:
    arm = make_arm("penalty=0.5+price=0.25")
    words = ("right", "wrong", "skip", "overdraft")
    assert [announced(Outcome(word), arm, 3) for word in words] == [1, -0.5, -0.25, -1]
    assert announced(Outcome("wrong"), make_arm("unstated"), 3) == 0


@given(p=st.floats(0, 1))
def test_raters_prefer_a_skip_below_the_break_even_accuracy(p: float) -> None:
    arm = make_arm("lifelines")
    attempt = p * raters(Outcome("right"), arm, 3) + (1 - p) * raters(Outcome("wrong"), arm, 3)
    break_even = (WRONG - SKIP_COST) / (1 + WRONG)
    gain = raters(Outcome("skip"), arm, 3) - attempt
    assert gain == pytest.approx((1 + WRONG) * (break_even - p))


@given(n_skips=st.integers(0, 20), lifelines=st.integers(1, 20))
def test_skips_of_the_torn_cost_kappa_k_squared_over_b(n_skips: int, lifelines: int) -> None:
    skips = [Outcome("skip", k) for k in range(1, n_skips + 1)]
    total = sum(torn(skip, make_arm("lifelines"), lifelines) for skip in skips)
    assert total == pytest.approx(-STEEPNESS * n_skips**2 / lifelines)
