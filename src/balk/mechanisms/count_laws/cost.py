"""Each further lifeline is harder to take than the one before, whatever was offered."""

import numpy as np
from numpy.typing import ArrayLike

from balk.errors import MechanismError
from balk.mechanisms.count_laws.arguments import checked_lifelines, column
from balk.mechanisms.log_space import log_normalised, padded
from balk.mechanisms.symmetric import Floats


def log_pi(log_e: Floats, n_lifelines: int, u: ArrayLike, *, kappa: float) -> Floats:
    """Return log P(k | B, u) proportional to e_k exp(k u - kappa k^2), k <= B.

    Parameters
    ----------
    log_e : array of shape (..., n + 1)
        Log elementary symmetric polynomials of all n questions.
    n_lifelines : int
        Lifelines offered, B >= 0.
    u : array broadcastable to (...)
        Exam effect, in logits.
    kappa : float
        Growth of the cost of a lifeline with the number taken, >= 0, about 0.02 to 0.5;
        the k-th lifeline costs kappa (2k - 1) logits.

    Returns
    -------
    array of shape (..., B + 1)
        Log-probabilities; ``-inf`` for k > n.

    Notes
    -----
    Dose signature: the mean saturates early, where the marginal cost 2 kappa k meets the
    pull, long before all lifelines are used.
    Source: DESIGN section 7, one reading of the essay's "tension".

    Raises
    ------
    MechanismError
        If `kappa` is negative or `n_lifelines` is.
    """
    checked_lifelines(n_lifelines)
    if kappa < 0:
        raise MechanismError(f"kappa is {kappa}; give the growth of the cost as a number >= 0")
    k = np.arange(min(n_lifelines, log_e.shape[-1] - 1) + 1)
    log_terms = log_e[..., : k.size] + k * column(u) - kappa * k**2
    return padded(log_normalised(log_terms), n_lifelines)
