"""Sums and probabilities kept as logarithms."""

import numpy as np

from balk.mechanisms.symmetric import Floats


def log_sum_exp(log_terms: Floats) -> Floats:
    """Return log sum exp over the last axis, which stays with length 1; empty sums are -inf."""
    _, total, shift = _parts(log_terms)
    with np.errstate(divide="ignore"):  # the logarithm of an empty sum is meant to be -inf
        return np.asarray(np.log(total) + shift)


def normalised(log_terms: Floats) -> tuple[Floats, Floats]:
    """Return exp over its sum on the last axis, and log sum exp; no sum may be empty."""
    terms, total, shift = _parts(log_terms)
    return terms / total, np.log(total) + shift


def _parts(log_terms: Floats) -> tuple[Floats, Floats, Floats]:
    """Return exp(terms - shift), its sum over the last axis, and the shift: their largest."""
    highest = np.max(log_terms, axis=-1, keepdims=True, initial=-np.inf)
    shift = np.where(highest == -np.inf, 0.0, highest)
    terms = np.exp(log_terms - shift)
    return terms, terms.sum(axis=-1, keepdims=True), shift


def log_normalised(log_terms: Floats) -> Floats:
    """Return the terms shifted so that their exponentials sum to 1 over the last axis."""
    return log_terms - log_sum_exp(log_terms)


def capped(log_p: Floats, top: int) -> Floats:
    """Return the law of min(k, top) from the law of k, both over the last axis.

    Parameters
    ----------
    log_p : array of shape (..., m + 1)
        Log-probabilities of k = 0 .. m.
    top : int
        Largest value after capping, at least 0.

    Returns
    -------
    array of shape (..., top + 1)
        Values above m have log-probability ``-inf``.
    """
    if top >= log_p.shape[-1]:
        return padded(log_p, top)
    return np.concatenate([log_p[..., :top], log_sum_exp(log_p[..., top:])], axis=-1)


def padded(log_p: Floats, top: int) -> Floats:
    """Return the last axis lengthened to k = 0 .. top with impossible values."""
    missing = top + 1 - log_p.shape[-1]
    widths = [(0, 0)] * (log_p.ndim - 1) + [(0, max(missing, 0))]
    return np.pad(log_p, widths, constant_values=-np.inf)
