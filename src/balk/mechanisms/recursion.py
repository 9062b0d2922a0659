"""Elementary symmetric polynomials of many exams at once, and their derivatives.

The same recursion as `balk.mechanisms.symmetric`, laid out for speed: questions and subset sizes
come first, exams last, so that every step is one operation on whole rows. Going back, only the
share of each term that took the newest item is needed, and shares never overflow.
"""

from dataclasses import dataclass
from math import lgamma

import numpy as np

from balk.mechanisms.symmetric import Floats

LARGEST_LOG = 650.0
"""Sums whose logarithm stays below this are safe in plain numbers (the limit is 709)."""


@dataclass(frozen=True, slots=True, eq=False)
class Elementary:
    """The polynomials of E exams of up to n questions, ready to be differentiated.

    Attributes
    ----------
    log_e : array of shape (n + 1, E)
        Log e_k; ``-inf`` where an exam has fewer than k questions.
    shares : array of shape (n, n + 1, E)
        Share of e_k over the first i + 1 items that has item i in its subset, for k = 1 .. i + 1;
        what stands at other k means nothing.
    """

    log_e: Floats
    shares: Floats

    def pull_back(self, d_log_e: Floats) -> Floats:
        """Return dL / da from dL / d log e_k: the chain rule, backwards through the recursion.

        Parameters
        ----------
        d_log_e : array of shape (n + 1, E)
            Derivatives with respect to log e_k; those of impossible k must be 0.

        Returns
        -------
        array of shape (n, E)
        """
        n_items = self.shares.shape[0]
        d_weights = np.empty((n_items, d_log_e.shape[1]))
        adjoint = d_log_e.copy()
        for item in range(n_items - 1, -1, -1):
            taken = adjoint[1 : item + 2] * self.shares[item, 1 : item + 2]
            d_weights[item] = taken.sum(axis=0)
            adjoint[1 : item + 2] -= taken
            adjoint[: item + 1] += taken
        return d_weights


def elementary(log_weights: Floats) -> Elementary:
    """Return log e_k(exp a) of every exam, k = 0 .. n, in O(n^2) for each.

    Parameters
    ----------
    log_weights : array of shape (n, E)
        Log-weights a, finite, or ``-inf`` for a question that an exam does not have.

    Notes
    -----
    Weights are divided by their geometric mean, exam by exam, so that e_0 = e_n = 1 and, the
    logarithms being concave in k, nothing is below 1. Where even so a sum could overflow, the
    recursion runs in logarithms, about ten times slower.

    References
    ----------
    Chen, Dempster & Liu (1994), doi:10.1093/biomet/81.3.457, equation 9.
    """
    n_items, n_exams = log_weights.shape
    has = log_weights > -np.inf
    n_present = has.sum(axis=0)
    total = np.where(has, log_weights, 0.0).sum(axis=0)
    centre = total / np.maximum(n_present, 1)
    centred = log_weights - centre
    size = np.where(centred > 0, centred, 0.0).sum(axis=0).max(initial=0.0)
    most_subsets = lgamma(n_items + 1) - 2 * lgamma(n_items / 2 + 1)
    steps = _in_plain_numbers if size + most_subsets < LARGEST_LOG else _in_logarithms
    log_e, shares = steps(centred, n_exams)
    log_e += np.arange(n_items + 1.0)[:, np.newaxis] * centre
    return Elementary(log_e, shares)


def _in_plain_numbers(log_weights: Floats, n_exams: int) -> tuple[Floats, Floats]:
    n_items = len(log_weights)
    weights = np.exp(log_weights)
    sums, shares = np.zeros((n_items + 1, n_exams)), np.empty((n_items, n_items + 1, n_exams))
    sums[0] = 1.0
    all_present = bool((weights > 0).all())
    for item in range(n_items):
        with_item = weights[item] * sums[: item + 1]
        here = sums[1 : item + 2]
        here += with_item
        if all_present:
            np.divide(with_item, here, out=shares[item, 1 : item + 2])
        else:  # sizes that an exam has not enough questions for have no share of anything
            shares[item] = 0.0
            np.divide(with_item, here, out=shares[item, 1 : item + 2], where=here > 0)
    with np.errstate(divide="ignore"):  # the logarithm of an impossible size is meant to be -inf
        return np.log(sums), shares


def _in_logarithms(log_weights: Floats, n_exams: int) -> tuple[Floats, Floats]:
    n_items = len(log_weights)
    log_e = np.full((n_items + 1, n_exams), -np.inf)
    shares = np.zeros((n_items, n_items + 1, n_exams))
    log_e[0] = 0.0
    for item in range(n_items):
        with_item = log_weights[item] + log_e[: item + 1]
        whole = np.logaddexp(log_e[1 : item + 2], with_item)
        possible = whole > -np.inf
        difference = np.subtract(with_item, whole, out=np.full_like(whole, -np.inf), where=possible)
        shares[item, 1 : item + 2] = np.exp(difference)
        log_e[1 : item + 2] = whole
    return log_e, shares
