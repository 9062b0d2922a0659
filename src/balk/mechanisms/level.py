"""What the weights of questions that come in turn are relative to.

The level is 0 for laws whose counts depend on the weights. Others (not `is_elementary`) say how
many are skipped whatever the questions weigh. With them the level makes the exam's questions, at
the rate of the first, be skipped as often as the law says:

    mean_t logistic(h_1 + a_t - level) = logistic(h_1),   h_1 = h(0, B, n, n)

Without it a subject that skips by confidence could not use a large share of few lifelines at all,
and with a level that is a mean of the weights its use of lifelines would fall behind the dose.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.exams import Exams
from balk.mechanisms.observed import Bools
from balk.mechanisms.symmetric import Floats

FAR = 300.0
"""Logits beyond which log-odds are cut off: probabilities are 0 or 1 long before."""
FLATTEST = 1e-300
"""Stands for slopes that are 0, where all questions are skipped for sure or never."""
CLOSE = 1e-12
"""Logits by which a level may miss its equation."""
MANY = 100
"""Steps at most in search of a level; four are usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """What weights are relative to, and how it moves with what it is made of.

    Attributes
    ----------
    value : array of shape (E,)
        The level.
    by_weight : array of shape (n, E)
        Its derivatives by the log-weights.
    by_law : dict of str to array of shape (E,)
        Its derivatives by the parameters of the law.
    """

    value: Floats
    by_weight: Floats
    by_law: dict[str, Floats]

    @classmethod
    def of(
        cls,
        exams: Exams,
        law: CountLaw,
        log_weights: Floats,
        values: Mapping[str, float | Floats],
    ) -> "Level":
        """Return the level of each exam: 0 where the law's counts depend on the weights."""
        none = np.zeros(len(exams))
        if law.is_elementary:
            return cls(none, np.zeros(exams.item.shape), dict.fromkeys(values, none))
        b, n = exams.lifelines, exams.n_questions
        first = np.clip(law.hazard(none, b, n, n, **values), -FAR, FAR)
        value = level_at(log_weights, exams.is_present, first)
        p = expit(first + log_weights - value)
        spread = np.where(exams.is_present, p * (1 - p), 0.0)
        total = np.maximum(spread.sum(axis=0), FLATTEST)
        even = n * expit(first) * expit(-first)
        by_first = 1 - even / total
        by_law = {name: by * by_first for name, by in law.d_hazard(none, b, n, n, **values).items()}
        return cls(value, spread / total, by_law)


def level_at(log_weights: Floats, is_present: Bools, first: Floats) -> Floats:
    """Return the root of logit mean logistic(first + a - level) = first, by guarded Newton steps.

    The left side falls from at least `first` at the smallest weight to at most it at the largest.

    Parameters
    ----------
    log_weights, is_present : arrays of shape (n, E)
        The weights a, and which of them are questions of the exam, at least one each.
    first : array of shape (E,)
        Log-odds of skipping the first question, at most `FAR` either way.
    """
    n = np.maximum(is_present.sum(axis=0), 1)
    low = np.where(is_present, log_weights, np.inf).min(axis=0)
    high = np.where(is_present, log_weights, -np.inf).max(axis=0)
    level: Floats = (low + high) / 2
    for _ in range(MANY):
        shifted = first + log_weights - level
        p, q = expit(shifted), expit(-shifted)
        mean_p, mean_q, slope = (
            np.where(is_present, part, 0.0).sum(axis=0) / n for part in (p, q, p * q)
        )
        gap = np.log(mean_p) - np.log(mean_q) - first
        if np.abs(gap).max(initial=0.0) < CLOSE:
            break
        low, high = np.where(gap > 0, level, low), np.where(gap < 0, level, high)
        newton = level + gap * mean_p * mean_q / np.maximum(slope, FLATTEST)
        is_inside = (newton >= low) & (newton <= high)
        level = np.where(is_inside, newton, (low + high) / 2)
    return level
