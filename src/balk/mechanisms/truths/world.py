"""The puzzles of a subject, how good it is at them, and how it speaks of its confidence."""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import expit

from balk.errors import MechanismError
from balk.mechanisms.observed import Ints
from balk.mechanisms.truths.draws import Floats

TYPICAL_CHARS = 200.0
"""Median length of a stem, and the length at which it neither invites nor repels a skip."""
CHARS_LOG_SD = 0.4
"""Spread of stem lengths, in natural logs."""


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """P puzzles as one subject stands to them.

    Attributes
    ----------
    accuracy : array of shape (P,)
        Probability of a right answer.
    belief : array of shape (P,)
        Logit of the subject's own probability of being right.
    stem_chars : array of shape (P,)
        Length of each stem.
    """

    accuracy: Floats
    belief: Floats
    stem_chars: Floats

    @property
    def confidence(self) -> Floats:
        """The subject's own probability of being right, before it is told of any lifeline."""
        confidence: Floats = expit(self.belief)
        return confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How able a subject is, how far it misjudges itself and how loosely it says so.

    Attributes
    ----------
    ability_mean, ability_sd : float
        Of the normal distribution of the items' accuracies, in logits.
    bias_sd : float
        Of what separates belief from accuracy, item by item, in logits.
    report_sd : float
        Of what separates a stated confidence from belief, anew each time, in logits.
    drift : float
        Logits by which belief falls with each unit of ``log(lifelines)``.
    n_items : int
        Puzzles in the pool.

    Raises
    ------
    MechanismError
        If a spread is negative, or there are no items.
    """

    ability_mean: float
    bias_sd: float
    ability_sd: float = 1.0
    report_sd: float = 0.5
    drift: float = 0.0
    n_items: int = 40

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name.endswith("_sd") and getattr(self, field.name) < 0:
                raise MechanismError(
                    f"{field.name} is {getattr(self, field.name)}; give a spread >= 0, in logits"
                )
        if self.n_items < 1:
            raise MechanismError(f"n_items is {self.n_items}; give at least 1")

    def draw_items(self, rng: np.random.Generator) -> Items:
        """Return a pool of puzzles."""
        ability = self.ability_mean + self.ability_sd * rng.standard_normal(self.n_items)
        belief = ability + self.bias_sd * rng.standard_normal(self.n_items)
        log_ratio = CHARS_LOG_SD * rng.standard_normal(self.n_items)
        return Items(expit(ability), belief, np.rint(TYPICAL_CHARS * np.exp(log_ratio)))

    def drifted(self, belief: Floats, lifelines: Ints) -> Floats:
        """Return the beliefs held in exams that offer so many lifelines.

        Parameters
        ----------
        belief : array of shape (E, n)
            Logits, as held where no lifeline is offered.
        lifelines : array of shape (E,)
            Offered; nothing drifts below 2.

        Returns
        -------
        array of shape (E, n)
            ``belief - drift * log(lifelines)``.
        """
        return belief - self.drift * np.log(np.maximum(lifelines, 1))[:, None]

    def draw_reports(self, belief: Floats, rng: np.random.Generator) -> Floats:
        """Return confidences as stated: whole percents, 0.01 to 0.99, the shape of `belief`."""
        heard = expit(belief + self.report_sd * rng.standard_normal(belief.shape))
        stated: Floats = np.clip(np.rint(100 * heard), 1, 99) / 100
        return stated
