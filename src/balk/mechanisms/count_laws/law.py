"""What a count law is: the log-weight it gives to each number of skips."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from balk.errors import MechanismError
from balk.mechanisms.log_space import capped, log_normalised, padded
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats

STEP = 1e-5
"""Step of the central difference that stands in for a derivative nobody wrote."""


class CountLaw(ABC):
    """How many questions are skipped, given B lifelines, n questions and an exam effect u.

    The law of the count k is proportional to ``e_k exp(log_terms(k) + k u)``, with e_k the
    elementary symmetric polynomial of the questions' weights; a law that is not `is_elementary`
    does without e_k. A law that `is_capped` puts all that lies above min(B, n) on min(B, n).

    Another package adds a law by an entry point in the group ``balk.count_laws``.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]
    is_elementary: ClassVar[bool] = True
    is_capped: ClassVar[bool] = False

    @abstractmethod
    def log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Floats:
        """Return the log-weight of each count, ``-inf`` where it is impossible.

        Parameters
        ----------
        k : array of shape (K, 1)
            Counts 0, 1, .. K - 1.
        lifelines, n_questions : array of shape (E,)
            Of each exam.
        **values : float or array of shape (E,)
            The law's parameters by name.

        Returns
        -------
        array broadcastable to (K, E)
        """

    def d_log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the derivative of `log_terms` by each parameter; finite where it is ``-inf``."""
        derivatives = {}
        for name, value in values.items():
            up, down = (
                self.log_terms(k, lifelines, n_questions, **values | {name: value + step})
                for step in (STEP, -STEP)
            )
            with np.errstate(invalid="ignore"):  # impossible counts stay so
                derivatives[name] = np.nan_to_num((up - down) / (2 * STEP), nan=0.0)
        return derivatives

    def hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **values: float | Floats,
    ) -> Floats:
        """Return the log-odds of skipping the question at hand, where questions come in turn.

        The question's log-weight and the exam effect are added to them. A law whose counts do
        not depend on the weights (not `is_elementary`) reads the weights relative to their level
        in the exam: see `balk.mechanisms.sequential`.

        Parameters
        ----------
        used, unseen : array of shape (n, E)
            Lifelines used before the question, and questions still to come, itself included.
        lifelines, n_questions : array of shape (E,)
            Of each exam.
        **values : float or array of shape (E,)
            The law's parameters by name.

        Returns
        -------
        array broadcastable to (n, E)
            What stands where no lifeline is left is not looked at.

        Raises
        ------
        MechanismError
            If the law says nothing of questions that come in turn.
        """
        del used, lifelines, unseen, n_questions, values  # what a law of its own would read
        raise MechanismError(
            f"count law {self.name!r} has no hazard, and exams taken one question at a time need "
            "one; give it hazard(used, lifelines, unseen, n_questions, **values), such as "
            "balk.mechanisms.count_laws.foresight.foreseen(self, used, ...)"
        )

    def d_hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **values: float | Floats,
    ) -> Mapping[str, Floats]:
        """Return the derivative of `hazard` by each parameter; finite where it is ``-inf``."""
        derivatives = {}
        for name, value in values.items():
            up, down = (
                self.hazard(used, lifelines, unseen, n_questions, **values | {name: value + step})
                for step in (STEP, -STEP)
            )
            with np.errstate(invalid="ignore"):  # where no skip is possible none becomes so
                derivatives[name] = np.nan_to_num((up - down) / (2 * STEP), nan=0.0)
        return derivatives

    def log_pi(self, log_e: Floats, n_lifelines: int, u: ArrayLike, **values: float) -> Floats:
        """Return log P(k | B, u) for k = 0 .. B.

        Parameters
        ----------
        log_e : array of shape (..., n + 1)
            Log elementary symmetric polynomials of all n questions.
        n_lifelines : int
            Lifelines offered, B >= 0.
        u : array broadcastable to (...)
            Exam effect, in logits.
        **values : float
            The law's parameters by name.

        Returns
        -------
        array of shape (..., B + 1)
            Log-probabilities; ``-inf`` for k > n.

        Raises
        ------
        MechanismError
            If `n_lifelines` is negative or a parameter is out of range.
        """
        if n_lifelines < 0:
            raise MechanismError(f"n_lifelines is {n_lifelines}; give a whole number >= 0")
        self.check(**values)
        n_questions = log_e.shape[-1] - 1
        k = np.arange(max(n_questions, n_lifelines) + 1.0)
        effect = k * np.asarray(u, dtype=np.float64)[..., np.newaxis]
        offered, asked = np.array([float(n_lifelines)]), np.array([float(n_questions)])
        own = self.log_terms(k[:, np.newaxis], offered, asked, **values)
        log_terms = np.broadcast_to(own, (k.size, 1))[:, 0] + effect
        base = padded(log_e, k.size - 1) if self.is_elementary else np.zeros_like(log_e[..., :1])
        top = min(n_lifelines, n_questions)
        return padded(capped(log_normalised(log_terms + base), top), n_lifelines)

    def check(self, **values: float) -> None:
        """Raise `MechanismError` where a parameter on the log scale is below 0."""
        for parameter in self.parameters:
            value = values.get(parameter.name, 0.0)
            if parameter.scale == "log" and value < 0:
                raise MechanismError(
                    f"{parameter.name} is {value}; give a number >= 0: {parameter.meaning}"
                )
