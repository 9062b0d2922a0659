"""Which mechanism predicts best, by how much, and how sure that is.

A fit's score adds two parts: the log-probability of each exam under parameters fitted without it,
and, for each item, what bending the belief in it cost. A difference of scores is a sum over exams
plus a sum over items, and its standard error takes both as samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from balk.mechanisms.count_laws.lapse import ALLOWANCE
from balk.mechanisms.fit import Fit
from balk.mechanisms.mechanism import Mechanism
from balk.mechanisms.symmetric import Floats

PREFER_SIMPLER_WITHIN_SE = 1.0
DECLARE_BEYOND_SE = 2.0


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one mechanism predicts than another.

    Attributes
    ----------
    value : float
        Score of the first less that of the second, in nats.
    se : float
        Its standard error over exams and items.
    """

    value: float
    se: float

    def exceeds(self, n_se: float) -> bool:
        """Return whether the difference is above so many standard errors, and above 0."""
        return self.value > n_se * self.se and self.value > 0


def difference(first: Fit, second: Fit) -> Difference:
    """Return how much better the first predicts.

    References
    ----------
    Vehtari, Gelman & Gabry (2017), doi:10.1007/s11222-016-9696-4, section 5, for the exams.
    """
    by_exam = first.left_out - second.left_out
    by_item = _paired(first.item_terms, second.item_terms)
    variance = by_exam.size * by_exam.var() + by_item.size * _variance(by_item)
    return Difference(float(by_exam.sum() + by_item.sum()), float(np.sqrt(variance)))


def is_nested(simple: Mechanism, rich: Mechanism) -> bool:
    """Return whether a mechanism is a special case of another.

    A selection of slope 0 is none, and every law that hardly ever skips is *rational*.
    """
    if simple is rich or simple.name == rich.name:
        return False
    if simple.is_rational:
        return True
    return simple.law is rich.law and simple.selection.slope is None


def preferred(fits: Sequence[Fit]) -> Fit:
    """Return the best fit, or the simplest nested in it that is within one standard error.

    Parameters
    ----------
    fits : sequence of Fit
        Of the same exams, at least one.
    """
    best = max(fits, key=lambda fit: fit.score)
    simpler = [
        fit
        for fit in fits
        if is_nested(fit.mechanism, best.mechanism)
        and not difference(best, fit).exceeds(PREFER_SIMPLER_WITHIN_SE)
    ]
    return min([best, *simpler], key=lambda fit: len(fit.mechanism.parameters))


def choose(fits: Sequence[Fit], skip_rate: float) -> Fit:
    """Return the fit preferred; *rational* is a matter of how much is skipped at all.

    Parameters
    ----------
    fits : sequence of Fit
        Of the same exams, *rational* and at least one other among them.
    skip_rate : float
        Share of questions skipped, in [0, 1].
    """
    if skip_rate <= ALLOWANCE:
        return next(fit for fit in fits if fit.mechanism.is_rational)
    return preferred([fit for fit in fits if not fit.mechanism.is_rational])


def _paired(first: Floats, second: Floats) -> Floats:
    n = max(first.size, second.size)
    filled = [part if part.size else np.zeros(n) for part in (first, second)]
    return np.asarray(filled[0] - filled[1])


def _variance(values: Floats) -> float:
    return float(values.var()) if values.size else 0.0
