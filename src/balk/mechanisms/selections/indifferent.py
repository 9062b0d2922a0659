"""Any question as well as any other."""

import numpy as np

from balk.mechanisms.items import Items
from balk.mechanisms.symmetric import Floats


def log_weights(items: Items) -> Floats:
    """Return a_i = 0: the questions skipped are a simple random sample."""
    return np.zeros(items.position.shape)
