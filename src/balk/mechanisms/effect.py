"""How strongly a fitted mechanism prefers some questions to others."""

from balk.mechanisms.derived import Z95
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit


def effect_of(fitted: Fit, exams: Exams) -> tuple[float, float, float]:
    """Return the slope in logits per standard deviation of what it is about, with its interval."""
    slope = fitted.mechanism.selection.slope
    if slope is None:
        return 0.0, 0.0, 0.0
    direction = fitted.mechanism.selection.direction(exams.items())
    sd = float(direction[exams.is_present].std())
    value, se = fitted.values[slope.name] * sd, fitted.ses[slope.name] * sd
    return value, value - Z95 * se, value + Z95 * se
