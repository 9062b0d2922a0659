"""What the data know of each item's accuracy, or of a subject's confidence in it.

Neither is known exactly: ten attempts say little of an accuracy, and a confidence is stated a
little differently each time. An item's value is logistic(mean + sd z), z standard normal, and a
mechanism that reads it has to say how far it must bend the z's to fit the skips.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Posterior of the value of each of P items, normal in logits.

    Attributes
    ----------
    mean, sd : array of shape (P,)
        In logits; sd 0 where the value is taken as known.
    """

    mean: Floats
    sd: Floats

    def at(self, z: Floats) -> Floats:
        """Return the values, in (0, 1), for standard scores of shape (P,)."""
        return np.asarray(expit(self.mean + self.sd * z))

    def slope_at(self, z: Floats) -> Floats:
        """Return their derivatives with respect to z."""
        value = self.at(z)
        return value * (1 - value) * self.sd
