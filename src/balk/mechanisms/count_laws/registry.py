"""The registry of count laws: a plain dict, one line each."""

from balk.mechanisms.count_laws import cap, cost, relative_cost, share
from balk.mechanisms.count_laws.law import CountLaw

COUNT_LAWS: dict[str, CountLaw] = {
    "cap": cap.LAW,
    "share": share.LAW,
    "cost": cost.LAW,
    "relative_cost": relative_cost.LAW,
}
