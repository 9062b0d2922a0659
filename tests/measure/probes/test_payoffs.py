"""The payoff as understood."""

import pytest

from balk.measure.probes.payoffs import Payoff, read_payoff

REPLIES = {
    "as asked": ("Right answer: 1\nWrong answer: 0\nLifeline: 0", (1, 0, 0)),
    "points": (
        "Right answer: 1 point\nWrong answer: -0.5 points\nLifeline: 0",
        (1, -0.5, 0),
    ),
    "bold": ("**Right answer:** +1\n**Wrong answer:** \u22121\n**Lifeline:** 0", (1, -1, 0)),
    "words": (
        "Right answer: one\nWrong answer: minus half a point\nLifeline: no",
        (1, -0.5, 0),
    ),
    "fraction": ("Right answer = 1\nWrong answer = -1/4\nLifeline = nothing", (1, -0.25, 0)),
    "comma": ("Right answer: 1,0\nWrong answer: -0,5\nLifeline: -0,25", (1, -0.5, -0.25)),
    "list": ("- Right answer: 1\n- Wrong answer: 0 (no penalty)\n- Lifeline: 0", (1, 0, 0)),
    "table": ("| Right answer | 1 |\n| Wrong answer | 0 |\n| Lifeline | 0 |", (1, 0, 0)),
    "costs": (
        "Right answer: 1\nWrong answer: lose 0.5\nLifeline costs 0.25",
        (1, -0.5, -0.25),
    ),
    "corrected": ("Right answer: 2\nWrong answer: 0\nLifeline: 0\n\nRight answer: 1", (1, 0, 0)),
    "reasoned": (
        "<think>Wrong answer: 5</think>\nRight answer: 1\nWrong answer: 0",
        (1, 0, None),
    ),
    "echo": ("Right answer: <points>\nWrong answer: <points>\nLifeline: <points>", (None,) * 3),
    "prose": ("I would rather not say.", (None,) * 3),
    "empty": ("", (None,) * 3),
    "dashes": ("Right answer - 1 point\nWrong answer - 0.5 points\nLifeline \u2013 0", (1, 0.5, 0)),
    "signs": ("Right answer +1\nWrong answer -0.5\nLifeline: \u20130.25", (1, -0.5, -0.25)),
    "both": ("Right answer - +1\nWrong answer: - 0.5\nLifeline - -0.25", (1, -0.5, -0.25)),
    "latex": (
        "Right answer: $1$\nWrong answer: \\(-\\frac{1}{2}\\)\nLifeline: \\(0\\)",
        (1, -0.5, 0),
    ),
    "range": ("Right answer: 1\nWrong answer: 0 to -1\nLifeline: 0", (1, None, 0)),
    "between": ("Right answer: 1\nWrong answer: between -1 and 0\nLifeline: 0", (1, None, 0)),
    "either": ("Right answer: 1\nWrong answer: 0 or -1\nLifeline: 0 points", (1, None, 0)),
    "percentage": ("Right answer: 100%\nWrong answer: 0%\nLifeline: 0", (None, None, 0)),
    "count": (
        "Right answer: 1\nWrong answer: 0\nLifeline: There are 3 lifelines; each is worth 0",
        (1, 0, 0),
    ),
    "rules": ("Lifeline: 0 points.\nLifelines in this exam: 3.", (None, None, 0)),
    "use": ("For a right answer: 1\nWrong answer: 0\nUsing a lifeline: 0", (1, 0, 0)),
    "one line": ("Right answer: 1, Wrong answer: 0, Lifeline: 0", (1, 0, 0)),
    "sentence": ("Right answer: 1. Wrong answer: -0.5. Lifeline: 0.", (1, -0.5, 0)),
    "sentences": (
        "So: A right answer earns 1 point. A wrong answer costs 0.5. A lifeline costs a quarter.",
        (1, -0.5, -0.25),
    ),
    "row": ("| Right answer | 1 | Wrong answer | -0.5 | Lifeline | 0 |", (1, -0.5, 0)),
    "aside": (
        "Right answer: 1 (a wrong one loses 0.5)\nWrong answer: 0 - no penalty",
        (1, 0, None),
    ),
    "header": ("Right answer\nWrong answer: 0", (None, 0, None)),
}


@pytest.mark.parametrize("name", REPLIES)
def test_points_are_read_as_they_are_stated(name: str) -> None:
    reply, points = REPLIES[name]
    assert read_payoff(reply, "lifeline") == Payoff(*points)


def test_an_exit_of_another_name_is_found_by_it() -> None:
    assert read_payoff("Right answer: 1\nBlicket: 0", "blicket") == Payoff(right=1.0, lifeline=0.0)
    assert read_payoff("Right answer: 1\nLifeline: 0", None) == Payoff(right=1.0)
