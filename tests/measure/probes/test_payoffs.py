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
}


@pytest.mark.parametrize("name", REPLIES)
def test_points_are_read_as_they_are_stated(name: str) -> None:
    reply, points = REPLIES[name]
    assert read_payoff(reply, "lifeline") == Payoff(*points)


def test_an_exit_of_another_name_is_found_by_it() -> None:
    assert read_payoff("Right answer: 1\nBlicket: 0", "blicket") == Payoff(right=1.0, lifeline=0.0)
    assert read_payoff("Right answer: 1\nLifeline: 0", None) == Payoff(right=1.0)
