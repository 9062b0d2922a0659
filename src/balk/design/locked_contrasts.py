"""The primary contrasts that a study commits itself to, with each mechanism's predicted sign.

A contrast names an entry of ``comparisons`` in summary.json by the columns of its own side and by
the arm that it is held against, for every subject.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from balk.design.arms import SAME_NAME, Arm
from balk.design.exams import Condition
from balk.design.predictions import (
    DOSE,
    DOSE_PROVIDED,
    HISTORY,
    HISTORY_PROVIDED,
    NET_POINTS,
    NET_POINTS_PROVIDED,
    PREDICTIONS,
    PROVIDED,
    TOKENS,
    UP,
)
from balk.design.study import Study

SKIPS = "skips_per_exam"
POINTS = "points_given_away_per_exam"
TOKENS_USED = "tokens_per_exam"

Signs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A contrast, and the conditions on both of its sides."""

    contrast: dict[str, Any]
    sides: list[Condition]


def contrasts(study: Study) -> list[dict[str, Any]]:
    """Return the contrasts that a study can answer, in an order that depends on nothing else.

    Returns
    -------
    list of dict
        ``name`` and ``measure`` as among the comparisons of summary.json; ``arm``, ``penalty``,
        ``price``, ``protocol`` and ``lifelines`` of the own side; ``against``, the arm of the
        other; ``predicted``, the sign by mechanism; ``provided``, what has to hold for the signs
        of some of them, in words: without it their sign is 0.
    """
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
    kinds = (_points, _dose_range, _arms, _tokens, _feedback)
    return [found for find in kinds for found in find(asked)]


def _points(asked: list[Condition]) -> Iterator[_Found]:
    """Yield what lifelines cost over all doses, against exams without them."""
    for plain in (one for one in asked if one.arm.spec == "none"):
        own = [one for one in asked if one.protocol == plain.protocol and _is_main(one)]
        if own:
            doses = [one.lifelines for one in sorted(own, key=_dose)]
            signs = (NET_POINTS, NET_POINTS_PROVIDED)
            contrast = _contrast("net_points_pooled", POINTS, own[0], plain, *signs, doses)
            yield _Found(contrast, [plain, *own])


def _dose_range(asked: list[Condition]) -> Iterator[_Found]:
    """Yield the most lifelines against the fewest: between neighbours, who has enough stops."""
    for protocol in sorted({one.protocol for one in asked}):
        own = [one for one in asked if one.protocol == protocol and _is_main(one)]
        if len(own) > 1:
            least, *_, most = sorted(own, key=_dose)
            contrast = _contrast("dose_range", SKIPS, most, least, DOSE, DOSE_PROVIDED)
            yield _Found(contrast, [least, most])


def _arms(asked: list[Condition]) -> Iterator[_Found]:
    """Yield each arm with a prediction against the plain wording with as many lifelines."""
    for own in asked:
        signs, plain = _signs(own.arm), _plain(own, asked)
        if signs and plain and not (own.arm.name == "penalty" and not own.arm.penalty):
            contrast = _contrast("arms", SKIPS, own, plain, signs, _provided(own.arm))
            yield _Found(contrast, [own, plain])


def _signs(arm: Arm) -> Signs | None:
    """Return what is predicted of an arm; of crossed ones where all predict the same."""
    first, *others = (PREDICTIONS.get(part.partition("=")[0]) for part in arm.spec.split("+"))
    return first if all(signs == first for signs in others) else None


def _provided(arm: Arm) -> Signs:
    first = arm.spec.partition("+")[0].partition("=")[0]
    return {
        name: said.format(break_even=arm.break_even)
        for name, said in PROVIDED.get(first, {}).items()
    }


def _plain(own: Condition, asked: list[Condition]) -> Condition | None:
    """Return what an arm is held against, as `balk.measure.effects.references.main_arm` has it."""
    known = {
        one.arm.spec: one
        for one in asked
        if (one.lifelines, one.protocol) == (own.lifelines, own.protocol) and one != own
    }
    names = [SAME_NAME, "lifelines"] if own.arm.setting else ["lifelines"]
    return next((known[name] for name in names if name in known), None) if own.lifelines else None


def _tokens(asked: list[Condition]) -> Iterator[_Found]:
    """Yield each offer of tokens that do nothing, against exams without lifelines."""
    plain = {one.protocol: one for one in asked if one.arm.spec == "none"}
    for own in asked:
        if own.arm.inert and own.lifelines and own.protocol in plain:
            contrast = _contrast("tokens", TOKENS_USED, own, plain[own.protocol], TOKENS)
            yield _Found(contrast, [own, plain[own.protocol]])


def _feedback(asked: list[Condition]) -> Iterator[_Found]:
    """Yield each arm of false verdicts against nothing told."""
    silent = {one.lifelines: one for one in asked if one.arm.spec == "feedback=none"}
    for own in asked:
        if own.lifelines and own.arm.spec in HISTORY and own.lifelines in silent:
            sign, plain = HISTORY[own.arm.spec], silent[own.lifelines]
            signs = {"running failures": sign, "otherwise": "0"}
            provided = {"running failures": HISTORY_PROVIDED} if sign == UP else {}
            contrast = _contrast("feedback", SKIPS, own, plain, signs, provided)
            yield _Found(contrast, [own, plain])


def _is_main(one: Condition) -> bool:
    return one.arm.spec == "lifelines" and bool(one.lifelines)


def _dose(one: Condition) -> int:
    return one.lifelines or 0


def _contrast(  # noqa: PLR0913, PLR0917 -- the columns of a contrast
    name: str,
    measure: str,
    own: Condition,
    other: Condition,
    predicted: Signs,
    provided: Signs | None = None,
    lifelines: list[int | None] | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "measure": measure,
        "arm": own.arm.name,
        "penalty": own.arm.penalty,
        "price": own.arm.price,
        "protocol": own.protocol,
        "lifelines": lifelines or [own.lifelines],
        "against": other.arm.name,
        "predicted": dict(predicted),
        "provided": dict(provided or {}),
    }
