"""What a policy sees, and what it decides."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.chance import ExamDraws
from balk.elicit.subjects.prompt_reader import ExamView
from balk.mechanisms.items import Items


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """All that a policy may look at when it is asked something.

    Attributes
    ----------
    view : ExamView
        What the prompt says.
    items : Items
        The questions asked now, as the subject sees them.
    expected : Items
        A sample that stands for questions not seen yet.
    draws : ExamDraws
        The random numbers of this exam.
    """

    view: ExamView
    items: Items
    expected: Items
    draws: ExamDraws


@dataclass(frozen=True, slots=True)
class Policy(ABC):
    """A rule that skips questions. Its fields are its parameters, all of them numbers.

    Attributes
    ----------
    reason : str
        Why it skips, in its own words.
    advised : str
        What it holds to be the best policy where skipping cannot pay.
    uses_whatever : bool
        Whether it uses what is offered also where that does nothing.
    """

    reason: ClassVar[str] = "I was not sure enough of my answer."
    advised: ClassVar[str] = "some"
    uses_whatever: ClassVar[bool] = False

    def believed_penalty(self, view: ExamView) -> float:
        """Return the points that a wrong answer is believed to cost: those announced."""
        return view.penalty

    def advice(self, view: ExamView) -> str:
        """Return the policy that it holds to be best."""
        return "some" if view.penalty > view.price else self.advised

    @abstractmethod
    def skips(self, situation: Situation) -> NDArray[np.bool_]:
        """Return which of the questions asked now are skipped, never more than lifelines left."""
