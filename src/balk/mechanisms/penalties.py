"""The penalty that a subject skips as if it faced, and what an announced one adds to it.

Effective penalty = own + weight x announced, fitted to exams that announce a penalty and to those
that announce none, together.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from balk.mechanisms import doubts
from balk.mechanisms.as_json import checks_as_json, told_as_json
from balk.mechanisms.beliefs import Belief
from balk.mechanisms.bend import bend_of
from balk.mechanisms.cells import cell_name
from balk.mechanisms.checks import check
from balk.mechanisms.compare import difference, preferred
from balk.mechanisms.derived import bootstrap, derived, parameters
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit
from balk.mechanisms.mechanism import PENALTY, Mechanism
from balk.mechanisms.observed import Observed
from balk.mechanisms.verdict import fit_grid


def penalties(
    observed: Observed,
    beliefs: dict[str, Belief],
    grid: Sequence[Mechanism],
    *,
    is_rational: bool,
) -> dict[str, Any] | None:
    """Return the joint fit as JSON data; None where no exam with lifelines announces a penalty.

    Parameters
    ----------
    observed : Observed
        All exams of a subject in a protocol.
    beliefs : dict of str to Belief
        Of its items.
    grid : sequence of Mechanism
        What is compared; *rational* among them is passed over, for it weighs nothing.
    is_rational : bool
        Whether it skips no more than lapses where no penalty is announced. Those exams are then
        left out: a law that skips by degrees is not bent to skip nothing at all without one.
    """
    used = observed.take(observed.is_offered & ((observed.penalty > 0) | (not is_rational)))
    if not (used.penalty > 0).any():
        return None
    exams = Exams.of(used, beliefs)
    weighing = [replace(m, penalty=PENALTY) for m in grid if not m.is_rational]
    fits = fit_grid(exams, weighing)
    best = preferred(fits)
    checks, bend = check(best, exams), bend_of(best, exams)
    reasons = [*doubts.oddities(checks, bend), *_untold(exams)]
    return {
        "n_exams": _counted(used),
        "mechanism": best.mechanism.name,
        "cell": cell_name(best),
        "status": "not told" if reasons else "told",
        "reasons": reasons,
        **_numbers(best, exams),
        "checks": checks_as_json(checks),
        "bend": bend and asdict(bend),
        "behind": {f.mechanism.name: asdict(difference(fits[0], f)) for f in fits},
    }


def _numbers(best: Fit, exams: Exams) -> dict[str, Any]:
    told = parameters(best, exams)
    following = derived(best, exams, bootstrap(best))
    return {
        "parameters": {name: told_as_json(value) for name, value in told.items()},
        "derived": {name: told_as_json(value) for name, value in following.items()},
    }


def _counted(used: Observed) -> dict[str, int]:
    announced, counts = np.unique(used.penalty, return_counts=True)
    return {f"{one:g}": int(n) for one, n in zip(announced, counts, strict=True)}


def _untold(exams: Exams) -> list[str]:
    if np.unique(exams.penalty).size > 1:
        return []
    return ["one announced penalty: what is its own and what was announced cannot be told apart"]
