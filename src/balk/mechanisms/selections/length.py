"""Rather the longer questions: a nuisance that may look like a reason."""

import numpy as np

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.symmetric import Floats

REFERENCE_CHARS = 200.0


def log_weights(items: Items, *, slope: float) -> Floats:
    """Return a_i = slope log(stem_chars_i / 200): odds that go with a power of the length.

    Parameters
    ----------
    items : Items
        Their `stem_chars` is used.
    slope : float
        Elasticity of the odds of skipping with respect to length, about -3 to 3.
    """
    return np.asarray(slope * np.log(items.stem_chars / REFERENCE_CHARS))


SLOPE = Parameter("length", "elasticity of the odds of skipping with the length", 0.0, 1.5)
SELECTION = Selection("length", log_weights, SLOPE)
