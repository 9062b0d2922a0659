"""What a mechanism's parameter is: its name, range, prior and the scale it is fitted on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from balk.errors import MechanismError
from balk.mechanisms.symmetric import Floats

SHARPNESS = 8
"""How suddenly a parameter bends to its highest value: below half of it, not to be seen."""
FARTHEST_LOG = 20.0
"""Logarithms that a search strays beyond are held here: no parameter is near."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a mechanism leaves open.

    A parameter on the ``log`` scale is above 0 and fitted as its logarithm. The prior is normal on
    the scale of the fit and weak: over twice its standard deviation it hardly prefers anything.

    Attributes
    ----------
    name : str
        As it stands in ``fits.json``.
    meaning : str
        One line, with the unit.
    prior_mean, prior_sd : float
        Of the normal prior, on the scale of the fit.
    scale : {"identity", "log"}
        Scale of the fit.
    highest : float
        Largest natural value: a fit that strays further is held there.
    """

    name: str
    meaning: str
    prior_mean: float
    prior_sd: float
    scale: Literal["identity", "log"] = "identity"
    highest: float = np.inf

    def __post_init__(self) -> None:
        if not self.prior_sd > 0:
            raise MechanismError(f"{self.name}: prior_sd is {self.prior_sd}; give a number above 0")

    def natural(self, fitted: Floats | float) -> Floats:
        """Return the parameter from its value on the scale of the fit."""
        if self.scale == "identity":
            return np.minimum(np.asarray(fitted, dtype=np.float64), self.highest)
        value = np.exp(np.minimum(fitted, FARTHEST_LOG))
        return np.asarray(value * (1 + (value / self.highest) ** SHARPNESS) ** (-1 / SHARPNESS))

    def d_natural(self, fitted: float) -> float:
        """Return the derivative of the parameter by its value on the scale of the fit."""
        if self.scale == "identity":
            return float(fitted < self.highest)
        value = float(np.exp(np.minimum(fitted, FARTHEST_LOG)))
        return float(self.natural(fitted)) / (1 + (value / self.highest) ** SHARPNESS)

    def fitted(self, natural: float) -> float:
        """Return the value on the scale of the fit."""
        return float(np.log(natural)) if self.scale == "log" else natural

    def log_prior(self, fitted: float) -> float:
        """Return the logarithm of the prior's density, on the scale of the fit."""
        z = (fitted - self.prior_mean) / self.prior_sd
        return float(-0.5 * z**2 - np.log(self.prior_sd * np.sqrt(2 * np.pi)))
