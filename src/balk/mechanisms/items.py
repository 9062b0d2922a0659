"""What a selection may look at: the covariates of the questions of an exam."""

from dataclasses import dataclass, field

import numpy as np

from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Covariates of n questions, each an array of shape (..., n).

    Attributes
    ----------
    confidence : array
        The subject's probability of being right, in [0, 1].
    accuracy : array
        How often the subject is right when it attempts, in [0, 1].
    position : array
        Number of the question in its exam, from 1.
    stem_chars : array
        Length of the stem in characters, at least 1.
    share_wrong : array
        Share of "wrong" among the verdicts shown before the question; 0 before any.
    last_wrong : array
        1 where the last verdict shown was "wrong", otherwise 0.
    """

    confidence: Floats
    accuracy: Floats
    position: Floats
    stem_chars: Floats
    share_wrong: Floats = field(default_factory=lambda: np.zeros(1))
    last_wrong: Floats = field(default_factory=lambda: np.zeros(1))
