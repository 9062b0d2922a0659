"""One data set of a known truth: parameters, subject, exams, and what is observed of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from balk.errors import MechanismError, unknown
from balk.mechanisms.observed import Observed, Seen
from balk.mechanisms.truths.cells import TRUTHS
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.draws import Floats
from balk.mechanisms.truths.outside import OUTSIDE
from balk.mechanisms.truths.truth import Asked, Truth, draw_parameters, draw_ranges, draw_skips
from balk.mechanisms.truths.world import World

UNMARKED = -1
"""What `Observed.is_right` holds for a question that was not attempted."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What was observed, and the truth behind it.

    Attributes
    ----------
    observed : Observed
        No-lifeline exams first, then dose by dose; its subject is the truth's name.
    parameters : dict of str to float
        The truth: those of ``alpha``, ``kappa``, ``slope``, ``sigma``, ``position``, ``length``
        and ``lapse`` that it has, and the ``rate``, ``threshold`` or ``penalty`` behind alpha.
    world : World
        The subject that was drawn.
    accuracy, confidence : array of shape (P,)
        True probability of a right answer, and the subject's own before any lifeline.
    """

    observed: Observed
    parameters: dict[str, float]
    world: World
    accuracy: Floats
    confidence: Floats


def draw_observed(name: str, design: Design, rng: np.random.Generator, **fixed: float) -> Drawn:
    """Draw a subject of a named truth and let it sit the exams of a design.

    Parameters
    ----------
    name : str
        One of `TRUTHS` or `OUTSIDE`.
    design : Design
        The exams.
    rng : numpy.random.Generator
        Source of chance: the same state gives the same data.
    **fixed : float
        Parameters of the truth, or fields of `World`, in place of a draw from their range. What
        is drawn for the others does not change.

    Raises
    ------
    MechanismError
        If a name is unknown, or a fixed value impossible.
    """
    truth = _truth(name)
    parameters, world = _draw_subject(truth, fixed, design.n_items, rng)
    items, puzzle = world.draw_items(rng), design.draw_forms(rng)[design.form_numbers]
    belief = world.drifted(items.belief[puzzle], design.lifelines)
    accuracy = items.accuracy[puzzle]
    lifelines = np.maximum(design.lifelines, 0)  # where none was mentioned none can be used
    asked = Asked(lifelines, expit(belief), accuracy, items.stem_chars[puzzle])
    skips = draw_skips(truth, parameters, asked, rng)
    is_right = rng.random(skips.shape) < accuracy
    observed = Observed(
        lifelines=design.lifelines,
        penalty=np.zeros(len(puzzle)),
        seen=np.where(skips, Seen.SKIP, Seen.ATTEMPT).astype(np.int64),
        puzzle=puzzle,
        is_right=np.where(skips, UNMARKED, is_right).astype(np.int64),
        confidence=world.draw_reports(belief, rng),
        stem_chars=items.stem_chars,
        exam_ids=design.exam_ids,
        subject=name,
    )
    return Drawn(observed, parameters, world, items.accuracy, items.confidence)


def _truth(name: str) -> Truth:
    """Return the truth of that name, of the family or outside it."""
    truths = TRUTHS | OUTSIDE
    if name not in truths:
        raise MechanismError(unknown("truth", name, truths))
    return truths[name]


def _draw_subject(
    truth: Truth, fixed: Mapping[str, float], n_items: int, rng: np.random.Generator
) -> tuple[dict[str, float], World]:
    """Return a truth's parameters and the world of a subject that it holds for."""
    known = (*truth.parameter_names, *truth.world)
    for name in fixed:
        if name not in known:
            raise MechanismError(unknown("parameter", name, known))
    parameters = draw_parameters(truth, fixed, rng)
    return parameters, World(n_items=n_items, **draw_ranges(truth.world, fixed, rng))
