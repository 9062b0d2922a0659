"""A truth as data, and how its parameters and then its skips are drawn."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import logit

from balk.errors import MechanismError
from balk.mechanisms.observed import Bools, Ints
from balk.mechanisms.truths.draws import Floats, draw_cap, draw_cost, draw_lapses, draw_share
from balk.mechanisms.truths.world import TYPICAL_CHARS

Law = Literal["cap", "share", "cost", "relative_cost", "lapse"]
Selection = Literal["none", "confidence", "accuracy"]
Ranges = Mapping[str, tuple[float, float]]
Values = Mapping[str, float]

OTHER = "other_"
"""Prefix of the parameters that hold in the other half of the exams."""

LEVELS = ("rate", "threshold", "penalty")
"""Parameters that alpha is made from: each truth that has an alpha has one of them."""

LIMITS: Ranges = {
    "sigma": (0, math.inf),
    "kappa": (0, math.inf),
    "penalty": (0, math.inf),
    "lapse": (0, 1),
    "rate": (0, 1),
}
"""What a parameter may be at all; those not named may be any number."""


@dataclass(frozen=True, slots=True)
class Truth:
    """How a subject skips, up to parameters that are drawn from stated ranges.

    Attributes
    ----------
    law : {"cap", "share", "cost", "relative_cost", "lapse"}
        How many are skipped.
    selection : {"none", "confidence", "accuracy"}
        Which are.
    ranges : mapping of str to (float, float)
        Smallest and largest value of each parameter.
    world : mapping of str to (float, float)
        The same for fields of `World`.
    other : Truth or None
        What holds instead in half of the exams, picked at random. Parameters of its own carry
        the prefix ``other_``; it shares all others.
    """

    law: Law
    selection: Selection
    ranges: Ranges
    world: Ranges
    other: "Truth | None" = None

    @property
    def level(self) -> str | None:
        """Name of the parameter that alpha is made from, where there is one."""
        return next((name for name in LEVELS if name in self.ranges), None)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Every parameter that can be pinned."""
        own = (*self.ranges, "alpha") if self.level else tuple(self.ranges)
        others = self.other.parameter_names if self.other else ()
        return own + tuple(OTHER + name for name in others)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What decides the skips of E exams of n questions.

    Attributes
    ----------
    lifelines : array of shape (E,)
        Offered, at least 0.
    confidence, accuracy : array of shape (E, n)
        Believed and true probability of being right.
    stem_chars : array of shape (E, n)
        Length of each stem.
    """

    lifelines: Ints
    confidence: Floats
    accuracy: Floats
    stem_chars: Floats


def draw_parameters(truth: Truth, fixed: Values, rng: np.random.Generator) -> dict[str, float]:
    """Return values of a truth's parameters, each uniform over its range unless it is fixed.

    Fixing one leaves what is drawn for the others as it was. ``alpha`` may be fixed in place of
    the parameter it is made from, which is then left out of the result.

    Raises
    ------
    MechanismError
        If a fixed value is impossible or contradicts another.
    """
    values = draw_ranges(truth.ranges, fixed, rng)
    _check_limits(values)
    if truth.level:
        _set_alpha(values, truth.level, fixed)
    if truth.other:
        pinned = {n.removeprefix(OTHER): v for n, v in fixed.items() if n.startswith(OTHER)}
        others = draw_parameters(truth.other, pinned, rng)
        values |= {OTHER + name: value for name, value in others.items()}
    return values


def draw_ranges(ranges: Ranges, fixed: Values, rng: np.random.Generator) -> dict[str, float]:
    """Return a value for each range, fixed or uniform.

    Raises
    ------
    MechanismError
        If a fixed value is not a finite number.
    """
    values = {name: float(rng.uniform(low, high)) for name, (low, high) in ranges.items()}
    values |= {name: float(value) for name, value in fixed.items() if name in ranges}
    for name, value in values.items():
        if not math.isfinite(value):
            raise MechanismError(f"{name} is {value}; give a finite number")
    return values


def draw_skips(truth: Truth, values: Values, asked: Asked, rng: np.random.Generator) -> Bools:
    """Return which questions are skipped, shape (E, n).

    Parameters
    ----------
    truth : Truth
        The law, and which questions it prefers.
    values : mapping of str to float
        As `draw_parameters` returns them.
    asked : Asked
        E exams of n questions.
    rng : numpy.random.Generator
        Source of chance.
    """
    skips = _draw_one(truth, values, asked, rng)
    if truth.other is None:
        return skips
    theirs = {n.removeprefix(OTHER): v for n, v in values.items() if n.startswith(OTHER)}
    others = _draw_one(truth.other, {**values, **theirs}, asked, rng)
    is_other = rng.random(len(skips)) < 1 / 2
    return np.where(is_other[:, None], others, skips)


def _draw_one(truth: Truth, values: Values, asked: Asked, rng: np.random.Generator) -> Bools:
    """Draw by the law alone, without the other half."""
    weights, lifelines = _weights(truth.selection, values, asked), asked.lifelines
    effect = values.get("sigma", 0.0) * rng.standard_normal(len(weights))
    match truth.law:
        case "cap":
            return draw_cap(weights, values["alpha"] + effect, lifelines, rng)
        case "share":
            return draw_share(weights, values["alpha"] + effect, lifelines, rng)
        case "cost":
            cost = np.full(len(weights), values["kappa"])
            return draw_cost(weights + effect[:, None], cost, lifelines, rng)
        case "relative_cost":
            cost = values["kappa"] / np.maximum(lifelines, 1)  # nothing to divide where none is
            return draw_cost(weights + effect[:, None], cost, lifelines, rng)
        case "lapse":
            return draw_lapses(weights, values["lapse"], lifelines, rng)


def _weights(selection: Selection, values: Values, asked: Asked) -> Floats:
    """Return how much each question invites a skip, in logits, shape (E, n)."""
    n_before = np.arange(asked.accuracy.shape[1])
    log_length = np.log(asked.stem_chars / TYPICAL_CHARS)
    nuisance: Floats = values["position"] * n_before + values["length"] * log_length
    match selection:
        case "none":
            return nuisance
        case "confidence":
            return nuisance - values["slope"] * asked.confidence
        case "accuracy":
            return nuisance - values["slope"] * asked.accuracy


def _set_alpha(values: dict[str, float], level: str, fixed: Values) -> None:
    """Put alpha beside the parameter that it is made from, or in its place if it is fixed."""
    if "alpha" not in fixed:
        values["alpha"] = _alpha(level, values[level], values.get("slope", 0.0))
        return
    if level in fixed:
        raise MechanismError(f"alpha and {level} are both fixed; one follows from the other")
    del values[level]
    values["alpha"] = float(fixed["alpha"])
    if not math.isfinite(values["alpha"]):
        raise MechanismError(f"alpha is {values['alpha']}; give a finite number")


def _alpha(level: str, value: float, slope: float) -> float:
    """Return the log-odds of wanting to skip a question whose selection weight is 0."""
    if level == "rate":
        return float(logit(value))
    # Chow's rule: with a penalty, skipping is as good at the accuracy penalty / (1 + penalty).
    return slope * (value / (1 + value) if level == "penalty" else value)


def _check_limits(values: Values) -> None:
    """Refuse what no subject can have."""
    for name, (low, high) in LIMITS.items():
        if name in values and not low <= values[name] <= high:
            raise MechanismError(f"{name} is {values[name]}; give {low:g} to {high:g}")
