"""What an announced penalty adds to the pull of every skip of an exam.

Effective penalty = own + weight x announced: a subject whose own penalty is 0 and whose weight is
1 takes the payoffs as stated. With selection by confidence or accuracy under the cap law, a
question is skipped where its value is below alpha / slope = p / (1 + p), the value at which an
attempt and a skip earn the same under penalty p (Chow 1970), so that alpha moves with the penalty.
In every other cell the weight is in logits per point.
"""

import numpy as np

from balk.mechanisms.count_laws import cap
from balk.mechanisms.mechanism import Mechanism
from balk.mechanisms.symmetric import Floats

HIGHEST = 0.98
"""Thresholds above this are taken as this: beyond 1 no penalty, however large, would explain."""
STEP = 1e-6


def tilt(mechanism: Mechanism, values: dict[str, Floats], penalty: Floats) -> Floats:
    """Return the logits that the announced penalties add to every skip, shape (E,).

    Parameters
    ----------
    mechanism : Mechanism
        One that `weighs_penalty`; for any other nothing is added.
    values : dict
        Its parameters by name, each a number or an array of shape (E,).
    penalty : array of shape (E,)
        Points announced for a wrong answer.
    """
    if mechanism.penalty is None:
        return np.zeros(penalty.shape)
    weight = values[mechanism.penalty.name]
    if not has_threshold(mechanism):
        return np.asarray(weight * penalty)
    alpha, slope = values["alpha"], values["slope"]
    threshold = np.clip(alpha / np.where(np.abs(slope) < STEP, STEP, slope), -HIGHEST, HIGHEST)
    effective = np.maximum(1 / (1 - threshold) + weight * penalty, STEP)
    return np.asarray(slope * ((1 - 1 / effective) - threshold))


def d_tilt(mechanism: Mechanism, values: dict[str, Floats], penalty: Floats) -> dict[str, Floats]:
    """Return the derivatives of `tilt` by the parameters it depends on, each of shape (E,)."""
    if mechanism.penalty is None:
        return {}
    names = [mechanism.penalty.name, *(["alpha", "slope"] if has_threshold(mechanism) else [])]
    found = {}
    for name in names:
        ends = [
            tilt(mechanism, values | {name: values[name] + step}, penalty) for step in (STEP, -STEP)
        ]
        found[name] = (ends[0] - ends[1]) / (2 * STEP)
    return found


def has_threshold(mechanism: Mechanism) -> bool:
    """Return whether a mechanism skips below a threshold that a penalty can move."""
    return mechanism.law is cap.LAW and mechanism.selection.reads is not None
