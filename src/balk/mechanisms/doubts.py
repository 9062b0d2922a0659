"""Why no more is claimed of a mechanism than that it is preferred.

Each function returns reasons in plain words; a verdict is declared where none has any.
"""

from collections.abc import Sequence

import numpy as np

from balk.mechanisms.bend import Bend
from balk.mechanisms.checks import TOO_ODD, Checks
from balk.mechanisms.compare import Difference, difference, is_nested
from balk.mechanisms.count_laws.lapse import ALLOWANCE
from balk.mechanisms.drift import drift_of
from balk.mechanisms.effect import effect_of
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit
from balk.mechanisms.held_out import HeldOut
from balk.mechanisms.inputs import is_constant
from balk.mechanisms.skip_rate import SkipRate
from balk.mechanisms.unread import Unread

NEGLIGIBLE = 0.35
"""A slope whose interval stays within this many logits per standard deviation is no selection:
the odds of a skip differ by less than 1.42 for a question one standard deviation away."""

MOST_SIGMA = 1.0
"""Logits that exams may differ by before they are taken to be of several kinds: the odds of a skip
then differ by more than 2.7 between one exam and the next that is a standard deviation away."""


def oddities(checks: Checks, bend: Bend | None) -> list[str]:
    """Return what could hardly have been seen if the mechanism were true."""
    told = []
    if checks.p < TOO_ODD:
        told.append(f"what was seen is odd under it: {checks.oddest} (p = {checks.p:.3f})")
    if bend is not None and bend.p < TOO_ODD:
        told.append(
            f"its items would have to be {bend.ratio:.1f} times as far from what exams without "
            f"lifelines say of them as chance allows (p = {bend.p:.2g}): it skips by something else"
        )
    return told


def rivals(chosen: Fit, fits: list[Fit], exams: Exams, beyond_se: float) -> list[str]:
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


def lapses_open(chosen: Fit, rate: SkipRate) -> list[str]:
    """Return whether the share of skips is on neither side of what passes as lapses."""
    is_open = rate.high > ALLOWANCE if chosen.mechanism.is_rational else rate.low <= ALLOWANCE
    told = f"{rate.low:.1%} to {rate.high:.1%} of questions may be skipped"
    return [f"{told}, and {ALLOWANCE:.0%} pass as lapses"] if is_open else []


def _told(gap: Difference) -> str:
    return f"{gap.value:.1f} nats (se {gap.se:.1f})"


def untested(exams: Exams, chosen: Fit, predicted: Sequence[HeldOut]) -> list[str]:
    """Return what the doses leave untested."""
    if np.unique(exams.lifelines).size == 1:
        return ["one dose: what would happen at others is not known"]
    if chosen.mechanism.is_rational:
        return []
    if not predicted:
        return ["two doses: there is none left to predict"]
    return [
        f"the held-out dose {one.dose:g} is not predicted: {one.seen:.1f} skips seen, "
        f"{one.predicted:.1f} expected (p = {one.p:.3f})"
        for one in predicted
        if one.p < TOO_ODD
    ]


def unmeasured(chosen: Fit, exams: Exams) -> list[str]:
    """Return which selections could not be tried, for want of what they read.

    A subject that states no confidence, or always the same, may still feel more or less sure; its
    skips by confidence then look like skips by whatever goes with it. An accuracy that is the same
    for every item is a finding, not a gap: nothing can be selected by it.
    """
    if chosen.mechanism.is_rational:
        return []
    confidence, accuracy = (exams.beliefs.get(name) for name in ("confidence", "accuracy"))
    told = []
    if confidence is None:
        told.append("no confidence was stated in exams without lifelines: skips by it are untested")
    elif is_constant(confidence):
        told.append("the confidence stated is the same throughout: skips by it are untested")
    if accuracy is None:
        told.append(
            "no answer in exams without lifelines is marked: skips by accuracy are untested"
        )
    return told


def unread_matters(chosen: Fit, unread: Unread | None) -> list[str]:
    """Return at which extreme of the unread questions another mechanism would be preferred."""
    if unread is None:
        return []
    extremes = (("an attempt", unread.as_attempts), ("a skip", unread.as_skips))
    return [
        f"{unread.n_questions} questions are unread, and if each were {told} it would be {name}"
        for told, name in extremes
        if name != chosen.mechanism.name
    ]


def unstable(chosen: Fit, sensitivity: dict[str, str]) -> list[str]:
    """Return under which other assumptions another mechanism would be preferred."""
    other = {told: name for told, name in sensitivity.items() if name != chosen.mechanism.name}
    return [f"with {told} it would be {name}" for told, name in other.items()]


def unlike(chosen: Fit) -> list[str]:
    """Return whether exams differ more than those of one subject with one way of skipping."""
    sigma = chosen.values.get("sigma", 0.0)
    if sigma <= MOST_SIGMA:
        return []
    told = (
        f"exams differ by {sigma:.1f} logits, more than the {MOST_SIGMA:g} that exams of one kind "
        "do: they may be of several kinds"
    )
    return [told]


def drifting(chosen: Fit, exams: Exams) -> list[str]:
    """Return whether the confidence it skipped by may not be that of no-lifeline exams."""
    drift = drift_of(exams)
    if drift is None or chosen.mechanism.selection.reads != "confidence" or not drift.matters:
        return []
    told = (
        f"stated confidence moves by {drift.per_log_dose:+.2f} logits (se {drift.se:.2f}) per log "
        "lifeline, so that the confidence of no-lifeline exams may not be what it skipped by"
    )
    return [told]
