"""What a person sees in the terminal."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

if TYPE_CHECKING:
    from balk.design.study import Study
    from balk.elicit.run import Listener, Progress

# Where nobody looks (a pipe, a file), lines need not be as short as a terminal's.
# Names and paths are shown as they are: no bracket in them is markup, no colon an emoji.
console = Console(
    highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 100
)
LINES_EVERY_EXAMS = 50


def plan(study: "Study", folder: Path) -> None:
    """Say what a study asks, how many calls that takes and where the results go."""
    console.print(_asked(study))
    console.print(f"Results: {folder}", soft_wrap=True)


def plan_of_rounds(first: "Sequence[Study]", folder: Path, most: int) -> None:
    """Say what a first round asks, how long rounds may follow it and where the results go."""
    console.print("First round:")
    for part in first:
        console.print(_asked(part))
    console.print(
        f"More rounds follow, for each subject in each protocol, until it is decided or futile: "
        f"{most} exams or a few more at most."
    )
    console.print(f"Results: {folder}", soft_wrap=True)


def _asked(study: "Study") -> Text:
    asked = study.questions
    conditions = study.conditions()
    n_subjects = len(study.models) * len(study.personas)
    doses = ", ".join("none" if dose is None else str(dose) for dose in study.lifelines)
    return Text.assemble(
        (f"{n_exams(study)} exams", "bold"),
        f" of {asked.questions} questions: "
        f"{n_subjects} subjects x {len(conditions)} conditions "
        f"({', '.join(study.arms)}; lifelines {doses}; {', '.join(study.protocols)}) "
        f"x {asked.exams * study.epochs} exams, {n_calls(study)} calls",
    )


def n_calls(study: "Study") -> int:
    """Return how many calls a study makes when none has to be repeated."""
    asked = study.questions
    calls = sum(
        1 if condition.protocol == "batch" else asked.questions for condition in study.conditions()
    )
    return calls * len(study.models) * len(study.personas) * asked.exams * study.epochs


def first_prompt(study: "Study") -> None:
    """Show the first text of each condition that differs in more than its puzzles."""
    from balk.design.prompts.wording import first_text

    seen = set()
    for exam in study.exams():
        if exam.condition not in seen:
            seen.add(exam.condition)
            lifelines = "none" if exam.condition.lifelines is None else exam.condition.lifelines
            console.rule(
                f"{exam.condition.arm.spec}, lifelines {lifelines}, {exam.condition.protocol}"
            )
            console.print(first_text(exam))


@contextmanager
def progress(study: "Study") -> "Iterator[Listener]":
    """Show how far a run has come: a bar in a terminal, a line now and then elsewhere."""
    total = n_exams(study)
    if not console.is_terminal:
        yield _lines(total)
        return
    with Bar(
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("exams, {task.fields[n_skips]} skips, {task.fields[n_failed]} failed"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total, n_skips=0, n_failed=0)

        def listener(done: "Progress") -> None:
            bar.update(task, completed=done.n_exams, n_skips=done.n_skips, n_failed=done.n_failed)

        yield listener


def n_exams(study: "Study") -> int:
    """Return how many exams a study holds over all subjects."""
    n_subjects = len(study.models) * len(study.personas)
    return n_subjects * len(study.conditions()) * study.questions.exams * study.epochs


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is going on."""
    with console.status(f"{what} ..."):
        yield


def _lines(total: int) -> "Listener":
    def listener(done: "Progress") -> None:
        if done.n_exams % LINES_EVERY_EXAMS == 0:
            sys.stdout.write(f"{done.n_exams}/{total} exams, {done.n_skips} skips\n")
            sys.stdout.flush()

    return listener
