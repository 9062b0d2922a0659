"""What every count law does with its arguments."""

import numpy as np
from numpy.typing import ArrayLike

from balk.errors import MechanismError
from balk.mechanisms.symmetric import Floats


def checked_lifelines(n_lifelines: int) -> None:
    """Raise `MechanismError` unless the number of lifelines is at least 0."""
    if n_lifelines < 0:
        raise MechanismError(f"n_lifelines is {n_lifelines}; give a whole number >= 0")


def column(u: ArrayLike) -> Floats:
    """Return the exam effects with a last axis of length 1, on which k is laid out."""
    return np.asarray(u, dtype=np.float64)[..., np.newaxis]
