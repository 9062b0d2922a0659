"""Numbers with intervals: every way in which an `Estimate` is made.

Rows of one exam are not independent, so each constructor asks for clusters. Two cases would
give an interval of no width, or none, and get a bound instead, which needs the range (`within`):

- *Clusters that are all alike* (no exam of 40 has a skip) say only that others are rare. With
  confidence `level` at most ``u = 1 - (1 - level)**(1 / n_clusters)`` of all clusters differ, so
  the quantity lies within ``u`` of the way from the value to each end of its range.
- *Fewer than two clusters* say nothing about spread: the interval is the whole range.
"""

from dataclasses import dataclass, replace
from typing import Self, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, stdtrit

from balk.errors import EstimateError
from balk.records import Estimate

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

ALIKE = 1e-9
"""Clusters whose sums differ by a smaller share of their size differ by rounding only."""


class How(TypedDict, total=False):
    """Options that every constructor takes by name."""

    within: tuple[float, float]
    """Smallest and largest value that the quantity can have; the interval is cut there."""
    unit: str
    """What a row is; by default an exam."""
    level: float
    """Nominal coverage, between 0 and 1; by default 0.95."""


def clustered_mean(values: ArrayLike, clusters: ArrayLike, **how: Unpack[How]) -> Estimate:
    """Return a mean whose interval holds when rows of one cluster depend on each other.

    Parameters
    ----------
    values : array of shape (n,)
        One finite number a row.
    clusters : array of shape (n,)
        Label of the independent unit that each row belongs to, usually its exam.
    **how
        See `How`.

    Raises
    ------
    EstimateError
        If there are no values, or no spread between clusters and no `within`.
    """
    return clustered_ratio(values, np.ones(np.shape(values)), clusters, **how)


def clustered_ratio(
    numerators: ArrayLike, denominators: ArrayLike, clusters: ArrayLike, **how: Unpack[How]
) -> Estimate:
    """Return sum of numerators / sum of denominators, linearised, with a clustered interval.

    The variance is ``G / (G - 1) * sum_g(e_g ** 2) / sum(denominators) ** 2``, where ``e_g`` sums
    ``numerator - ratio * denominator`` over cluster g; the quantile is Student's t with G - 1
    degrees of freedom.

    Parameters
    ----------
    numerators, denominators : array of shape (n,)
        Denominators are at least 0, and not all 0.
    clusters : array of shape (n,)
        Label of the independent unit that each row belongs to.
    **how
        See `How`.

    Raises
    ------
    EstimateError
        If the denominators sum to 0, or there is no spread between clusters and no `within`.

    References
    ----------
    Cochran (1977), Sampling Techniques, sections 6.3 and 9A.1.
    """
    tops, bottoms = _floats(numerators, "numerators"), _floats(denominators, "denominators")
    codes = _codes(clusters, tops.size)
    if bottoms.size != tops.size or bottoms.min() < 0 or not bottoms.sum() > 0:
        raise EstimateError(
            f"{tops.size} numerators over {bottoms.size} denominators from {bottoms.min():g} that "
            f"sum to {bottoms.sum():g}; give as many, all >= 0 and not all 0"
        )
    value = float(tops.sum() / bottoms.sum())
    size = float(np.abs(tops).sum() + abs(value) * bottoms.sum())
    spread = _Spread.of(tops - value * bottoms, bottoms, codes, size)
    return _interval(value, tops.size, spread, "cluster-robust t", **how)


