"""The probability of what was skipped in an exam whose questions come one at a time.

    P(S | B) = integral over u of  prod over t at risk of  p_t^(skip_t) (1 - p_t)^(1 - skip_t),
    logit p_t = h(used_t, B, unseen_t, n) + a_t - level + u + tilt_t

h is the count law's `hazard`, a the log-weights of the selection. A question is at risk where a
lifeline is left and the decision is known. Protocols count a lifeline as used when the reply was
read as a skip, and only then: a question whose decision is not known left the lifelines as they
were, so that it says nothing, nothing is assumed of it, and the questions after it stay as exact
as those before.

For the level see `balk.mechanisms.level`. What the exam itself brings about, such as failures so
far, must not enter it, or it would tell of the future: give such things as a tilt.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.exams import Exams
from balk.mechanisms.level import FAR, Level
from balk.mechanisms.likelihood import Likelihood
from balk.mechanisms.observed import Bools, Ints
from balk.mechanisms.quadrature import n_nodes, rule
from balk.mechanisms.recursion import LARGEST_LOG
from balk.mechanisms.symmetric import Floats


def evaluate_in_turn(
    exams: Exams,
    law: CountLaw,
    log_weights: Floats,
    sigma: float | Floats,
    values: Mapping[str, float | Floats],
    tilt: Floats | float = 0.0,
) -> Likelihood:
    """Return the likelihood of each exam, exact but for the quadrature over its effect.

    Arguments and result are those of `balk.mechanisms.likelihood.evaluate`, but for two.

    Parameters
    ----------
    exams : Exams
        What was seen, about a thousand at a time for speed.
    law : CountLaw
        How many are skipped.
    log_weights : array of shape (n, E)
        Log-weights a of the questions, known before the exam; those of absent questions are not
        looked at.
    sigma : float or array of shape (E,)
        Standard deviation of the exam effect, >= 0.
    values : mapping
        Parameters of the law by name, each a number or an array of shape (E,).
    tilt : float or array of shape (E,) or (n, E), default 0
        Log-odds added to every skip of an exam, or to each question's.

    Returns
    -------
    Likelihood
        With `d_tilt` of shape (n, E) where `tilt` is, and `expected` without rows: the law of the
        count has no short form here; `simulate_in_turn` draws from it.

    Raises
    ------
    MechanismError
        If the law has no hazard.
    """
    course, level = Course.of(exams), Level.of(exams, law, log_weights, values)
    hazard = law.hazard(course.used, exams.lifelines, course.unseen, exams.n_questions, **values)
    log_odds = np.clip(hazard + (log_weights - level.value) + tilt, -FAR, FAR)
    log_odds = np.where(course.is_at_risk, log_odds, -np.inf)
    effect = _integrate(log_odds, exams.is_skip, sigma)
    residuals = np.where(course.is_at_risk, effect.residuals, 0.0)
    by_law = law.d_hazard(course.used, exams.lifelines, course.unseen, exams.n_questions, **values)
    total = residuals.sum(axis=0)
    return Likelihood(
        log_p=effect.log_p,
        d_weights=residuals - total * level.by_weight,
        d_tilt=residuals if np.ndim(tilt) == residuals.ndim else total,
        d_sigma=effect.d_sigma,
        d_law={
            name: (by * residuals).sum(axis=0) - total * level.by_law[name]
            for name, by in by_law.items()
        },
        expected=np.empty((0, len(exams))),
    )


def simulate_in_turn(  # noqa: PLR0913, PLR0917 -- the likelihood's arguments, and chance
    exams: Exams,
    law: CountLaw,
    log_weights: Floats,
    sigma: float | Floats,
    values: Mapping[str, float | Floats],
    rng: np.random.Generator,
    tilt: Floats | float = 0.0,
) -> Bools:
    """Draw what would be skipped if the same exams were sat again.

    Lifelines used and left follow the drawn skips. All else stays as it was: which decisions are
    not known, and also, in `tilt`, the verdicts that were shown, which in a new exam would follow
    its own answers.

    Parameters
    ----------
    exams, law, log_weights, sigma, values, tilt
        As for `evaluate_in_turn`; what was skipped is not looked at.
    rng : numpy.random.Generator
        Gives E normal and n E uniform numbers.

    Returns
    -------
    array of bool of shape (n, E)
        True where skipped.
    """
    course, level = Course.of(exams), Level.of(exams, law, log_weights, values)
    u = sigma * rng.standard_normal(len(exams))
    given = log_weights - level.value + u + tilt
    is_known = exams.is_present & ~exams.is_gap
    used: Floats = np.zeros(len(exams))
    skips = np.zeros_like(exams.is_skip)
    for t, unseen in enumerate(course.unseen):
        hazard = law.hazard(used, exams.lifelines, unseen, exams.n_questions, **values)
        is_at_risk = is_known[t] & (used < exams.lifelines)
        skips[t] = is_at_risk & (rng.random(len(exams)) < expit(hazard + given[t]))
        used = used + skips[t]
    return skips


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How exams went, question by question; arrays of shape (n, E).

    Attributes
    ----------
    used : array
        Lifelines used before the question.
    unseen : array
        Questions still to come, this one included.
    is_at_risk : array
        Whether it could be skipped and is known to have been, or not.
    """

    used: Floats
    unseen: Floats
    is_at_risk: Bools

    @classmethod
    def of(cls, exams: Exams) -> "Course":
        """Return the course of exams."""
        used: Ints = np.cumsum(exams.is_skip, axis=0) - exams.is_skip
        unseen = np.cumsum(exams.is_present[::-1], axis=0)[::-1]
        is_at_risk = exams.is_present & ~exams.is_gap & (used < exams.lifelines)
        return cls(used.astype(np.float64), unseen.astype(np.float64), is_at_risk)


