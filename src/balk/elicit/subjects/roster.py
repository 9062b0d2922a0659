"""Names and arguments -> simulated subjects."""

import math
from dataclasses import fields, replace
from typing import Any

from balk.elicit.subjects.knowledge import Knowledge
from balk.elicit.subjects.policies.policy import Policy
from balk.elicit.subjects.policies.registry import POLICIES
from balk.elicit.subjects.simulated import SimulatedSubject, Subject
from balk.elicit.subjects.sloppy.subject import SloppySubject
from balk.errors import SubjectError, unknown

SIMULATED = (*POLICIES, "sloppy")
"""Every name that ``balk-sim/NAME`` knows."""


def make_subject(name: str, **arguments: Any) -> Subject:  # noqa: ANN401 -- model args are checked here
    """Return the simulated subject of a name.

    Parameters
    ----------
    name : str
        One of `SIMULATED`.
    **arguments : int or float
        `seed`, fields of `Knowledge`, and fields of the policy; all optional.

    Raises
    ------
    SubjectError
        If the name or an argument is unknown, or an argument is not a number.
    """
    if name not in SIMULATED:
        raise SubjectError(unknown("simulated subject", name, SIMULATED))
    policy = POLICIES.get(name)
    known = {"seed": 0, **_defaults(Knowledge()), **_defaults(policy)}
    given = {key: _number(name, key, value, known) for key, value in arguments.items()}
    knowledge = replace(Knowledge(), **_taken(given, Knowledge()))
    seed = int(given.get("seed", 0))
    if policy is None:
        return SloppySubject(knowledge, seed)
    return SimulatedSubject(replace(policy, **_taken(given, policy)), knowledge, seed)


def _defaults(settings: Policy | Knowledge | None) -> dict[str, float]:
    if settings is None:
        return {}
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def _taken(given: dict[str, float], settings: Policy | Knowledge) -> dict[str, Any]:
    return {field.name: given[field.name] for field in fields(settings) if field.name in given}


def _number(name: str, key: str, value: object, known: dict[str, float]) -> float:
    """Return an argument as the kind of number that its default is."""
    if key not in known:
        raise SubjectError(unknown(f"argument of balk-sim/{name}", key, known))
    kind = type(known[key])
    try:
        number = kind(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        words = "a whole number" if kind is int else "a number"
        raise SubjectError(
            f"argument {key} of balk-sim/{name} is {value!r}; give {words}, such as "
            f"-M {key}={known[key]}"
        )
    return number
