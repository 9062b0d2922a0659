"""Skip whatever one would skip anyway, until the lifelines run out."""

import numpy as np
from numpy.typing import ArrayLike

from balk.mechanisms.count_laws.arguments import checked_lifelines, column
from balk.mechanisms.log_space import capped, log_normalised
from balk.mechanisms.symmetric import Floats


def log_pi(log_e: Floats, n_lifelines: int, u: ArrayLike, *, alpha: float) -> Floats:
    """Return log P(k | B, u) for K* ~ e_k exp(k (alpha + u)), k = min(K*, B).

    K* counts n independent choices with log-odds alpha + u + a_i, so that with selection by
    confidence, a_i = -slope c_i, a question is skipped where c_i is below alpha / slope.

    Parameters
    ----------
    log_e : array of shape (..., n + 1)
        Log elementary symmetric polynomials of all n questions.
    n_lifelines : int
        Lifelines offered, B >= 0.
    u : array broadcastable to (...)
        Exam effect, in logits.
    alpha : float
        Log-odds of skipping a question of log-weight 0; any number, about -4 to 4.

    Returns
    -------
    array of shape (..., B + 1)
        Log-probabilities; ``-inf`` for k > n.

    Notes
    -----
    Dose signature: the mean rises with B while B binds, then saturates at E[K*].
    Source: DESIGN section 7; K* is the Poisson-binomial law, Chen & Liu (1997).
    """
    checked_lifelines(n_lifelines)
    k = np.arange(log_e.shape[-1])
    return capped(log_normalised(log_e + k * (alpha + column(u))), n_lifelines)
