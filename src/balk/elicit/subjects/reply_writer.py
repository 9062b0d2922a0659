"""Writes a reply in the form the prompt asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from balk.elicit.subjects.prompt_reader import ExamView

THINKING = "I will take the questions in order and write one line for each of them."


@dataclass(frozen=True, slots=True)
class Line:
    """What a subject says about one question.

    Attributes
    ----------
    number : int
        Of the question in its exam.
    difficulty : int
        1 to 10.
    confidence : float
        In [0, 1].
    answer : str
        The answer or the exit word.
    token : bool
        Whether an inert token is used.
    """

    number: int
    difficulty: int
    confidence: float
    answer: str
    token: bool = False


def write_line(line: Line, fields: Sequence[str] = ("difficulty", "confidence", "answer")) -> str:
    """Return ``Q1: difficulty 7, confidence 40%, answer: 17``, or what else the fields ask for."""
    told = {
        "difficulty": f"difficulty {line.difficulty}",
        "confidence": f"confidence {100 * line.confidence:.0f}%",
        "token": f"token {'yes' if line.token else 'no'}",
        "answer": f"answer: {line.answer}",
    }
    return f"Q{line.number}: {', '.join(told[field] for field in fields)}"


def write_reply(view: ExamView, lines: Sequence[Line]) -> str:
    """Return the reply to a prompt: thinking and lines in a chat, the bare sheet in a document.

    A document ends with the number of the first question, which is left out of the reply, and
    holds no blank line, because that is where the prompt's stop sequence ends it.
    """
    sheet = "\n".join(write_line(line, view.fields) for line in lines)
    if view.interface == "completion":
        return sheet.removeprefix(f"Q{lines[0].number}:")
    return f"{THINKING}\n\n{sheet}" if view.is_whole else sheet
