"""From a law of counts to a count."""

import numpy as np

from balk.errors import MechanismError
from balk.mechanisms.symmetric import Floats


def count_at(log_pi: Floats, quantile: float) -> int:
    """Return the count at a quantile of its law; a uniform quantile draws from the law.

    For a fixed quantile the count moves with the law: what makes every count likelier to be
    exceeded never lowers it.

    Parameters
    ----------
    log_pi : array of shape (B + 1,)
        Log-probabilities of k = 0 .. B.
    quantile : float
        In [0, 1).

    Raises
    ------
    MechanismError
        If `quantile` is outside [0, 1).
    """
    if not 0 <= quantile < 1:
        raise MechanismError(f"quantile is {quantile}; give a number in [0, 1)")
    cumulated = np.cumsum(np.exp(log_pi))
    return int(np.searchsorted(cumulated / cumulated[-1], quantile, side="right"))
