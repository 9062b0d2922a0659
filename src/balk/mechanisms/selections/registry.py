"""The registry of selections: a plain dict, one line each."""

from collections.abc import Callable

from balk.mechanisms.selections import accuracy, confidence, indifferent, length, position
from balk.mechanisms.symmetric import Floats

Selection = Callable[..., Floats]
"""``log_weights(items, **parameters)`` -> a, shape (..., n)."""

SELECTIONS: dict[str, Selection] = {
    "indifferent": indifferent.log_weights,
    "confidence": confidence.log_weights,
    "accuracy": accuracy.log_weights,
    "position": position.log_weights,
    "length": length.log_weights,
}
