"""How much is skipped at all: what *rational* is judged by."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from balk.mechanisms.exams import Exams


@dataclass(frozen=True, slots=True, eq=False)
class SkipRate:
    """Share of questions skipped, with a one-sided bound either way.

    Attributes
    ----------
    value, low, high : float
        The share, and its 95 % bounds, each one-sided, widened where exams differ more than
        independent lapses would have them differ.
    n_questions : int
        Questions with a known decision.
    """

    value: float
    low: float
    high: float
    n_questions: int


def skip_rate(exams: Exams) -> SkipRate:
    """Return the share of questions skipped, with exact bounds widened by the design effect.

    Questions whose decision is not known are left out: see `balk.mechanisms.unread`.

    References
    ----------
    Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404, with n over the design effect: Korn &
    Graubard (1998), Survey Methodology 24, 193-201.
    """
    known = (exams.is_present & ~exams.is_gap).sum(axis=0)
    skips, n = exams.n_skips.astype(np.float64), float(known.sum())
    if not n:
        return SkipRate(0.0, 0.0, 1.0, 0)
    p = float(skips.sum() / n)
    spread = float(((skips - p * known) ** 2).sum() / max(n * p * (1 - p), 1e-12))
    inflation = max(spread * len(exams) / max(len(exams) - 1, 1), 1.0)
    hits, trials = skips.sum() / inflation, n / inflation
    low = float(betaincinv(hits, trials - hits + 1, 0.05)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 0.95)) if hits < trials else 1.0
    return SkipRate(p, low, high, int(n))
