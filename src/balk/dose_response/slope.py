"""The slope of log mean skips on log lifelines, by quasi-Poisson regression.

Mean skips are taken as ``exp(a + slope * log lifelines)``. A share of whatever is offered has
slope 1, a number that does not depend on the offer has slope 0. A slope above 0 by itself refutes
no mechanism: who would skip about 3 of 20 questions by a fixed threshold is stopped by 3 lifelines
and not by 20, which gives a slope of about 0.14 over the doses 3 and 20. Only a stated null can be
tested (`balk.dose_response.slope_test`).

Poisson's score equations fix the slope by one number, the mean log dose of a skip, so that a fit
is the root of one increasing function. The variance is not taken to be Poisson's.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from balk.dose_response.counts import Counts, Floats
from balk.errors import EstimateError
from balk.records import Estimate

ROUNDING = 1e-9
"""Residuals and leverages that differ by less are the same."""

PRECISION = 1e-10
"""Of a slope, relative to 1 + its size."""

MOST_STEPS = 200
"""Newton takes about 8; halving the bracket instead, which is always possible, takes 60."""


def log_slope(
    lifelines: ArrayLike,
    skips: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Estimate:
    """Return the slope with its interval.

    The standard error is the cluster-robust one with Bell and McCaffrey's correction of residuals
    (CR2), the interval Student's t with their degrees of freedom: neither assumes a variance of
    the counts. Where residuals are all 0, each dose's exams being alike, the interval is what
    exams not seen may do: at a dose with n of them, at most ``1 - (miss / n_doses) ** (1 / n)``
    of all exams differ, by using no lifeline or all.

    Parameters
    ----------
    lifelines : array of shape (n_exams,)
        How many could be used. Exams with 0 say nothing about the slope and are left out.
    skips : array of shape (n_exams,)
        How many were used, 0 to `lifelines`.
    clusters : array of shape (n_exams,), optional
        Label of the independent unit of each exam; by default the exam itself.
    level : float, default 0.95
        Coverage of the interval, between 0 and 1.

    Raises
    ------
    EstimateError
        If there are no two doses above 0, no skip, all skips are at the smallest or all at the
        largest dose (the slope would be infinite), or one cluster alone decides the slope; or if
        the counts are not possible.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28(2); Pustejovsky & Tipton (2018),
    doi:10.1080/07350015.2016.1247004.
    """
    counts = Counts.of(lifelines, skips, clusters)
    reason = counts.why_no_slope()
    if reason:
        raise EstimateError(f"no slope: {reason}; give exams with skips at two doses or more")
    slope = slope_of(counts)
    mu = _means(counts, slope)[counts.dose_codes]
    if np.abs(counts.skips - mu).max() > ROUNDING * mu.max():
        method, (half, se) = "cluster-robust t (CR2)", _robust(counts, slope, level)
        low, high = slope - half, slope + half
    else:
        method, se, (low, high) = "bound: exams alike", None, _alike(counts, slope, level)
    n_clusters = int(counts.clusters.max()) + 1
    n, method = counts.skips.size, f"quasi-Poisson, {method}"
    return Estimate(slope, low, high, n, n_clusters, method, level=level, se=se)


def log_slopes(lifelines: ArrayLike, skips: ArrayLike) -> Floats:
    """Return the slopes of many data sets with the same doses, such as simulated ones.

    Parameters
    ----------
    lifelines : array of shape (n_exams,)
        As in `log_slope`.
    skips : array of shape (n_replicates, n_exams)
        One data set a row.

    Returns
    -------
    array of shape (n_replicates,)
        ``nan`` without skips, ``-inf`` or ``inf`` where all are at the smallest or largest dose.

    Raises
    ------
    EstimateError
        If the shapes do not fit or fewer than two doses are above 0.
    """
    offered, used = np.asarray(lifelines, dtype=np.float64), np.asarray(skips)
    if offered.ndim != 1 or used.shape[1:] != offered.shape:
        raise EstimateError(
            f"skips have shape {used.shape} and lifelines {offered.shape}; "
            "give a row for every data set and a column for every exam"
        )
    some = offered > 0
    doses, codes, n_exams = np.unique(offered[some], return_inverse=True, return_counts=True)
    totals = used[:, some] @ np.eye(doses.size)[codes]
    return slopes_of_totals(doses, n_exams, totals)


def slopes_of_totals(doses: ArrayLike, n_exams: ArrayLike, totals: ArrayLike) -> Floats:
    """Return the slopes of many data sets from their skips by dose, which suffice for it.

    Parameters
    ----------
    doses, n_exams : array of shape (n_doses,)
        Different doses above 0, increasing, and how many exams have each.
    totals : array of shape (n_replicates, n_doses)
        All skips at each dose.

    Returns
    -------
    array of shape (n_replicates,)
        As from `log_slopes`.

    Raises
    ------
    EstimateError
        If there are fewer than two doses.
    """
    x, sums = np.log(np.asarray(doses, dtype=np.float64)), np.asarray(totals, dtype=np.float64)
    if x.size < 2:  # noqa: PLR2004 -- a slope needs two
        raise EstimateError(f"doses above 0 are {np.exp(x).tolist()}; give two or more")
    n_skips = sums.sum(axis=1)
    slopes = np.select(
        [n_skips == 0, sums[:, -1] == n_skips, sums[:, 0] == n_skips], [np.nan, np.inf, -np.inf]
    )
    inner = np.flatnonzero(slopes == 0)
    targets = sums[inner] @ x / n_skips[inner]
    slopes[inner] = _tilts(x, np.log(np.asarray(n_exams, dtype=np.float64)), targets)
    return slopes


def slope_of(counts: Counts) -> float:
    """Return the slope alone, which may be infinite or not a number."""
    return float(slopes_of_totals(counts.doses, counts.n_exams, counts.totals[None])[0])


def _tilts(x: Floats, log_weights: Floats, targets: Floats) -> Floats:
    """Return each s for which weights exp(log_weights + s x) give x the target as its mean.

    The mean increases with s from the smallest x to the largest, so Newton steps that leave the
    bracket are replaced by its middle.
    """
    high = _reach(x, log_weights, targets)
    low, s = -high, np.zeros_like(targets)
    for _ in range(MOST_STEPS):
        logits = log_weights + s[:, None] * x
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        mean = p @ x
        variance = (p * np.square(x - mean[:, None])).sum(axis=1)
        low, high = np.where(mean < targets, s, low), np.where(mean > targets, s, high)
        step = s + (targets - mean) / np.maximum(variance, np.finfo(float).tiny)
        new = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        moved, s = np.abs(new - s), new
        if not (moved > PRECISION * (1 + np.abs(s))).any():
            break
    return s


def _reach(x: Floats, log_weights: Floats, targets: Floats) -> Floats:
    """Return how far from 0 the root can lie: beyond it, one end outweighs all the rest."""
    gap = min(x[1] - x[0], x[-1] - x[-2])
    room = np.minimum(targets - x[0], x[-1] - targets) / (x[-1] - x[0])
    return np.asarray((1 + np.ptp(log_weights) + np.log(x.size) - np.log(room)) / gap)


def _means(counts: Counts, slope: float) -> Floats:
    """Return the fitted mean skips of an exam at each dose."""
    shape = np.exp(slope * (counts.log_doses - counts.log_doses[-1]))
    return np.asarray(shape * counts.totals.sum() / (shape @ counts.n_exams))


def _robust(counts: Counts, slope: float, level: float) -> tuple[float, float]:
    """Return half the width of the interval, and the standard error."""
    mean, x = _means(counts, slope), counts.log_doses
    z = (x - (mean * counts.n_exams) @ x / counts.totals.sum())[counts.dose_codes]
    mu = mean[counts.dose_codes]
    residual = counts.skips - mu
    sums = [
        np.bincount(counts.clusters, each)
        for each in (residual, residual * z, mu, mu * z, mu * z * z)
    ]
    scores = np.stack(sums[:2], axis=1)
    info = np.stack([*sums[2:4], *sums[3:]], axis=1).reshape(-1, 2, 2)
    lift = _lifts(info)
    se = float(np.linalg.norm((lift * scores).sum(axis=1)))
    return float(stdtrit(_freedom(info, lift), (1 + level) / 2)) * se, se


def _lifts(info: Floats) -> Floats:
    """Return what each cluster's score is multiplied by: (1 - leverage)^(-1/2), then A^-1.

    Leverages are 2 x 2 matrices ``M = A_g A^-1``; the root of ``X = 1 - M`` is
    ``(X + sqrt(det X)) / sqrt(trace X + 2 sqrt(det X))``.
    """
    bread = np.linalg.inv(info.sum(axis=0))
    rest = np.eye(2) - info @ bread
    det = np.linalg.det(rest)
    if det.min() < ROUNDING:
        raise EstimateError("no slope: one cluster alone decides it; give more exams at each dose")
    root_det = np.sqrt(det)[:, None, None]
    scale = np.sqrt(np.trace(rest, axis1=1, axis2=2)[:, None, None] + 2 * root_det)
    root = (rest + root_det * np.eye(2)) / scale
    return np.asarray(np.linalg.inv(root).transpose(0, 2, 1) @ bread[:, 1])


def _freedom(info: Floats, lift: Floats) -> float:
    """Return Satterthwaite's degrees of freedom, were variances proportional to means."""
    bread = np.linalg.inv(info.sum(axis=0))
    reach = np.einsum("gij,gj->gi", info, lift)
    own = (reach * lift).sum(axis=1)
    shared = np.einsum("gi,ij,gj->g", reach, bread, reach)
    cross = bread @ (reach.T @ reach)
    trace = own.sum() - shared.sum()
    return float(trace**2 / (own @ own - 2 * own @ shared + np.trace(cross @ cross)))


def _alike(counts: Counts, slope: float, level: float) -> tuple[float, float]:
    """Return the slopes that unseen exams still allow where all that were seen are alike.

    The steepest has the fewest skips below some cut between doses and the most above it, the
    flattest the reverse; every cut is tried.
    """
    mean, n = counts.totals / counts.n_exams, counts.doses.size
    differ = 1 - ((1 - level) / n) ** (1 / counts.n_exams)
    fewest, most = mean * (1 - differ), mean + differ * (counts.doses - mean)
    late = np.arange(n) >= np.arange(1, n)[:, None]
    ends = np.concatenate([np.where(late, fewest, most), np.where(late, most, fewest)])
    found = slopes_of_totals(counts.doses, counts.n_exams, ends * counts.n_exams)
    return min(float(found.min()), slope), max(float(found.max()), slope)
