"""Exams: a form under a condition, and what a reply to it may look like."""

from collections.abc import Sequence
from dataclasses import dataclass

from balk.design.arms import Arm, Rating
from balk.design.choices import LETTERS, with_choices
from balk.errors import StudyError
from balk.records import Form, Interface, Protocol, ReplyFormat

FIELDS: dict[Rating, tuple[str, ...]] = {
    "before": ("difficulty", "confidence", "answer"),
    "after": ("answer", "difficulty", "confidence"),
    "none": ("answer",),
}
"""When a question is rated -> what a line holds, in order."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An arm, the lifelines offered and the protocol.

    Attributes
    ----------
    arm : Arm
        Wording and payoffs.
    lifelines : int or None
        How many are offered; None means never mentioned, which is not the same as 0.
    protocol : {"batch", "realtime", "isolated"}
        The whole exam at once, one question at a time in one conversation, or one question a
        conversation.
    """

    arm: Arm
    lifelines: int | None
    protocol: Protocol

    def __post_init__(self) -> None:
        if self.lifelines is not None and self.lifelines < 0:
            raise StudyError(f"lifelines is {self.lifelines}; give 'none' or a number >= 0")
        if self.lifelines is not None and not self.arm.offers_lifelines:
            raise StudyError(
                f"arm {self.arm.name!r} mentions no lifelines, and {self.lifelines} are asked for; "
                "use arm 'lifelines', or lifelines 'none'"
            )
        if self.arm.demanded and not self.lifelines:
            raise StudyError(
                f"arm {self.arm.spec!r} demands a lifeline, and {self.lifelines} are offered; "
                "offer at least 1"
            )

        if self.arm.is_about_feedback and self.protocol != "realtime":
            raise StudyError(
                f"arm {self.arm.spec!r} is about results, and protocol {self.protocol} tells none; "
                "use protocol realtime"
            )

    @property
    def exit_word(self) -> str | None:
        """The word that skips a question; None where none does."""
        return None if self.lifelines is None or self.arm.inert else self.arm.exit.word


@dataclass(frozen=True, slots=True)
class Exam:
    """A form under a condition, for one interface."""

    form: Form
    condition: Condition
    interface: Interface = "chat"

    @property
    def is_document(self) -> bool:
        """Whether the subject gets a document to continue, be it as a chat message."""
        return self.interface == "completion" or self.condition.arm.bridge

    @property
    def n_questions(self) -> int:
        """How many questions the exam asks."""
        return len(self.form.puzzles)

    @property
    def is_free_choice(self) -> bool:
        """Whether every listed answer counts as right in all of its questions."""
        return all(puzzle.marking == "any_of" for puzzle in self.form.puzzles)

    @property
    def has_free_choice(self) -> bool:
        """Whether every listed answer counts as right in some of its questions."""
        return any(puzzle.marking == "any_of" for puzzle in self.form.puzzles)

    @property
    def fields(self) -> tuple[str, ...]:
        """What a line holds, in order."""
        fields = FIELDS[self.condition.arm.rating]
        if not self.condition.arm.inert:
            return fields
        at = fields.index("answer")
        return (*fields[:at], "token", *fields[at:])

    def reply_format(self, position: int | None = None, left: int | None = None) -> ReplyFormat:
        """Return what a reply may look like.

        Parameters
        ----------
        position : int, optional
            The one question asked; by default the whole exam is.
        left : int, optional
            Lifelines left; by default those offered.
        """
        first = 1 if position is None else position
        offered = self.condition.lifelines
        return ReplyFormat(
            n_questions=self.n_questions if position is None else 1,
            first=first,
            exit_word=self.condition.exit_word,
            lifelines=offered if left is None else left,
            fields=self.fields,
            choices=LETTERS if self.condition.arm.choices else (),
            prefix=f"Q{first}:" if self.is_document else "",
        )


def make_exams(forms: Sequence[Form], condition: Condition, interface: Interface) -> list[Exam]:
    """Return the exams on some forms under a condition."""
    if condition.arm.choices:
        forms = [Form(form.index, tuple(map(with_choices, form.puzzles))) for form in forms]
    return [Exam(form, condition, interface) for form in forms]