@dataclass(frozen=True, slots=True, eq=False)
class _Effect:
    """The integral over the exam effect.

    Attributes
    ----------
    log_p, d_sigma : array of shape (E,)
        Logarithm of the integral, and its derivative by sigma.
    residuals : array of shape (n, E)
        Derivatives by the log-odds: skipped, less the probability of it.
    """

    log_p: Floats
    residuals: Floats
    d_sigma: Floats


def _integrate(log_odds: Floats, is_skip: Bools, sigma: float | Floats) -> _Effect:
    """Return the integral; log-odds of ``-inf`` take a question out of it."""
    n_skips, n_questions = is_skip.sum(axis=0), len(log_odds)
    n_at_risk = int((log_odds > -np.inf).sum(axis=0).max(initial=0))
    spread = np.minimum(np.atleast_1d(sigma), FAR)
    z, weights = rule(n_nodes(float(spread.max(initial=0.0)), n_at_risk))
    u = np.clip(np.multiply.outer(z, spread), -FAR, FAR)
    odds, tilts = np.exp(log_odds), np.exp(u)
    log_terms = np.log(weights)[:, np.newaxis] + n_skips * u
    attempts = np.empty((n_questions, *log_terms.shape))
    product, size = np.ones_like(log_terms), 0.0
    for t, most in enumerate(np.logaddexp(0, log_odds.max(axis=1, initial=-FAR) + u.max())):
        if size + most > LARGEST_LOG:  # logarithms are dear, and products overflow
            log_terms -= np.log(product)
            product, size = np.ones_like(log_terms), 0.0
        whole = 1 + odds[t] * tilts
        product *= whole
        size += most
        np.divide(1, whole, out=attempts[t])
    log_terms -= np.log(product)
    top = log_terms.max(axis=0)
    posterior = np.exp(log_terms - top)
    total = posterior.sum(axis=0)
    posterior /= total
    d_u = n_skips - (n_questions - attempts.sum(axis=0))
    return _Effect(
        log_p=np.where(is_skip, log_odds, 0.0).sum(axis=0) + top + np.log(total),
        residuals=is_skip - 1 + np.einsum("je,tje->te", posterior, attempts),
        d_sigma=z @ (posterior * d_u),
    )
