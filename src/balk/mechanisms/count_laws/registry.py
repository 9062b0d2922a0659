"""The registry of count laws: a plain dict, one line each."""

from collections.abc import Callable

from balk.mechanisms.count_laws import cap, cost, relative_cost, share
from balk.mechanisms.symmetric import Floats

CountLaw = Callable[..., Floats]
"""``log_pi(log_e, n_lifelines, u, **parameters)`` -> log P(k | B, u), shape (..., B + 1)."""

COUNT_LAWS: dict[str, CountLaw] = {
    "cap": cap.log_pi,
    "share": share.log_pi,
    "cost": cost.log_pi,
    "relative_cost": relative_cost.log_pi,
}
