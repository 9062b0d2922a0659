"""How many exams would tell each pair of cells apart, in a design of one's own.

A subject in the middle of each truth's stated ranges sits many exams; its own mechanism and each
rival are fitted; what the rival loses per exam, against how much that varies, says how many exams
would put it two standard errors behind. Items stay those of the design's pool: where two
mechanisms differ in which items they prefer, more exams about the same items help less than is
told here. No number is told where none would be enough: see `what_doses_leave_open`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import bdtr, betaincinv

from balk.mechanisms.compare import DECLARE_BEYOND_SE, difference, is_nested
from balk.mechanisms.count_laws.lapse import ALLOWANCE
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import fit
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.mechanism import Mechanism, make_grid
from balk.mechanisms.recover import MECHANISM
from balk.mechanisms.truths.cells import TRUTHS
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed

Z80 = 0.841621
"""80 % quantile of the standard normal: the chance that is asked of a declaration."""
N_EXAMS = 280
"""Exams that a rate is measured in."""
N_SUBJECTS = 3
P_DECLARED = 0.8
"""Chance that is asked of a declaration of *rational*, too."""
MOST = 10_000
"""Numbers of exams above this are not told: the cells are alike there."""


@dataclass(frozen=True, slots=True)
class Need:
    """Exams with lifelines that a pair of cells needs.

    Attributes
    ----------
    truth, rival : str
        The truth, and the mechanism to be put two standard errors behind it.
    n_exams : int or None
        For four declarations in five; None above 10,000.
    nats_per_exam : float
        What the rival loses.
    """

    truth: str
    rival: str
    n_exams: int | None
    nats_per_exam: float


def needs(design: Design, *, seed: int = 0) -> list[Need]:
    """Return the need of every truth against every other named cell.

    Truths that the doses do not let be declared are left out.

    Parameters
    ----------
    design : Design
        Doses, questions, pool and plain exams; its number of exams is not looked at.
    seed : int
        Of the draws.
    """
    if len(design.doses) == 1:
        return []
    rational = _lapses(design)
    if len(design.doses) == 2:  # noqa: PLR2004 -- none is left to be held out
        return [rational]
    per_dose = -(-N_EXAMS // len(design.doses))
    large = replace(design, exams_per_dose=per_dose)
    grid = {mechanism.name: mechanism for mechanism in make_grid()}
    named = {name: grid[MECHANISM[name]] for name in TRUTHS}
    others = [truth for truth in TRUTHS if truth != "rational"]
    return [rational, *(need for truth in others for need in _pairs(truth, named, large, seed))]


def what_doses_leave_open(doses: Sequence[int]) -> str | None:
    """Return what can never be declared with these doses and why, or None.

    A verdict but *rational* asks for a dose that is predicted by the fit to at least two others,
    and every verdict for more than one dose.
    """
    if len(doses) == 1:
        return (
            "With one dose nothing is ever declared, however many the exams: what would happen at "
            "others is not known. Give at least three."
        )
    if len(doses) == 2:  # noqa: PLR2004 -- none is left to be held out
        return (
            "With two doses nothing but rational is ever declared, however many the exams: there "
            "is none left to predict. Give a third."
        )
    return None


def _pairs(truth: str, named: dict[str, Mechanism], design: Design, seed: int) -> list[Need]:
    own = named[truth]
    rivals = {name: m for name, m in named.items() if name not in {truth, "rational"}}
    gaps: dict[str, list[tuple[float, float]]] = {name: [] for name in rivals}
    n_exams = len(design.doses) * design.exams_per_dose
    for index in range(N_SUBJECTS):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
        observed = draw_observed(truth, design, rng, **_middle(truth)).observed
        exams = Exams.of(observed, beliefs_of(observed))
        fitted = fit(own, exams)
        for name, mechanism in rivals.items():
            gap = difference(fitted, fit(mechanism, exams))
            gaps[name].append((gap.value / n_exams, gap.se**2 / n_exams))
    return [
        _need(truth, name, *np.mean(pairs, axis=0), is_super=is_nested(own, rivals[name]))
        for name, pairs in gaps.items()
    ]


def _need(truth: str, rival: str, rate: float, variance: float, *, is_super: bool) -> Need:
    """Return when rate n - 2 sqrt(variance n) is above 0 four times in five."""
    if is_super or rate <= 0:
        return Need(truth, rival, None, float(rate))
    n = variance * ((DECLARE_BEYOND_SE + Z80) / rate) ** 2
    return Need(truth, rival, int(np.ceil(n)) if n <= MOST else None, float(rate))


def _middle(truth: str) -> dict[str, float]:
    """Return the middle of the ranges that a truth is drawn from."""
    ranges = dict(TRUTHS[truth].ranges) | dict(TRUTHS[truth].world)
    return {name: (low + high) / 2 for name, (low, high) in ranges.items()}


def _lapses(design: Design) -> Need:
    """Return the first number of exams that bound the lapses below the allowance often enough.

    Skips being whole, a few exams more may do a little worse until one more skip is allowed.
    """
    lapse = _middle("rational")["lapse"]
    enough = (
        n_exams
        for n_exams in range(1, MOST + 1)
        if p_bounded(n_exams * design.n_questions, lapse) >= P_DECLARED
    )
    return Need("rational", "every other", next(enough, None), 0.0)


def p_bounded(n_questions: int, lapse: float) -> float:
    """Return how probably so many questions show that lapses are within the allowance.

    Parameters
    ----------
    n_questions : int
        Questions asked, at least 1.
    lapse : float
        Share skipped by lapse, in [0, 1].

    Returns
    -------
    float
        Probability that the one-sided 95 % bound is at most `ALLOWANCE`.

    References
    ----------
    Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404.
    """
    skips = np.arange(int(ALLOWANCE * n_questions) + 1)
    passing = skips[betaincinv(skips + 1.0, n_questions - skips, 0.95) <= ALLOWANCE]
    return float(bdtr(passing[-1], n_questions, lapse)) if passing.size else 0.0


def table(found: list[Need]) -> dict[str, Any]:
    """Return the needs by truth and rival, and the largest of each truth."""
    rows: dict[str, Any] = {}
    for need in found:
        rows.setdefault(need.truth, {})[need.rival] = need.n_exams
    return rows
