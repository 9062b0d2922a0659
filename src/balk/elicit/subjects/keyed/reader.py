"""Reads what the answer-key experiment asks from its text: no metadata, only words.

The texts it reads are those of `balk.design.answer_key.wording`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from balk.errors import SubjectError

Message = tuple[str, str]
"""Role and text."""
Task = Literal[
    "answers",
    "verdicts",
    "count",
    "list",
    "marks",
    "marking",
    "working",
    "false_answer",
    "grade",
    "author",
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as asked.

    Attributes
    ----------
    number : int
        Its number.
    stem : str
        Its text.
    shown : str or None
        The answer that a key gives to it.
    given : str or None
        The answer that somebody gave, to be marked.
    """

    number: int
    stem: str
    shown: str | None = None
    given: str | None = None


@dataclass(frozen=True, slots=True)
class KeyView:
    """What a prompt asks.

    Attributes
    ----------
    task : str
        What is to be done.
    questions : tuple of Asked
        With what.
    text : str
        In grading, the text to be classified; in authoring, what is asked for.
    """

    task: Task
    questions: tuple[Asked, ...]
    text: str = ""


_QUESTION = re.compile(r"\n\nQ(\d+)\. ")
_SHOWN = re.compile(r"\n(?:Answer|Right answer): ([^\n]*)\Z")
_GIVEN = re.compile(r"\nAnswer given: ([^\n]*)\Z")
_KEY = "\n\nANSWER KEY\n\n"
_KEY_LINE = re.compile(r"^Q(\d+): (.*)$", re.MULTILINE)
_THAT_ONE = re.compile(r"\AShow, step by step, how the answer to Q(\d+) is reached\.")
_FENCE = re.compile(r"between the two lines that hold (\w+)\.")
_GRADED = re.compile(
    r"\nThe question: (.*)\nThe answer shown: ([^\n]*)\n\nThe text stands", re.DOTALL
)
_SIGNS: tuple[tuple[str, Task], ...] = (
    ("Somebody was shown a question", "grade"),
    ("Then write one JSON object with these fields", "author"),
    ("Write one wrong answer", "false_answer"),
    ("Show, step by step, how the answer", "working"),
    ("the answers that somebody gave", "marking"),
    ("Here is the answer key. Mark your own", "marks"),
    ("with the answers from an answer key", "verdicts"),
    ("\n\nScore: <number>", "count"),
    ("\n\nQ<number>: <right or wrong>", "list"),
    ("\n\nQ<number>: answer: <answer>", "answers"),
)


def read_key_prompt(messages: Sequence[Message]) -> KeyView:
    """Return what the messages of one call ask.

    Raises
    ------
    SubjectError
        If they are none of the experiment's.
    """
    said = [text for role, text in messages if role == "user"]
    last = said[-1] if said else ""
    task = next((task for sign, task in _SIGNS if sign in last), None)
    if task is None:
        raise SubjectError(
            "these simulated subjects only read the prompts of the answer-key experiment, and "
            f"this is none: {last[:80]!r}; use balk answer-key or balk author"
        )
    if task == "author":
        return KeyView(task, (), last)
    if task == "grade":
        return _read_grading(last)
    if task == "marks":
        return KeyView(task, _with_key(_questions(said[0]), last))
    if that_one := _THAT_ONE.match(last):
        asked = _with_key(_questions(said[0]), said[0])
        return KeyView(task, tuple(q for q in asked if q.number == int(that_one[1])))
    return KeyView(task, _with_key(_questions(last), last))


def _questions(text: str) -> tuple[Asked, ...]:
    parts = _QUESTION.split(text.partition(_KEY)[0])
    return tuple(
        _asked(int(number), stem) for number, stem in zip(parts[1::2], parts[2::2], strict=True)
    )


def _asked(number: int, stem: str) -> Asked:
    if given := _GIVEN.search(stem):
        return Asked(number, stem[: given.start()], given=given[1])
    if shown := _SHOWN.search(stem):
        return Asked(number, stem[: shown.start()], shown=shown[1])
    return Asked(number, stem)


def _with_key(questions: tuple[Asked, ...], text: str) -> tuple[Asked, ...]:
    _, has_key, tail = text.partition(_KEY)
    if not has_key:
        return questions
    key = {int(number): shown for number, shown in _KEY_LINE.findall(tail)}
    return tuple(Asked(q.number, q.stem, key[q.number], q.given) for q in questions)


def _read_grading(text: str) -> KeyView:
    fence, graded = _FENCE.search(text), _GRADED.search(text)
    if fence is None or graded is None:
        raise SubjectError(f"a text to be classified is not as it must be: {text[:80]!r}")
    parts = text.split(f"\n{fence[1]}\n")
    return KeyView("grade", (Asked(1, graded[1], graded[2]),), "\n".join(parts[1:-1]))
