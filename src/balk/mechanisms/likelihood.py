"""The exact probability of what was skipped in an exam, and its derivatives.

P(S | B) = integral over u of  pi(k | B, u) exp(sum_{i in S} a_i) / e_k(exp a)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.exams import Exams
from balk.mechanisms.observed import Ints
from balk.mechanisms.patterns import Patterns
from balk.mechanisms.quadrature import integrate
from balk.mechanisms.recursion import elementary
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Log-probabilities of E exams and their derivatives.

    Attributes
    ----------
    log_p : array of shape (E,)
        Log P(S | B).
    d_weights : array of shape (n, E)
        By the log-weights a.
    d_tilt : array of shape (E,), or (n, E) where the tilt is
        By what every skip of the exam, or of the question, gains, in logits.
    d_sigma : array of shape (E,)
        By the standard deviation of the exam effect.
    d_law : dict of str to array of shape (E,)
        By the parameters of the count law.
    expected : array of shape (K, E)
        Law of the count before it was seen, averaged over u given what was seen.
    """

    log_p: Floats
    d_weights: Floats
    d_tilt: Floats
    d_sigma: Floats
    d_law: dict[str, Floats]
    expected: Floats


def evaluate(
    exams: Exams,
    law: CountLaw,
    log_weights: Floats,
    sigma: float | Floats,
    values: Mapping[str, float | Floats],
    tilt: Floats | float = 0.0,
) -> Likelihood:
    """Return the likelihood of each exam, exact but for the quadrature over its effect.

    Parameters
    ----------
    exams : Exams
        What was seen.
    law : CountLaw
        How many are skipped.
    log_weights : array of shape (n, E)
        Log-weights a of the questions; those of absent questions are not looked at.
    sigma : float or array of shape (E,)
        Standard deviation of the exam effect, >= 0; one for each exam is slower.
    values : mapping
        Parameters of the law by name, each a number or an array of shape (E,).
    tilt : float or array of shape (E,), default 0
        Log-odds added to every skip of an exam.
    """
    a = np.where(exams.is_present, log_weights, -np.inf)
    n_terms = len(a) + 1
    k = np.arange(max(n_terms, 0 if law.is_elementary else exams.lifelines.max() + 1))
    k = k.astype(np.float64)[:, np.newaxis]
    polynomials = elementary(a)
    log_e = np.full((k.size, len(exams)), -np.inf)
    log_e[:n_terms] = polynomials.log_e
    terms = law.log_terms(k, exams.lifelines, exams.n_questions, **values) + k * tilt
    terms = terms + log_e if law.is_elementary else terms
    patterns, cap = Patterns.of(exams, a, log_e), _Cap.of(exams, law, k)
    integral = integrate(terms, cap.spread(patterns.log_p), sigma)
    d_terms = integral.posterior - integral.expected
    d_patterns = cap.gathered(integral.posterior)
    d_log_e = (d_terms if law.is_elementary else 0.0) - d_patterns
    d_weights = polynomials.pull_back(np.where(log_e > -np.inf, d_log_e, 0.0)[:n_terms])
    patterns.pull_back(d_patterns, d_weights)
    by_law = law.d_log_terms(k, exams.lifelines, exams.n_questions, **values)
    return Likelihood(
        log_p=integral.log_p + np.where(exams.is_skip, a, 0.0).sum(axis=0),
        d_weights=d_weights + exams.is_skip,
        d_tilt=(k * d_terms).sum(axis=0),
        d_sigma=integral.d_sigma,
        d_law={name: (by * d_terms).sum(axis=0) for name, by in by_law.items()},
        expected=integral.expected,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cap:
    """Where all counts above min(B, n) look like min(B, n)."""

    shown: Ints | None
    """The count that each count looks like, of shape (K, E); None where each is itself."""

    @classmethod
    def of(cls, exams: Exams, law: CountLaw, k: Floats) -> "_Cap":
        most = np.minimum(exams.lifelines, exams.n_questions)
        return cls(np.minimum(k, most).astype(np.int64) if law.is_capped else None)

    def spread(self, by_shown: Floats) -> Floats:
        """Return the value of the count that each count looks like."""
        return by_shown if self.shown is None else np.take_along_axis(by_shown, self.shown, axis=0)

    def gathered(self, by_count: Floats) -> Floats:
        """Return sums over the counts that look alike: the transpose of `spread`."""
        if self.shown is None:
            return by_count
        n_counts, n_exams = by_count.shape
        flat = self.shown * n_exams + np.arange(n_exams)
        sums = np.bincount(flat.ravel(), by_count.ravel(), minlength=by_count.size)
        return np.asarray(sums.reshape(n_counts, n_exams), dtype=np.float64)
