"""A count law times a selection, in one go or one question at a time."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.policies.policy import Policy, Situation
from balk.elicit.subjects.prompt_reader import Shown
from balk.errors import SubjectError
from balk.mechanisms.count_laws.quantiles import count_at
from balk.mechanisms.items import Items
from balk.mechanisms.symmetric import Floats, draw_subset, log_elementary


@dataclass(frozen=True, slots=True)
class Counted(Policy):
    """A mechanism of DESIGN section 7: how many questions times which.

    A whole exam is drawn exactly: u ~ Normal(0, sigma^2), k from the count law, then a subset
    of size k. Questions that come one at a time are unseen when the count is settled, so the
    count law is read with the weights the subject expects, always at the quantile of this exam,
    and the skips still due, r, are spread over the m questions still to come by sequential
    sampling: question t is skipped with odds (w_t / w_expected) r / (m - r).

    Attributes
    ----------
    sigma : float
        Spread of the exam effect, in logits, >= 0.
    failure_effect : float
        Logits added to the exam effect in real time, times the share of the verdicts shown so
        far that were "wrong". It moves the count that the subject aims at, at every question.
    """

    sigma: float = 0.5
    failure_effect: float = 0.0

    def __post_init__(self) -> None:
        if not self.sigma >= 0:
            raise SubjectError(f"sigma is {self.sigma}; give the spread of exams as a number >= 0")

    @abstractmethod
    def log_pi(self, log_e: Floats, n_lifelines: int, u: float) -> Floats:
        """Return the log-probabilities of k = 0 .. B skips."""

    @abstractmethod
    def log_weights(self, items: Items) -> Floats:
        """Return the log-weights of questions."""

    def skips(self, situation: Situation) -> NDArray[np.bool_]:
        """Return which of the questions asked now are skipped."""
        if not situation.view.lifelines_left:
            return np.zeros(len(situation.view.questions), dtype=np.bool_)
        if situation.view.is_whole:
            return self._skips_of_exam(situation, situation.view.lifelines_left)
        return np.array([self._skips_next(situation, situation.view.lifelines_left)])

    def _skips_of_exam(self, situation: Situation, n_lifelines: int) -> NDArray[np.bool_]:
        draws, log_weights = situation.draws, self.log_weights(situation.items)
        log_pi = self.log_pi(log_elementary(log_weights), n_lifelines, self.sigma * draws.effect)
        size = count_at(log_pi, draws.quantile)
        return draw_subset(log_weights, size, draws.generator("subset"))

    def _skips_next(self, situation: Situation, left: int) -> bool:
        view, draws = situation.view, situation.draws
        offered = left if view.lifelines is None else view.lifelines
        index = view.questions[0].number - 1
        expected = _log_mean_exp(self.log_weights(situation.expected))
        due = self._target(situation, offered, expected) - (offered - left)
        unseen = view.n_questions - index
        if due <= 0 or due >= unseen:
            return due > 0
        log_odds = float(self.log_weights(situation.items)[0]) - expected
        log_odds += np.log(due / (unseen - due))
        return bool(draws.coin[index] < np.exp(-np.logaddexp(0.0, -log_odds)))

    def _target(self, situation: Situation, offered: int, expected: float) -> int:
        draws, n_questions = situation.draws, situation.view.n_questions
        u = self.sigma * draws.effect + self.failure_effect * share_wrong(situation.view.history)
        # The expectation of e_k over independent unseen questions: e_k of n expected weights.
        log_e = log_elementary(np.full(n_questions, expected))
        return count_at(self.log_pi(log_e, offered, u), draws.quantile)


def share_wrong(history: tuple[Shown, ...]) -> float:
    """Return the share of "wrong" among the verdicts right or wrong; 0 before any."""
    verdicts = [shown.verdict for shown in history]
    n_marked = verdicts.count("wrong") + verdicts.count("right")
    return verdicts.count("wrong") / n_marked if n_marked else 0.0


def _log_mean_exp(values: Floats) -> float:
    return float(np.logaddexp.reduce(values) - np.log(values.size))
