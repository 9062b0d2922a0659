"""Subjects torn between not being wrong and being helpful (laws: cost, relative cost).

Both skip more in real time, where they are told of their failures, as the essay reports.
"""

from dataclasses import dataclass
from typing import ClassVar

from balk.elicit.subjects.policies.counted import Counted
from balk.mechanisms.count_laws import cost, relative_cost
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.items import Items
from balk.mechanisms.selections import confidence
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True)
class Tension(Counted):
    """Each further lifeline is harder to take, whatever was offered."""

    reason: ClassVar[str] = "I would rather give no answer than a wrong one."
    advised: ClassVar[str] = "none"
    law: ClassVar[CountLaw] = cost.LAW
    sigma: float = 0.1
    failure_effect: float = 1.0
    kappa: float = 0.2
    slope: float = 2.0

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class RelativeTension(Counted):
    """Each further lifeline is harder to take, by how much of the offer is used."""

    reason: ClassVar[str] = "I did not want to be wrong here."
    advised: ClassVar[str] = "none"
    law: ClassVar[CountLaw] = relative_cost.LAW
    sigma: float = 0.1
    failure_effect: float = 1.0
    kappa: float = 1.5
    slope: float = 2.5

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)
