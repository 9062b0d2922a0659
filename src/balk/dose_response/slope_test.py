"""A slope held against the slopes that a null gives: any null that counts can be drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from balk.errors import EstimateError

TIE = 1e-9
"""Slopes that differ by less are equal."""


@dataclass(frozen=True, slots=True)
class BootstrapTest:
    """What a parametric bootstrap says of a slope.

    Attributes
    ----------
    p : float
        Two-sided: twice the smaller of the two tails, in each of which the observation counts.
    p_se : float
        Monte Carlo standard error of p.
    null_low, null_median, null_high : float
        The 2.5 %, 50 % and 97.5 % quantiles of the null's slopes; may be infinite.
    n_replicates : int
        Null data sets that have a slope.
    n_without_skips : int
        Null data sets without a skip, which have none and are left out.
    """

    p: float
    p_se: float
    null_low: float
    null_median: float
    null_high: float
    n_replicates: int
    n_without_skips: int


def bootstrap_test(observed_slope: float, null_slopes: ArrayLike) -> BootstrapTest:
    """Return how a slope compares with those of data drawn from a null.

    A small p speaks against that null with the parameters it was drawn with, and for nothing in
    particular; a large p does not establish it. Where parameters were fitted to the same data, p
    is approximate.

    Parameters
    ----------
    observed_slope : float
        Of the data; may be infinite.
    null_slopes : array of shape (n_replicates,)
        From `log_slopes` of the counts that were drawn.

    Raises
    ------
    EstimateError
        If the observed slope is not a number, or no slope of the null is.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 4.2.
    """
    slopes = np.asarray(null_slopes, dtype=np.float64).ravel()
    usable = slopes[~np.isnan(slopes)]
    if np.isnan(observed_slope) or usable.size == 0:
        raise EstimateError(
            f"slope {observed_slope:g} against {usable.size} slopes of a null; "
            "give data and draws that have skips"
        )
    n_below = int(np.count_nonzero(usable <= observed_slope + TIE))
    n_above = int(np.count_nonzero(usable >= observed_slope - TIE))
    tail = (min(n_below, n_above) + 1) / (usable.size + 1)
    low, median, high = np.quantile(usable, [0.025, 0.5, 0.975], method="inverted_cdf").tolist()
    return BootstrapTest(
        p=min(2 * tail, 1.0),
        p_se=float(2 * np.sqrt(tail * (1 - tail) / usable.size)),
        null_low=low,
        null_median=median,
        null_high=high,
        n_replicates=usable.size,
        n_without_skips=slopes.size - usable.size,
    )
