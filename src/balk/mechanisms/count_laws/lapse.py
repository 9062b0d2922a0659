"""Skip only by mistake: the count law of the *rational* subject."""

import numpy as np

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats

ALLOWANCE = 0.01
"""Largest share of questions that a rational subject may skip by lapse."""


class Lapse(CountLaw):
    """K* ~ Binomial(n, lapse), k = min(K*, B), on any questions, with lapse at most `ALLOWANCE`.

    Parameter: `lapse_logit`, fitted; lapse = ALLOWANCE logistic(lapse_logit).

    Dose signature: next to nothing at any dose.

    In turn: the log-odds of a skip are those of a lapse while a lifeline is left. Count and set
    are as in batch, but for exams with more lapses than lifelines, as in `Cap`.

    Source: docs/fits.md.
    """

    name = "lapse"
    parameters = (Parameter("lapse_logit", "log-odds of the lapse within its allowance", 0.0, 1.8),)
    is_capped = True

    def log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Floats:
        """Return k times the log-odds of a lapse."""
        return k * _log_odds(values["lapse_logit"]) + 0 * (lifelines + n_questions)

    def hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **values: float | Floats,
    ) -> Floats:
        """Return the log-odds of a lapse."""
        return _log_odds(values["lapse_logit"]) + 0 * (used + lifelines + unseen + n_questions)


def lapse_of(lapse_logit: float | Floats) -> Floats:
    """Return the share of questions skipped by lapse, in (0, ALLOWANCE)."""
    return np.asarray(ALLOWANCE / (1 + np.exp(-np.asarray(lapse_logit, dtype=np.float64))))


def _log_odds(lapse_logit: float | Floats) -> Floats:
    lapse = lapse_of(lapse_logit)
    return np.asarray(np.log(lapse / (1 - lapse)))


LAW = Lapse()
