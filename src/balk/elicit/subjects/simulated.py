"""Simulated subjects: they read a prompt, decide by a policy of known truth, and write a reply."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.chance import ExamDraws, draw_exam, hash_of
from balk.elicit.subjects.key_table import REPLICATE, recall
from balk.elicit.subjects.knowledge import Knowledge, answer, expected_items
from balk.elicit.subjects.policies.policy import Policy, Situation
from balk.elicit.subjects.probe_reader import ProbeView
from balk.elicit.subjects.probe_writer import (
    write_advice,
    write_follow_up,
    write_payoff,
    write_reasons,
)
from balk.elicit.subjects.prompt_reader import ExamView
from balk.elicit.subjects.reply_writer import Line, write_reply
from balk.mechanisms.selections.length import REFERENCE_CHARS
from balk.records import Puzzle

DEMANDED = "I was told to use one on this question."
"""Why a lifeline was used where one had to be."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a subject sends back, and whether it was cut off for length."""

    text: str
    is_truncated: bool = False


class Subject(Protocol):
    """Anyone who can sit an exam offline."""

    def reply(self, view: ExamView) -> Reply:
        """Return the reply to what the prompt says; the same call gives the same reply."""
        ...

    def answer_probe(self, view: ProbeView) -> Reply:
        """Return the reply to what is asked after the exam."""
        ...


@dataclass(frozen=True, slots=True)
class SimulatedSubject:
    """A subject whose way of skipping is known.

    Attributes
    ----------
    policy : Policy
        Decides what is skipped.
    knowledge : Knowledge
        Decides what is answered right, believed and stated.
    seed : int
        Same seed, same exam, same replicate: same reply.
    """

    policy: Policy
    knowledge: Knowledge = field(default_factory=Knowledge)
    seed: int = 0

    def reply(self, view: ExamView) -> Reply:
        """Return difficulty, confidence and answer or exit word for each question asked."""
        puzzles = [recall(question.stem) for question in view.questions]
        draws = draw_exam(self._key(view), view.n_questions)
        skips = self._skips(view, puzzles, draws)
        lines = [
            self._line(view, question.number, puzzle, draws, is_skipped=bool(is_skipped))
            for question, puzzle, is_skipped in zip(view.questions, puzzles, skips, strict=True)
        ]
        return Reply(write_reply(view, lines))

    def answer_probe(self, view: ProbeView) -> Reply:
        """Return what is believed, why was skipped, what the answers are or what is advised."""
        exam = view.exam
        if view.probe == "payoff":
            wrong = -self.policy.believed_penalty(exam)
            return Reply(write_payoff(view, wrong, lifeline=-exam.price))
        if view.probe == "reasons":
            numbers = [question.number for question in view.questions]
            return Reply(write_reasons({n: self._reason(exam, n) for n in numbers}))
        if view.probe == "advice":
            return Reply(write_advice(self.policy.advice(exam)))
        draws = draw_exam(self._key(exam), exam.n_questions)
        lines = [
            self._line(exam, asked.number, recall(asked.stem), draws, is_skipped=False)
            for asked in view.questions
        ]
        return Reply(write_follow_up(view, lines))

    def _reason(self, view: ExamView, number: int) -> str:
        return DEMANDED if number == view.demanded else self.policy.reason

    def _skips(
        self, view: ExamView, puzzles: Sequence[Puzzle], draws: ExamDraws
    ) -> NDArray[np.bool_]:
        numbers = [question.number for question in view.questions]
        # The rest of the exam is believed to be of the level of the question at hand.
        expected = expected_items(
            self.knowledge, puzzles[0].level, view.n_questions, REFERENCE_CHARS
        )
        items = self.knowledge.items(puzzles, numbers)
        skips = self.policy.skips(Situation(view, items, expected, draws))
        return complied(skips, numbers, view)

    def _line(
        self, view: ExamView, number: int, puzzle: Puzzle, draws: ExamDraws, *, is_skipped: bool
    ) -> Line:
        index = number - 1
        is_right = bool(draws.luck[index] < self.knowledge.accuracy(puzzle))
        attempt = answer(puzzle, is_right=is_right, pick=float(draws.pick[index]))
        return Line(
            number,
            self.knowledge.difficulty(puzzle),
            self.knowledge.stated_confidence(puzzle, float(draws.report_noise[index])),
            view.exit_word if is_skipped and view.exit_word else attempt,
            token=is_skipped and self.policy.uses_whatever,
        )

    def _key(self, view: ExamView) -> int:
        return exam_key(view, self.seed, self.policy, self.knowledge)


def complied(skips: NDArray[np.bool_], numbers: Sequence[int], view: ExamView) -> NDArray[np.bool_]:
    """Return the skips with a demanded one among them, for which a lifeline is kept."""
    left, demanded = view.lifelines_left or 0, view.demanded
    if demanded is None or demanded < numbers[0] or not left:
        return skips
    done = skips.copy()
    wanted = np.flatnonzero(
        [bool(skip) and n != demanded for n, skip in zip(numbers, skips, strict=True)]
    )
    done[wanted[left - 1 :]] = False
    if demanded in numbers:
        done[numbers.index(demanded)] = True
    return done


def exam_key(view: ExamView, *identity: object) -> int:
    """Return what the random numbers of an exam are drawn from.

    Two calls share it if they belong to the same replicate of the same exam: the rules, which
    open every call of an exam unchanged, tell conditions apart; `REPLICATE` tells forms and
    epochs apart; and the stems do where the whole exam is asked at once.
    """
    stems = [question.stem for question in view.questions] if view.is_whole else []
    return hash_of(REPLICATE.get(), view.rules, *identity, *stems)
