"""Labels as numbers, which sort many times faster than text."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.int64]


def codes_of(labels: pl.Series) -> Codes:
    """Return the labels as numbers from 0, in the order of the labels."""
    return np.asarray(labels.rank("dense").to_numpy(), dtype=np.int64) - 1
