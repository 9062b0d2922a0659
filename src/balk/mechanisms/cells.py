"""The cells that have names, and what must hold before a cell is called by its name."""

import numpy as np

from balk.mechanisms.derived import bootstrap
from balk.mechanisms.fit import Fit

NAMES: dict[tuple[str, str], str] = {
    ("cap", "none"): "indiscriminate",
    ("cap", "confidence"): "threshold",
    ("cap", "accuracy"): "believed penalty",
    ("share", "none"): "use-the-parts",
    ("share", "confidence"): "selective parts",
    ("cost", "confidence"): "tension",
    ("relative_cost", "confidence"): "relative tension",
}
"""Count law and selection -> what they are called together."""

PLAIN_WORDS: dict[str, str] = {
    "rational": "skips no more than lapses would",
    "indiscriminate": "skips a fixed share of questions, whichever they are, until the lifelines "
    "run out",
    "threshold": "skips where its confidence is below a threshold, until the lifelines run out",
    "believed penalty": "skips as if a wrong answer cost points, by how often it is right",
    "indifference": "skips where it is less often right, and the lower bound of the penalty that "
    "would explain it is not above 0",
    "use-the-parts": "uses a share of whatever lifelines it is given, on any questions",
    "selective parts": "uses a share of whatever lifelines it is given, where it is less confident",
    "tension": "skips where it is less confident, and finds each further lifeline harder to take",
    "relative tension": "skips where it is less confident, and finds each further lifeline harder "
    "to take the more of the offer is used",
}
"""What each named cell says a subject does."""


def cell_name(fitted: Fit) -> str:
    """Return the name of a fit's cell, or of its mechanism where no name is earned.

    A selection is named only where its slope is above 0: the less confident, the sooner skipped.
    *Believed penalty* asks for more: the penalty's lower bound above 0, otherwise it is
    *indifference*, since skipping a hopeless question costs next to nothing.
    """
    mechanism = fitted.mechanism
    if mechanism.is_rational:
        return "rational"
    name = NAMES.get((mechanism.law.name, mechanism.selection.name))
    slope = mechanism.selection.slope
    if name is None:
        return mechanism.name
    if slope is not None and fitted.values[slope.name] <= 0:
        return f"{mechanism.name}, reversed"
    if name == "believed penalty" and _lowest_threshold(fitted) <= 0:
        return "indifference"
    return name


def _lowest_threshold(fitted: Fit) -> float:
    """Return the 2.5 % quantile of alpha / slope, the threshold of an accuracy worth a try."""
    draws, names = bootstrap(fitted), fitted.mechanism.names
    thresholds = draws[:, names.index("alpha")] / draws[:, names.index("slope")]
    return float(np.quantile(thresholds, 0.025))
