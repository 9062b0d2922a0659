"""What each explanation says an arm does to skipping: the signs that a study commits itself to."""

from collections.abc import Mapping

UP, SAME, DOWN = "+", "0", "-"

EXPLANATIONS = (
    "rational",
    "indiscriminate",
    "threshold",
    "believed_penalty",
    "use_the_parts",
    "selective_parts",
    "tension",
    "relative_tension",
)
"""Mechanisms with a prediction, and simulated subjects of the same names."""

_BY_BELIEF = ("threshold", "believed_penalty", "tension", "relative_tension")


def _all(sign: str, **others: str) -> dict[str, str]:
    return dict.fromkeys(EXPLANATIONS, sign) | others


PREDICTIONS: Mapping[str, Mapping[str, str]] = {
    "penalty": _all(UP),
    "unstated": _all(SAME),
    "dominance": _all(SAME, believed_penalty=DOWN),
    "nonsense": _all(SAME),
    "renamed": _all(SAME),
    "welcome": _all(SAME),
    "rating": _all(SAME),
    "stakes": _all(SAME),
    "easy": _all(SAME, **dict.fromkeys(_BY_BELIEF, DOWN)),
    "choices": _all(SAME, **dict.fromkeys(_BY_BELIEF, DOWN)),
}
"""Arm -> explanation -> whether an exam has more skips (+), as many (0) or fewer (-) than with as
many lifelines in the plain wording."""

TOKENS: Mapping[str, str] = _all(SAME, use_the_parts=UP, selective_parts=UP)
"""Explanation -> whether inert tokens are used at all (+), in arm ``inert``."""

HISTORY: Mapping[str, str] = {"feedback=always_wrong": UP, "feedback=always_right": SAME}
"""Arm -> the sign, against ``feedback=none`` in real time, where running failures matter; without
that, every explanation says 0."""

DOSE: Mapping[str, str] = _all(UP, rational=SAME)
"""Explanation -> whether more lifelines mean more skips."""

NET_POINTS: Mapping[str, str] = _all(UP, rational=SAME)
"""Explanation -> whether lifelines cost points against exams that never mention them."""
