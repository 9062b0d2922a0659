"""Subjects that would skip some questions anyway, as far as the lifelines reach (law: cap)."""

from dataclasses import dataclass
from typing import ClassVar

from balk.elicit.subjects.policies.counted import Counted
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

    def log_weights(self, items: Items) -> Floats:
        """Return weights of 0."""
        return indifferent.log_weights(items)


@dataclass(frozen=True, slots=True)
class Threshold(Capped):
    """Skips below a confidence of alpha / slope."""

    alpha: float = 1.0
    slope: float = 8.0

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class BelievedPenalty(Capped):
    """Acts as if a wrong answer cost alpha / (slope - alpha) points."""

    alpha: float = 1.2
    slope: float = 8.0

    def log_weights(self, items: Items) -> Floats:
        """Return weights by accuracy."""
        return accuracy.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class Position(Capped):
    """The further down the exam, the likelier a skip; `slope` in logits per question."""

    alpha: float = -2.5
    slope: float = 0.15

    def log_weights(self, items: Items) -> Floats:
        """Return weights by position."""
        return position.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class Effort(Capped):
    """The longer the question, the likelier a skip; `slope` is the elasticity of the odds."""

    alpha: float = -1.5
    slope: float = 1.5

    def log_weights(self, items: Items) -> Floats:
        """Return weights by length."""
        return length.log_weights(items, slope=self.slope)
