"""Tests of hypotheses: by permutation, of equivalence, and of many at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from balk.errors import EstimateError
from balk.records import Estimate

Floats = NDArray[np.float64]
Name = TypeVar("Name")

MOST_PATTERNS = 2**16
"""Rearrangements that are counted one by one; of more, some are drawn."""

MOST_STEPS = 2**27
"""Additions that an exact count of whole numbers may take: about 0.2 s."""

DRAWS = 9_999
GRAIN = 1_000
"""Differences are counted as whole numbers where they are multiples of 1 / GRAIN."""

TIE = 1e-9
"""Sums that differ by a smaller share of the largest possible one are the same."""

_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """How often a rearrangement that means nothing gives a difference as large.

    Attributes
    ----------
    p : float
        Two-sided, above 0.
    se : float or None
        Monte Carlo standard error of `p`; None where it is exact.
    n : int
        Independent units that were rearranged.
    method : str
        What was rearranged, and whether every rearrangement counts.
    """

    p: float
    se: float | None
    n: int
    method: str


def sign_flip_test(
    differences: ArrayLike, clusters: ArrayLike | None = None, *, draws: int = DRAWS, seed: int = 0
) -> PermutationTest:
    """Test that the two sides of every pair could be exchanged, by flipping signs.

    The statistic is the size of the sum of all differences; the signs of one cluster are flipped
    together. Sums of clusters that are whole numbers (of thousandths) are counted exactly, however
    many there are; up to 16 others by every pattern of signs; of more, `draws` patterns are drawn
    and ``p = (1 + hits) / (1 + draws)``. The p of an exchange says nothing of new puzzles:
    the interval beside it does.

    Parameters
    ----------
    differences : array of shape (n,)
        First less second, one number a pair.
    clusters : array of shape (n,), optional
        Label of the independent unit that each pair belongs to; by default each is its own.
    draws, seed : int
        How many patterns are drawn where not all are counted, and from which seed.

    Raises
    ------
    EstimateError
        If there are no differences, or the clusters are not as many.

    References
    ----------
    Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, for p from draws.
    """
    pairs = _floats(differences, "differences")
    sums, rounding = _sums(pairs, clusters), TIE * float(np.abs(pairs).sum())
    sizes = np.sort(np.abs(sums))  # the order of the pairs must not change the draws
    seen, sizes = abs(float(sums.sum())), sizes[sizes > rounding]
    whole = _whole(sizes)
    if whole is not None and whole.size * (whole.sum() + 1) <= MOST_STEPS:
        share = _share_of_whole(whole, seen / float(sizes.sum()) if sizes.size else 0.0)
        return PermutationTest(share, None, sums.size, "sign flips, exact")
    edge = seen - rounding
    if 2**sizes.size <= MOST_PATTERNS:
        share = float(np.mean(np.abs(_pattern_sums(sizes)) >= edge))
        return PermutationTest(share, None, sums.size, "sign flips, exact")
    rng, hits = np.random.default_rng(seed), 0
    for n in _chunks(draws, sizes.size):
        signs = 2 * rng.integers(0, 2, size=(n, sizes.size), dtype=np.int8) - 1
        hits += int(np.count_nonzero(np.abs(signs @ sizes) >= edge))
    return _drawn(hits, draws, sums.size, "sign flips")


def permutation_test(
    first: ArrayLike, second: ArrayLike, *, draws: int = DRAWS, seed: int = 0
) -> PermutationTest:
    """Test that two independent groups have one distribution, by dealing their values anew.

    The statistic is the size of the difference of means. Every division is counted where there
    are at most 65,536; otherwise `draws` are drawn and ``p = (1 + hits) / (1 + draws)``.

    Parameters
    ----------
    first, second : array of shape (n_first,) and (n_second,)
        One number an independent unit, usually an exam.
    draws, seed : int
        How many divisions are drawn where not all are counted, and from which seed.

    Raises
    ------
    EstimateError
        If a group is empty.

    References
    ----------
    Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, for p from draws.
    """
    small, large = sorted((_floats(first, "first"), _floats(second, "second")), key=len)
    pooled = np.sort(np.concatenate([small, large]))
    expected = small.size * float(pooled.mean())
    edge = abs(float(small.sum()) - expected) - TIE * float(np.abs(pooled).sum())
    if comb(pooled.size, small.size) <= MOST_PATTERNS:
        dealt = np.fromiter(chain.from_iterable(combinations(pooled, small.size)), np.float64)
        sums = dealt.reshape(-1, small.size).sum(axis=1)
        share = float(np.mean(np.abs(sums - expected) >= edge))
        return PermutationTest(share, None, pooled.size, "division into groups, exact")
    rng, hits = np.random.default_rng(seed), 0
    for n in _chunks(draws, pooled.size):
        dealt = rng.permuted(np.tile(pooled, (n, 1)), axis=1)[:, : small.size]
        hits += int(np.count_nonzero(np.abs(dealt.sum(axis=1) - expected) >= edge))
    return _drawn(hits, draws, pooled.size, "division into groups")


def holm(p_values: Mapping[Name, float]) -> dict[Name, float]:
    """Return p adjusted so that any at most alpha are false with probability at most alpha.

    Holds however the tests depend on each other. Names keep their order.

    Raises
    ------
    EstimateError
        If a p is outside [0, 1].

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    for name, p in p_values.items():
        if not 0 <= p <= 1:
            raise EstimateError(f"p of {name} is {p}; give numbers between 0 and 1")
    adjusted, worst = dict(p_values), 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = worst
    return adjusted


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether a difference is shown to be small, shown to be there, or neither.

    Attributes
    ----------
    verdict : {"equivalent", "different", "undecided"}
        *Equivalent*: the interval from `low` to `high` lies within the margin, even if it leaves
        out 0. *Different*: otherwise, and the estimate's own interval leaves out 0.
    margin : float
        Largest difference that does not matter, in the unit of the estimate.
    low, high : float
        Interval of level 1 - 2 alpha, which is that of two one-sided tests at alpha.
    level : float
        Its level; that of the estimate itself where it has no standard error.
    p : float or None
        The larger p of the two tests; None without a standard error.
    excludes_zero : bool
        Whether the estimate's own interval leaves out 0.
    """

    verdict: Literal["equivalent", "different", "undecided"]
    margin: float
    low: float
    high: float
    level: float
    p: float | None
    excludes_zero: bool


def equivalence(estimate: Estimate, margin: float, alpha: float = 0.05) -> Equivalence:
    """Test twice: that a difference is above -margin, and that it is below margin.

    Student's t with the estimate's clusters less 1 degrees of freedom, as in its own interval. An
    estimate without a standard error (clusters all alike) is judged by its own interval, which
    is a bound.

    Raises
    ------
    EstimateError
        If the margin is not above 0, or alpha not between 0 and 0.5.

    References
    ----------
    Schuirmann (1987), doi:10.1007/BF01068419.
    """
    if not 0 < margin < np.inf:
        raise EstimateError(f"margin is {margin}; give the largest difference that is no matter")
    if not 0 < alpha < 0.5:  # noqa: PLR2004 -- a one-sided test
        raise EstimateError(f"alpha is {alpha}; give a number between 0 and 0.5, such as 0.05")
    low, high, level, p = estimate.low, estimate.high, estimate.level, None
    if estimate.se is not None:
        free = max(estimate.n_clusters - 1, 1)
        half = float(stdtrit(free, 1 - alpha)) * estimate.se
        low, high, level = estimate.value - half, estimate.value + half, 1 - 2 * alpha
        p = float(stdtr(free, (abs(estimate.value) - margin) / estimate.se))
    excludes = not estimate.low <= 0 <= estimate.high
    verdict: Literal["equivalent", "different", "undecided"] = (
        "different" if excludes else "undecided"
    )
    if -margin < low and high < margin:
        verdict = "equivalent"
    return Equivalence(verdict, margin, low, high, level, p, excludes)


def _share_of_whole(steps: NDArray[np.int64], seen: float) -> float:
    """Return the share of sign patterns whose sum is at least `seen` of the largest, both ways.

    The sum of the positive ones is built up a step at a time; its distribution is the state.
    """
    width = int(steps.sum())
    chance, reach = np.zeros(width + 1), 0
    chance[0] = 1.0
    for step in steps:
        before = chance[: reach + 1] / 2
        chance[: reach + 1] = before
        chance[step : step + reach + 1] += before
        reach += int(step)
    sums = np.abs(2 * np.arange(width + 1) - width)
    share = float(chance[sums >= seen * width - TIE * width].sum())
    return min(max(share, float(np.finfo(np.float64).tiny)), 1.0)


def _pattern_sums(sizes: Floats) -> Floats:
    """Return the sum under each pattern of signs; the other half, all flipped, mirrors them."""
    sums = sizes[:1]
    for size in sizes[1:]:
        sums = np.concatenate([sums + size, sums - size])
    return sums


def _whole(sizes: Floats) -> NDArray[np.int64] | None:
    """Return the sizes as the smallest whole numbers in the same ratio; None if they are not."""
    grains = sizes * GRAIN
    steps = np.rint(grains).astype(np.int64)
    if sizes.size and (np.abs(grains - steps).max() > TIE * GRAIN or steps.min() < 1):
        return None
    return steps // max(int(np.gcd.reduce(steps)), 1)


def _sums(differences: Floats, clusters: ArrayLike | None) -> Floats:
    if clusters is None:
        return differences
    labels = np.asarray(clusters)
    if labels.shape != differences.shape:
        raise EstimateError(
            f"clusters have shape {labels.shape}; give one label for each of {differences.size}"
        )
    codes = np.unique(labels, return_inverse=True)[1]
    return np.bincount(codes, differences).astype(np.float64)


def _chunks(draws: int, width: int) -> list[int]:
    """Return how many to draw at a time, so that memory stays small."""
    if draws < 1:
        raise EstimateError(f"draws is {draws}; give a whole number >= 1")
    size = max(_CHUNK // width, 1)
    return [min(size, draws - start) for start in range(0, draws, size)]


def _drawn(hits: int, draws: int, n: int, what: str) -> PermutationTest:
    p = (1 + hits) / (1 + draws)
    return PermutationTest(p, (p * (1 - p) / (1 + draws)) ** 0.5, n, f"{what}, {draws} drawn")


def _floats(values: ArrayLike, name: str) -> Floats:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or numbers.size == 0 or not np.isfinite(numbers).all():
        raise EstimateError(f"{name} has shape {numbers.shape}; give one or more finite numbers")
    return numbers
