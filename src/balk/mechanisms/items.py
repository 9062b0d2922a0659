"""What a selection may look at: the covariates of the questions of an exam."""

from dataclasses import dataclass

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
    """

    confidence: Floats
    accuracy: Floats
    position: Floats
    stem_chars: Floats
