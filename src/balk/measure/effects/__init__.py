"""Model-free numbers: what was decided, how often and for how many points, with intervals."""

from balk.measure.effects.summary import summarise

__all__ = ["summarise"]