def two_way_mean(
    values: ArrayLike, clusters_a: ArrayLike, clusters_b: ArrayLike, **how: Unpack[How]
) -> Estimate:
    """Return a mean whose interval holds for new units of both kinds, such as exams and puzzles.

    The variance is that of clustering by a, plus by b, less by their intersection, each with its
    own ``G / (G - 1)``; it is never taken below the larger of the first two, because the
    difference may fall short of them, or of 0, by chance. The quantile is Student's t with the
    smaller number of clusters less 1 degrees of freedom.

    Parameters
    ----------
    values, clusters_a, clusters_b : array of shape (n,)
        One finite number a row, and the two units that each row belongs to.
    **how
        See `How`.

    Raises
    ------
    EstimateError
        If there are no values, or fewer than two clusters or no spread, and no `within`.

    References
    ----------
    Cameron, Gelbach & Miller (2011), doi:10.1198/jbes.2010.07136; Owen (2007),
    doi:10.1214/07-AOAS122.
    """
    numbers = _floats(values, "values")
    a, b = _codes(clusters_a, numbers.size), _codes(clusters_b, numbers.size)
    both = _codes(a * (b.max() + 1) + b, numbers.size)
    value = float(numbers.mean())
    size, ones = 2 * float(np.abs(numbers).sum()), np.ones(numbers.size)
    by_a, by_b, by_both = (_Spread.of(numbers - value, ones, way, size) for way in (a, b, both))
    larger = by_a if by_a.se >= by_b.se else by_b
    se = max(larger.se, max(by_a.se**2 + by_b.se**2 - by_both.se**2, 0.0) ** 0.5)
    fewer = min(by_a.n_clusters, by_b.n_clusters)
    spread = replace(larger, se=se if fewer > 1 else 0.0, n_clusters=fewer)
    return _interval(value, numbers.size, spread, "two-way cluster-robust t", **how)


def paired_mean(
    first: ArrayLike,
    second: ArrayLike,
    clusters_a: ArrayLike,
    clusters_b: ArrayLike | None = None,
    **how: Unpack[How],
) -> Estimate:
    """Return the mean of ``first - second``, row by row, clustered one way or two.

    Parameters
    ----------
    first, second : array of shape (n,)
        Row i of both is the same thing under two conditions.
    clusters_a : array of shape (n,)
        The independent unit of each pair, usually its pair of exams.
    clusters_b : array of shape (n,), optional
        A second one, usually the puzzle.
    **how
        See `How`; `within` is the range of the difference.

    Raises
    ------
    EstimateError
        If the two differ in length, or as `clustered_mean` and `two_way_mean` do.
    """
    one, other = _floats(first, "first"), _floats(second, "second")
    if one.size != other.size:
        raise EstimateError(f"{one.size} values paired with {other.size}; give pairs")
    if clusters_b is None:
        return clustered_mean(one - other, clusters_a, **how)
    return two_way_mean(one - other, clusters_a, clusters_b, **how)


def exact_share(n_hits: int, n: int, *, unit: str = "exams", level: float = 0.95) -> Estimate:
    """Return the share of independent units that are hits, with its exact interval.

    Between the extremes this is Clopper and Pearson's two-sided interval. At 0 and at n, where
    only one side is in question, it is the one-sided bound ``1 - (1 - level)**(1 / n)``, so 0 of
    40 still allows 7.2 %. That convention has a price: where the two meet, coverage may fall to
    ``1 - 1.5 * (1 - level)``, which is 92.5 % by default.

    Raises
    ------
    EstimateError
        If `n` is below 1 or `n_hits` is outside 0 to `n`.

    References
    ----------
    Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404.
    """
    if not 0 <= n_hits <= n or n < 1:
        raise EstimateError(f"{n_hits} hits of {n}; give n >= 1 and 0 to n hits")
    extreme = n_hits in {0, n}
    tail = _miss(level) / (1 if extreme else 2)
    low = 0.0 if n_hits == 0 else float(betaincinv(n_hits, n - n_hits + 1, tail))
    high = 1.0 if n_hits == n else float(betaincinv(n_hits + 1, n - n_hits, 1 - tail))
    method = "exact, one-sided" if extreme else "exact (Clopper-Pearson)"
    return Estimate(n_hits / n, low, high, n, n, method, level=level, unit=unit)


