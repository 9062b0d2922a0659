"""The integral over the exam effect u ~ Normal(0, sigma^2), by quadrature.

The effect enters as exp(k u), so that a single recursion serves all nodes: for each node the law
of the count is a sum over k of terms that are known before u is. Gauss-Hermite nodes do while an
exam tells little of its effect; where it tells it sharply they stand too far apart, and evenly
spaced nodes take over, as many as it takes.
"""

import math
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from balk.mechanisms.log_space import normalised
from balk.mechanisms.observed import Ints
from balk.mechanisms.symmetric import Floats

N_NODES = 21
"""Gauss-Hermite nodes."""
WIDE = 3.0
"""Where 1 + sigma^2 n / 4, the squared ratio of the widths of the exam effect before and after n
questions at even odds were seen, is above this, Gauss-Hermite nodes stand too far apart."""
SPAN = 7.5
"""Standard deviations that evenly spaced nodes reach to either side."""
NODES_PER_WIDTH = 17.0
"""Evenly spaced nodes for each unit of that ratio; the error of log p is then below 1e-6."""
STEPS_PER_DOUBLING = 2
"""Sizes of sigma, for each doubling of it, at which the number of nodes changes: between them a
fit climbs one smooth surface."""
MOST_NODES = 504
"""Nodes at most."""
SAFE_LOG = 350.0
"""Largest |(k - K/2) u| at which sums of plain numbers lose nothing that counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Integral:
    """Log of the integral over u of N(u) / Z(u), with K possible counts and E exams.

    N sums exp(terms + log_patterns + k u) over the counts k, and Z exp(terms + k u).

    Attributes
    ----------
    log_p : array of shape (E,)
        The logarithm of the integral.
    posterior : array of shape (K, E)
        Law of the count given what was seen.
    expected : array of shape (K, E)
        Law of the count before, averaged over u given what was seen.
    d_sigma : array of shape (E,)
        Derivative of log_p by sigma.
    """

    log_p: Floats
    posterior: Floats
    expected: Floats
    d_sigma: Floats


def integrate(terms: Floats, log_patterns: Floats, sigma: float | Floats) -> Integral:
    """Return the integral of each exam.

    Parameters
    ----------
    terms : array of shape (K, E)
        Log-weights of the counts at u = 0; ``-inf`` where impossible.
    log_patterns : array of shape (K, E)
        Log-probability of what was seen given the count, up to a constant of the exam.
    sigma : float or array of shape (E,)
        Standard deviation of u, >= 0.

    References
    ----------
    Golub & Welsch (1969), doi:10.1090/S0025-5718-69-99647-1.
    """
    most = (terms > -np.inf).sum(axis=0) - 1
    if np.ndim(sigma):
        return _by_size(terms, log_patterns, np.asarray(sigma), most)
    n_counts = int(most.max()) + 1
    z, weights = rule(n_nodes(float(sigma), n_counts - 1))
    possible = terms[:n_counts], log_patterns[:n_counts]
    if abs(sigma) * z.max() * n_counts / 2 < SAFE_LOG:
        return _padded(_in_plain_numbers(*possible, float(sigma) * z, z, weights), len(terms))
    return _padded(_in_logarithms(*possible, sigma, z, weights), len(terms))


def _padded(integral: Integral, n_counts: int) -> Integral:
    """Return the integral over `n_counts` counts, of which the last are impossible."""
    missing = ((0, n_counts - len(integral.posterior)), (0, 0))
    return replace(
        integral,
        posterior=np.pad(integral.posterior, missing),
        expected=np.pad(integral.expected, missing),
    )


def _by_size(terms: Floats, log_patterns: Floats, sigma: Floats, most: Ints) -> Integral:
    """Return the integral of each exam by the nodes that its own sigma and largest count need."""
    sizes = np.array([n_nodes(float(s), int(n)) for s, n in zip(sigma, most, strict=True)])
    parts, columns = [], []
    for size in np.unique(sizes):
        (own,) = np.nonzero(sizes == size)
        part = _in_logarithms(terms[:, own], log_patterns[:, own], sigma[own], *rule(int(size)))
        parts.append(part)
        columns.append(own)
    order = np.argsort(np.concatenate(columns))
    return Integral(
        **{
            field.name: np.concatenate([getattr(p, field.name) for p in parts], axis=-1)[..., order]
            for field in fields(Integral)
        }
    )


def n_nodes(sigma: float, n_questions: int) -> int:
    """Return how many nodes an exam effect needs: 1, `N_NODES` of Gauss-Hermite, or more.

    Parameters
    ----------
    sigma : float
        Standard deviation of the exam effect.
    n_questions : int
        Questions of the exam that can be skipped, or its largest count, >= 0.
    """
    if not sigma:
        return 1
    doublings = math.ceil(STEPS_PER_DOUBLING * math.log2(abs(sigma))) / STEPS_PER_DOUBLING
    ratio = 1 + 4**doublings * n_questions / 4
    if ratio <= WIDE:
        return N_NODES
    return min(math.ceil(NODES_PER_WIDTH * math.sqrt(ratio)), MOST_NODES)


def rule(n: int) -> tuple[Floats, Floats]:
    """Return n nodes and weights for the standard normal; weights sum to 1."""
    return gauss_hermite(n) if n <= N_NODES else _evenly_spaced(n)


@cache
def gauss_hermite(n: int) -> tuple[Floats, Floats]:
    """Return nodes and weights for the standard normal; weights sum to 1."""
    z, weights = hermegauss(n)
    return z, weights / weights.sum()


@cache
def _evenly_spaced(n: int) -> tuple[Floats, Floats]:
    """Return nodes that converge as fast as any where the integrand is smooth and vanishes.

    References
    ----------
    Trefethen & Weideman (2014), doi:10.1137/130932132.
    """
    z = np.linspace(-SPAN, SPAN, n)
    weights = np.exp(-0.5 * z**2)
    return z, weights / weights.sum()


def _in_plain_numbers(
    terms: Floats, log_patterns: Floats, u: Floats, z: Floats, weights: Floats
) -> Integral:
    k = np.arange(len(terms), dtype=np.float64)
    tilts = np.exp(np.outer(k - len(terms) / 2, u))
    prior, top = _scaled(terms)
    seen, seen_top = _scaled(terms + log_patterns)
    total = tilts.T @ prior
    ratios = (tilts.T @ seen) / total * weights[:, np.newaxis]
    p = ratios.sum(axis=0)
    by_seen = weights[:, np.newaxis] / total / p
    by_prior = ratios / p / total
    change = seen * (tilts @ (by_seen * z[:, np.newaxis]))
    change -= prior * (tilts @ (by_prior * z[:, np.newaxis]))
    return Integral(
        log_p=np.log(p) + seen_top - top,
        posterior=seen * (tilts @ by_seen),
        expected=prior * (tilts @ by_prior),
        d_sigma=k @ change,
    )


def _in_logarithms(
    terms: Floats, log_patterns: Floats, sigma: float | Floats, z: Floats, weights: Floats
) -> Integral:
    """Do the same with one more axis, (E, nodes, K), where sigma differs or sums may overflow."""
    k = np.arange(len(terms), dtype=np.float64)
    u = z * np.broadcast_to(np.asarray(sigma, dtype=np.float64), terms.shape[1:])[:, np.newaxis]
    prior = terms.T[:, np.newaxis, :] + u[..., np.newaxis] * k
    seen = prior + log_patterns.T[:, np.newaxis, :]
    (expected, log_total), (posterior, log_seen) = normalised(prior), normalised(seen)
    log_ratios = (log_seen - log_total)[..., 0] + np.log(weights)
    shares, log_p = normalised(log_ratios)
    by_node = shares[..., np.newaxis]
    d_u = ((posterior - expected) @ k) * by_node[..., 0]
    return Integral(
        log_p=log_p[:, 0],
        posterior=(posterior * by_node).sum(axis=1).T,
        expected=(expected * by_node).sum(axis=1).T,
        d_sigma=d_u @ z,
    )


def _scaled(log_terms: Floats) -> tuple[Floats, Floats]:
    """Return exp of each column over its largest, and the logarithm of that."""
    top = log_terms.max(axis=0)
    return np.exp(log_terms - top), top
