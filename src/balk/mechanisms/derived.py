"""What a fit says in numbers a reader can use: parameters, and what follows from them.

Parameters get normal intervals from the observed information on the scale of the fit, sigma a
profile interval, and whatever follows from several of them a cluster bootstrap over exams.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq

from balk.errors import MechanismError
from balk.mechanisms.announced import has_threshold
from balk.mechanisms.checks import replicate
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit
from balk.mechanisms.symmetric import Floats

if TYPE_CHECKING:
    from collections.abc import Callable

Z95 = 1.959964
N_DRAWS = 1000
N_REPLICATES = 200
PROFILE_DROP = 1.920729
"""Half the 95 % quantile of chi-square with one degree of freedom."""
PINNED_SD = 1e-3
FARTHEST = 4.0
"""How far, in logarithms, sigma's profile is followed."""
SOLVED = 0.15
"""Items solved less often than this tell no penalty: skipping them is free anyway."""


@dataclass(frozen=True, slots=True)
class Told:
    """A number with its 95 % interval; an open end is None.

    Attributes
    ----------
    value : float
        At the peak.
    low, high : float or None
        Ends of the interval.
    method : str
        How it was made.
    """

    value: float
    low: float | None
    high: float | None
    method: str


def parameters(fitted: Fit, exams: Exams) -> dict[str, Told]:
    """Return every parameter of a fit, on its natural scale, with its interval."""
    found = {}
    for parameter, value, se in zip(
        fitted.mechanism.parameters, fitted.fitted, fitted.ses.values(), strict=True
    ):
        low, middle, high = (float(parameter.natural(value + side * se)) for side in (-Z95, 0, Z95))
        found[parameter.name] = Told(middle, low, high, "observed information")
    if fitted.mechanism.sigma:
        low_sigma, high_sigma = profile_sigma(fitted, exams)
        found["sigma"] = Told(fitted.values["sigma"], low_sigma, high_sigma, "profile")
    return found


def profile_sigma(fitted: Fit, exams: Exams) -> tuple[float, float | None]:
    """Return where the posterior's profile over sigma is 1.92 below its peak, either way.

    The prior of sigma is left out of the profile. The lower end is 0 where exams that do not
    differ at all are hardly less likely.
    """
    start = float(fitted.fitted[-1])
    peak = profile_height(fitted, exams, start)

    def fall(log_sigma: float) -> float:
        return peak - profile_height(fitted, exams, log_sigma) - PROFILE_DROP

    ends: list[float | None] = []
    for side in (-1.0, 1.0):
        far = start + side * FARTHEST
        crossed = fall(far) > 0
        ends.append(float(np.exp(brentq(fall, start, far, xtol=0.01))) if crossed else None)
    return ends[0] or 0.0, ends[1]


def sigma_score(fitted: Fit, exams: Exams, sigma: float) -> float:
    """Return the signed root of twice the profile's fall from its peak to a sigma.

    Between -1.96 and 1.96 the sigma is in the interval of `profile_sigma`; above 0 the estimate
    is the larger.
    """
    log_sigma, start = np.log(sigma), float(fitted.fitted[-1])
    fall = profile_height(fitted, exams, start) - profile_height(fitted, exams, log_sigma)
    return float(np.sign(start - log_sigma) * np.sqrt(2 * max(fall, 0.0)))


def profile_height(fitted: Fit, exams: Exams, log_sigma: float) -> float:
    """Return how high the posterior reaches with sigma held, in nats, without sigma's prior."""
    sigma = fitted.mechanism.sigma
    if sigma is None:
        raise MechanismError("the mechanism has no sigma; give one whose exams differ")
    pinned = replace(sigma, prior_mean=log_sigma, prior_sd=PINNED_SD)
    again = fit(replace(fitted.mechanism, sigma=pinned), exams, _at(fitted, log_sigma))
    return _height(again)


def bootstrap(fitted: Fit, n_draws: int = N_DRAWS, seed: int = 0) -> Floats:
    """Return parameters refitted to exams drawn with replacement, in one step each.

    Returns
    -------
    array of shape (n_draws, P)
        On the scale of the fit.

    References
    ----------
    One Newton step from the peak, with the observed information held: Kline & Santos (2012),
    doi:10.1515/2156-6674.1015, the score bootstrap.
    """
    rng, n_exams = np.random.default_rng(seed), len(fitted.scores)
    weights = rng.multinomial(n_exams, np.full(n_exams, 1 / n_exams), size=n_draws)
    centred = fitted.scores - fitted.scores.mean(axis=0)
    return np.asarray(fitted.fitted + (weights @ centred) @ fitted.covariance)


def derived(fitted: Fit, exams: Exams, draws: Floats) -> dict[str, Told | None]:
    """Return what follows from the parameters of a fit: its rate, threshold or penalty."""
    names = fitted.mechanism.names
    by_name = {
        name: np.asarray(parameter.natural(draws[:, names.index(name)]))
        for name, parameter in zip(names, fitted.mechanism.parameters, strict=True)
    }
    here = {name: np.asarray([value]) for name, value in fitted.values.items()}
    formulas: dict[str, Callable[[dict[str, Floats]], Floats]] = {}
    is_rate = fitted.mechanism.selection.slope is None or fitted.mechanism.law.name == "share"
    if has_threshold(fitted.mechanism):
        formulas |= {"threshold": _threshold, "own_penalty": _own_penalty}
    elif "alpha" in names and is_rate:
        formulas["rate"] = _rate
    found: dict[str, Told | None] = {}
    for name, formula in formulas.items():
        low, high = (
            float(q) for q in np.quantile(formula(by_name), [0.025, 0.975], method="inverted_cdf")
        )
        found[name] = Told(float(formula(here)[0]), low, high, "cluster bootstrap over exams")
    if "own_penalty" in found and fitted.mechanism.selection.reads == "accuracy":
        found["own_penalty_by_quantile"] = penalty_by_quantile(exams)
    return found


