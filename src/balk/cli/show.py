"""What a person sees in the terminal."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from balk.design.exams import Condition
    from balk.design.study import Study
    from balk.records import Probe

# Where nobody looks (a pipe, a file), lines need not be as short as a terminal's.
# Names and paths are shown as they are: no bracket in them is markup, no colon an emoji.
console = Console(
    highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 100
)


def tell(words: str) -> None:
    """Say something in a line, above a bar if there is one."""
    console.print(words, soft_wrap=True)


def plan(study: "Study", folder: Path) -> None:
    """Say what a study asks, how many calls that takes and where the results go."""
    console.print(asked(study))
    results(folder)


def results(folder: Path) -> None:
    """Say where the results go."""
    console.print(f"Results: {folder}", soft_wrap=True)


def plan_of_rounds(first: "Sequence[Study]", folder: Path, most: int) -> None:
    """Say what a first round asks, how long rounds may follow it and where the results go."""
    console.print("First round:")
    for part in first:
        console.print(asked(part))
    console.print(
        f"More rounds follow, for each subject in each protocol, until it is decided or futile: "
        f"{most} exams or a few more at most."
    )
    results(folder)


def asked(study: "Study") -> Text:
    """Return in a sentence what a study asks."""
    conditions = list(study.conditions())
    arms, doses, protocols = (
        ", ".join(dict.fromkeys(str(one) for one in several))
        for several in (
            [condition.arm.spec for condition in conditions],
            ["none" if one.lifelines is None else one.lifelines for one in conditions],
            [condition.protocol for condition in conditions],
        )
    )
    n_subjects = len(study.subjects)
    return Text.assemble(
        (f"{n_exams(study)} exams", "bold"),
        f" of {study.questions.questions} questions: "
        f"{n_subjects} subject{'s' if n_subjects > 1 else ''} x {len(conditions)} conditions "
        f"({arms}; lifelines {doses}; {protocols}), {n_calls(study)} calls{_probes(study)}",
    )


def _probes(study: "Study") -> str:
    """Say what is asked after exams, and how many calls that takes at most."""
    from balk.design.probes import in_order

    asked = in_order(probe for cell in study.cells() for probe in cell.probes)
    if not asked:
        return ""
    return f", and at most {n_probe_calls(study)} for probes ({', '.join(asked)})"


def n_probe_calls(study: "Study") -> int:
    """Return how many calls the probes of a study take if every lifeline is used.

    A grader's calls are not among them.
    """
    return study.epochs * sum(
        cell.n_exams * _calls_of(probe, cell.condition, study.questions.questions)
        for cell in study.cells()
        for probe in cell.probes
    )


def _calls_of(probe: "Probe", condition: "Condition", n_questions: int) -> int:
    """Return the calls of one probe after one exam: in isolated, one a question it is about."""
    from balk.design.probes import OF_SKIPS

    if probe not in OF_SKIPS or condition.protocol != "isolated":
        return 1
    return min(condition.lifelines or 0, n_questions)


def n_calls(study: "Study") -> int:
    """Return how many calls a study makes when none has to be repeated."""
    n_questions = study.questions.questions
    return study.epochs * sum(
        cell.n_exams * (1 if cell.condition.protocol == "batch" else n_questions)
        for cell in study.cells()
    )


def first_prompt(study: "Study") -> None:
    """Show the first text of each condition that differs in more than its puzzles."""
    from balk.design.prompts.probes import probe_texts
    from balk.design.prompts.wording import first_text

    order = list(study.conditions())
    shown = set()
    for cell in sorted(study.cells(), key=lambda cell: order.index(cell.condition)):
        exam, lifelines = study.exams(cell)[0], cell.condition.lifelines
        if exam not in shown:
            shown.add(exam)
            told = "none" if lifelines is None else lifelines
            console.rule(f"{exam.condition.arm.spec}, lifelines {told}, {exam.condition.protocol}")
            console.print(first_text(exam))
            for text in probe_texts(exam, cell.probes):
                console.rule("after the exam", style="dim")
                console.print(text)


def n_exams(study: "Study") -> int:
    """Return how many exams a study holds over all subjects."""
    return study.epochs * sum(cell.n_exams for cell in study.cells())


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is going on."""
    with console.status(f"{what} ..."):
        yield
