"""What a verdict would be if every unread question had been an attempt, or a skip.

A fit sums over both decisions of a question that could not be read, as if being unread had nothing
to do with the decision. It may have: a reply that asks for a lifeline in words nobody foresaw is
unread *because* it skips. The two extremes bound what could be.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from balk.mechanisms.compare import choose
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit
from balk.mechanisms.observed import Bools
from balk.mechanisms.skip_rate import skip_rate

N_RIVALS = 4
"""How many of the best mechanisms are fitted again at each extreme."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Mechanisms preferred at the extremes.

    Attributes
    ----------
    n_questions : int
        Questions whose decision is not known.
    as_attempts, as_skips : str
        Mechanism preferred if each of them was attempted, or skipped as far as lifelines reach.
    """

    n_questions: int
    as_attempts: str
    as_skips: str


def unread_bounds(exams: Exams, fits: Sequence[Fit], chosen: Fit) -> Unread | None:
    """Return what would be preferred at the extremes; None where every decision is known.

    Parameters
    ----------
    exams : Exams
        With gaps.
    fits : sequence of Fit
        Of these exams, best first.
    chosen : Fit
        The one preferred, which is among those fitted again.
    """
    if not exams.is_gap.any():
        return None
    again = [*fits[:N_RIVALS], chosen, *(f for f in fits if f.mechanism.is_rational)]
    close = list({f.mechanism.name: f for f in again}.values())
    names = [_preferred(exams, skips, close) for skips in (exams.is_skip, _filled(exams))]
    return Unread(int(exams.is_gap.sum()), *names)


def _preferred(exams: Exams, skips: Bools, close: Sequence[Fit]) -> str:
    bound = replace(exams, is_skip=skips, is_gap=np.zeros_like(exams.is_gap))
    again = [fit(f.mechanism, bound, f.fitted) for f in close]
    return choose(again, skip_rate(bound).value).mechanism.name


def _filled(exams: Exams) -> Bools:
    """Return the skips with unread questions skipped too, as far as lifelines reach."""
    left = exams.lifelines - exams.n_skips
    reached = np.cumsum(exams.is_gap, axis=0) <= left
    return np.asarray(exams.is_skip | (exams.is_gap & reached))
