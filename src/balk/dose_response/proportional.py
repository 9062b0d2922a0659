"""Is a share of the lifelines used, the same at every dose? A test, and the null it draws from."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln

from balk.dose_response.counts import Counts, Floats
from balk.dose_response.slope import slope_of, slopes_of_totals
from balk.dose_response.slope_test import BootstrapTest, bootstrap_test
from balk.errors import EstimateError

SEED = 20_251
"""Of the null's draws: fixed, so that a table has one p."""

N_REPLICATES = 4_000
"""Draws of the null: at p = 0.05 the Monte Carlo standard error is 0.005."""

MOST_DISPERSION = 0.999
"""Close to 1, where each exam uses all of its lifelines or none."""


def proportional_test(
    lifelines: ArrayLike,
    skips: ArrayLike,
    *,
    n_replicates: int = N_REPLICATES,
    seed: int = SEED,
) -> BootstrapTest:
    """Return the slope held against those of a constant share of the lifelines.

    The null draws each exam's skips from a beta-binomial law with the share and the dispersion
    that `fit_share` finds.

    Parameters
    ----------
    lifelines, skips : array of shape (n_exams,)
        As in `balk.dose_response.log_slope`. Exams with 0 lifelines are left out.
    n_replicates : int, default 4000
        Data sets that are drawn.
    seed : int, default 20251
        Same data and seed, same p.

    Raises
    ------
    EstimateError
        If there are no two doses above 0, or no skips, or the counts are not possible.
    """
    counts = Counts.of(lifelines, skips)
    if counts.totals.sum() == 0:
        raise EstimateError(f"no test: no skip in {counts.skips.size} exams; give more exams")
    share, dispersion = fit_share(lifelines, skips)
    rng = np.random.default_rng(seed)
    # How many exams have each count is enough for a total, and as fast for 1,000 exams as for 10.
    totals = [
        rng.multinomial(n, beta_binomial(int(dose), share, dispersion), size=n_replicates)
        @ np.arange(int(dose) + 1)
        for dose, n in zip(counts.doses, counts.n_exams, strict=True)
    ]
    null = slopes_of_totals(counts.doses, counts.n_exams, np.stack(totals, axis=1))
    return bootstrap_test(slope_of(counts), null)


def fit_share(lifelines: ArrayLike, skips: ArrayLike) -> tuple[float, float]:
    """Return the share of lifelines that is used, and its dispersion between exams.

    The share p is all skips over all lifelines. The dispersion rho is by moments: exams of one
    dose B vary about their mean by ``B p (1 - p) (1 + (B - 1) rho)``, with n - 1 degrees of
    freedom; where no dose has two exams, all vary about B p, with one degree of freedom less than
    there are. Only a rho from 0 to 0.999 is returned.

    Raises
    ------
    EstimateError
        If no exam has lifelines, or the counts are not possible.
    """
    counts = Counts.of(lifelines, skips)
    if counts.doses.size == 0:
        raise EstimateError("no exam has lifelines, so none has a share; give exams with some")
    share = float(counts.totals.sum() / (counts.doses @ counts.n_exams))
    centres, freedom = counts.totals / counts.n_exams, counts.n_exams - 1.0
    if not freedom.any():
        centres, freedom = share * counts.doses, np.full_like(centres, 1 - 1 / centres.size)
    room = float(freedom @ (counts.doses - 1))
    if room == 0 or share in {0.0, 1.0}:
        return share, 0.0
    squares = np.bincount(counts.dose_codes, (counts.skips - centres[counts.dose_codes]) ** 2)
    excess = squares / (counts.doses * share * (1 - share)) - freedom
    return share, float(np.clip(excess.sum() / room, 0.0, MOST_DISPERSION))


def beta_binomial(n: int, share: float, dispersion: float) -> Floats:
    """Return the probabilities of 0 to n hits in n trials whose outcomes go together.

    Parameters
    ----------
    n : int
        Trials, at least 0.
    share : float
        Probability of a hit, 0 to 1.
    dispersion : float
        Correlation of two trials: 0 gives the binomial law; below 1.

    Returns
    -------
    array of shape (n + 1,)
        Sums to 1.

    References
    ----------
    Skellam (1948), doi:10.1111/j.2517-6161.1948.tb00014.x.
    """
    k = np.arange(n + 1, dtype=np.float64)
    if share in {0.0, 1.0}:
        return np.asarray(k == n * share, dtype=np.float64)
    log_ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    if dispersion == 0:
        log_p = log_ways + k * np.log(share) + (n - k) * np.log1p(-share)
    else:
        a, b = (side * (1 / dispersion - 1) for side in (share, 1 - share))
        log_p = log_ways + betaln(k + a, n - k + b) - betaln(a, b)
    p = np.exp(log_p)
    return np.asarray(p / p.sum())
