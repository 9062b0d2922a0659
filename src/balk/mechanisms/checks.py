"""Whether a fitted mechanism could have produced what was seen.

Replicates of the very exams are drawn from the fit, parameters and all, and put through the same
statistics. A mechanism that predicts better than its rivals may still be wrong: it is named only
if nothing of this looks odd, and only if it predicts a dose that it was not fitted to.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit
from balk.mechanisms.observed import Bools
from balk.mechanisms.posterior import Posterior
from balk.mechanisms.symmetric import Floats

N_REPLICATES = 200
STILL = 1e-9
"""Spread, of replicates or of a covariate, that is rounding: nothing can be odd in it."""
TOO_ODD = 0.01
"""Below this p-value a mechanism does not fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """Statistics of the exams against those of replicates.

    Attributes
    ----------
    names : tuple of str
        What each statistic is.
    seen : array of shape (T,)
        Statistics of the exams; nan where there is nothing to compute them from.
    low, high : array of shape (T,)
        2.5 % and 97.5 % quantiles over replicates.
    p : float
        Probability that replicates look as odd, in whichever statistic is oddest.
    oddest : str
        The statistic that is oddest.
    """

    names: tuple[str, ...]
    seen: Floats
    low: Floats
    high: Floats
    p: float
    oddest: str


def check(fitted: Fit, exams: Exams, seed: int = 0, n_replicates: int = N_REPLICATES) -> Checks:
    """Return how the exams compare with replicates drawn from a fit of them.

    The p-value is calibrated: each replicate's oddest statistic is ranked among the others', so
    that looking at many statistics costs nothing.

    Parameters
    ----------
    fitted : Fit
        The mechanism.
    exams : Exams
        What was seen.
    seed : int
        Of the replicates.
    n_replicates : int
        The smallest possible p-value is 1 / (1 + n_replicates).

    References
    ----------
    Gelman, Meng & Stern (1996), Statistica Sinica 6, 733-807; the calibration over many
    statistics is the max-T permutation idea of Westfall & Young (1993).
    """
    names, seen = statistics(exams, exams.is_skip)
    drawn = replicate(fitted, exams, n_replicates, np.random.default_rng(seed))
    replicates = np.stack([statistics(exams, skips)[1] for skips in drawn])
    everything = np.vstack([seen, replicates])
    usable = np.isfinite(everything).all(axis=0) & (replicates.std(axis=0) > STILL)  # nan is False
    centre, spread = replicates.mean(axis=0), replicates.std(axis=0)
    if not usable.any():
        return Checks(names, seen, seen, seen, 1.0, "")
    oddness = np.abs(everything - centre)[:, usable] / spread[usable]
    worst = oddness.max(axis=1)
    p = float((1 + (worst[1:] >= worst[0] - 1e-12).sum()) / (1 + n_replicates))
    low, high = np.quantile(replicates, [0.025, 0.975], axis=0)
    oddest = np.array(names)[usable][int(oddness[0].argmax())]
    return Checks(names, seen, low, high, p, str(oddest))


def replicate(
    fitted: Fit, exams: Exams, n_replicates: int, rng: np.random.Generator
) -> list[Bools]:
    """Return skips of replicate exams, each (n, E), parameters drawn from their posterior.

    Where decisions are not known, a replicate does not show them either.
    """
    chosen = Posterior(fitted.mechanism, exams)
    noise = np.linalg.cholesky(fitted.covariance)
    drawn = []
    for _ in range(n_replicates):
        own = fitted.fitted + noise @ rng.standard_normal(fitted.fitted.size)
        drawn.append(chosen.draw(own, fitted.z, rng) & ~exams.is_gap)
    return drawn


