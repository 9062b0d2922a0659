"""Rates and their differences over exams, as arrays of one number an exam.

An exam is one batch: the same puzzles under every key. Differences between conditions are taken
batch by batch, so that what a batch has in common (its puzzles) does not count as chance.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from balk.estimates import clustered_mean, clustered_ratio
from balk.records import Estimate

Floats = NDArray[np.float64]
_NORMAL = NormalDist()
LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Hits and trials by batch.

    Attributes
    ----------
    hits, trials : array of shape (n_batches,)
        Index is the batch; a batch without trials holds 0.
    """

    hits: Floats
    trials: Floats

    @classmethod
    def of(cls, hits: NDArray[np.bool_], batches: NDArray[np.int64], n_batches: int) -> Self:
        """Count rows by batch."""
        return cls(
            np.bincount(batches[hits], minlength=n_batches).astype(np.float64),
            np.bincount(batches, minlength=n_batches).astype(np.float64),
        )

    @property
    def n(self) -> int:
        """All trials."""
        return int(self.trials.sum())

    @property
    def rate(self) -> float:
        """Hits over trials."""
        return float(self.hits.sum() / self.trials.sum())


def rate(counts: Counts) -> Estimate | None:
    """Return the share of hits, or None without trials."""
    used = counts.trials > 0
    if not used.any():
        return None
    return clustered_ratio(
        counts.hits[used], counts.trials[used], np.arange(used.sum()), within=(0.0, 1.0)
    )


def difference(one: Counts, other: Counts, widest: float = 1.0) -> Estimate | None:
    """Return the difference of two shares over the same batches, linearised.

    `widest` is the largest difference that there can be. With residuals
    ``e_g = (hits_g - share * trials_g) / trials`` of each share, the variance is
    ``G / (G - 1) * sum_g (e_g - e'_g)**2``; the quantile is Student's t with G - 1 degrees of
    freedom.
    """
    if not one.n or not other.n:
        return None
    used = (one.trials > 0) | (other.trials > 0)
    parts = [
        (counts.hits - counts.rate * counts.trials)[used] / counts.trials.sum()
        for counts in (one, other)
    ]
    n_batches = int(used.sum())
    pseudo = one.rate - other.rate + n_batches * (parts[0] - parts[1])
    return clustered_mean(pseudo, np.arange(n_batches), within=(-widest, widest))


def excess(claimed: Floats, earned: Floats, trials: Floats) -> Estimate | None:
    """Return claimed less earned for each question asked."""
    used = trials > 0
    if not used.any():
        return None
    return clustered_ratio(
        (claimed - earned)[used], trials[used], np.arange(used.sum()), within=(-1.0, 1.0)
    )


@dataclass(frozen=True, slots=True)
class Detection:
    """How well true keys are told from false ones, and which way the subject leans.

    Attributes
    ----------
    d_prime : Estimate
        z(accepted | true) - z(accepted | false): 0 where they are not told apart.
    criterion : Estimate
        -(z(accepted | true) + z(accepted | false)) / 2: below 0 where it leans to accepting.
    """

    d_prime: Estimate
    criterion: Estimate


def detect(true: Counts, false: Counts) -> Detection | None:
    """Return signal detection on a mixed key; a true key is the signal, acceptance the yes.

    Every share is that of (hits + 1/2) / (trials + 1), whether it is extreme or not (the
    log-linear correction), so that shares of 0 and 1 stay finite. Intervals are those of the
    jackknife over batches with Student's t; with fewer than two batches there is none.

    References
    ----------
    Hautus (1995), doi:10.3758/BF03203619.
    """
    n_batches = true.hits.size
    if not true.n or not false.n or n_batches < 2:  # noqa: PLR2004 -- no jackknife of one
        return None
    whole = np.array(_indices(true, false, np.ones(n_batches, dtype=np.bool_)))
    left_out = np.array(
        [_indices(true, false, np.arange(n_batches) != g) for g in range(n_batches)]
    )
    spread = left_out - left_out.mean(axis=0)
    ses = np.sqrt((n_batches - 1) / n_batches * np.square(spread).sum(axis=0))
    half = float(stdtrit(n_batches - 1, 1 - (1 - LEVEL) / 2)) * ses
    d_prime, criterion = (
        Estimate(
            value=float(whole[i]),
            low=float(whole[i] - half[i]),
            high=float(whole[i] + half[i]),
            n=true.n + false.n,
            n_clusters=n_batches,
            method="log-linear correction, jackknife t",
            se=float(ses[i]),
            unit="questions",
        )
        for i in (0, 1)
    )
    return Detection(d_prime, criterion)


def _indices(true: Counts, false: Counts, kept: NDArray[np.bool_]) -> tuple[float, float]:
    hit, alarm = (
        _NORMAL.inv_cdf((counts.hits[kept].sum() + 0.5) / (counts.trials[kept].sum() + 1))
        for counts in (true, false)
    )
    return hit - alarm, -(hit + alarm) / 2
