"""A count law times a selection, in one go or one question at a time."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from balk.elicit.subjects.policies.expected_level import expected_level
from balk.elicit.subjects.policies.policy import Policy, Situation
from balk.elicit.subjects.prompt_reader import Shown
from balk.errors import SubjectError
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.count_laws.quantiles import count_at
from balk.mechanisms.items import Items
from balk.mechanisms.symmetric import Floats, draw_subset, log_elementary


@dataclass(frozen=True, slots=True)
class Counted(Policy):
    """A mechanism of docs/fits.md: how many questions times which.

    A whole exam is drawn exactly: u ~ Normal(0, sigma^2), k from the count law, then a subset
    of size k. Questions that come one at a time are decided one at a time, by the hazard that
    `balk.mechanisms.sequential` fits to such exams: while a lifeline is left, question t is
    skipped with log-odds

        h(used_t, B, unseen_t, n) + a_t - level + u + failure_effect * (share of failures told)

    where u is drawn once for the exam. The level is that of the questions the subject expects,
    for it has not seen the others. Whole or one at a time, an announced penalty adds `announced`
    to u.

    Attributes
    ----------
    law : CountLaw
        How many are skipped. A subclass has a field for each of its parameters, of that name.
    sigma : float
        Spread of the exam effect, in logits, >= 0.
    failure_effect : float
        Logits added to the log-odds of each skip in real time, times the share of the verdicts
        shown so far that were "wrong".
    penalty_weight : float
        Logits added to the log-odds of each skip for each point that a wrong answer is said to
        cost; subjects with a threshold move that instead.
    """

    law: ClassVar[CountLaw]
    sigma: float = 0.5
    failure_effect: float = 0.0
    penalty_weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.sigma >= 0:
            raise SubjectError(f"sigma is {self.sigma}; give the spread of exams as a number >= 0")

    @property
    def values(self) -> dict[str, float]:
        """The parameters of the law, by name."""
        return {parameter.name: getattr(self, parameter.name) for parameter in self.law.parameters}

    def log_pi(self, log_e: Floats, n_lifelines: int, u: float) -> Floats:
        """Return the log-probabilities of k = 0 .. B skips, where all questions are seen."""
        return self.law.log_pi(log_e, n_lifelines, u, **self.values)

    def announced(self, penalty: float) -> float:
        """Return the logits that an announced penalty adds to every skip."""
        return self.penalty_weight * penalty

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
        u = self.sigma * draws.effect + self.announced(situation.view.penalty)
        log_pi = self.log_pi(log_elementary(log_weights), n_lifelines, u)
        size = count_at(log_pi, draws.quantile)
        return draw_subset(log_weights, size, draws.generator("subset"))

    def _skips_next(self, situation: Situation, left: int) -> bool:
        view, draws = situation.view, situation.draws
        offered = left if view.lifelines is None else view.lifelines
        index = view.questions[0].number - 1
        hazard = self._hazard(offered - left, offered, view.n_questions - index, view.n_questions)
        weight = float(self.log_weights(situation.items)[0]) - self._level(situation, offered)
        u = self.sigma * draws.effect + self.announced(view.penalty)
        u += self.failure_effect * share_wrong(view.history)
        return bool(draws.coin[index] < expit(hazard + weight + u))

    def _hazard(self, *counts: int) -> float:
        """Return the law's hazard; lifelines used and offered, questions unseen and in all."""
        self.law.check(**self.values)
        used, offered, unseen, n_questions = (np.array([float(count)]) for count in counts)
        return float(self.law.hazard(used, offered, unseen, n_questions, **self.values)[0])

    def _level(self, situation: Situation, offered: int) -> float:
        log_weights = self.log_weights(situation.expected)
        n_questions = situation.view.n_questions
        return expected_level(self.law, log_weights, offered, n_questions, self.values)


def share_wrong(history: tuple[Shown, ...]) -> float:
    """Return the share of "wrong" among the verdicts right or wrong; 0 before any."""
    verdicts = [shown.verdict for shown in history]
    n_marked = verdicts.count("wrong") + verdicts.count("right")
    return verdicts.count("wrong") / n_marked if n_marked else 0.0
