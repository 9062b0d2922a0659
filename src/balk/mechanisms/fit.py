"""Fitting a mechanism: where its posterior peaks, how sharply, and how well it predicts exams."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from balk.mechanisms.exams import Exams
from balk.mechanisms.mechanism import Mechanism
from balk.mechanisms.posterior import Point, Posterior
from balk.mechanisms.symmetric import Floats

N_FIRST = 400
"""Exams that a fit to many begins with."""
ROUNDS = 2
"""Times that the Laplace term of the items is held and the peak found again."""
OPTIONS = {"maxiter": 500, "ftol": 1e-10, "gtol": 1e-3, "maxcor": 30}
FLAT = 1e-2
"""Gradient, in nats per posterior standard deviation, below which a peak is a peak."""
STEP = 1e-4
"""Step of the differences of gradients, on the scale of the fit."""
LEAST_INFORMATION = 0.1
"""Share of its prior's precision that is left, at worst, to any combination of parameters."""
MOST_LEVERAGE = 0.3
"""Exams that pull the parameters harder than this are left out by fitting again."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A mechanism at the peak of its posterior.

    Attributes
    ----------
    mechanism : Mechanism
        What was fitted.
    fitted : array of shape (P,)
        Parameters on the scale of the fit.
    z : array of shape (I,)
        Standard scores of the items; empty where the selection reads no uncertain belief.
    covariance : array of shape (P, P)
        Of the parameters on the scale of the fit: inverse of the observed information, the items
        integrated out.
    log_p : array of shape (E,)
        Log-likelihood of each exam.
    scores : array of shape (E, P)
        Derivatives of log_p by the parameters, on the scale of the fit.
    left_out : array of shape (E,)
        Log-likelihood of each exam under parameters fitted without it, approximately.
    item_terms : array of shape (I,)
        What each item adds to the log evidence: how far it had to be bent.
    converged : bool
        Whether the gradient vanished.
    """

    mechanism: Mechanism
    fitted: Floats
    z: Floats
    covariance: Floats
    log_p: Floats
    scores: Floats
    left_out: Floats
    item_terms: Floats
    converged: bool

    @property
    def score(self) -> float:
        """Predicted log-probability of the exams, each left out, and of the items' bending."""
        return float(self.left_out.sum() + self.item_terms.sum())

    @property
    def unknowns(self) -> Floats:
        """Parameters on the scale of the fit, then the items' scores."""
        return np.concatenate([self.fitted, self.z])

    @property
    def values(self) -> dict[str, float]:
        """The parameters by name, on their natural scale."""
        pairs = zip(self.mechanism.parameters, self.fitted, strict=True)
        return {parameter.name: float(parameter.natural(value)) for parameter, value in pairs}

    @property
    def ses(self) -> dict[str, float]:
        """Standard errors by name, on the scale of the fit."""
        return dict(
            zip(self.mechanism.names, np.sqrt(np.diag(self.covariance)).tolist(), strict=True)
        )


def fit(mechanism: Mechanism, exams: Exams, start: Floats | None = None) -> Fit:
    """Return the mechanism fitted to exams.

    Parameters
    ----------
    mechanism : Mechanism
        The explanation.
    exams : Exams
        What was seen, with lifelines.
    start : array of shape (P,) or (P + I,), optional
        Where to begin, on the scale of the fit.
    """
    posterior = Posterior(mechanism, exams)
    unknowns = _start(posterior) if start is None else start
    if len(exams) > 2 * N_FIRST:  # most of the way is gone with a few of the exams
        step = len(exams) // N_FIRST
        unknowns = fit(mechanism, exams.take(slice(None, None, step)), unknowns).unknowns
    unknowns = np.concatenate([unknowns, np.zeros(_n(posterior) - unknowns.size)])
    posterior.settle(unknowns)
    converged = False
    for _ in range(ROUNDS if posterior.n_items else 1):
        unknowns, converged = _climb(posterior, unknowns)
        posterior.settle(unknowns)
    point = posterior.at(unknowns)
    information = _information(posterior, unknowns)
    p = posterior.n_parameters
    fitted, z = unknowns[:p], unknowns[p:]
    return Fit(
        mechanism=mechanism,
        fitted=fitted,
        z=z,
        covariance=_covariance(_items_integrated_out(information, posterior, unknowns), posterior),
        log_p=point.log_p,
        scores=point.scores,
        left_out=_left_out(posterior, point, information[:, :p], fitted, z),
        item_terms=posterior.item_terms(unknowns),
        converged=converged,
    )


def started(mechanism: Mechanism, other: Fit) -> Floats:
    """Return where to begin a fit: the parameters that another has by the same name."""
    known = dict(zip(other.mechanism.names, other.fitted.tolist(), strict=True))
    return np.array([known.get(p.name, p.prior_mean) for p in mechanism.parameters])


