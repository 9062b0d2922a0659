"""From what was seen to what the mechanisms read: beliefs, learnt from no-lifeline exams alone.

Where lifelines are offered, the items attempted are chosen and a confidence may be stated with
the choice already made. So the accuracy of an item, and a subject's confidence in it, come from
exams that offer no way out; confidences stated in the very exams are a second, separate fit.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import logit

from balk.mechanisms.beliefs import Belief
from balk.mechanisms.log_space import log_sum_exp
from balk.mechanisms.observed import Observed, Seen
from balk.mechanisms.quadrature import gauss_hermite
from balk.mechanisms.symmetric import Floats

SUREST = 0.995
"""Stated confidences are read between 0.5 % and this: whole percents leave 0 and 100 open."""

ASSUMED_NOISE = 0.5
"""Spread of a stated confidence in logits, where no item was rated twice."""


SAME = 0.01
"""Logits that items differ by, at most, where nothing sets them apart."""

N_NODES = 41
"""Of the quadrature over what sets an item apart."""


def beliefs_of(observed: Observed) -> dict[str, Belief]:
    """Return what no-lifeline exams tell of each item's "accuracy" and "confidence".

    A belief is left out where nothing at all is known of it.
    """
    plain = observed.take((observed.lifelines < 0) & (observed.penalty == 0))
    confidence = confidence_belief(*_reports(plain))
    accuracy = accuracy_belief(*_attempts(plain), confidence)
    found = {"accuracy": accuracy, "confidence": confidence}
    return {name: belief for name, belief in found.items() if belief is not None}


def accuracy_belief(right: Floats, n: Floats, confidence: Belief | None = None) -> Belief | None:
    """Return each item's accuracy by empirical Bayes: what all items say of each.

    The log-odds of being right are normal about a line in the subject's confidence,

        logit p_i = b0 + b1 (m_i - m) + tau v_i,   v_i ~ Normal(0, 1),

    with m_i the mean of the confidence belief; b0, b1 and tau maximise the probability of the
    marked attempts, v integrated out, under weak priors. Where no confidence is stated, or it says
    nothing of the accuracy, this is the usual shrinkage towards a common mean. A subject whose
    confidence is a good guide to its accuracy is so given the benefit of it in both: a mechanism
    by accuracy is not ruled out for the noise of ten attempts.

    Parameters
    ----------
    right, n : array of shape (P,)
        Right answers and marked attempts of each item.
    confidence : Belief, optional
        Of the same items.

    References
    ----------
    Empirical Bayes in a logistic-normal model: Breslow & Clayton (1993), section 1; Efron (2010),
    Large-Scale Inference, chapter 1.
    """
    if not n.sum():
        return None
    n_items = n.size
    line = np.zeros(n_items) if confidence is None else confidence.mean - confidence.mean.mean()
    rate = (right.sum() + 0.5) / (n.sum() + 1)
    start = np.array([logit(rate), 0.5 if line.any() else 0.0, np.log(0.7)])
    best = minimize(_attempts_loss, start, (right, n, line), method="Nelder-Mead").x
    log_p = _attempts_log_p(best, right, n, line)
    weights = np.exp(log_p - log_p.max(axis=0))
    weights /= weights.sum(axis=0)
    v, _ = gauss_hermite(N_NODES)
    mean, square = v @ weights, v**2 @ weights
    tau = np.exp(best[2])
    middle = best[0] + best[1] * line + tau * mean
    return Belief(middle, tau * np.sqrt(np.maximum(square - mean**2, 1e-12)))


def _attempts_loss(b: Floats, right: Floats, n: Floats, line: Floats) -> float:
    log_p = log_sum_exp(_attempts_log_p(b, right, n, line).T).sum()
    prior = -0.5 * ((b[1] / 2) ** 2 + (b[2] - np.log(0.7)) ** 2)
    return -float(log_p + prior)


def _attempts_log_p(b: Floats, right: Floats, n: Floats, line: Floats) -> Floats:
    """Return the log-probability of each item's attempts and of v, at the nodes of v."""
    v, weights = gauss_hermite(N_NODES)
    eta = b[0] + b[1] * line + np.exp(b[2]) * v[:, np.newaxis]
    log_p = right * eta - n * np.logaddexp(0, eta) + np.log(weights)[:, np.newaxis]
    return np.asarray(log_p)


def confidence_belief(mean: Floats, n: Floats, noise: float) -> Belief | None:
    """Return each item's confidence from its stated ones, shrunk towards the mean of all.

    Parameters
    ----------
    mean : array of shape (P,)
        Mean of each item's stated confidences, in logits.
    n : array of shape (P,)
        How many there are.
    noise : float
        Spread of one of them about its item's mean, in logits.
    """
    rated = n > 0
    if not rated.any():
        return None
    centre = float(mean[rated].mean())
    spread = float(mean[rated].var(ddof=1)) if rated.sum() > 1 else 0.0
    between = max(spread - noise**2 * float((1 / n[rated]).mean()), 1e-6)
    weight = n / max(noise, 1e-3) ** 2
    precision = 1 / between + weight
    shrunk = (centre / between + weight * np.where(rated, mean, 0)) / precision
    return Belief(shrunk, np.sqrt(1 / precision))


def is_constant(belief: Belief) -> bool:
    """Return whether a belief says the same of every item, and is sure of it."""
    return bool(np.ptp(belief.mean) < SAME and belief.sd.max() < SAME)


def _attempts(plain: Observed) -> tuple[Floats, Floats]:
    """Return right answers and marked attempts of each item."""
    marked = (plain.is_right >= 0) & (plain.seen == Seen.ATTEMPT)
    items, n_items = plain.puzzle[marked], plain.stem_chars.size
    n = np.bincount(items, minlength=n_items).astype(np.float64)
    right = np.bincount(items, plain.is_right[marked], minlength=n_items)
    return right.astype(np.float64), n


def _reports(plain: Observed) -> tuple[Floats, Floats, float]:
    """Return mean, in logits, and number of each item's stated confidences, and their spread."""
    stated = ~np.isnan(plain.confidence) & (plain.puzzle >= 0)
    items, n_items = plain.puzzle[stated], plain.stem_chars.size
    reports = in_logits(plain.confidence[stated])
    n = np.bincount(items, minlength=n_items).astype(np.float64)
    mean = np.bincount(items, reports, minlength=n_items) / np.maximum(n, 1)
    return mean, n, _noise(reports, mean[items], n)


def in_logits(confidence: Floats) -> Floats:
    """Return stated confidences in logits, none surer than `SUREST` either way."""
    return np.asarray(logit(np.clip(confidence, 1 - SUREST, SUREST)))


def _noise(reports: Floats, centres: Floats, n: Floats) -> float:
    """Return the spread of reports about their item's mean."""
    spare = float(np.maximum(n - 1, 0).sum())
    if not spare:
        return ASSUMED_NOISE
    return float(np.sqrt(((reports - centres) ** 2).sum() / spare))
