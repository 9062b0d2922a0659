"""What each explanation says an arm does to skipping: the signs that a study commits itself to.

A sign stands as it is, or provided that something holds; where that does not hold, the explanation
says "as many" (0). Who has no lifeline left cannot skip more, and a skip pays only on a question
whose chance of being right is below the break-even of penalty and price.
"""

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
_SKIPPING = tuple(name for name in EXPLANATIONS if name != "rational")


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
    "bridge": _all(SAME),
    "easy": _all(SAME, **dict.fromkeys(_BY_BELIEF, DOWN)),
    "choices": _all(SAME, **dict.fromkeys(_BY_BELIEF, DOWN)),
}
"""Arm -> explanation -> whether an exam has more skips (+), as many (0) or fewer (-) than with as
many lifelines in the plain wording."""

PAYS = "some question is held to be got right less often than at break-even, {break_even:.3g}"
HEEDS = "the penalty is heeded, and in the plain wording some exams leave lifelines unused"
EASIER = "the plain exam is of higher levels, and with this arm some exams leave lifelines unused"
STILL_LEFT = "with this arm some exams leave lifelines unused"

PROVIDED: Mapping[str, Mapping[str, str]] = {
    "penalty": dict.fromkeys(_SKIPPING, HEEDS) | {"rational": PAYS},
    "easy": dict.fromkeys(_BY_BELIEF, EASIER),
    "choices": dict.fromkeys(_BY_BELIEF, STILL_LEFT),
}
"""Arm -> explanation -> what has to hold for its sign; without it the sign is 0.

Of `PAYS`, ``break_even`` is that of the arm's points: `balk.design.arms.Arm.break_even`.
"""

TOKENS: Mapping[str, str] = _all(SAME, use_the_parts=UP, selective_parts=UP)
"""Explanation -> whether inert tokens are used at all (+), in arm ``inert``."""

HISTORY: Mapping[str, str] = {"feedback=always_wrong": UP, "feedback=always_right": SAME}
"""Arm -> the sign, against ``feedback=none`` in real time, where running failures matter; without
that, every explanation says 0."""

HISTORY_PROVIDED = "with feedback=none some exams leave lifelines unused"

DOSE: Mapping[str, str] = _all(UP, rational=SAME)
"""Explanation -> whether more lifelines mean more skips."""

DOSE_PROVIDED: Mapping[str, str] = dict.fromkeys(
    ("indiscriminate", "threshold", "believed_penalty", "tension"),
    "in some exams the fewest lifelines are all used",
)
"""Explanation -> the same for `DOSE`: a number of one's own is not raised by an offer above it."""

NET_POINTS: Mapping[str, str] = _all(UP, rational=SAME)
"""Explanation -> whether lifelines cost points against exams that never mention them."""

NET_POINTS_PROVIDED: Mapping[str, str] = dict.fromkeys(
    _SKIPPING, "some of what is skipped would have been got right"
)
