"""How far a run has come: counted as exams end, told to whoever listens."""

from collections import Counter as Counts
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from inspect_ai.model import Model
from inspect_ai.scorer import Score
from inspect_ai.solver import TaskState

from balk.design.study import Cell, Study
from balk.elicit.budget import Budget
from balk.elicit.guard import Guard, guard_of
from balk.elicit.replies import read_exam
from balk.elicit.scoring import SCORER
from balk.records import Outcome


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes
    ----------
    n_exams : int
        Exams that ended in this run.
    n_before : int
        Exams that an earlier run finished.
    n_skips : int
        Questions skipped in them.
    n_failed : int
        Exams that broke off.
    n_unprobed : int
        Exams that stand, and a probe after them failed.
    n_cells : int
        Cells of which every exam was asked in this run.
    n_calls : int
        Calls made, those that failed included.
    input_tokens, output_tokens : int
        As the providers counted them.
    costs : mapping of str to float
        Currency -> what the study cost so far, over all its runs, as far as prices are known.
    is_priced : bool
        Whether the price of every model that was asked is known.
    stopped : mapping of str to str
        Subjects -> why they are not asked any more.
    """

    n_exams: int = 0
    n_before: int = 0
    n_skips: int = 0
    n_failed: int = 0
    n_unprobed: int = 0
    n_cells: int = 0
    n_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    costs: Mapping[str, float] = field(default_factory=dict)
    is_priced: bool = True
    stopped: Mapping[str, str] | None = None


Listener = Callable[[Progress], None]


class Counter:
    """Counts exams as they end and tells a listener.

    Parameters
    ----------
    study : Study
        What is asked.
    models : mapping of str to Model
        Name of the subject -> its model.
    listener : callable, optional
        Told after every exam.
    n_before : int
        Exams that an earlier run finished.
    budget : Budget, optional
        What the study has spent.
    """

    def __init__(
        self,
        study: Study,
        models: Mapping[str, Model],
        listener: Listener | None,
        n_before: int = 0,
        budget: Budget | None = None,
    ) -> None:
        self.listener, self.epochs, self.n_before = listener, study.epochs, n_before
        self.budget = budget
        self.guards: dict[Guard, list[str]] = {}
        for name, model in models.items():
            self.guards.setdefault(guard_of(model), []).append(name)
        self._ended: Counts[str] = Counts()
        self._n_skips = self._n_failed = self._n_unprobed = self._n_cells = 0

    def of_cell(self, cell: Cell) -> Callable[[TaskState], Awaitable[None]]:
        """Return what Inspect calls after each exam of a cell, or after what broke it off."""
        name, n_exams = cell.name, cell.n_exams * self.epochs

        async def count(state: TaskState) -> None:
            score = (state.scores or {}).get(SCORER)
            if score is None and not state.output.error:
                return  # the run is being stopped, and with it what was not over
            outcomes = _outcomes(state, score)
            is_broken = Outcome.FAILED in outcomes
            self._ended[name] += 1
            self._n_skips += outcomes.count(Outcome.SKIP)
            self._n_failed += is_broken
            self._n_unprobed += score is None and not is_broken
            self._n_cells += self._ended[name] == n_exams
            if self.listener:
                self.listener(self.progress())

        return count

    def progress(self) -> Progress:
        """Return how far the run has come."""
        guards = list(self.guards)
        return Progress(
            n_exams=self._ended.total(),
            n_before=self.n_before,
            n_skips=self._n_skips,
            n_failed=self._n_failed,
            n_unprobed=self._n_unprobed,
            n_cells=self._n_cells,
            n_calls=sum(guard.n_calls for guard in guards),
            input_tokens=sum(guard.input_tokens for guard in guards),
            output_tokens=sum(guard.output_tokens for guard in guards),
            costs=self.budget.costs if self.budget else {},
            is_priced=self.budget.is_priced if self.budget else True,
            stopped={
                ", ".join(names): guard.stopped.message
                for guard, names in self.guards.items()
                if guard.stopped
            },
        )


def _outcomes(state: TaskState, score: Score | None) -> list[Outcome]:
    """Return the outcomes of an exam that ended; one that ended in a failure has no score."""
    if score is not None:
        return [Outcome(letter) for letter in score.answer or ""]
    return [turn.reading.outcome for turn in read_exam(state.messages, state.metadata)]
