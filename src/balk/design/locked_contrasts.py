"""The primary contrasts that a study commits itself to, with each mechanism's predicted sign.

A contrast names an entry of ``comparisons`` in summary.json by the columns of its own side, for
every subject; what it is held against follows from the comparison.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from balk.design.exams import Condition
from balk.design.predictions import DOSE, HISTORY, NET_POINTS, PREDICTIONS
from balk.design.study import Study

SKIPS = "skips_per_exam"
POINTS = "points_given_away_per_exam"


@dataclass(frozen=True, slots=True)
class _Found:
    """A contrast, and the conditions on both of its sides."""

    contrast: dict[str, Any]
    sides: list[Condition]


def contrasts(study: Study) -> list[dict[str, Any]]:
    """Return the contrasts that a study can answer, in an order that depends on nothing else."""
    return sorted((one.contrast for one in _find(study)), key=repr)


def without_contrast(study: Study) -> list[str]:
    """Return in words the conditions that are on neither side of any locked contrast."""
    used = {condition for one in _find(study) for condition in one.sides}
    return sorted(
        f"arm {one.arm.spec}, lifelines {'none' if one.lifelines is None else one.lifelines}, "
        f"{one.protocol}"
        for one in study.conditions()
        if one not in used
    )


def _find(study: Study) -> list[_Found]:
    asked = sorted(study.conditions(), key=lambda one: (one.arm.spec, repr(one)))
    return [*_points(asked), *_dose_range(asked), *_arms(asked), *_feedback(asked)]


def _points(asked: list[Condition]) -> Iterator[_Found]:
    """Yield what lifelines cost over all doses, against exams without them."""
    for plain in (one for one in asked if one.arm.spec == "none"):
        own = [one for one in asked if one.protocol == plain.protocol and _is_main(one)]
        if own:
            doses = sorted(one.lifelines for one in own if one.lifelines)
            contrast = _contrast("net_points_pooled", POINTS, own[0], doses, NET_POINTS)
            yield _Found(contrast, [plain, *own])


def _dose_range(asked: list[Condition]) -> Iterator[_Found]:
    """Yield the most lifelines against the fewest: between neighbours, who has enough stops."""
    for protocol in sorted({one.protocol for one in asked}):
        own = [one for one in asked if one.protocol == protocol and _is_main(one)]
        if len(own) > 1:
            least, *_, most = sorted(own, key=lambda one: one.lifelines or 0)
            contrast = _contrast("dose_range", SKIPS, most, [most.lifelines], DOSE)
            yield _Found(contrast, [least, most])


def _arms(asked: list[Condition]) -> Iterator[_Found]:
    """Yield each arm with a prediction against the plain wording with as many lifelines."""
    plain = {(one.lifelines, one.protocol): one for one in asked if _is_main(one)}
    for own in asked:
        signs = PREDICTIONS.get(own.arm.spec) or PREDICTIONS.get(own.arm.name.partition("=")[0])
        is_paid = not own.arm.penalty and own.arm.name == "penalty"
        if signs and not is_paid and (own.lifelines, own.protocol) in plain:
            contrast = _contrast("arms", SKIPS, own, [own.lifelines], signs)
            yield _Found(contrast, [own, plain[own.lifelines, own.protocol]])


def _feedback(asked: list[Condition]) -> Iterator[_Found]:
    """Yield each arm of false verdicts against nothing told."""
    silent = {one.lifelines: one for one in asked if one.arm.spec == "feedback=none"}
    for own in asked:
        if own.lifelines and own.arm.spec in HISTORY and own.lifelines in silent:
            signs = {"running failures": HISTORY[own.arm.spec], "otherwise": "0"}
            contrast = _contrast("feedback", SKIPS, own, [own.lifelines], signs)
            yield _Found(contrast, [own, silent[own.lifelines]])


def _is_main(one: Condition) -> bool:
    return one.arm.spec == "lifelines" and bool(one.lifelines)


def _contrast(
    name: str,
    measure: str,
    own: Condition,
    lifelines: list[int] | list[int | None],
    predicted: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "name": name,
        "measure": measure,
        "arm": own.arm.name,
        "penalty": own.arm.penalty,
        "price": own.arm.price,
        "protocol": own.protocol,
        "lifelines": lifelines,
        "predicted": dict(predicted),
    }
