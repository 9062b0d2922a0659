"""The sloppy subject: skips at random, and writes as badly as it can."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from balk.elicit.subjects.chance import draw_exam, hash_of
from balk.elicit.subjects.key_table import recall
from balk.elicit.subjects.knowledge import Knowledge, answer
from balk.elicit.subjects.probe_reader import ProbeView
from balk.elicit.subjects.prompt_reader import ExamView, Question
from balk.elicit.subjects.simulated import Reply, exam_key
from balk.elicit.subjects.sloppy.probes import write_sloppy_probe
from balk.elicit.subjects.sloppy.writing import SloppyReply, write_sloppy
from balk.records import ReplyFormat


@dataclass(frozen=True, slots=True)
class SloppySubject:
    """A subject whose replies are hard to read and have a known meaning.

    Attributes
    ----------
    knowledge : Knowledge
        Decides which attempts are right.
    seed : int
        Same seed, same exam, same replicate: same reply and same truth.
    """

    knowledge: Knowledge = field(default_factory=Knowledge)
    seed: int = 0

    def reply(self, view: ExamView) -> Reply:
        """Return the reply to what the prompt says."""
        written = self.write(view)
        return Reply(written.text, written.is_truncated)

    def answer_probe(self, view: ProbeView) -> Reply:
        """Return a badly written reply to a probe; what it answers again is right as ever."""
        key = exam_key(view.exam, self.seed, "sloppy", self.knowledge)
        rng = np.random.default_rng((key, len(view.questions), hash_of(view.probe)))
        answers = self._answers(view.exam, key, view.questions)
        return Reply(write_sloppy_probe(view, answers, rng))

    def write(self, view: ExamView) -> SloppyReply:
        """Return the reply together with its truth, for tests that compare the two."""
        key = exam_key(view, self.seed, "sloppy", self.knowledge)
        numbers = [question.number for question in view.questions]
        rng = np.random.default_rng((key, *numbers))
        return write_sloppy(asked_format(view), self._answers(view, key, view.questions), rng)

    def _answers(self, view: ExamView, key: int, asked: Sequence[Question]) -> list[str]:
        draws = draw_exam(key, view.n_questions)
        answers = []
        for question in asked:
            puzzle, index = recall(question.stem), question.number - 1
            is_right = bool(draws.luck[index] < self.knowledge.accuracy(puzzle))
            answers.append(answer(puzzle, is_right=is_right, pick=float(draws.pick[index])))
        return answers


def asked_format(view: ExamView) -> ReplyFormat:
    """Return the reply format as far as the prompt's text tells it."""
    first = view.questions[0].number
    return ReplyFormat(
        n_questions=len(view.questions),
        first=first,
        exit_word=view.exit_word,
        lifelines=view.lifelines_left,
        prefix=f"Q{first}:" if view.interface == "completion" else "",
    )
