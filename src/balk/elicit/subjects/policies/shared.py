"""Subjects that use a share of whatever lifelines they are given (law: share)."""

from dataclasses import dataclass
from typing import ClassVar

from balk.elicit.subjects.policies.counted import Counted
from balk.mechanisms.count_laws import share
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.items import Items
from balk.mechanisms.selections import confidence, indifferent
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True)
class Shared(Counted):
    """Uses each lifeline with log-odds alpha + u."""

    reason: ClassVar[str] = "The lifelines are there to be used."
    uses_whatever: ClassVar[bool] = True
    law: ClassVar[CountLaw] = share.LAW
    alpha: float = -0.6


@dataclass(frozen=True, slots=True)
class UseTheParts(Shared):
    """On any question as well as on any other."""

    def log_weights(self, items: Items) -> Floats:
        """Return weights of 0."""
        return indifferent.log_weights(items)


@dataclass(frozen=True, slots=True)
class SelectiveParts(Shared):
    """Rather on the questions it feels less sure of."""

    slope: float = 6.0

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)
