"""The smallest effects that a number of exams can show, before any exam is asked.

Questions of one exam depend on each other, so the exam is the unit: with ``m`` questions, a share
``p`` and an intra-class correlation ``rho``, the count in an exam has variance
``m p (1 - p) (1 + (m - 1) rho)`` (Kish 1965, section 5.4). An effect is called detectable where it
is found in four studies of five at the 5 % level: ``(t[0.975] + t[0.8]) * se``, with Student's t of
``n - 1`` degrees of freedom (Bloom 1995, doi:10.1177/0193841X9501900504). No effect is called so
that is larger than the lifelines allow, nor any where the signs of all exams together cannot reach
the level.
"""

from dataclasses import dataclass
from math import ceil, log1p

import numpy as np
from scipy.special import betaln, gammaln, stdtrit

from balk.errors import EstimateError
from balk.estimates import exact_share

POWER = 0.8
LEVEL = 0.95
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the exams are assumed to be like.

    Attributes
    ----------
    icc : float
        Intra-class correlation of two questions of one exam, 0 to 1.
    skip_rate : float
        Share of questions skipped.
    accuracy : float
        Share of questions got right without lifelines.
    """

    icc: float = 0.1
    skip_rate: float = 0.15
    accuracy: float = 0.15

    def __post_init__(self) -> None:
        for name in ("icc", "skip_rate", "accuracy"):
            if not 0 <= getattr(self, name) <= 1:
                raise EstimateError(f"{name} is {getattr(self, name)}; give a number from 0 to 1")


def exam_variance(n_questions: int, share: float, icc: float) -> float:
    """Return the variance of a count in an exam: binomial, times the design effect."""
    return n_questions * share * (1 - share) * (1 + (n_questions - 1) * icc)


def capped_variance(n_questions: int, share: float, icc: float, most: int) -> float:
    """Return the variance of a count in an exam that ends at `most`.

    The share of an exam is drawn from a beta distribution, so that two questions correlate by
    `icc`; where nothing is capped, the variance is that of `exam_variance`.
    """
    if most >= n_questions:
        return exam_variance(n_questions, share, icc)
    # The ends, 0 and 1, are no beta distributions; they are as good as this close to them.
    share, icc = (min(max(one, TINY), 1 - TINY) for one in (share, icc))
    size, k = 1 / icc - 1, np.arange(n_questions + 1)
    a, b = share * size, (1 - share) * size
    ways = gammaln(n_questions + 1) - gammaln(k + 1) - gammaln(n_questions - k + 1)
    chance = np.exp(ways + betaln(k + a, n_questions - k + b) - betaln(a, b))
    count = np.minimum(k, most)
    return max(0.0, float(chance @ count**2 - (chance @ count) ** 2))


def can_reach_level(n_exams: int) -> bool:
    """Return whether the sign-flip test reaches the level where all exams differ the same way."""
    return 2.0 ** (1 - n_exams) <= 1 - LEVEL


def smallest_difference(variance: float, n_exams: int) -> float | None:
    """Return the smallest mean of `n_exams` differences that is detectable; None below 6 exams.

    Parameters
    ----------
    variance : float
        Of the difference of one pair of exams.
    n_exams : int
        Pairs.
    """
    if not can_reach_level(n_exams):
        return None
    multiple = stdtrit(n_exams - 1, (1 + LEVEL) / 2) + stdtrit(n_exams - 1, POWER)
    return float(multiple * (variance / n_exams) ** 0.5)


def smallest_skips(
    n_exams: int, n_questions: int, assumed: Assumed, lifelines: int
) -> float | None:
    """Return the smallest difference in skips per exam between two arms on the same forms.

    The two exams of a form are taken to be independent; where they go together, a smaller
    difference than this is found.
    None where it is more than the lifelines allow.
    """
    most = min(lifelines, n_questions)
    each = capped_variance(n_questions, assumed.skip_rate, assumed.icc, most)
    return _within(most, smallest_difference(2 * each, n_exams))


def smallest_points(
    n_exams: int,
    n_questions: int,
    assumed: Assumed,
    lifelines: int,
    penalty: float = 0.0,
    price: float = 0.0,
) -> float | None:
    """Return the smallest net points given away per exam against exams without lifelines.

    None where it is more than the lifelines can give away: ``accuracy + penalty + price`` each.
    Both exams earn what chance gives them at the assumed accuracy, by the payoffs of the one with
    lifelines: right and wrong lie ``1 + penalty`` points apart. That puzzles are a sample too, as
    the interval of the estimate has it, adds nothing where nothing is given away.
    """
    each = (1 + penalty) ** 2 * exam_variance(n_questions, assumed.accuracy, assumed.icc)
    most = min(lifelines, n_questions) * (assumed.accuracy + penalty + price)
    return _within(most, smallest_difference(2 * each, n_exams))


def _within(most: float, effect: float | None) -> float | None:
    return None if effect is None or effect > most else effect


def bound_of_none(n_exams: int) -> float:
    """Return the share of exams with a skip that no skip in `n_exams` exams still allows."""
    return exact_share(0, n_exams, level=LEVEL).high


def exams_for_bound(bound: float) -> int:
    """Return how many exams without a skip leave no more than `bound`.

    ``1 - (1 - level)**(1 / n) <= bound``, solved for n.

    Raises
    ------
    EstimateError
        If `bound` is not between 0 and 1.
    """
    if not 0 < bound < 1:
        raise EstimateError(f"bound is {bound}; give a share between 0 and 1, such as 0.05")
    n = max(1, ceil(log1p(-LEVEL) / log1p(-bound) - 1e-9))
    return n if bound_of_none(n) <= bound else n + 1