def statistics(exams: Exams, skips: Bools) -> tuple[tuple[str, ...], Floats]:
    """Return names and values of what is compared.

    By dose: mean and standard deviation of the number of skips, shares of exams with none and
    with all of the lifelines. By announced penalty, where there are several: their mean. Over
    all: the spread of that number within doses and between them; how much less confident, and how
    much less often right, the questions skipped are than the others of their exam, on average,
    how it differs between exams, how it goes with the dose and with the number skipped; how late
    they come; and how many follow one another.
    """
    found: dict[str, float] = {}
    counts = skips.sum(axis=0).astype(np.float64)
    most = np.minimum(exams.lifelines, exams.n_questions)
    for dose in np.unique(exams.lifelines):
        here = exams.lifelines == dose
        found[f"mean skips at {dose:g}"] = counts[here].mean()
        found[f"sd of skips at {dose:g}"] = counts[here].std()
        found[f"share without a skip at {dose:g}"] = (counts[here] == 0).mean()
        found[f"share using all at {dose:g}"] = (counts[here] == most[here]).mean()
    announced = np.unique(exams.penalty)
    for penalty in announced if announced.size > 1 else ():
        here = exams.penalty == penalty
        found[f"mean skips where {penalty:g} is the penalty"] = counts[here].mean()
    found |= _spread(counts, exams.lifelines)
    found["bulk of the middle in the number of skips"] = _flatness(counts, exams.lifelines)
    items = exams.items()
    covariates = {"confidence": items.confidence, "accuracy": items.accuracy}
    known = [name for name in covariates if name in exams.beliefs]
    for name in known:
        found |= _selectivity(name, covariates[name], exams, skips)
    late = -_gap(exams.position, exams, skips)[0]
    found["lateness of skips"] = float(late.mean()) if late.size else np.nan
    found["skips next to a skip"] = float((skips[1:] & skips[:-1]).sum())
    return tuple(found), np.array(list(found.values()), dtype=np.float64)


def _spread(counts: Floats, doses: Floats) -> dict[str, float]:
    """Return how far counts spread within doses, and which share of their variance is between.

    A spread between exams that a mechanism puts down to chance is as large within a dose as
    between doses; each dose by itself has too few exams to show that it is not.
    """
    own = [counts[doses == dose] for dose in np.unique(doses)]
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in own)
    total = float(((counts - counts.mean()) ** 2).sum())
    return {
        "spread of the number of skips within doses": np.sqrt(within / counts.size),
        "share of that spread between doses": 1 - within / total if total > 0 else np.nan,
    }


def _flatness(counts: Floats, doses: Floats) -> float:
    """Return the mean fourth power of counts standardised within their dose.

    About 2.6 for counts that heap in the middle; near 1 where exams fall into two kinds.
    """
    parts = []
    for dose in np.unique(doses):
        own = counts[doses == dose]
        if own.std() > 0.5:  # noqa: PLR2004 -- counts that hardly differ have no shape
            parts.append(((own - own.mean()) / own.std()) ** 4)
    return float(np.concatenate(parts).mean()) if parts else np.nan


def _selectivity(name: str, covariate: Floats, exams: Exams, skips: Bools) -> dict[str, float]:
    gaps, which = _gap(covariate, exams, skips)
    if not gaps.size:
        gaps = np.full(1, np.nan)
        which = np.arange(len(exams)) == 0
    doses, counts = exams.lifelines[which], skips.sum(axis=0)[which]
    return {
        f"{name} spared": float(gaps.mean()),
        f"{name} spared, spread between exams": float(gaps.std()),
        f"{name} spared, with the dose": _correlation(gaps, np.log(doses)),
        f"{name} spared, with the number skipped": _correlation(gaps, counts),
    }


def _gap(covariate: Floats, exams: Exams, skips: Bools) -> tuple[Floats, Bools]:
    """Return the standardised difference of attempted and skipped questions in exams with both.

    The difference of means is divided by its spread under skipping at random, so that exams with
    one skip and with ten are comparable.
    """
    attempted = exams.is_present & ~exams.is_gap & ~skips
    n_skip, n_rest = skips.sum(axis=0), attempted.sum(axis=0)
    both = (n_skip > 0) & (n_rest > 0)
    here = exams.is_present & ~exams.is_gap
    n = np.maximum(here.sum(axis=0), 2)
    mean = np.where(here, covariate, 0).sum(axis=0) / n
    spread = np.sqrt(np.where(here, (covariate - mean) ** 2, 0).sum(axis=0) / (n - 1))
    means = [
        np.where(group, covariate, 0).sum(axis=0) / np.maximum(size, 1)
        for group, size in ((attempted, n_rest), (skips, n_skip))
    ]
    scale = spread * np.sqrt(1 / np.maximum(n_skip, 1) + 1 / np.maximum(n_rest, 1))
    both &= scale > STILL
    return ((means[0] - means[1]) / np.where(scale > STILL, scale, 1))[both], both


def _correlation(x: Floats, y: ArrayLike) -> float:
    y = np.asarray(y, dtype=np.float64)
    if x.size < 3 or not np.isfinite(x).all() or x.std() < 1e-9 or y.std() < 1e-9:  # noqa: PLR2004 -- fewer say nothing
        return np.nan
    return float(((x - x.mean()) * (y - y.mean())).mean() / (x.std() * y.std()))
