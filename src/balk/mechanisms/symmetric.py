"""Elementary symmetric polynomials in log space, and the subsets they normalise.

With log-weights a_1 .. a_n, the sum over all subsets S of size k of exp(sum_{i in S} a_i) is
e_k(exp a). It is the normaliser of every mechanism's choice of *which* k questions to skip.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from balk.errors import MechanismError

Floats = NDArray[np.float64]


def log_elementary(log_weights: ArrayLike, max_size: int | None = None) -> Floats:
    """Return log e_k(exp a) for k = 0 .. B by the recursion over items, in O(n B).

    Every term of the recursion is positive, so nothing cancels; in log space nothing
    overflows either, whatever the weights.

    Parameters
    ----------
    log_weights : array of shape (..., n)
        Log-weights a; ``-inf`` marks an item that is never in a subset. Leading axes are
        independent rows, such as exams.
    max_size : int, optional
        Largest subset size B; by default n.

    Returns
    -------
    array of shape (..., B + 1)
        ``-inf`` where no subset of that size has weight, such as k > n.

    Raises
    ------
    MechanismError
        If a weight is infinite or not a number, or `max_size` is negative.

    References
    ----------
    Chen, Dempster & Liu (1994), doi:10.1093/biomet/81.3.457, equation 9.
    """
    a = _checked(log_weights)
    n_items = a.shape[-1]
    top = n_items if max_size is None else max_size
    if top < 0:
        raise MechanismError(f"max_size is {max_size}; give a whole number >= 0")
    log_e = np.full((*a.shape[:-1], top + 1), -np.inf)
    log_e[..., 0] = 0.0
    for item in range(n_items):
        with_item = log_e[..., :-1] + a[..., item, np.newaxis]
        log_e[..., 1:] = np.logaddexp(log_e[..., 1:], with_item)
    return log_e


def draw_subset(log_weights: ArrayLike, size: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw a subset S of fixed size with P(S) = exp(sum_{i in S} a_i) / e_size(exp a), exactly.

    Items are decided from the last to the first, each given how many are still to be taken
    (the conditional Bernoulli distribution).

    Parameters
    ----------
    log_weights : array of shape (n,)
        Log-weights a; ``-inf`` marks an item that is never drawn.
    size : int
        How many items to draw, 0 to n.
    rng : numpy.random.Generator
        Gives n uniform numbers.

    Returns
    -------
    array of bool of shape (n,)
        True for the items drawn.

    Raises
    ------
    MechanismError
        If no subset of that size has any weight.

    References
    ----------
    Chen & Liu (1997), Statistica Sinica 7, 875-892, procedure 3.
    """
    a = _checked(log_weights)
    n_items = a.size
    rows = _rows(a, size)
    if not 0 <= size <= n_items or rows[n_items][size] == -np.inf:
        n_possible = int(np.count_nonzero(a > -np.inf))
        raise MechanismError(f"size is {size}; with these weights give 0 to {n_possible}")
    uniform = rng.random(n_items)
    drawn = np.zeros(n_items, dtype=np.bool_)
    left = size
    for item in range(n_items - 1, -1, -1):
        if left == 0:
            break
        log_p = a[item] + rows[item][left - 1] - rows[item + 1][left]
        is_forced = left > item  # stated, because rounding may leave log_p just below 0
        if is_forced or uniform[item] < np.exp(log_p):
            drawn[item] = True
            left -= 1
    return drawn


def _rows(a: Floats, size: int) -> list[Floats]:
    """Return log e_k of the first 0, 1, .. n items, k = 0 .. size."""
    empty = np.full(max(size, 0) + 1, -np.inf)
    empty[0] = 0.0
    rows: list[Floats] = [empty]
    for item in range(a.size):
        row = rows[-1].copy()
        row[1:] = np.logaddexp(row[1:], rows[-1][:-1] + a[item])
        rows.append(row)
    return rows


def _checked(log_weights: ArrayLike) -> Floats:
    a = np.asarray(log_weights, dtype=np.float64)
    if np.isnan(a).any() or (a == np.inf).any():
        raise MechanismError("a log-weight is nan or +inf; give finite numbers, or -inf for never")
    return a
