"""What can be asked after an exam, as data, and where it cannot be asked.

A probe comes after the last question, never before: what it asks would tell a subject what the
exam is about. In the exam's own conversation the payoff comes first, since the other questions
speak of lifelines; reasons come before the follow-up, which shows what skipping was worth;
advice has a conversation of its own and comes last.
"""

from collections.abc import Iterable
from typing import get_args

from balk.design.exams import Condition
from balk.errors import StudyError, unknown
from balk.records import Interface, Probe

PROBES: dict[Probe, str] = {
    "payoff": "whether the points were understood; where a penalty is unstated, what is believed",
    "reasons": "why each lifeline was used; every stated reason names the arm that removes it",
    "follow_up": "what the skipped questions would have earned, answered after all",
    "advice": "whether the subject knows the best policy, or acts against what it knows",
}
"""Probe -> what it settles, in the order in which they are asked."""

OF_SKIPS: tuple[Probe, ...] = ("reasons", "follow_up")
"""Probes that ask nothing of an exam without skips."""


def in_order(probes: Iterable[str]) -> tuple[Probe, ...]:
    """Return the probes, each once, in the order in which they are asked.

    Raises
    ------
    StudyError
        If one is unknown.
    """
    wanted = set(probes)
    for name in sorted(wanted - set(get_args(Probe))):
        raise StudyError(unknown("probe", name, PROBES))
    return tuple(probe for probe in PROBES if probe in wanted)


def why_not(probe: Probe, condition: Condition, interface: Interface) -> str:
    """Return why a probe cannot be asked of an exam; an empty text where it can."""
    if probe != "payoff" and not condition.lifelines:
        return "no lifeline is offered"
    arm = condition.arm
    if probe != "follow_up" and (interface == "completion" or arm.bridge):
        return "a document that is continued answers no question about itself"
    if probe == "follow_up" and arm.inert:
        return "tokens that do nothing skip no question"
    if probe == "follow_up" and condition.protocol == "realtime" and arm.tells_key:
        return (
            "the right answers of skipped questions have been told; cross the arm with key=hidden"
        )
    return ""


def can_be_asked(
    probes: Iterable[Probe], condition: Condition, interface: Interface
) -> tuple[Probe, ...]:
    """Return those of the probes that can be asked of an exam, in order."""
    return tuple(one for one in in_order(probes) if not why_not(one, condition, interface))


def check_probes(probes: Iterable[str], condition: Condition, interface: Interface) -> None:
    """Refuse probes that cannot be asked of an exam.

    Raises
    ------
    StudyError
        If one is unknown, or cannot be asked; the message says why.
    """
    for probe in in_order(probes):
        if why := why_not(probe, condition, interface):
            raise StudyError(f"probe {probe!r} cannot be asked: {why}; leave it out")
