"""Rather the questions one feels less sure of."""

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.symmetric import Floats


def log_weights(items: Items, *, slope: float) -> Floats:
    """Return a_i = -slope c_i, with c_i the subject's own probability of being right.

    Parameters
    ----------
    items : Items
        Their `confidence` is used.
    slope : float
        Logits of skipping per unit of confidence, about 0 to 15; 0 is indifference.
    """
    return -slope * items.confidence


SLOPE = Parameter("slope", "logits of skipping per unit of confidence lost", 0.0, 10.0)
SELECTION = Selection("confidence", log_weights, SLOPE, reads="confidence")
