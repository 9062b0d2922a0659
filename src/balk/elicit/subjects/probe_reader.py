"""Reads a probe from its text and the conversation before it, as simulated subjects see them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from balk.elicit.subjects.prompt_reader import (
    ExamView,
    Message,
    Question,
    asked_in,
    read_exam,
    read_rules,
)
from balk.records import Probe


@dataclass(frozen=True, slots=True)
class ProbeView:
    """What a probe asks.

    Attributes
    ----------
    probe : Probe
        Which one.
    exam : ExamView
        What the beginning of the conversation, or the rules quoted, say about the exam.
    questions : tuple of Question
        Those that it asks about.
    exit_noun : str
        What a lifeline is called, with a capital; empty where none is asked about.
    """

    probe: Probe
    exam: ExamView
    questions: tuple[Question, ...] = ()
    exit_noun: str = ""


_PAYOFF = re.compile(r"That was the last question\. How many points\b")
_REASONS = re.compile(r"You used an? \w+ on [^\n]*?(Q\d+(?:, Q\d+)*)\. What was the reason\?")
_FOLLOW_UP = re.compile(
    r"^\w+ are cancelled\. [^\n]*, for the same points: (Q\d+(?:, Q\d+)*)\.$", re.MULTILINE
)
_ADVICE = "These are the rules of an exam.\n\n"
_EXIT_POINTS = re.compile(r"^(?!Right|Wrong)(\w+): <points>$", re.MULTILINE)
_DOCUMENT_START = re.compile(r"\n\nQ\d+:")
_NUMBER = re.compile(r"Q(\d+)")


def read_probe(messages: Sequence[Message]) -> ProbeView | None:
    """Return what the last message asks as a probe, or None where it asks questions of an exam.

    Parameters
    ----------
    messages : sequence of (role, text)
        The whole call, oldest first.
    """
    text = messages[-1][1] if messages else ""
    if text.startswith(_ADVICE):
        return ProbeView("advice", read_rules(text.removeprefix(_ADVICE)))
    if _PAYOFF.match(text):
        noun = _EXIT_POINTS.search(text)
        return ProbeView("payoff", _exam_of(messages), exit_noun=noun[1] if noun else "")
    if found := _REASONS.match(text):
        return ProbeView("reasons", _exam_of(messages), _asked(found[1], messages))
    if found := _FOLLOW_UP.search(text):
        return ProbeView("follow_up", _exam_of(messages), _asked(found[1], messages))
    return None


def _exam_of(messages: Sequence[Message]) -> ExamView:
    """Return what was asked when the conversation began, up to the first answer."""
    opening = [message for message in messages if message[0] == "system"]
    first = next(text for role, text in messages if role == "user")
    if start := _DOCUMENT_START.search(first):
        first = first[: start.end()]
    return read_exam([*opening, ("user", first)])


def _asked(listed: str, messages: Sequence[Message]) -> tuple[Question, ...]:
    stems = {
        question.number: question.stem
        for role, text in messages
        if role == "user"
        for question in _questions(text)
    }
    numbers = map(int, _NUMBER.findall(listed))
    return tuple(Question(number, stems.get(number, "")) for number in numbers)


def _questions(text: str) -> Sequence[Question]:
    """Return the questions of a message, or of a document in which answers stand between them."""
    if not _DOCUMENT_START.search(text):
        return asked_in(text)
    sheet = re.split(r"\n\nANSWER SHEET\n", text)
    if len(sheet) > 1:
        return asked_in(sheet[0])
    return [
        Question(int(found[1]), found[2])
        for found in re.finditer(r"\n\nQ(\d+)\. (.*?)\n\nQ\1:", text, re.DOTALL)
    ]
