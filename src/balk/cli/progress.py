"""How far a run has come: a bar in a terminal, a line every few seconds elsewhere."""

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from balk.cli.show import console, n_exams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from balk.design.study import Study
    from balk.elicit.progress import Listener, Progress

LINE_EVERY_S = 5.0
CENTS = 0.1
"""Money below which hundredths of a unit say too little."""
PACE_S = 10.0
"""Seconds after which a pace is known."""
MINUTE, HOUR = 60, 3600
THOUSAND, MILLION = 1_000, 1_000_000


@contextmanager
def progress(study: "Study") -> "Iterator[Told]":
    """Show how far a run has come, as it is heard of."""
    told = Told(n_exams(study), len(study.cells()))
    if not console.is_terminal:
        yield told
        return
    with Bar(
        SpinnerColumn(),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("asking ...", total=told.n_exams)

        def move(done: "Progress") -> None:
            bar.update(task, completed=told.so_far(done), description=told.words(done))

        told.show = move
        yield told


class Told:
    """What was told of a run so far.

    Parameters
    ----------
    n_exams, n_cells : int
        Of the whole study.

    Attributes
    ----------
    n_heard : int
        How often there was something to tell: once for each exam that ended.
    show : callable
        Shows how far a run has come; by default in lines.
    """

    def __init__(self, n_exams: int, n_cells: int) -> None:
        self.n_exams, self.n_cells = n_exams, n_cells
        self._told_at = time.monotonic()
        self._stopped: set[str] = set()
        self._first: tuple[float, int] | None = None
        self.show: Listener = self._line
        self.n_heard = 0

    def hear(self, done: "Progress") -> None:
        """Show how far a run has come, and who is not asked any more."""
        self.n_heard += 1
        self._tell_stopped(done)
        self.show(done)

    def _line(self, done: "Progress") -> None:
        """Write a line, if the last one is some seconds old or this is the end."""
        now = time.monotonic()
        if now - self._told_at >= LINE_EVERY_S or done.n_before + done.n_exams == self.n_exams:
            self._told_at = now
            console.print(self.words(done), soft_wrap=True)

    def _tell_stopped(self, done: "Progress") -> None:
        """Say once of each subject that it is not asked any more."""
        for subject, why in (done.stopped or {}).items():
            if subject not in self._stopped:
                self._stopped.add(subject)
                console.print(
                    f"{subject} is not asked any more ({why}); the others go on. When that is "
                    "mended, the same command asks what is left.",
                    soft_wrap=True,
                )

    def so_far(self, done: "Progress") -> int:
        """Return how many exams are over, those of earlier runs included."""
        return min(done.n_before + done.n_exams, self.n_exams)

    def words(self, done: "Progress") -> str:
        """Return exams, cells, skips, money, the time left and tokens in one line."""
        so_far = self.so_far(done)
        tokens = f"{short(done.input_tokens)} in, {short(done.output_tokens)} out"
        parts = [
            f"{so_far}/{self.n_exams} exams",
            "" if done.n_before else f"{done.n_cells}/{self.n_cells} cells",
            f"{done.n_skips} skips",
            f"{done.n_failed} failed" if done.n_failed else "",
            f"{done.n_unprobed} with failed probes" if done.n_unprobed else "",
            money(done),
            self._left(done, so_far),
            f"{tokens} tokens",  # last, for a narrow terminal cuts the end off
        ]
        return ", ".join(part for part in parts if part)

    def _left(self, done: "Progress", so_far: int) -> str:
        """Return the time left at the pace since the first exam ended, once there is a pace."""
        now = time.monotonic()
        self._first = self._first or (now, done.n_exams)
        took, n_ended = now - self._first[0], done.n_exams - self._first[1]
        if so_far >= self.n_exams or took < PACE_S or not n_ended:
            return ""
        return f"{duration((self.n_exams - so_far) * took / n_ended)} left"


def money(done: "Progress") -> str:
    """Return what the study cost so far, over all its runs; nothing where no price is known."""
    spent = " + ".join(
        f"{currency} {cost:.{2 if cost >= CENTS else 4}f}"
        for currency, cost in sorted(done.costs.items())
    )
    return spent if done.is_priced or not spent else f"at least {spent}"


def short(number: int) -> str:
    """Return a number in three or four characters: 940, 12k, 3.4M."""
    if number < THOUSAND:
        return str(number)
    if number < MILLION:
        return f"{number / THOUSAND:.0f}k"
    return f"{number / MILLION:.1f}M"


def duration(seconds: float) -> str:
    """Return a time as a person says it: 40 s, 12 min, 3.5 h."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < HOUR else f"{seconds / HOUR:.1f} h"
