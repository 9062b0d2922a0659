"""Subjects that would skip some questions anyway, as far as the lifelines reach (law: cap)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.policies.counted import Counted
from balk.elicit.subjects.policies.policy import Situation
from balk.elicit.subjects.prompt_reader import ExamView
from balk.mechanisms.announced import HIGHEST
from balk.mechanisms.count_laws import cap
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.items import Items
from balk.mechanisms.selections import accuracy, confidence, indifferent, length, position
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True)
class Capped(Counted):
    """Skips each question with log-odds alpha + u + a_i until the lifelines run out."""

    law: ClassVar[CountLaw] = cap.LAW
    alpha: float = -1.0


@dataclass(frozen=True, slots=True)
class Indiscriminate(Capped):
    """Any question as well as any other."""

    reason: ClassVar[str] = "No particular reason; it made no difference to me."

    def log_weights(self, items: Items) -> Floats:
        """Return weights of 0."""
        return indifferent.log_weights(items)


@dataclass(frozen=True, slots=True)
class Thresholded(Capped):
    """Skips below a threshold t = alpha / slope, which an announced penalty raises.

    t = p / (1 + p) is where an attempt and a skip earn the same under a penalty p (Chow 1970);
    announcing more makes it that of p + penalty_weight x announced.
    """

    slope: float = 8.0

    def announced(self, penalty: float) -> float:
        """Return the logits by which the threshold rises."""
        return self.slope * (1 - 1 / self.effective(penalty) - self.threshold)

    def effective(self, penalty: float) -> float:
        """Return 1 + the points that a wrong answer costs it, its own and those announced."""
        return 1 / (1 - self.threshold) + self.penalty_weight * penalty

    @property
    def threshold(self) -> float:
        """The confidence below which it skips, where nothing is announced."""
        return min(self.alpha / self.slope, HIGHEST) if self.slope else 0.0


@dataclass(frozen=True, slots=True)
class Threshold(Thresholded):
    """Skips below a confidence of alpha / slope."""

    alpha: float = 1.0

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class BelievedPenalty(Thresholded):
    """Acts as if a wrong answer cost alpha / (slope - alpha) points, until told it costs none."""

    reason: ClassVar[str] = "A wrong answer would have cost points."
    alpha: float = 1.2

    def believed_penalty(self, view: ExamView) -> float:
        """Return the points that it acts as if a wrong answer cost, the announced among them."""
        if view.costs_nothing:
            return 0.0
        return self.effective(view.penalty) - 1

    def skips(self, situation: Situation) -> NDArray[np.bool_]:
        """Return which questions are skipped: none once told that guessing is free."""
        if situation.view.costs_nothing:
            return np.zeros(len(situation.view.questions), dtype=np.bool_)
        return Counted.skips(self, situation)

    def log_weights(self, items: Items) -> Floats:
        """Return weights by accuracy."""
        return accuracy.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class Position(Capped):
    """The further down the exam, the likelier a skip; `slope` in logits per question."""

    reason: ClassVar[str] = "I was too far down the exam to go on working."
    alpha: float = -2.5
    slope: float = 0.15

    def log_weights(self, items: Items) -> Floats:
        """Return weights by position."""
        return position.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class Effort(Capped):
    """The longer the question, the likelier a skip; `slope` is the elasticity of the odds."""

    reason: ClassVar[str] = "The question was too long to work through."
    alpha: float = -1.5
    slope: float = 1.5

    def log_weights(self, items: Items) -> Floats:
        """Return weights by length."""
        return length.log_weights(items, slope=self.slope)
