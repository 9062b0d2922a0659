"""Rather the questions one gets wrong, whatever one says of them."""

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.symmetric import Floats


def log_weights(items: Items, *, slope: float) -> Floats:
    """Return a_i = -slope p_i, with p_i how often the subject is right on the question.

    Parameters
    ----------
    items : Items
        Their `accuracy` is used.
    slope : float
        Logits of skipping per unit of accuracy, about 0 to 15; 0 is indifference.
    """
    return -slope * items.accuracy


SLOPE = Parameter("slope", "logits of skipping per unit of accuracy lost", 0.0, 10.0)
SELECTION = Selection("accuracy", log_weights, SLOPE, reads="accuracy")
