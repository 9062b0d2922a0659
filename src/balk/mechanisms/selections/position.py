"""Rather the later questions: a nuisance that may look like a reason."""

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.symmetric import Floats


def log_weights(items: Items, *, slope: float) -> Floats:
    """Return a_i = slope (position_i - 1).

    Parameters
    ----------
    items : Items
        Their `position` is used.
    slope : float
        Logits of skipping per question further down, about -0.3 to 0.3.
    """
    return slope * (items.position - 1.0)


SLOPE = Parameter("position", "logits of skipping per question further down", 0.0, 0.3)
SELECTION = Selection("position", log_weights, SLOPE)
