"""Whether a subject says it is surer, or less sure, the more lifelines it is offered."""

from dataclasses import dataclass

import numpy as np

from balk.mechanisms.exams import Exams
from balk.mechanisms.inputs import in_logits

SURE_SE = 3.0
"""Standard errors beyond which a drift is taken as real."""
LARGE = 0.3
"""Logits over the range of doses beyond which a drift matters."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Change of stated confidence with the dose.

    Attributes
    ----------
    per_log_dose : float
        Logits of stated confidence, less the item's usual one, per unit of log lifelines.
    se : float
        Its standard error, exams being the sample.
    over_range : float
        Logits from the smallest dose to the largest.
    """

    per_log_dose: float
    se: float
    over_range: float

    @property
    def matters(self) -> bool:
        """Whether the drift is both sure and large."""
        return abs(self.per_log_dose) > SURE_SE * self.se and abs(self.over_range) > LARGE


def drift_of(exams: Exams) -> Drift | None:
    """Return the drift; None where confidence is not stated, or at a single dose."""
    doses = np.unique(exams.lifelines)
    if exams.stated is None or "confidence" not in exams.beliefs or doses.size == 1:
        return None
    usual = exams.beliefs["confidence"].mean[exams.item]
    is_stated = ~np.isnan(exams.stated) & exams.is_present
    stated = in_logits(np.where(is_stated, exams.stated, 0.5))
    n = is_stated.sum(axis=0)
    shift = np.where(is_stated, stated - usual, 0).sum(axis=0)[n > 0] / n[n > 0]
    log_dose = np.log(exams.lifelines[n > 0])
    x = log_dose - log_dose.mean()
    size = float(x @ x)
    if size <= 0 or shift.size < 3:  # noqa: PLR2004 -- a line through two exams has no error
        return None
    slope = float(x @ shift) / size
    left = shift - shift.mean() - slope * x
    se = float(np.sqrt((left**2).sum() / (shift.size - 2) / size))
    return Drift(slope, se, slope * float(np.log(doses[-1] / doses[0])))
