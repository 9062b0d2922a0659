"""The arms of the exam, as data: wording and payoffs, one entry each."""

from dataclasses import dataclass, replace
from typing import Any

from balk.errors import StudyError, unknown


@dataclass(frozen=True, slots=True)
class Arm:
    """Wording and payoffs of an exam.

    Attributes
    ----------
    name : str
        As it stands in the table.
    settles : str
        The question that this arm helps to answer.
    version : int
        Raised whenever the arm's wording or payoffs change.
    penalty : float
        Points that a wrong answer costs, as announced; at least 0.
    price : float
        Points that a lifeline costs, as announced; at least 0.
    exit_word : str
        What is written in the answer's place to skip a question.
    offers_lifelines : bool
        False for arms in which lifelines are never mentioned.
    parameter : str
        Field that ``NAME=VALUE`` sets; empty where there is none.
    """

    name: str
    settles: str
    version: int = 1
    penalty: float = 0.0
    price: float = 0.0
    exit_word: str = "LIFELINE"
    offers_lifelines: bool = True
    parameter: str = ""

    @property
    def spec(self) -> str:
        """The arm as `make_arm` reads it: ``NAME`` or ``NAME=VALUE``."""
        return f"{self.name}={getattr(self, self.parameter):g}" if self.parameter else self.name


ARMS: dict[str, Arm] = {
    "none": Arm(
        "none",
        settles="what happens when no lifeline is mentioned: the baseline of every contrast",
        offers_lifelines=False,
    ),
    "lifelines": Arm(
        "lifelines",
        settles="whether and how often a subject skips although an attempt can only gain",
    ),
    "penalty": Arm(
        "penalty",
        settles="whether skipping rises when a wrong answer really costs points",
        penalty=1.0,
        parameter="penalty",
    ),
}


def make_arm(spec: str) -> Arm:
    """Return the arm that ``NAME`` or ``NAME=VALUE`` names, such as ``penalty=0.5``.

    Raises
    ------
    StudyError
        If the name is unknown, the arm takes no value, or the value is not a number >= 0.
    """
    name, has_value, value = spec.partition("=")
    if name not in ARMS:
        raise StudyError(unknown("arm", name, ARMS))
    arm = ARMS[name]
    if not has_value:
        return arm
    if not arm.parameter:
        raise StudyError(f"arm {name!r} takes no value, seen {spec!r}; write just {name!r}")
    try:
        points = float(value)
    except ValueError:
        points = -1.0
    if not 0 <= points < float("inf"):
        raise StudyError(f"arm {spec!r}: {value!r} is not a number >= 0; write {name}=0.5, say")
    changes: dict[str, Any] = {arm.parameter: points}
    return replace(arm, **changes)
