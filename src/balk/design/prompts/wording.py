"""Prompt texts: one template file per interface and protocol, rendered without any state."""

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import jinja2

from balk.design.exams import Exam
from balk.errors import PromptError
from balk.records import Outcome, Probe, Reading

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("balk.design", "prompts"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 -- plain text for a language model, never HTML
    keep_trailing_newline=False,
)

COMPLETION_STOPS = {"batch": ["\n\n"], "realtime": ["\n"], "isolated": ["\n"]}
"""Where a completed document ends: after the answer sheet, or after the one line."""


def opening(exam: Exam) -> str:
    """Return the first text of a batch or realtime exam."""
    return str(_part(exam, "opening")(exam))


def first_text(exam: Exam) -> str:
    """Return the text that an exam begins with."""
    if exam.condition.protocol == "isolated":
        return question(exam, 1, exam.condition.lifelines)
    return opening(exam)


def question(exam: Exam, position: int, left: int | None) -> str:
    """Return the whole text of one question of an isolated exam.

    Parameters
    ----------
    exam : Exam
        The exam.
    position : int
        Which question, from 1.
    left : int or None
        Lifelines left; None where none are mentioned.
    """
    return str(_part(exam, "question")(exam, position, left))


def feedback(exam: Exam, reading: Reading, is_right: bool | None, left: int | None) -> str:  # noqa: FBT001 -- True, False or not marked is what the sentence says
    """Return what follows a reply in real time: result, right answer and the next question.

    Parameters
    ----------
    exam : Exam
        The exam.
    reading : Reading
        What was read for the question just asked.
    is_right : bool or None
        Whether its answer is said to be right; None where there is no answer or no mark.
    left : int or None
        Lifelines left after it.
    """
    text = str(_part(exam, "feedback")(exam, reading.position, reading, is_right, left))
    return text.rstrip("\n")  # nothing follows the last result


def wording_hash(exams: Iterable[Exam], system: str = "", probes: Iterable[Probe] = ()) -> str:
    """Return a hash of every sentence that these exams may show: 12 hexadecimal digits.

    Puzzles enter with text and key, templates with what they render, so that one changed
    character in either changes the hash; `system` is what stands before it all, if anything,
    and `probes` are asked after it all.
    """
    from balk.design.prompts.probes import probe_texts

    asked = tuple(probes)
    digest = hashlib.sha256(system.encode() + b"\x00")
    for exam in exams:
        digest.update(exam.form.id.encode())
        for text in (*_texts(exam), *probe_texts(exam, asked)):
            digest.update(text.encode())
            digest.update(b"\x00")
    return digest.hexdigest()[:12]


def points(value: float) -> str:
    """Return points in words: ``0 points``, ``1 point``, ``-0.5 points``.

    Raises
    ------
    PromptError
        If the number has more digits than are shown.
    """
    shown = f"{value or 0:g}"
    if float(shown) != value:
        raise PromptError(f"{value!r} points would be told as {shown}; give at most six digits")
    return f"{shown} point" if shown in {"1", "-1"} else f"{shown} points"


@cache
def template_module(name: str) -> Any:  # noqa: ANN401 -- a template module has the macros as attributes
    """Return the macros of a template file."""
    template = _TEMPLATES.get_template(name, globals={"points": points})
    return template.module


def _part(exam: Exam, name: str) -> Any:  # noqa: ANN401 -- a macro
    layout = "completion" if exam.is_document else "chat"
    return getattr(template_module(f"{layout}_{exam.condition.protocol}.j2"), name)


def _texts(exam: Exam) -> Iterable[str]:
    """Yield every text of an exam, with one reading of each kind where results are shown."""
    positions = range(1, exam.n_questions + 1)
    left = exam.condition.lifelines
    if exam.condition.protocol == "isolated":
        yield from (question(exam, position, left) for position in positions)
        return
    yield opening(exam)
    if exam.condition.protocol == "realtime":
        for position in positions:
            for outcome in Outcome:
                reading = Reading(position, outcome)
                marks = (True, False) if outcome is Outcome.ATTEMPT else (None,)
                for is_right in marks:
                    yield feedback(exam, reading, is_right, left)
