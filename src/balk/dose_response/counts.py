"""Skips by exam, checked, and their sums by dose."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from balk.errors import EstimateError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Exams that offered at least one lifeline.

    Attributes
    ----------
    skips : array of shape (n_exams,)
        Lifelines used.
    clusters, dose_codes : array of shape (n_exams,)
        Number of the exam's independent unit, and of its dose.
    doses, totals : array of shape (n_doses,)
        Lifelines offered, increasing, and all skips at that dose.
    n_exams : array of shape (n_doses,)
        How many exams have that dose.
    """

    skips: Floats
    clusters: Codes
    dose_codes: Codes
    doses: Floats
    totals: Floats
    n_exams: Codes

    @classmethod
    def of(cls, lifelines: ArrayLike, skips: ArrayLike, clusters: ArrayLike | None = None) -> Self:
        """Return the exams with lifelines.

        Raises
        ------
        EstimateError
            If shapes differ, or skips are not between 0 and the exam's lifelines.
        """
        offered, used = (np.asarray(side, dtype=np.float64) for side in (lifelines, skips))
        labels = np.arange(offered.size) if clusters is None else np.asarray(clusters)
        if offered.ndim != 1 or not offered.shape == used.shape == labels.shape:
            raise EstimateError(
                f"lifelines, skips and clusters have shapes {offered.shape}, {used.shape} and "
                f"{labels.shape}; give one of each for every exam"
            )
        is_count = np.isfinite(offered) & (offered == np.floor(offered)) & (used >= 0)
        if not (is_count & (used <= offered)).all():
            at = int(np.argmin(is_count & (used <= offered)))
            raise EstimateError(
                f"an exam has {used[at]:g} skips with {offered[at]:g} lifelines; "
                "allowed: whole lifelines >= 0, and from 0 skips to as many"
            )
        kept = offered > 0
        doses, codes, n = np.unique(offered[kept], return_inverse=True, return_counts=True)
        groups = np.unique(labels[kept], return_inverse=True)[1]
        totals = np.zeros(doses.size)
        np.add.at(totals, codes, used[kept])
        return cls(used[kept], groups, codes, doses, totals, n)

    @property
    def log_doses(self) -> Floats:
        """Natural logarithms of the doses."""
        return np.asarray(np.log(self.doses))

    def why_no_slope(self) -> str:
        """Return why no finite slope follows from these, in words; empty where one does."""
        if self.doses.size < 2:  # noqa: PLR2004 -- a slope needs two
            return f"exams with lifelines have {self.doses.size} dose(s)"
        if self.totals.sum() == 0:
            return f"no skip in {self.skips.size} exams"
        if self.totals.sum() == self.totals[0]:
            return f"all skips are at the smallest dose, {self.doses[0]:g}"
        if self.totals.sum() == self.totals[-1]:
            return f"all skips are at the largest dose, {self.doses[-1]:g}"
        return ""
