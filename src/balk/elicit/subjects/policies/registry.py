"""The registry of policies, with their default parameters: a plain dict, one line each."""

from balk.elicit.subjects.policies.capped import (
    BelievedPenalty,
    Effort,
    Indiscriminate,
    Position,
    Threshold,
)
from balk.elicit.subjects.policies.costed import RelativeTension, Tension
from balk.elicit.subjects.policies.policy import Policy
from balk.elicit.subjects.policies.rational import Rational
from balk.elicit.subjects.policies.shared import SelectiveParts, UseTheParts

POLICIES: dict[str, Policy] = {
    "rational": Rational(),
    "indiscriminate": Indiscriminate(),
    "threshold": Threshold(),
    "believed_penalty": BelievedPenalty(),
    "use_the_parts": UseTheParts(),
    "selective_parts": SelectiveParts(),
    "tension": Tension(),
    "relative_tension": RelativeTension(),
    "position": Position(),
    "effort": Effort(),
}
