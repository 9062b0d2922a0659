"""From fits to a verdict: which cell, and whether it can be declared.

The best-predicting mechanism is preferred, or the simplest nested in it within one standard error.
It is *declared* only if it beats every rival by more than two, if nothing of what was seen looks
odd under it, if it predicts doses it was not fitted to, and if the answer does not hang on a
prior, on replies that could not be read, or on what was never measured. Otherwise the verdict is
*undecided*, or *none fits*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from balk.mechanisms import doubts
from balk.mechanisms.beliefs import Belief
from balk.mechanisms.bend import Bend, bend_of
from balk.mechanisms.checks import Checks, check
from balk.mechanisms.compare import DECLARE_BEYOND_SE, choose, preferred
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit, started
from balk.mechanisms.held_out import HeldOut, held_out
from balk.mechanisms.mechanism import SIGMA, Mechanism, make_grid
from balk.mechanisms.skip_rate import SkipRate, skip_rate
from balk.mechanisms.unread import Unread, unread_bounds

N_RIVALS = 3
"""How many of the best mechanisms are fitted again where a prior is in question."""


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
    bend : Bend or None
        How far it had to bend the items; None if it bends none, or checks were left out.
    held_out : tuple of HeldOut
        The doses it had to predict; none with fewer than three doses.
    sensitivity : dict of str to str
        Mechanism preferred under each other assumption.
    unread : Unread or None
        Mechanisms preferred if unread questions were attempts, or skips; None if there are none.
    is_open : bool
        Whether a rival is left that predicts about as well.
    """

    status: str
    chosen: Fit
    fits: list[Fit]
    reasons: tuple[str, ...]
    skip_rate: SkipRate
    checks: Checks | None
    bend: Bend | None
    held_out: tuple[HeldOut, ...]
    sensitivity: dict[str, str]
    unread: Unread | None
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
    chosen = choose(fits, rate.value)
    open_ = (
        *doubts.rivals(chosen, fits, exams, beyond_se),
        *doubts.lapses_open(chosen, rate),
    )
    judged = Judgement(
        status="undecided",
        chosen=chosen,
        fits=fits,
        reasons=open_,
        skip_rate=rate,
        checks=None,
        bend=None,
        held_out=(),
        sensitivity={},
        unread=None,
        is_open=bool(open_),
    )
    return judged if is_quick and open_ else _checked(judged, exams, seed)


def _checked(judged: Judgement, exams: Exams, seed: int) -> Judgement:
    """Return the judgement with everything that could still speak against it."""
    chosen = judged.chosen
    checks, bend = check(chosen, exams, seed), bend_of(chosen, exams)
    predicted = held_out(chosen, exams, seed)
    sensitivity = {} if chosen.mechanism.is_rational else _sensitivity(exams, judged)
    unread = unread_bounds(exams, judged.fits, chosen)
    odd = doubts.oddities(checks, bend)
    reasons = (
        *odd,
        *judged.reasons,
        *doubts.unmeasured(chosen, exams),
        *doubts.untested(exams, chosen, predicted),
        *doubts.unread_matters(chosen, unread),
        *doubts.unstable(chosen, sensitivity),
        *doubts.unlike(chosen),
        *doubts.drifting(chosen, exams),
    )
    is_tested = np.unique(exams.lifelines).size > 1
    return replace(
        judged,
        status="none fits" if odd and is_tested else "undecided" if reasons else "declared",
        reasons=reasons,
        checks=checks,
        bend=bend,
        held_out=predicted,
        sensitivity=sensitivity,
        unread=unread,
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


def _sensitivity(exams: Exams, judged: Judgement) -> dict[str, str]:
    """Return the mechanism preferred under other priors and other noise in the beliefs."""
    best = [f for f in judged.fits if not f.mechanism.is_rational]
    chosen = judged.chosen
    close = [*best[:N_RIVALS], *([chosen] if chosen not in best[:N_RIVALS] else [])]
    found = {}
    for told, shift in (("a prior of half the sigma", -1), ("a prior of twice the sigma", 1)):
        sigma = replace(SIGMA, prior_mean=SIGMA.prior_mean + shift * np.log(2))
        again = [fit(replace(f.mechanism, sigma=sigma), exams, f.unknowns) for f in close]
        found[told] = preferred(again).mechanism.name
    for told, factor in (("beliefs taken as known", 0.0), ("twice the noise in beliefs", 2.0)):
        beliefs = {n: Belief(b.mean, factor * b.sd) for n, b in exams.beliefs.items()}
        noisy = replace(exams, beliefs=beliefs)
        again = [fit(f.mechanism, noisy, f.fitted) for f in close]
        found[told] = preferred(again).mechanism.name
    return found
