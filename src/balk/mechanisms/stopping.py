"""When to stop asking: a sequential rule for `balk run --until-decided`.

Exams with few and with many lifelines tell most mechanisms apart best, so those are asked, with
plain exams beside them, a few at a time. Once every rival is clearly behind, exams at a dose in
between are asked as a check. Subjects that give nothing to decide stop too: those that hardly
skip, those whose skips prefer no question, those of whom nothing is known that they could prefer
questions by, and those that would need too many exams.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from balk.mechanisms.compare import difference
from balk.mechanisms.doubts import unmeasured
from balk.mechanisms.effect import effect_of
from balk.mechanisms.exams import Exams
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.observed import Observed
from balk.mechanisms.verdict import Judgement, judge

Action = Literal["ask", "check", "stop"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The sequential design.

    Attributes
    ----------
    doses : tuple of int
        Lifelines offered while it is open which mechanism predicts best.
    middle : int
        Lifelines of the check.
    first_plain, first_offered : int
        Plain exams, and exams at each dose, of the first round.
    more_plain, more_offered : int
        The same of every further round; plain exams end at `most_plain`.
    most_plain : int
        Plain exams at most.
    n_check : int
        Exams of the check.
    beyond_se : float
        Standard errors that every rival must be behind; above 2, for the verdict is looked at
        after every round.
    most : int
        Exams at most, plain ones counted.
    most_unselective : int
        Exams at most for subjects whose skips show no preference, plain ones counted.
    """

    doses: tuple[int, int] = (3, 20)
    middle: int = 10
    first_plain: int = 12
    first_offered: int = 6
    more_plain: int = 4
    more_offered: int = 4
    most_plain: int = 24
    n_check: int = 6
    beyond_se: float = 2.4
    most: int = 200
    most_unselective: int = 92


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next.

    Attributes
    ----------
    action : {"ask", "check", "stop"}
        Another round, the exams of the check, or nothing more.
    why : str
        In plain words.
    n_exams : int
        Exams so far, plain ones counted.
    verdict : Judgement or None
        The verdict so far; None before any exam with lifelines.
    """

    action: Action
    why: str
    n_exams: int
    verdict: Judgement | None


def next_step(observed: Observed, rule: Rule) -> Step:
    """Return what to do after the exams seen so far."""
    n_exams = len(observed.lifelines)
    if not observed.is_offered.any():
        return Step("ask", "nothing has been asked yet", n_exams, None)
    exams = Exams.of(observed, beliefs_of(observed))
    grid = make_grid("whole" if observed.protocol == "batch" else "in_turn")
    judged = judge(exams, grid, is_quick=True, beyond_se=rule.beyond_se)
    action, why = _action(judged, exams, n_exams, rule)
    return Step(action, why, n_exams, judged)


def _action(  # noqa: PLR0911 -- each line is a reason
    judged: Judgement, exams: Exams, n_exams: int, rule: Rule
) -> tuple[Action, str]:
    is_checked = bool((exams.lifelines == rule.middle).any())
    if judged.status == "declared":
        return "stop", "decided"
    if not judged.is_open and not is_checked:
        return "check", f"every rival is behind; {rule.middle} lifelines are to be predicted"
    if n_exams >= rule.most:
        return "stop", f"undecided after {n_exams} exams, the most that are asked"
    if not judged.is_open and is_checked and judged.status == "none fits":
        return "stop", "no mechanism fits"
    if n_exams >= rule.most_unselective and (untried := unmeasured(judged.chosen, exams)):
        return "stop", f"futile: {untried[0]}"
    if not is_selective(judged, exams) and n_exams >= rule.most_unselective:
        return "stop", "futile: its skips show no preference, and more exams would add little"
    if n_exams >= rule.most_unselective and needed(judged, len(exams), rule) > 2 * rule.most:
        return "stop", "futile: the nearest rival would take too many exams to tell apart"
    return "ask", judged.reasons[0] if judged.reasons else "undecided"


def is_selective(judged: Judgement, exams: Exams) -> bool:
    """Return whether a preference for some questions is beyond doubt in the mechanism preferred."""
    _, low, _ = effect_of(judged.chosen, exams)
    return low > 0


def needed(judged: Judgement, n_exams: int, rule: Rule) -> float:
    """Return how many exams would put the nearest rival far enough behind, at this pace."""
    gaps = [
        difference(judged.chosen, rival)
        for rival in judged.fits
        if rival is not judged.chosen and not rival.mechanism.is_rational
    ]
    pace = min((gap.value / max(gap.se, 1e-9) for gap in gaps), default=np.inf)
    return n_exams * (rule.beyond_se / max(pace, 1e-3)) ** 2
