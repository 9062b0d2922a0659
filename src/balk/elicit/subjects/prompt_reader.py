"""Reads an exam from its prompt text, as simulated subjects see it: no metadata, only words.

A stem may hold several lines and paragraphs; a question ends where the next number begins a
paragraph. The texts it reads are those of `balk.design.prompts`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from balk.errors import SubjectError
from balk.records import Interface

Message = tuple[str, str]
"""Role (``system``, ``user`` or ``assistant``) and text."""

Verdict = Literal["right", "wrong", "skipped", "other"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked: its number in the exam, from 1, and its text."""

    number: int
    stem: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The result of an earlier question, as it was told."""

    number: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ExamView:
    """What a prompt says about the exam.

    Attributes
    ----------
    n_questions : int
        Questions of the whole exam.
    questions : tuple of Question
        Those asked now.
    lifelines, lifelines_left : int or None
        Offered in the exam, and left before this reply; None where never mentioned.
    exit_word : str or None
        What skips a question; None where no lifeline is mentioned.
    penalty, price : float
        Points announced to be lost by a wrong answer and by a lifeline; 0 where nothing is said.
    fields : tuple of str
        What a line is to hold, in order.
    demanded : int or None
        Number of the question on which a lifeline must be used.
    costs_nothing : bool
        Whether it is said that a guess can never lower the score.
    interface : {"chat", "completion"}
        Completion where the text ends with the number to be answered.
    history : tuple of Shown
        Results told so far, in order.
    rules : str
        Everything said before the first question, the same at each turn of an exam.
    """

    n_questions: int
    questions: tuple[Question, ...]
    lifelines: int | None = None
    lifelines_left: int | None = None
    exit_word: str | None = None
    penalty: float = 0.0
    price: float = 0.0
    fields: tuple[str, ...] = ("difficulty", "confidence", "answer")
    demanded: int | None = None
    costs_nothing: bool = False
    interface: Interface = "chat"
    history: tuple[Shown, ...] = ()
    rules: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all questions of the exam are asked at once."""
        return len(self.questions) == self.n_questions


_QUESTION = re.compile(r"\n\nQ(\d+)\. ")
_DOCUMENT_END = re.compile(r"\n\nQ(\d+):[ \t]*\Z")
_SHEET = "\n\nANSWER SHEET"
_LEFT = re.compile(r"^\w+ left: (\d+)\s*\Z", re.MULTILINE)
_N_QUESTIONS = re.compile(r"This is an exam of (\d+) question")
_PENALTY = re.compile(r"^Wrong answer: (\S+) point", re.MULTILINE)
_PRICE = re.compile(r"^(?!Right|Wrong)\w+: (\S+) point", re.MULTILINE)
_OFFERED = re.compile(r"^\w+ in this exam: (\d+)\.", re.MULTILINE)
_EXIT_WORD = re.compile(r"write (.+?) in the place of the answer")
_FORM = re.compile(r"^Q<number>: .+$", re.MULTILINE)
_FIELD = re.compile(r"difficulty|confidence|token(?= <)|answer(?=:)")
_DEMANDED = re.compile(r"^You must use a \w+ on question (\d+)\.", re.MULTILINE)
_COSTS_NOTHING = "A guess can never lower your score."
_RESULT = r"Q(\d+): (right|wrong|skipped|not marked|no \w+)\b"
_TOLD = re.compile(_RESULT)
_TOLD_IN_DOCUMENT = re.compile(rf"^Result of {_RESULT}", re.MULTILINE)
_VERDICTS: dict[str, Verdict] = {"right": "right", "wrong": "wrong", "skipped": "skipped"}


@dataclass(frozen=True, slots=True)
class _Part:
    """One user message, or one document."""

    before: str
    questions: tuple[Question, ...]
    history: tuple[Shown, ...]
    rules: str
    interface: Interface


def read_exam(messages: Sequence[Message]) -> ExamView:
    """Return what the messages of one call say about the exam.

    Parameters
    ----------
    messages : sequence of (role, text)
        The whole call, oldest first. Replies are not read, results told to the subject are.

    Raises
    ------
    SubjectError
        If the messages are not an exam of balk, or their last one asks nothing.
    """
    parts = [_read_part(text) for role, text in messages if role == "user"]
    if not parts or not parts[-1].questions or _N_QUESTIONS.search(parts[0].rules) is None:
        raise SubjectError(
            "simulated subjects only read balk's own exam prompts, and this is none: "
            f"{messages[-1][1][:80] if messages else ''!r}; use a task such as balk/lifelines"
        )
    rules, last = parts[0].rules, parts[-1]
    system = "".join(text for role, text in messages if role == "system")
    return replace(
        read_rules(rules),
        questions=last.questions,
        lifelines_left=_whole(_LEFT, last.before),
        interface=last.interface,
        history=tuple(shown for part in parts for shown in part.history),
        rules=system + rules,
    )


def read_rules(rules: str) -> ExamView:
    """Return what the rules of an exam say, before any question is asked."""
    return ExamView(
        n_questions=_whole(_N_QUESTIONS, rules) or 0,
        questions=(),
        lifelines=_whole(_OFFERED, rules),
        exit_word=found[1] if (found := _EXIT_WORD.search(rules)) else None,
        penalty=_points_lost(_PENALTY, rules),
        price=_points_lost(_PRICE, rules),
        fields=tuple(_FIELD.findall(found[0])) if (found := _FORM.search(rules)) else (),
        demanded=_whole(_DEMANDED, rules),
        costs_nothing=_COSTS_NOTHING in rules,
        rules=rules,
    )


def asked_in(text: str) -> tuple[Question, ...]:
    """Return the questions that one user message asks."""
    return _read_part(text).questions


@lru_cache(maxsize=2048)
def _read_part(text: str) -> _Part:
    """Read one user message; cached, because a conversation is sent again at every turn."""
    end = _DOCUMENT_END.search(text)
    if end is None:
        before, questions = _split(text, _QUESTION.search(text))
        history = _history(_TOLD.match(text))
        return _Part(before, questions, history, _rules(text), "chat")
    document, number = text[: end.start()], end[1]
    if document.endswith(_SHEET):
        document = document.removesuffix(_SHEET)
        start = _QUESTION.search(document)
    else:
        start = _QUESTION.search(document, document.rfind(f"\n\nQ{number}. "))
    before, questions = _split(document, start)
    history = _history(*_TOLD_IN_DOCUMENT.finditer(document))
    return _Part(before, questions, history, _rules(document), "completion")


def _split(text: str, start: re.Match[str] | None) -> tuple[str, tuple[Question, ...]]:
    """Return the text before the first question, and the questions."""
    if start is None:
        return text, ()
    number, begin = int(start[1]), start.end()
    questions = []
    while (end := text.find(mark := f"\n\nQ{number + 1}. ", begin)) >= 0:
        questions.append(Question(number, text[begin:end]))
        number, begin = number + 1, end + len(mark)
    questions.append(Question(number, text[begin:]))
    return text[: start.start()], tuple(questions)


def _rules(text: str) -> str:
    first = _QUESTION.search(text)
    before = text[: first.start()] if first else text
    return _LEFT.sub("", before).rstrip()


def _history(*found: re.Match[str] | None) -> tuple[Shown, ...]:
    return tuple(Shown(int(m[1]), _VERDICTS.get(m[2], "other")) for m in found if m)


def _whole(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


def _points_lost(pattern: re.Pattern[str], text: str) -> float:
    found = pattern.search(text)
    return max(0.0, -float(found[1])) if found else 0.0
