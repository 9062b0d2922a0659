"""Exams as a fitted mechanism would have them: for predictive checks, power and intervals."""

from collections.abc import Mapping

import numpy as np

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.exams import Exams
from balk.mechanisms.log_space import log_normalised
from balk.mechanisms.observed import Bools, Ints
from balk.mechanisms.recursion import Elementary, elementary
from balk.mechanisms.symmetric import Floats

CHUNK = 4096


def draw_skips(  # noqa: PLR0913, PLR0917 -- the likelihood's arguments, and a source of chance
    exams: Exams,
    law: CountLaw,
    log_weights: Floats,
    sigma: float | Floats,
    values: Mapping[str, float | Floats],
    rng: np.random.Generator,
    tilt: float | Floats = 0.0,
) -> Bools:
    """Return which questions are skipped in a fresh copy of each exam, shape (n, E), exactly.

    Parameters are those of `balk.mechanisms.likelihood.evaluate`.
    """
    n_exams = len(exams)
    u = tilt + np.broadcast_to(sigma, n_exams) * rng.standard_normal(n_exams)
    quantile, coins = rng.random(n_exams), rng.random(log_weights.shape)
    parts = []
    for first in range(0, n_exams, CHUNK):
        some = slice(first, first + CHUNK)
        own = {n: np.asarray(v)[some] if np.ndim(v) else v for n, v in values.items()}
        a = np.where(exams.is_present[:, some], log_weights[:, some], -np.inf)
        polynomials = elementary(a)
        counts = _counts(exams.take(some), law, polynomials.log_e, u[some], own, quantile[some])
        parts.append(_subsets(polynomials, counts, coins[:, some]))
    return np.concatenate(parts, axis=1)


def _counts(
    exams: Exams,
    law: CountLaw,
    log_e: Floats,
    u: Floats,
    values: Mapping[str, float | Floats],
    quantile: Floats,
) -> Ints:
    """Return how many are skipped: the law's value at a quantile."""
    top = len(log_e) - 1
    n_counts = top if law.is_elementary else max(top, int(exams.lifelines.max()))
    k = np.arange(n_counts + 1.0)[:, np.newaxis]
    terms = law.log_terms(k, exams.lifelines, exams.n_questions, **values) + k * u
    if law.is_elementary:
        terms = terms + log_e
    cumulated = np.exp(log_normalised(terms.T)).cumsum(axis=1)
    drawn = (cumulated < quantile[:, np.newaxis] * cumulated[:, -1:]).sum(axis=1)
    most = np.minimum(exams.lifelines, exams.n_questions).astype(np.int64)
    return np.asarray(np.minimum(drawn, most))


def _subsets(polynomials: Elementary, counts: Ints, coins: Floats) -> Bools:
    """Return a set of each size, from the last question to the first (Chen & Liu 1997)."""
    left, every = counts.copy(), np.arange(counts.size)
    drawn = np.zeros(coins.shape, dtype=np.bool_)
    for item in range(len(coins) - 1, -1, -1):
        # Rounding may leave a sure thing just below 1: as many left as questions are all taken.
        share = polynomials.shares[item, np.minimum(left, item + 1), every]
        taken = (coins[item] < share) | (left > item)
        drawn[item] = taken & (left > 0)
        left -= drawn[item]
    return drawn
