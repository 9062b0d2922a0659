"""Recovery: known truths, drawn by code written apart from this, through the fit to the verdict."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from balk.errors import MechanismError, unknown
from balk.mechanisms.derived import Z95, sigma_score
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.truths.cells import TRUTHS
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed
from balk.mechanisms.truths.outside import OUTSIDE
from balk.mechanisms.verdict import judge

MECHANISM: dict[str, str] = {
    name: "rational" if truth.law == "lapse" else f"{truth.law} x {truth.selection}"
    for name, truth in TRUTHS.items()
}
"""Truth -> the mechanism that describes it."""

TOLERATED: dict[str, tuple[str, ...]] = {
    "noisy_reports": ("cap x confidence",),
}
"""Truths outside the family that are one of its mechanisms all the same, seen through noise."""

FITTED_ALIKE = ("alpha", "kappa", "slope", "position", "length")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of one data set.

    Attributes
    ----------
    truth : str
        What it was drawn from.
    preferred : str
        Mechanism preferred.
    status : str
        How much was claimed.
    reasons : tuple of str
        Why no more was.
    standard_scores : dict of str to float
        Estimates of the true mechanism's parameters less the truth, in standard errors; for
        sigma the signed root of its profile.
    """

    truth: str
    preferred: str
    status: str
    reasons: tuple[str, ...]
    standard_scores: dict[str, float]


def recovery(
    design: Design, truths: Sequence[str], n_datasets: int, *, seed: int = 0, jobs: int = 1
) -> dict[str, Any]:
    """Return how often known truths are recovered, as JSON data.

    Parameters
    ----------
    design : Design
        Doses, exams, questions and pool.
    truths : sequence of str
        Names in `TRUTHS` or `OUTSIDE`.
    n_datasets : int
        Subjects drawn of each.
    seed : int
        Of the draws; each data set has a stream of its own.
    jobs : int
        Processes.

    Raises
    ------
    MechanismError
        If a truth is unknown.
    """
    for name in truths:
        if name not in TRUTHS | OUTSIDE:
            raise MechanismError(unknown("truth", name, TRUTHS | OUTSIDE))
    tasks = [(design, name, seed, index) for name in truths for index in range(n_datasets)]
    if jobs == 1:
        done = [_recover(*task) for task in tasks]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(_recover, *zip(*tasks, strict=True), chunksize=4))
    return {"design": asdict(design), "n_datasets": n_datasets, "seed": seed} | _summary(done)


def _recover(design: Design, truth: str, seed: int, index: int) -> Recovered:
    stream = np.random.SeedSequence(seed, spawn_key=(sorted(TRUTHS | OUTSIDE).index(truth), index))
    drawn = draw_observed(truth, design, np.random.default_rng(stream))
    exams = Exams.of(drawn.observed, beliefs_of(drawn.observed))
    judged = judge(exams, seed=index, is_quick=True)
    own = [f for f in judged.fits if f.mechanism.name == MECHANISM.get(truth)]
    scores = _standard_scores(own[0], exams, drawn.parameters) if own else {}
    name = judged.chosen.mechanism.name
    return Recovered(truth, name, judged.status, judged.reasons, scores)


def _standard_scores(fitted: Fit, exams: Exams, truth: dict[str, float]) -> dict[str, float]:
    found = {}
    for parameter, value in zip(fitted.mechanism.parameters, fitted.fitted, strict=True):
        if parameter is fitted.mechanism.sigma:  # its interval is that of a profile
            found["sigma"] = sigma_score(fitted, exams, truth["sigma"])
        elif parameter.name in FITTED_ALIKE and parameter.name in truth:
            gap = float(value) - parameter.fitted(truth[parameter.name])
            found[parameter.name] = gap / fitted.ses[parameter.name]
    return found


def _summary(done: Sequence[Recovered]) -> dict[str, Any]:
    names = list(dict.fromkeys(one.truth for one in done))
    rows = {name: _row(name, [one for one in done if one.truth == name]) for name in names}
    inside = [one for one in done if one.truth in MECHANISM]
    declared = [one for one in inside if one.status == "declared"]
    wrong = [one for one in declared if one.preferred != MECHANISM[one.truth]]
    right = [one for one in inside if one.preferred == MECHANISM[one.truth]]
    return {
        "right": len(right) / len(inside) if inside else None,
        "declared": len(declared) / len(inside) if inside else None,
        "n_declared": len(declared),
        "n_wrong_declared": len(wrong),
        "truths": rows,
    }


def _row(name: str, done: list[Recovered]) -> dict[str, Any]:
    accepted = (MECHANISM[name],) if name in MECHANISM else TOLERATED.get(name, ())
    declared = [one for one in done if one.status == "declared"]
    wrong = [one for one in declared if one.preferred not in accepted]
    right = sum(one.preferred in accepted for one in done) / len(done) if accepted else None
    return {
        "mechanism": MECHANISM.get(name),
        "n": len(done),
        "right": right,
        "declared": len(declared) / len(done),
        "n_declared": len(declared),
        "n_wrong_declared": len(wrong),
        "wrong_declared_of_all": len(wrong) / len(done),
        "preferred": dict(Counter(one.preferred for one in done).most_common()),
        "statuses": dict(Counter(one.status for one in done).most_common()),
        "coverage": _coverage(done),
    }


def _coverage(done: list[Recovered]) -> dict[str, Any]:
    """Return how often the 95 % interval of each parameter holds the truth."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(key for one in done for key in one.standard_scores):
        scores = np.array(
            [one.standard_scores[name] for one in done if name in one.standard_scores]
        )
        found[name] = {
            "share": float((np.abs(scores) < Z95).mean()),
            "mean_standard_score": float(scores.mean()),
            "n": int(scores.size),
        }
    return found
