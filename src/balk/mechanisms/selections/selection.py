"""What a selection is: the log-weight it gives to each question of an exam."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from balk.mechanisms.items import Items
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True)
class Selection:
    """Which questions are skipped: given how many, a set S in proportion to exp(sum of a_i).

    Another package adds a selection by an entry point in the group ``balk.selections``.

    Attributes
    ----------
    name : str
        As it stands in ``fits.json``.
    log_weights : callable
        ``log_weights(items, slope=s)`` -> a, of the shape of the items; in proportion to s, and
        elementwise: a question's weight depends on that question alone.
    slope : Parameter or None
        What is left open; None where all questions weigh the same.
    reads : {"confidence", "accuracy"} or None
        The belief that it looks at, of which the data know each item's value only so well.
    """

    name: str
    log_weights: Callable[..., Floats]
    slope: Parameter | None = None
    reads: Literal["confidence", "accuracy"] | None = None

    def direction(self, items: Items) -> Floats:
        """Return the log-weights per unit of slope."""
        return self.log_weights(items, slope=1.0)