def share(
    values: ArrayLike, clusters: ArrayLike, *, unit: str = "exams", level: float = 0.95
) -> Estimate:
    """Return the share of rows that are true: exact if every row is its own cluster.

    Raises
    ------
    EstimateError
        If there are no values, or one is neither 0 nor 1.
    """
    hits = _floats(values, "values")
    if not np.isin(hits, (0.0, 1.0)).all():
        raise EstimateError("a share is asked of values other than 0 and 1; use clustered_mean")
    if _codes(clusters, hits.size).max() + 1 == hits.size:
        return exact_share(int(hits.sum()), hits.size, unit=unit, level=level)
    return clustered_mean(hits, clusters, within=(0.0, 1.0), unit=unit, level=level)


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return the estimate in another unit: a mean per question times 20 is one per exam."""
    if not 0 < factor < float("inf"):
        raise EstimateError(f"factor is {factor}; give a number above 0")
    se = None if estimate.se is None else estimate.se * factor
    low, value, high = (end * factor for end in (estimate.low, estimate.value, estimate.high))
    return replace(estimate, value=value, low=low, high=high, se=se)


@dataclass(frozen=True, slots=True)
class _Spread:
    """What the clusters say: a standard error, 0 where they are alike or just one."""

    se: float
    n_clusters: int
    largest: float
    """Weight of the largest cluster over that of the average one."""

    @classmethod
    def of(cls, residuals: Floats, weights: Floats, codes: Codes, size: float) -> Self:
        """Return the spread of the clusters' sums; `size` is what rounding is measured by."""
        sums, sizes = np.bincount(codes, residuals), np.bincount(codes, weights)
        n, largest = sums.size, float(sizes.max() / sizes.mean())
        if n == 1 or np.abs(sums).max() <= ALIKE * size / n:
            return cls(0.0, n, largest)
        variance = n / (n - 1) * np.square(sums).sum()
        return cls(float(np.sqrt(variance) / weights.sum()), n, largest)


def _interval(value: float, n: int, spread: _Spread, method: str, **how: Unpack[How]) -> Estimate:
    """Return the t interval, cut to the range, or the bound that takes its place."""
    level, unit = how.get("level", 0.95), how.get("unit", "exams")
    bottom, top = how.get("within", (-np.inf, np.inf))
    if not bottom - ALIKE <= value <= top + ALIKE:
        raise EstimateError(
            f"value {value:g} is outside {bottom:g} to {top:g}; give its true range"
        )
    if spread.se == 0:
        method = "whole range: one cluster" if spread.n_clusters == 1 else "bound: clusters alike"
        low, high = _bound(value, spread, (bottom, top), level)
    else:
        half = float(stdtrit(spread.n_clusters - 1, 1 - _miss(level) / 2)) * spread.se
        low, high = max(value - half, bottom), min(value + half, top)
    low, high, se = min(low, value), max(high, value), spread.se or None
    return Estimate(value, low, high, n, spread.n_clusters, method, level=level, se=se, unit=unit)


def _bound(
    value: float, spread: _Spread, within: tuple[float, float], level: float
) -> tuple[float, float]:
    """Return what clusters that do not differ still allow, however much the unseen ones do."""
    if not np.isfinite(within).all():
        raise EstimateError(
            f"{spread.n_clusters} cluster(s) without spread give no interval; "
            "give more, or the range of the quantity as within=(low, high)"
        )
    differ = 1 - _miss(level) ** (1 / spread.n_clusters)
    reach = differ * spread.largest / (differ * spread.largest + 1 - differ)
    reach = 1.0 if spread.n_clusters == 1 else reach
    return value + reach * (within[0] - value), value + reach * (within[1] - value)


def _floats(values: ArrayLike, name: str) -> Floats:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or numbers.size == 0 or not np.isfinite(numbers).all():
        raise EstimateError(f"{name} has shape {numbers.shape}; give one or more finite numbers")
    return numbers


def _codes(clusters: ArrayLike, n: int) -> Codes:
    """Return the clusters as numbers from 0."""
    labels = np.asarray(clusters)
    if labels.shape != (n,):
        raise EstimateError(f"clusters have shape {labels.shape}; give one label for each of {n}")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _miss(level: float) -> float:
    if not 0 < level < 1:
        raise EstimateError(f"level is {level}; give a number between 0 and 1, such as 0.95")
    return 1 - level
