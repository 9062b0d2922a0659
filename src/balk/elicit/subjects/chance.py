"""The random numbers of one exam: the same at every call of that exam, whatever its protocol.

A simulated subject draws them from what identifies the exam, never from the conversation so
far, so that a call repeated after a crash gives the same reply.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ExamDraws:
    """The random numbers of one exam of n questions.

    Attributes
    ----------
    key : int
        What they were drawn from.
    effect : float
        Exam effect in standard deviations, standard normal.
    quantile : float
        Of the number of skips in its law, uniform on [0, 1).
    report_noise : array of shape (n,)
        Of the stated confidences, standard normal.
    luck : array of shape (n,)
        An attempt is right where this is below the accuracy; uniform on [0, 1).
    pick : array of shape (n,)
        Which wrong answer is given; uniform on [0, 1).
    coin : array of shape (n,)
        A question asked alone is skipped where this is below the chance; uniform on [0, 1).
    """

    key: int
    effect: float
    quantile: float
    report_noise: Floats
    luck: Floats
    pick: Floats
    coin: Floats

    def generator(self, purpose: str) -> np.random.Generator:
        """Return a random stream of its own for a purpose within this exam."""
        return np.random.default_rng((self.key, hash_of(purpose)))


@lru_cache(maxsize=4096)
def draw_exam(key: int, n_questions: int) -> ExamDraws:
    """Draw the random numbers of the exam that a key stands for."""
    rng = np.random.default_rng(key)
    return ExamDraws(
        key=key,
        effect=float(rng.standard_normal()),
        quantile=float(rng.random()),
        report_noise=rng.standard_normal(n_questions),
        luck=rng.random(n_questions),
        pick=rng.random(n_questions),
        coin=rng.random(n_questions),
    )


def hash_of(*parts: object) -> int:
    """Return a 128-bit whole number that depends on every character of every part."""
    content = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:16])
