"""What the weight of a question is relative to, for a subject that has not seen the others."""

from collections.abc import Mapping

import numpy as np

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.level import FAR, level_at
from balk.mechanisms.symmetric import Floats


def expected_level(
    law: CountLaw,
    log_weights: Floats,
    n_lifelines: int,
    n_questions: int,
    values: Mapping[str, float],
) -> float:
    """Return the level of `balk.mechanisms.level` for an exam of which only a sample is imagined.

    Parameters
    ----------
    law : CountLaw
        How many are skipped.
    log_weights : array of shape (m,)
        Log-weights of questions that stand for those of the exam; m need not be `n_questions`.
    n_lifelines, n_questions : int
        Offered in the exam, and asked in it.
    values : mapping
        Parameters of the law by name.

    Returns
    -------
    float
        0 where the law's counts depend on the weights.
    """
    if law.is_elementary:
        return 0.0
    lifelines, asked = np.array([float(n_lifelines)]), np.array([float(n_questions)])
    first = np.clip(law.hazard(np.zeros(1), lifelines, asked, asked, **values), -FAR, FAR)
    sample = log_weights[:, np.newaxis]
    return float(level_at(sample, np.ones_like(sample, dtype=np.bool_), first)[0])
