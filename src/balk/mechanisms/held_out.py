"""Whether a mechanism predicts doses that it was not fitted to."""

from dataclasses import dataclass

import numpy as np

from balk.mechanisms.checks import N_REPLICATES, check, replicate
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit

MIDDLE = (8.0, 10.0)
"""The dose in the middle: the offered one, neither smallest nor largest, nearest to these."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a dose that was not fitted is predicted.

    Attributes
    ----------
    dose : float
        Lifelines offered.
    seen, predicted : float
        Mean skips in an exam.
    p : float
        Probability of statistics as odd as these, at that dose, under the fit to the others.
    """

    dose: float
    seen: float
    predicted: float
    p: float


def held_out(fitted: Fit, exams: Exams, seed: int = 0) -> tuple[HeldOut, ...]:
    """Return how the middle dose, and the largest, are each predicted by the fit to all others.

    The middle one asks for what lies between; the largest for what lies beyond, where laws differ
    most and a spread between exams could hide that a law is wrong. Empty below three doses.
    """
    doses = np.unique(exams.lifelines)
    if doses.size < 3:  # noqa: PLR2004 -- two to fit, one to predict
        return ()
    between = doses[1:-1]
    away = np.maximum(MIDDLE[0] - between, 0) + np.maximum(between - MIDDLE[1], 0)
    chosen = (float(between[away.argmin()]), float(doses[-1]))
    return tuple(_predicted(fitted, exams, dose, seed) for dose in chosen)


def _predicted(fitted: Fit, exams: Exams, dose: float, seed: int) -> HeldOut:
    here = exams.lifelines == dose
    rest, left = fit(fitted.mechanism, exams.take(~here), fitted.unknowns), exams.take(here)
    drawn = replicate(rest, left, N_REPLICATES, np.random.default_rng(seed))
    predicted = float(np.mean([skips.sum(axis=0).mean() for skips in drawn]))
    return HeldOut(dose, float(left.n_skips.mean()), predicted, check(rest, left, seed).p)
