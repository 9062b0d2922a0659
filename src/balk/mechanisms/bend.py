"""How far the items had to be bent: a check that replicates of the exams cannot make.

A mechanism that reads an uncertain belief gives each item a standard score z. If the mechanism is
true, those scores are what they are assumed to be, draws from a standard normal. If a subject
skips by something else (a topic, a wording, a place on the page), the mechanism with the widest
belief can still follow it by calling items harder or easier than no-lifeline exams found them, and
its replicates, drawn with the same scores, look just like what was seen. The scores give it away.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc

from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit
from balk.mechanisms.posterior import Posterior


@dataclass(frozen=True, slots=True)
class Bend:
    """The items' scores against what a standard normal would have them be.

    Attributes
    ----------
    ratio : float
        Root mean square of the scores over that expected of them, about 1 if all is well.
    p : float
        Probability of scores at least as large.
    """

    ratio: float
    p: float


def bend_of(fitted: Fit, exams: Exams) -> Bend | None:
    """Return how far the items were bent; None where the mechanism bends none.

    The score fitted to an item is shrunk towards 0 by what the exams do not tell of it: with
    precision 1 + J after the exams, 1 before them, its variance is w = J / (1 + J). The sum of
    squares has mean sum(w) and variance 2 sum(w^2), and is referred to the scaled chi-square of
    that mean and variance.

    References
    ----------
    Satterthwaite (1946), doi:10.2307/3002019, for the scaled chi-square; Marshall & Spiegelhalter
    (2007), doi:10.1214/07-BA218, for the conflict of an effect with what is known without it.
    """
    posterior = Posterior(fitted.mechanism, exams)
    if not posterior.n_items:
        return None
    posterior.settle(fitted.unknowns)
    w = 1 - 1 / posterior.item_precision(fitted.unknowns)
    total = float(w.sum())
    if total <= 0:
        return None
    size, scale = float(fitted.z @ fitted.z), float(w @ w) / total
    p = float(gammaincc(total / scale / 2, size / scale / 2))
    return Bend(float(np.sqrt(size / total)), p)
