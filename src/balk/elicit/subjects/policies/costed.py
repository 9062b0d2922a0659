"""Subjects torn between not being wrong and being helpful (laws: cost, relative cost).

Both skip more in real time, where they are told of their failures, as the essay reports.
"""

from dataclasses import dataclass

from balk.elicit.subjects.policies.counted import Counted
from balk.mechanisms.count_laws import cost, relative_cost
from balk.mechanisms.items import Items
from balk.mechanisms.selections import confidence
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True)
class Tension(Counted):
    """Each further lifeline is harder to take, whatever was offered."""

    sigma: float = 0.1
    failure_effect: float = 1.0
    kappa: float = 0.2
    slope: float = 2.0

    def log_pi(self, log_e: Floats, n_lifelines: int, u: float) -> Floats:
        """Return the cost law."""
        return cost.LAW.log_pi(log_e, n_lifelines, u, kappa=self.kappa)

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)


@dataclass(frozen=True, slots=True)
class RelativeTension(Counted):
    """Each further lifeline is harder to take, by how much of the offer is used."""

    sigma: float = 0.1
    failure_effect: float = 1.0
    kappa: float = 1.5
    slope: float = 2.5

    def log_pi(self, log_e: Floats, n_lifelines: int, u: float) -> Floats:
        """Return the relative cost law."""
        return relative_cost.LAW.log_pi(log_e, n_lifelines, u, kappa=self.kappa)

    def log_weights(self, items: Items) -> Floats:
        """Return weights by confidence."""
        return confidence.log_weights(items, slope=self.slope)
