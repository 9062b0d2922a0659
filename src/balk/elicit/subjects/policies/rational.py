"""The subject that maximises the points it expects."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.policies.policy import Policy, Situation


@dataclass(frozen=True, slots=True)
class Rational(Policy):
    """Skips where an attempt is expected to earn less than a lifeline costs, worst first.

    With confidence c an attempt earns c - (1 - c) penalty and a skip earns -price, so that
    without a penalty nothing is ever skipped. One question at a time, a lifeline is used as
    soon as it gains, without saving it for a worse question to come.
    """

    reason: ClassVar[str] = "An attempt was expected to earn less than a lifeline costs."
    advised: ClassVar[str] = "none"

    def skips(self, situation: Situation) -> NDArray[np.bool_]:
        """Return which of the questions asked now are skipped."""
        view, c = situation.view, situation.items.confidence
        gain_of_skip = -view.price - (c - (1 - c) * view.penalty)
        worst = np.argsort(-gain_of_skip, kind="stable")[: view.lifelines_left or 0]
        skipped = np.zeros(c.size, dtype=np.bool_)
        skipped[worst] = gain_of_skip[worst] > 0
        return skipped
