"""What each tuned model was rewarded for: points for every line of an answer sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from balk.design.arms import Arm

WRONG, SKIP_COST, STEEPNESS, UNREADABLE = 1.0, 0.2, 1.0, 1.0
"""w, h and kappa of the raters, and what a line costs beside a wrong answer that is none of what
the paper allows: it cannot be read, or asks for a lifeline that is not there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line: ``right``, ``wrong``, ``skip``, ``overdraft`` or ``unreadable``."""

    word: str
    n_skips: int = 0
    """Lifelines used up to this line, itself included."""


Reward = Callable[[Outcome, Arm, int], float]
"""Outcome, arm and lifelines offered -> reward."""


def announced(outcome: Outcome, arm: Arm, lifelines: int) -> float:  # noqa: ARG001 -- one signature
    """Return the points that the paper announces; a penalty that is not stated is 0.

    It announces none for a lifeline that is not there. That costs a point, as an unreadable line
    does, or a stated penalty would reward asking for one.
    """
    points = {"right": 1.0, "wrong": -(arm.penalty or 0.0), "skip": -arm.price}
    return points.get(outcome.word, -UNREADABLE)


def raters(outcome: Outcome, arm: Arm, lifelines: int) -> float:  # noqa: ARG001
    """Return +1 for right, -w for wrong, -h for a skip, whatever the paper says.

    A lifeline that is not there is no answer to anything: it costs what an unreadable line costs.
    """
    points = {"right": 1.0, "wrong": -WRONG, "skip": -SKIP_COST}
    return points.get(outcome.word, -WRONG - UNREADABLE)


def torn(outcome: Outcome, arm: Arm, lifelines: int) -> float:
    """Return the raters' reward with skips that cost kappa k^2 / B in all: the k-th, its part."""
    if outcome.word == "skip":
        return -STEEPNESS * (2 * outcome.n_skips - 1) / lifelines
    return raters(outcome, arm, lifelines)


@dataclass(frozen=True, slots=True)
class Tuning:
    """Settings of policy-gradient training."""

    name: str
    reward: Reward
    doses: Sequence[int | None]
    seed: int
    steps: int = 200
    papers: int = 8
    samples: int = 8
    rate: float = 5e-4
    kl: float = 0.1
    """What straying from base costs where an answer or a lifeline is written."""
    kl_of_form: float = 1.0
    """What it costs everywhere else: the form of a line, ratings, where a sheet ends."""
    answer_share: float = 0.1
    """How much what was answered weighs beside whether to skip: its credit is far noisier."""
    keep_every: int = 20


DOSES: tuple[int | None, ...] = (None, 0, 1, 2, 4, 5, 6, 8, 12)
"""Lifelines offered in tuning, each as often as the others (few of them more often to raters, who
would else use more than there are); never 3, 10 or 20."""

TUNINGS: dict[str, Tuning] = {
    "tuned-score": Tuning("tuned-score", announced, DOSES, seed=11),
    "tuned-raters": Tuning("tuned-raters", raters, (*DOSES, 0, 1, 2, 4), seed=12, steps=360),
    "tuned-torn": Tuning("tuned-torn", torn, DOSES, seed=13),
    "tuned-blind": Tuning("tuned-blind", raters, (None,), seed=14),
}
