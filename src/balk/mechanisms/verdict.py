"""From fits to a verdict: which cell, and whether it can be declared.

The best-predicting mechanism is preferred, or the simplest nested in it within one standard error.
It is *declared* only if it beats every rival by more than two, if nothing of what was seen looks
odd under it, if it predicts a dose it was not fitted to, and if the answer does not hang on a
prior. Otherwise the verdict is *undecided*, or *none fits*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import betaincinv

from balk.mechanisms.beliefs import Belief
from balk.mechanisms.checks import TOO_ODD, Checks, HeldOut, check, held_out
from balk.mechanisms.compare import (
    DECLARE_BEYOND_SE,
    Difference,
    difference,
    is_nested,
    preferred,
)
from balk.mechanisms.count_laws.lapse import ALLOWANCE
from balk.mechanisms.drift import Drift, drift_of
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit, started
from balk.mechanisms.mechanism import SIGMA, Mechanism, make_grid
from balk.mechanisms.symmetric import Floats

NEGLIGIBLE = 0.35
"""A slope whose interval stays within this many logits per standard deviation is no selection:
the odds of a skip differ by less than 1.42 for a question one standard deviation away."""

MOST_SIGMA = 1.0
"""Logits that exams may differ by before they are taken to be of several kinds: the odds of a skip
then differ by more than 2.7 between one exam and the next that is a standard deviation away."""

N_RIVALS = 3
"""How many of the best mechanisms are fitted again where a prior is in question."""

Z95 = 1.959964
"""97.5 % quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True, eq=False)
class SkipRate:
    """Share of questions skipped, with a one-sided bound either way.

    Attributes
    ----------
    value, low, high : float
        The share, and its 95 % bounds, each one-sided, widened where exams differ more than
        independent lapses would have them differ.
    n_questions : int
        Questions with a known decision.
    """

    value: float
    low: float
    high: float
    n_questions: int


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A verdict, and everything it rests on.

    Attributes
    ----------
    status : {"declared", "undecided", "none fits"}
        How much is claimed.
    chosen : Fit
        The mechanism preferred.
    fits : list of Fit
        All of them, best first.
    reasons : tuple of str
        Why no more is claimed; empty where the verdict is declared.
    skip_rate : SkipRate
        What *rational* is judged by.
    checks : Checks or None
        Of the mechanism preferred; None if they were left out.
    held_out : HeldOut or None
        The dose it had to predict; None with fewer than three doses.
    sensitivity : dict of str to str
        Mechanism preferred under each other assumption.
    is_open : bool
        Whether a rival is left that predicts about as well.
    """

    status: str
    chosen: Fit
    fits: list[Fit]
    reasons: tuple[str, ...]
    skip_rate: SkipRate
    checks: Checks | None
    held_out: HeldOut | None
    sensitivity: dict[str, str]
    is_open: bool


def judge(
    exams: Exams,
    grid: Sequence[Mechanism] | None = None,
    seed: int = 0,
    *,
    is_quick: bool = False,
    beyond_se: float = DECLARE_BEYOND_SE,
) -> Judgement:
    """Return the verdict on exams of one subject in one protocol.

    Parameters
    ----------
    exams : Exams
        With lifelines, at least one.
    grid : sequence of Mechanism, optional
        What is compared; by default `make_grid`.
    seed : int
        Of the replicates that the checks draw.
    is_quick : bool, default False
        Whether to leave out the checks where rivals are open anyway, so that nothing is declared:
        for the many data sets of a recovery.
    beyond_se : float
        Standard errors that every rival must be behind; more where the verdict is looked at again
        and again while exams come in.
    """
    fits = fit_grid(exams, make_grid() if grid is None else grid)
    rate = skip_rate(exams)
    chosen = _chosen(fits, rate)
    rivals = _rivals(chosen, fits, exams, beyond_se) + _lapses_open(chosen, rate)
    if is_quick and rivals:
        return Judgement(
            "undecided", chosen, fits, tuple(rivals), rate, None, None, {}, is_open=True
        )
    checks, middle = check(chosen, exams, seed), held_out(chosen, exams, seed)
    sensitivity = {} if chosen.mechanism.is_rational else _sensitivity(exams, fits, rate)
    doubts = [
        *rivals,
        *_untested(exams, chosen, middle),
        *_unstable(chosen, sensitivity),
        *_unlike(chosen),
        *_drifting(chosen, drift_of(exams)),
    ]
    odd = checks.p < TOO_ODD
    if odd:
        doubts = [f"what was seen is odd under it: {checks.oddest} (p = {checks.p:.3f})", *doubts]
    is_tested = np.unique(exams.lifelines).size > 1
    status = "none fits" if odd and is_tested else "undecided" if doubts else "declared"
    return Judgement(
        status,
        chosen,
        fits,
        tuple(doubts),
        rate,
        checks,
        middle,
        sensitivity,
        is_open=bool(rivals),
    )


def fit_grid(exams: Exams, grid: Sequence[Mechanism]) -> list[Fit]:
    """Return every mechanism fitted, best first; each starts where its law without reasons was."""
    plain: dict[str, Fit] = {}
    fits = []
    for mechanism in grid:
        other = plain.get(mechanism.law.name)
        fitted = fit(mechanism, exams, started(mechanism, other) if other else None)
        fits.append(fitted)
        if mechanism.selection.slope is None:
            plain[mechanism.law.name] = fitted
    return sorted(fits, key=lambda f: -f.score)


def skip_rate(exams: Exams) -> SkipRate:
    """Return the share of questions skipped, with exact bounds widened by the design effect.

    References
    ----------
    Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404, with n over the design effect: Korn &
    Graubard (1998), Survey Methodology 24, 193-201.
    """
    known = (exams.is_present & ~exams.is_gap).sum(axis=0)
    skips, n = exams.n_skips.astype(np.float64), float(known.sum())
    if not n:
        return SkipRate(0.0, 0.0, 1.0, 0)
    p = float(skips.sum() / n)
    spread = float(((skips - p * known) ** 2).sum() / max(n * p * (1 - p), 1e-12))
    inflation = max(spread * len(exams) / max(len(exams) - 1, 1), 1.0)
    hits, trials = skips.sum() / inflation, n / inflation
    low = float(betaincinv(hits, trials - hits + 1, 0.05)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 0.95)) if hits < trials else 1.0
    return SkipRate(p, low, high, int(n))


def effect_of(fitted: Fit, exams: Exams) -> tuple[float, float, float]:
    """Return the slope in logits per standard deviation of what it is about, with its interval."""
    slope = fitted.mechanism.selection.slope
    if slope is None:
        return 0.0, 0.0, 0.0
    direction = fitted.mechanism.selection.direction(exams.items())
    sd = float(direction[exams.is_present].std())
    value, se = fitted.values[slope.name] * sd, fitted.ses[slope.name] * sd
    return value, value - Z95 * se, value + Z95 * se


def _chosen(fits: list[Fit], rate: SkipRate) -> Fit:
    """Return the mechanism preferred; *rational* is a matter of how much is skipped at all."""
    if rate.value <= ALLOWANCE:
        return next(f for f in fits if f.mechanism.is_rational)
    return preferred([f for f in fits if not f.mechanism.is_rational])


def _rivals(chosen: Fit, fits: list[Fit], exams: Exams, beyond_se: float) -> list[str]:
    """Return which rivals are not ruled out."""
    open_: list[str] = []
    if chosen.mechanism.is_rational:
        return open_
    for rival in fits:
        if rival is chosen or rival.mechanism.is_rational:
            continue
        if is_nested(chosen.mechanism, rival.mechanism):
            _, low, high = effect_of(rival, exams)
            if max(-low, high) >= NEGLIGIBLE:
                open_.append(f"{rival.mechanism.name} may add to it")
        elif not (gap := difference(chosen, rival)).exceeds(beyond_se):
            open_.append(f"{rival.mechanism.name} is {_told(gap)} behind")
    return open_


def _lapses_open(chosen: Fit, rate: SkipRate) -> list[str]:
    """Return whether the share of skips is on neither side of what passes as lapses."""
    is_open = rate.high > ALLOWANCE if chosen.mechanism.is_rational else rate.low <= ALLOWANCE
    told = f"{rate.low:.1%} to {rate.high:.1%} of questions may be skipped"
    return [f"{told}, and {ALLOWANCE:.0%} pass as lapses"] if is_open else []


def _told(gap: Difference) -> str:
    return f"{gap.value:.1f} nats (se {gap.se:.1f})"


def _untested(exams: Exams, chosen: Fit, middle: HeldOut | None) -> list[str]:
    """Return what the doses leave untested."""
    if np.unique(exams.lifelines).size == 1:
        return ["one dose: what would happen at others is not known"]
    if chosen.mechanism.is_rational:
        return []
    if middle is None:
        return ["two doses: there is none left to predict"]
    if middle.p < TOO_ODD:
        told = (
            f"the held-out dose {middle.dose:g} is not predicted: {middle.seen:.1f} skips seen, "
            f"{middle.predicted:.1f} expected (p = {middle.p:.3f})"
        )
        return [told]
    return []


def _unstable(chosen: Fit, sensitivity: dict[str, str]) -> list[str]:
    other = {told: name for told, name in sensitivity.items() if name != chosen.mechanism.name}
    return [f"with {told} it would be {name}" for told, name in other.items()]


def _unlike(chosen: Fit) -> list[str]:
    """Return whether exams differ more than those of one subject with one way of skipping."""
    sigma = chosen.values.get("sigma", 0.0)
    if sigma <= MOST_SIGMA:
        return []
    told = (
        f"exams differ by {sigma:.1f} logits, more than the {MOST_SIGMA:g} that exams of one kind "
        "do: they may be of several kinds"
    )
    return [told]


def _drifting(chosen: Fit, drift: Drift | None) -> list[str]:
    if drift is None or chosen.mechanism.selection.reads != "confidence" or not drift.matters:
        return []
    told = (
        f"stated confidence moves by {drift.per_log_dose:+.2f} logits (se {drift.se:.2f}) per log "
        "lifeline, so that the confidence of no-lifeline exams may not be what it skipped by"
    )
    return [told]


def _sensitivity(exams: Exams, fits: list[Fit], rate: SkipRate) -> dict[str, str]:
    """Return the mechanism preferred under other priors and other noise in the beliefs."""
    best = [f for f in fits if not f.mechanism.is_rational]
    chosen = _chosen(fits, rate)
    close = [*best[:N_RIVALS], *([chosen] if chosen not in best[:N_RIVALS] else [])]
    found = {}
    for told, shift in (("a prior of half the sigma", -1), ("a prior of twice the sigma", 1)):
        sigma = replace(SIGMA, prior_mean=SIGMA.prior_mean + shift * np.log(2))
        again = [fit(replace(f.mechanism, sigma=sigma), exams, f.unknowns) for f in close]
        found[told] = preferred(again).mechanism.name
    for told, factor in (("beliefs taken as known", 0.0), ("twice the noise in beliefs", 2.0)):
        beliefs = {n: Belief(b.mean, factor * b.sd) for n, b in exams.beliefs.items()}
        noisy = replace(exams, beliefs=beliefs)
        again = [fit(f.mechanism, noisy, _parameters(f)) for f in close]
        found[told] = preferred(again).mechanism.name
    return found


def _parameters(fitted: Fit) -> Floats:
    return fitted.fitted
