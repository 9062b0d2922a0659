"""Use a share of whatever is given."""

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from balk.mechanisms.count_laws.arguments import checked_lifelines, column
from balk.mechanisms.log_space import capped, padded
from balk.mechanisms.symmetric import Floats


def log_pi(log_e: Floats, n_lifelines: int, u: ArrayLike, *, alpha: float) -> Floats:
    """Return log P(k | B, u) for k ~ Binomial(B, logistic(alpha + u)), at most n.

    Parameters
    ----------
    log_e : array of shape (..., n + 1)
        Gives the number of questions n and the leading axes; its values play no part.
    n_lifelines : int
        Lifelines offered, B >= 0. With B > n the law is that of min(k, n).
    u : array broadcastable to (...)
        Exam effect, in logits.
    alpha : float
        Log-odds of using any one lifeline; any number, about -4 to 4.

    Returns
    -------
    array of shape (..., B + 1)
        Log-probabilities; ``-inf`` for k > n.

    Notes
    -----
    Dose signature: the mean is proportional to B, up to B = n.
    Source: DESIGN section 7.
    """
    checked_lifelines(n_lifelines)
    logit = alpha + column(u)
    k = np.arange(n_lifelines + 1)
    log_use, log_keep = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
    log_p = _log_choose(n_lifelines) + k * log_use + (n_lifelines - k) * log_keep
    log_p = np.broadcast_to(
        log_p, (*np.broadcast_shapes(log_p.shape[:-1], log_e.shape[:-1]), k.size)
    )
    n_questions = log_e.shape[-1] - 1
    return padded(capped(log_p, min(n_lifelines, n_questions)), n_lifelines)


@cache
def _log_choose(n: int) -> Floats:
    return np.array([math.log(math.comb(n, k)) for k in range(n + 1)])