def _n(posterior: Posterior) -> int:
    return posterior.n_parameters + posterior.n_items


def _start(posterior: Posterior) -> Floats:
    """Return a place from which every mechanism finds its peak."""
    return np.array([parameter.prior_mean for parameter in posterior.mechanism.parameters])


def _climb(
    posterior: Posterior, unknowns: Floats, n_free: int | None = None
) -> tuple[Floats, bool]:
    """Return the peak over the first `n_free` unknowns, climbed where the posterior is round."""
    n = unknowns.size if n_free is None else n_free
    curvature = _curvature(posterior, unknowns, posterior.at(unknowns))[:n, :n]
    round_off = np.linalg.inv(np.linalg.cholesky(curvature)).T

    def moved(y: Floats) -> Floats:
        return np.concatenate([unknowns[:n] + round_off @ y, unknowns[n:]])

    def loss(y: Floats) -> tuple[float, Floats]:
        here = posterior.at(moved(y))
        return -here.value, -(round_off.T @ here.gradient[:n])

    found = minimize(loss, np.zeros(n), jac=True, method="L-BFGS-B", options=OPTIONS)
    return moved(found.x), bool(np.abs(found.jac).max() < FLAT)


def _curvature(posterior: Posterior, unknowns: Floats, point: Point) -> Floats:
    """Return a positive definite guess at the information: scores squared, plus the prior."""
    p = posterior.n_parameters
    precisions = (_prior_precision(posterior), posterior.item_precision(unknowns))
    matrix = np.diag(np.concatenate(precisions))
    matrix[:p, :p] += point.scores.T @ point.scores
    return matrix


def _prior_precision(posterior: Posterior) -> Floats:
    return np.array([parameter.prior_sd**-2.0 for parameter in posterior.mechanism.parameters])


def _information(posterior: Posterior, unknowns: Floats) -> Floats:
    """Return the observed information of all unknowns with each parameter, shape (P + I, P)."""
    p = posterior.n_parameters
    here, columns = posterior.at(unknowns).gradient, []
    for index in range(p):
        step = np.zeros(unknowns.size)
        step[index] = STEP
        columns.append((here - posterior.at(unknowns + step).gradient) / STEP)
    matrix = np.stack(columns, axis=1)
    matrix[:p] = (matrix[:p] + matrix[:p].T) / 2
    return matrix


def _covariance(information: Floats, posterior: Posterior) -> Floats:
    """Return the inverse of the information, no parameter taken as much vaguer than its prior.

    At a peak on the edge of what numbers can say (a subject that skips like clockwork), rounding
    leaves the information flat, or worse, in some direction.
    """
    sd = np.sqrt(1 / _prior_precision(posterior))
    values, vectors = np.linalg.eigh(information * np.outer(sd, sd))
    half = sd[:, np.newaxis] * vectors / np.sqrt(np.maximum(values, LEAST_INFORMATION))
    return np.asarray(half @ half.T, dtype=np.float64)


def _items_integrated_out(information: Floats, posterior: Posterior, unknowns: Floats) -> Floats:
    p = posterior.n_parameters
    cross = information[p:]
    return information[:p] - cross.T @ (cross / posterior.item_precision(unknowns)[:, np.newaxis])


def _left_out(
    posterior: Posterior, point: Point, information: Floats, fitted: Floats, z: Floats
) -> Floats:
    """Return each exam's log-likelihood at the parameters moved by one Newton step without it.

    With H the information and g the exam's score, H less the exam's own part, about g g', is
    inverted by the Sherman-Morrison formula: the parameters move by -H^-1 g / (1 - g' H^-1 g).
    """
    inverse = np.linalg.inv(information[: fitted.size])
    moves = point.scores @ inverse
    leverage = (moves * point.scores).sum(axis=1)
    stable = np.minimum(leverage, MOST_LEVERAGE)
    left_out = posterior.log_p_at(fitted - moves / (1 - stable)[:, np.newaxis], z)
    for exam in np.flatnonzero(leverage > MOST_LEVERAGE):
        left_out[exam] = _refitted(posterior, fitted, z, int(exam))
    return left_out


def _refitted(posterior: Posterior, fitted: Floats, z: Floats, exam: int) -> float:
    """Return an exam's log-likelihood at the parameters fitted to all others, items held."""
    others = np.arange(len(posterior.exams)) != exam
    if not others.any():  # without its only exam a mechanism knows its prior
        return float(posterior.at(np.concatenate([_start(posterior), z])).log_p[0])
    rest = Posterior(posterior.mechanism, posterior.exams.take(others))
    rest.spread = posterior.spread
    unknowns, _ = _climb(rest, np.concatenate([fitted, z]), fitted.size)
    alone = Posterior(posterior.mechanism, posterior.exams.take(~others))
    return float(alone.at(unknowns).log_p[0])
