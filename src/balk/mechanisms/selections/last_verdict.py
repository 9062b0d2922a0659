"""Rather right after a failure: a nuisance of exams that tell the result after each question."""

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.symmetric import Floats


def log_weights(items: Items, *, slope: float) -> Floats:
    """Return a_t = slope where the last verdict shown before t was "wrong", otherwise 0.

    Parameters
    ----------
    items : Items
        Their `last_wrong` is used: 0 before any verdict, and where none is ever shown.
    slope : float
        Logits of skipping that a verdict "wrong" adds, about -2 to 2.
    """
    return slope * items.last_wrong


SLOPE = Parameter("last_verdict", "logits of skipping after a verdict of wrong", 0.0, 1.0)
SELECTION = Selection("last_verdict", log_weights, SLOPE)
