"""Texts of the probes: what is asked after the last question of an exam."""

from collections.abc import Iterable, Sequence
from typing import Any

from balk.design.exams import Exam
from balk.design.prompts.wording import template_module
from balk.records import Probe

DOCUMENT_STOP = "\n\n"
"""Where the answers to a follow-up end in a document."""


def payoff(exam: Exam) -> str:
    """Return the question how the points were understood."""
    return str(_part("payoff")(exam))


def reasons(exam: Exam, numbers: Sequence[int]) -> str:
    """Return the question why lifelines were used on questions of these numbers."""
    return str(_part("reasons")(exam, numbers))


def follow_up(exam: Exam, numbers: Sequence[int]) -> str:
    """Return the text that has skipped questions of these numbers answered after all.

    In a document it follows the reply, and ends where the first of the answers begins.
    """
    text = str(_part("follow_up")(exam, numbers))
    return f"\n\n{text}" if exam.is_document else text


def advice(exam: Exam) -> str:
    """Return the question for the best policy, with the exam's rules and none of its puzzles."""
    return str(_part("advice")(exam))


def probe_texts(exam: Exam, probes: Iterable[Probe]) -> Iterable[str]:
    """Yield a text of each kind that the probes of an exam may show, for its hash."""
    some = (1, 2)[: exam.n_questions]
    for probe in probes:
        if probe == "payoff":
            yield payoff(exam)
        elif probe == "advice":
            yield advice(exam)
        else:
            make = reasons if probe == "reasons" else follow_up
            yield from (make(exam, some[:n]) for n in range(1, len(some) + 1))


def _part(name: str) -> Any:  # noqa: ANN401 -- a macro
    return getattr(template_module("probes.j2"), name)
