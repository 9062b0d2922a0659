"""Everything that the mechanisms say of a table: one entry for each subject and protocol."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from typing import Any, Literal

import numpy as np
import polars as pl

from balk.dose_response import bootstrap_test, log_slopes
from balk.mechanisms.as_json import checks_as_json, number, told_as_json
from balk.mechanisms.beliefs import Belief
from balk.mechanisms.cells import cell_name
from balk.mechanisms.checks import replicate
from balk.mechanisms.compare import DECLARE_BEYOND_SE, difference, preferred
from balk.mechanisms.derived import (
    Told,
    bootstrap,
    derived,
    dose_curve,
    parameters,
    price_curve,
)
from balk.mechanisms.drift import drift_of
from balk.mechanisms.effect import effect_of
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.penalties import penalties
from balk.mechanisms.tables import Group, exam_counts, item_beliefs, read_groups
from balk.mechanisms.verdict import Judgement, judge
from balk.mechanisms.words import explain

SCHEMA_VERSION = 1
"""Of fits.json, described in docs/fits.md; raised whenever a key changes its name or meaning."""

SEED = 20253
"""Of the replicates that the dose-response is tested with."""
N_REPLICATES = 1000

Progress = Callable[[str], None]


def analyse(
    decisions: pl.DataFrame,
    items: pl.DataFrame | None = None,
    progress: Progress | None = None,
    *,
    jobs: int = 1,
) -> dict[str, Any]:
    """Return the content of ``fits.json``.

    Parameters
    ----------
    decisions : DataFrame
        The table of decisions.
    items : DataFrame, optional
        The table of items: what is known of them where `decisions` has no plain exams.
    progress : callable, optional
        Called with the name of each subject and protocol before it is judged.
    jobs : int, default 1
        Processes that share the subjects; the numbers do not depend on it.
    """
    groups = read_groups(decisions)
    if jobs > 1 and len(groups) > 1:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            entries = list(pool.map(analyse_group, groups, [items] * len(groups)))
        return {"schema_version": SCHEMA_VERSION, "subjects": entries}
    entries = []
    for group in groups:
        if progress:
            progress(f"{group.subject}, {group.protocol}")
        entries.append(analyse_group(group, items))
    return {"schema_version": SCHEMA_VERSION, "subjects": entries}


def analyse_group(group: Group, items: pl.DataFrame | None = None) -> dict[str, Any]:
    """Return the entry of one subject in one protocol."""
    observed = group.observed
    beliefs = beliefs_of(observed) or item_beliefs(group, items)
    free = observed.take(observed.penalty == 0)
    entry = _head(group, beliefs)
    form: Literal["whole", "in_turn"] = "whole" if group.protocol == "batch" else "in_turn"
    grid = make_grid(form)
    if not free.is_offered.any():
        entry |= _silent("no exam offers lifelines without a penalty: nothing to explain")
        entry["penalties"] = penalties(observed, beliefs, grid, is_rational=False)
        return entry
    exams = Exams.of(free, beliefs)
    judged = judge(exams, grid)
    is_rational = judged.chosen.mechanism.is_rational
    entry |= _told(judged, exams)
    entry["own_confidence"] = _own_confidence(judged, exams)
    entry["unread"] = judged.unread and asdict(judged.unread)
    entry["penalties"] = penalties(observed, beliefs, grid, is_rational=is_rational)
    entry["words"] = explain(entry)
    return entry


def _head(group: Group, beliefs: dict[str, Belief]) -> dict[str, Any]:
    return {
        "subject": group.subject,
        "protocol": group.protocol,
        **exam_counts(group),
        "beliefs": {
            name: {"n_items": int(belief.mean.size), "mean_sd": float(belief.sd.mean())}
            for name, belief in beliefs.items()
        },
    }


def _silent(why: str) -> dict[str, Any]:
    empty = dict.fromkeys(
        (
            "axes",
            "parameters",
            "derived",
            "dose_response",
            "price_curve",
            "checks",
            "bend",
            "held_out",
        )
    )
    own = dict.fromkeys(
        ("skip_rate", "sensitivity", "drift", "own_confidence", "unread", "penalties")
    )
    return {
        "verdict": {"cell": None, "mechanism": None, "status": "undecided", "reasons": [why]},
        "declared": False,
        "cells": [],
        **empty,
        **own,
        "words": f"Undecided: {why}.",
    }


def _told(judged: Judgement, exams: Exams) -> dict[str, Any]:
    chosen, draws = judged.chosen, bootstrap(judged.chosen)
    drift = drift_of(exams)
    best_of_law = {fit.mechanism.law.name: fit for fit in reversed(judged.fits)}.values()
    return {
        "verdict": {
            "cell": cell_name(chosen),
            "mechanism": chosen.mechanism.name,
            "status": judged.status,
            "reasons": list(judged.reasons),
        },
        "declared": judged.status == "declared",
        "skip_rate": asdict(judged.skip_rate),
        "axes": {
            "count_law": _axis(judged.fits, lambda fit: fit.mechanism.law.name),
            "selection": _axis(judged.fits, lambda fit: fit.mechanism.selection.name),
        },
        "cells": [
            _cell(fit, judged, exams)
            | {"dose_curve": _curve(fit, exams) if fit in best_of_law else None}
            for fit in judged.fits
        ],
        "parameters": {name: asdict(told) for name, told in parameters(chosen, exams).items()},
        "derived": {
            name: told_as_json(told) for name, told in derived(chosen, exams, draws).items()
        },
        "dose_response": _dose_response(judged, exams),
        "price_curve": [_plain(row) for row in price_curve(chosen, exams)],
        "checks": checks_as_json(judged.checks),
        "bend": judged.bend and asdict(judged.bend),
        "held_out": [asdict(one) for one in judged.held_out],
        "sensitivity": judged.sensitivity,
        "drift": drift and asdict(drift),
    }


def _dose_response(judged: Judgement, exams: Exams) -> dict[str, Any] | None:
    """Return the slope of log skips on log lifelines against the best capped mechanism's.

    A slope above 0 refutes nothing: a fixed threshold has one too, as long as few lifelines bind.
    What it can be is more, or less, than the best-fitting capped mechanism would show.
    """
    capped = [f for f in judged.fits if f.mechanism.law.name == "cap"]
    offered = np.minimum(exams.lifelines, exams.n_questions)
    if not capped or np.unique(offered).size == 1 or not exams.n_skips.any():
        return None
    drawn = replicate(capped[0], exams, N_REPLICATES, np.random.default_rng(SEED))
    counts = np.array([skips.sum(axis=0) for skips in drawn])
    seen = float(log_slopes(offered, exams.n_skips[np.newaxis])[0])
    if not np.isfinite(seen):
        return None
    test = bootstrap_test(seen, log_slopes(offered, counts))
    return {
        "slope": seen,
        "against": capped[0].mechanism.name,
        **{name: number(value) for name, value in asdict(test).items()},
    }


def _axis(fits: list[Fit], key: Callable[[Fit], str]) -> dict[str, Any]:
    """Return the best of each kind against the best of all, *rational* aside."""
    best: dict[str, Fit] = {}
    for fitted in fits:  # best first
        if not fitted.mechanism.is_rational:
            best.setdefault(key(fitted), fitted)
    leader = next(iter(best.values()))
    rivals = {name: difference(leader, other) for name, other in best.items()}
    return {
        "leader": key(leader),
        "decided": all(
            gap.exceeds(DECLARE_BEYOND_SE) for name, gap in rivals.items() if name != key(leader)
        ),
        "behind": {name: asdict(gap) for name, gap in rivals.items()},
    }


def _cell(fitted: Fit, judged: Judgement, exams: Exams) -> dict[str, Any]:
    gap = difference(judged.fits[0], fitted)
    effect = effect_of(fitted, exams)
    return {
        "mechanism": fitted.mechanism.name,
        "cell": cell_name(fitted),
        "score": fitted.score,
        "behind": gap.value,
        "behind_se": gap.se,
        "log_p": float(fitted.log_p.sum()),
        "left_out": float(fitted.left_out.sum()),
        "item_terms": float(fitted.item_terms.sum()),
        "n_parameters": len(fitted.mechanism.parameters),
        "effect": dict(zip(("value", "low", "high"), effect, strict=True)),
        "parameters": {
            name: {"value": value, "se_fitted": fitted.ses[name]}
            for name, value in fitted.values.items()
        },
        "converged": fitted.converged,
    }


def _curve(fitted: Fit, exams: Exams) -> list[dict[str, Any]]:
    return [_plain(row) for row in dose_curve(fitted, exams)]


def _own_confidence(judged: Judgement, exams: Exams) -> dict[str, Any] | None:
    """Return the verdict with the confidences stated in the very exams in place of the belief."""
    if exams.stated is None:
        return None
    own = replace(exams, reads_stated=True)
    fits = [
        fit(f.mechanism, own, f.fitted) if f.mechanism.selection.reads == "confidence" else f
        for f in judged.fits
    ]
    chosen = judged.chosen if judged.chosen.mechanism.is_rational else preferred(_rest(fits))
    behind = {
        f.mechanism.name: asdict(difference(max(fits, key=lambda one: one.score), f)) for f in fits
    }
    return {
        "cell": cell_name(chosen),
        "mechanism": chosen.mechanism.name,
        "differs": chosen.mechanism.name != judged.chosen.mechanism.name,
        "behind": behind,
    }


def _rest(fits: list[Fit]) -> list[Fit]:
    return [f for f in fits if not f.mechanism.is_rational]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        k: told_as_json(value) if isinstance(value, Told) else value for k, value in row.items()
    }
