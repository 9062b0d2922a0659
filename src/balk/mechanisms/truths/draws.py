"""Exact draws of which questions are skipped, by simulation and rejection only.

Every law is a distribution over sets ``S`` of an exam's questions of the form

    P(S) proportional to exp(sum_{i in S} a_i + f(|S|))

Tossing one coin a question, with log-odds ``a_i - c``, proposes ``S`` in proportion to
``exp(sum a_i - c |S|)``, so that accepting with probability ``exp(c |S| + f(|S|) - highest)`` is
exact whatever ``c`` is (`highest` being the largest exponent over the sizes allowed). A good ``c``
only saves proposals. No sum over sets is ever formed: an error in the sums that the fits rest on
cannot be repeated here.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from balk.mechanisms.observed import Bools, Ints

Floats = NDArray[np.float64]

HALVINGS = 40
"""Steps of a bisection; the result need not be exact, see above."""
FAR = 40.0
"""Logits at which a coin never falls the other way, to double precision."""


def draw_cap(weights: Floats, level: Floats, lifelines: Ints, rng: np.random.Generator) -> Bools:
    """Return the questions skipped by a subject that wants some and is stopped by the budget.

    Each question is wanted on its own with log-odds ``level + a_i``; as many are skipped as are
    wanted and the budget allows, and sets of that number are in proportion to ``exp(sum a_i)``.

    Parameters
    ----------
    weights : array of shape (E, n)
        ``a_i``, in logits: how much a question invites a skip.
    level : array of shape (E,)
        Willingness to skip at all, exam effect included, in logits.
    lifelines : array of shape (E,)
        Budget, at least 0.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    array of bool, shape (E, n)
        True where skipped.
    """
    sets: Bools = rng.random(weights.shape) < expit(weights + level[:, None])
    # A wanted set that fits has the right distribution already, given its size.
    too_many = sets.sum(axis=1) > lifelines
    sets[too_many] = draw_of_size(weights[too_many], lifelines[too_many], rng)
    return sets


def draw_share(weights: Floats, level: Floats, lifelines: Ints, rng: np.random.Generator) -> Bools:
    """Return the questions skipped by a subject that uses each lifeline with some probability.

    The number is Binomial(lifelines, logistic(level)), at most n; arguments as in `draw_cap`.
    """
    used = rng.binomial(lifelines, expit(level))
    return draw_of_size(weights, np.minimum(used, weights.shape[1]), rng)


def draw_lapses(weights: Floats, lapse: float, lifelines: Ints, rng: np.random.Generator) -> Bools:
    """Return the questions skipped by a subject that never means to.

    The number is Binomial(n, lapse), at most the budget. With equal weights and a budget that
    does not bind, lapses are independent; arguments as in `draw_cap`, `lapse` in [0, 1].
    """
    slips = rng.binomial(weights.shape[1], lapse, len(weights))
    return draw_of_size(weights, np.minimum(slips, lifelines), rng)


def draw_cost(weights: Floats, cost: Floats, lifelines: Ints, rng: np.random.Generator) -> Bools:
    """Return the questions skipped by a subject to whom each further skip costs more.

    ``P(S)`` is proportional to ``exp(sum_{i in S} a_i - cost |S|^2)`` over sets within the budget.

    Parameters
    ----------
    weights : array of shape (E, n)
        ``a_i``, exam effect included, in logits.
    cost : array of shape (E,)
        At least 0, in logits per squared skip.
    lifelines : array of shape (E,)
        Budget, at least 0.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    array of bool, shape (E, n)
        True where skipped.
    """
    most = np.minimum(lifelines, weights.shape[1])
    # The tangent of the cost at the size that it leaves, or less where the budget leaves less.
    shift = np.maximum(_tangent(weights, cost), _shift_to_size(weights, most))
    size = np.arange(weights.shape[1] + 1)
    exponent = shift[:, None] * size - cost[:, None] * size**2
    exponent[size > most[:, None]] = -np.inf
    highest = exponent.max(axis=1, keepdims=True)
    return _draw_accepted(expit(weights - shift[:, None]), np.exp(exponent - highest), rng)


def draw_of_size(weights: Floats, size: Ints, rng: np.random.Generator) -> Bools:
    """Return sets of a given size, in proportion to ``exp(sum_{i in S} a_i)``.

    Parameters
    ----------
    weights : array of shape (E, n)
        ``a_i``, in logits.
    size : array of shape (E,)
        0 to n.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    array of bool, shape (E, n)
        Rows sum to `size`.
    """
    coins = expit(weights - _shift_to_size(weights, size)[:, None])
    fits = np.arange(weights.shape[1] + 1) == size[:, None]
    return _draw_accepted(coins, fits.astype(np.float64), rng)


def _draw_accepted(coins: Floats, p_accept: Floats, rng: np.random.Generator) -> Bools:
    """Toss coins of shape (E, n) until each exam's set passes its test, of shape (E, n + 1)."""
    sets = np.zeros(coins.shape, dtype=np.bool_)
    waiting = np.arange(len(coins))
    while waiting.size:
        tossed = rng.random((waiting.size, coins.shape[1])) < coins[waiting]
        passes = rng.random(waiting.size) < p_accept[waiting, tossed.sum(axis=1)]
        sets[waiting[passes]] = tossed[passes]
        waiting = waiting[~passes]
    return sets


def _shift_to_size(weights: Floats, size: Ints) -> Floats:
    """Return the ``c`` at which coins of log-odds ``a_i - c`` give `size` heads on average."""
    return _root(
        lambda c: expit(weights - c[:, None]).sum(axis=1) - size,
        weights.min(axis=1, initial=0.0) - FAR,
        weights.max(axis=1, initial=0.0) + FAR,
    )


def _tangent(weights: Floats, cost: Floats) -> Floats:
    """Return the cost's slope at ``k0`` skips, where coins shifted by it give ``k0`` on average."""
    return _root(
        lambda c: 2 * cost * expit(weights - c[:, None]).sum(axis=1) - c,
        np.zeros(len(weights)),
        2 * cost * weights.shape[1],
    )


def _root(falling: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where a falling function crosses 0, by halving the interval."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_above = falling(middle) > 0
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    return (low + high) / 2
