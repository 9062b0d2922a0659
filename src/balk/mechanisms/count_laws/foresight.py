"""A law of counts as it unfolds: how it is met by deciding one question at a time.

Where all questions weigh the same, a count law gives every set of k questions the same
probability w(k). Someone who has skipped k questions with m to come, and means to end up with
that law, skips the question at hand with odds that follow from those of the last question alone:

    o_1(k) = log w(k + 1) - log w(k)
    o_{m+1}(k) = o_m(k) + log(1 + exp o_m(k + 1)) - log(1 + exp o_m(k))

This is the sum over all ways to go on, written as a ratio: with F_m(k) the probability of what
happened so far, F_{m+1}(k) = F_m(k) + F_m(k + 1) and o_m(k) = log F_{m-1}(k + 1) / F_{m-1}(k).
"""

import numpy as np
from scipy.special import gammaln

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.symmetric import Floats


def foreseen(
    law: CountLaw,
    used: Floats,
    lifelines: Floats,
    unseen: Floats,
    n_questions: Floats,
    **values: float | Floats,
) -> Floats:
    """Return the log-odds of a skip that add up to the law's own counts; as `CountLaw.hazard`.

    ``-inf`` where no lifeline is left.
    """
    lifelines, n_questions = np.broadcast_arrays(np.atleast_1d(lifelines), n_questions)
    kind = np.arange(lifelines.size)
    if all(np.ndim(value) == 0 for value in values.values()):  # many exams, and few kinds of them
        kinds, kind = np.unique(lifelines + 1j * n_questions, return_inverse=True)
        lifelines, n_questions = kinds.real, kinds.imag
    last = _last_log_odds(law, lifelines, n_questions, values)
    ahead = _looking_ahead(last, max(int(np.max(unseen)), 1))
    m = np.maximum(unseen, 1).astype(np.int64)
    k = np.minimum(used, len(last) - 1).astype(np.int64)
    return np.asarray(ahead[m - 1, k, kind])


def _last_log_odds(
    law: CountLaw, lifelines: Floats, n_questions: Floats, values: dict[str, float | Floats]
) -> Floats:
    """Return o_1(k) for k = 0, 1, .. in rows, of exams that differ in columns."""
    k = np.arange(max(lifelines.max(), n_questions.max()) + 1)[:, np.newaxis]
    most = np.minimum(lifelines, n_questions)
    ways = gammaln(n_questions + 1) - gammaln(k + 1) - gammaln(np.maximum(n_questions - k, 0) + 1)
    ways = np.where(k <= n_questions, ways, -np.inf)
    counts = law.log_terms(k, lifelines, n_questions, **values)
    counts = counts + ways if law.is_elementary else counts
    above = np.logaddexp.reduce(np.where(k >= most, counts, -np.inf), axis=0)
    with np.errstate(invalid="ignore"):  # impossible counts stay so
        log_w = np.where(k < most, counts, above) - ways
        return np.where(k[:-1] < most, log_w[1:] - log_w[:-1], -np.inf)


def _looking_ahead(last: Floats, n_unseen: int) -> Floats:
    """Return o_m(k) for m = 1 .. n_unseen, shape (n_unseen, *last.shape)."""
    ahead = [last]
    for _ in range(n_unseen - 1):
        o = np.concatenate([ahead[-1], np.full((1, last.shape[1]), -np.inf)])
        ahead.append(o[:-1] + np.logaddexp(0, o[1:]) - np.logaddexp(0, o[:-1]))
    return np.stack(ahead)
