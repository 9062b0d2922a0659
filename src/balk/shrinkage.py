"""The law that the accuracies of a subject's items come from, learnt from all of them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from balk.errors import EstimateError


def fit_beta(n_right: ArrayLike, n_attempts: ArrayLike) -> tuple[float, float]:
    """Return mean and strength (a / (a + b), a + b) of the Beta that accuracies come from.

    Moments weighted by attempts: with R of N attempts right over k items, of r_i out of n_i, and
    m = R / N, the sum of ``n_i * (r_i / n_i - m) ** 2`` has expectation
    ``m (1 - m) (k - 1 + rho (N - sum(n_i ** 2) / N - (k - 1)))``; rho is solved for and the
    strength is 1 / rho - 1.

    Parameters
    ----------
    n_right, n_attempts : array of shape (n_items,)
        Counts; items without attempts are left out.

    Returns
    -------
    tuple of float
        The strength is infinite where items differ no more than chance has them differ, or no
        item was attempted twice: every item is then shrunk to the common mean. It is 0 where
        each item is always or never right. Where nothing at all, or all, is right, no moment
        tells the spread, and the pair is that of a Beta(1/2, 1/2) updated by all attempts, as if
        they were of one item.

    Raises
    ------
    EstimateError
        If nothing was attempted.

    References
    ----------
    Kleinman (1973), doi:10.1080/01621459.1973.10481332.
    """
    attempts = np.asarray(n_attempts, dtype=np.float64)
    right = np.asarray(n_right, dtype=np.float64)[attempts > 0]
    attempts = attempts[attempts > 0]
    total = float(attempts.sum())
    if total == 0:
        raise EstimateError("no attempts to learn accuracies from; give items with attempts")
    mean = float(right.sum()) / total
    if mean in {0.0, 1.0}:
        return (float(right.sum()) + 0.5) / (total + 1), float("inf")
    return mean, _strength(right, attempts, mean)


def _strength(right: NDArray[np.float64], attempts: NDArray[np.float64], mean: float) -> float:
    total, spare = float(attempts.sum()), attempts.size - 1
    seen = float((attempts * (right / attempts - mean) ** 2).sum()) / (mean * (1 - mean))
    room = total - float((attempts**2).sum()) / total - spare
    rho = (seen - spare) / room if room > 0 else 0.0
    return float("inf") if rho <= 0 else max(1 / rho - 1, 0.0)