def penalty_by_quantile(exams: Exams) -> Told | None:
    """Return the penalty at which the items skipped are just those that are not worth a try.

    With as many questions skipped as are when lifelines suffice, the threshold is that quantile
    of the accuracies of items solved at least 15 % of the time; None where too few lifelines were
    offered to tell. No curve is fitted, so that it checks the fitted penalty.
    """
    accuracy = exams.items().accuracy
    free = (exams.n_skips < np.minimum(exams.lifelines, exams.n_questions)) & (
        exams.lifelines == exams.lifelines.max()
    )
    if free.mean() < 0.5 * (exams.lifelines == exams.lifelines.max()).mean() or not free.any():
        return None
    worth = (accuracy >= SOLVED) & exams.is_present & ~exams.is_gap
    rates = np.array(
        [
            exams.is_skip[worth[:, e], e].mean() if worth[:, e].any() else np.nan
            for e in np.flatnonzero(free)
        ]
    )
    rates = rates[np.isfinite(rates)]
    values = accuracy[worth]
    if not rates.size or not values.size:
        return None
    half = Z95 * rates.std() / np.sqrt(rates.size)
    ends = np.clip([rates.mean(), rates.mean() - half, rates.mean() + half], 0, 1)
    theta = np.quantile(values, ends)
    value, low, high = (float(t / (1 - t)) if t < 1 else None for t in theta)
    return None if value is None else Told(value, low, high, "skip-rate quantile, normal interval")


def dose_curve(fitted: Fit, exams: Exams, seed: int = 0) -> list[dict[str, Any]]:
    """Return, for each dose, the skips per exam expected of the fit.

    Intervals hold 95 % of replicates of as many exams.
    """
    drawn = replicate(fitted, exams, N_REPLICATES, np.random.default_rng(seed))
    curve = []
    for dose in np.unique(exams.lifelines):
        here = exams.lifelines == dose
        skips = np.array([one[:, here].sum() for one in drawn]) / here.sum()
        curve.append({"lifelines": int(dose), "skips": _spread(skips)})
    return curve


def price_curve(fitted: Fit, exams: Exams, seed: int = 0) -> list[dict[str, Any]]:
    """Return, for each dose, skips and the points they forgo: seen, and expected of the fit.

    Intervals hold 95 % of replicates of as many exams. Points are those of a right answer,
    counted by the belief in each item's accuracy, None where nothing is known of it.
    """
    drawn = replicate(fitted, exams, N_REPLICATES, np.random.default_rng(seed))
    accuracy = exams.items().accuracy if "accuracy" in exams.beliefs else None
    curve = []
    for dose in np.unique(exams.lifelines):
        here = exams.lifelines == dose
        row: dict[str, Any] = {
            "lifelines": int(dose),
            "n_exams": int(here.sum()),
            "skips_seen": float(exams.n_skips[here].mean()),
            "skips": _spread(np.array([skips[:, here].sum() for skips in drawn]) / here.sum()),
            "points_forgone": None,
            "points_per_skip": None,
        }
        if accuracy is not None:
            lost = np.array([(skips[:, here] * accuracy[:, here]).sum() for skips in drawn])
            n_skips = np.array([max(skips[:, here].sum(), 1) for skips in drawn])
            row["points_forgone"] = _spread(lost / here.sum())
            row["points_per_skip"] = _spread(lost / n_skips)
        curve.append(row)
    return curve


def _spread(values: Floats) -> Told:
    low, high = np.quantile(values, [0.025, 0.975])
    return Told(float(values.mean()), float(low), float(high), "replicates of the fit")


def _threshold(values: dict[str, Floats]) -> Floats:
    return np.asarray(values["alpha"] / values["slope"])


def _own_penalty(values: dict[str, Floats]) -> Floats:
    """Return lambda = alpha / (slope - alpha); without bound where no threshold below 1 is."""
    gap = values["slope"] - values["alpha"]
    return np.where(gap > 0, values["alpha"] / np.where(gap > 0, gap, 1), np.inf)


def _rate(values: dict[str, Floats]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values["alpha"])))


def _at(fitted: Fit, log_sigma: float) -> Floats:
    moved = fitted.fitted.copy()
    moved[-1] = log_sigma
    return np.concatenate([moved, fitted.z])


def _height(fitted: Fit) -> float:
    """Return the log posterior without the prior of sigma, up to a constant."""
    priors = sum(
        parameter.log_prior(float(value))
        for parameter, value in zip(
            fitted.mechanism.parameters[:-1], fitted.fitted[:-1], strict=True
        )
    )
    return float(fitted.log_p.sum() + fitted.item_terms.sum() + priors)
