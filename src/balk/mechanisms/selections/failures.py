"""Rather after failures: a nuisance of exams that tell the result after each question."""

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.symmetric import Floats


def log_weights(items: Items, *, slope: float) -> Floats:
    """Return a_t = slope f_t, with f_t the share of "wrong" among the verdicts shown before t.

    Parameters
    ----------
    items : Items
        Their `share_wrong` is used: 0 before any verdict, and where none is ever shown.
    slope : float
        Logits of skipping between nothing wrong and all wrong so far, about -3 to 3.
    """
    return slope * items.share_wrong


SLOPE = Parameter("failures", "logits of skipping per unit of the share wrong so far", 0.0, 1.5)
SELECTION = Selection("failures", log_weights, SLOPE)
