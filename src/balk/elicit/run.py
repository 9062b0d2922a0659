"""Study -> eval_set: every cell is a task, every exam a sample, and the same call resumes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval_set, task_with
from inspect_ai.model import Model, get_model
from inspect_ai.solver import TaskState
from rich.text import Text

from balk.design.study import Study
from balk.elicit.budget import Budget, counted, reopen
from balk.elicit.lenders import Told, keep_told, read_told
from balk.elicit.scoring import SCORER
from balk.elicit.tasks import lifelines
from balk.errors import SubjectError

MAX_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come; exams that an earlier run finished are not counted again.

    Attributes
    ----------
    n_exams : int
        Exams finished.
    n_skips : int
        Questions skipped in them.
    n_failed : int
        Exams that broke off.
    """

    n_exams: int = 0
    n_skips: int = 0
    n_failed: int = 0


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Asking:
    """What goes with every call.

    Attributes
    ----------
    budget : Budget
        What was spent, and where the study stops.
    lock : str or None
        Hash of the study's lock, which every log carries.
    is_provider_batch : bool
        Whether calls go through the provider's batch mode.
    """

    budget: Budget
    lock: str | None = None
    is_provider_batch: bool = False


class Counter:
    """Counts exams as they end and tells a listener."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.progress = Progress()

    async def count(self, state: TaskState) -> None:
        """Count one exam; called by Inspect after its scorer, or after what broke it off."""
        score = (state.scores or {}).get(SCORER)
        counts: dict[str, Any] = score.value if score and isinstance(score.value, dict) else {}
        self.progress = Progress(
            n_exams=self.progress.n_exams + 1,
            n_skips=self.progress.n_skips + int(counts.get("n_skip") or 0),
            n_failed=self.progress.n_failed + (score is None),
        )
        self.listener(self.progress)


def run_study(
    study: Study,
    models: Mapping[str, Model],
    logs: Path,
    *,
    max_connections: int = MAX_CONNECTIONS,
    listener: Listener | None = None,
    asking: Asking | None = None,
) -> bool:
    """Run what a folder of logs does not hold yet.

    Parameters
    ----------
    study : Study
        Who is asked what.
    models : mapping of str to Model
        The model of each subject, as from `open_models`.
    logs : Path
        Folder of logs; finished exams in it are not asked again.
    max_connections : int
        Calls in flight for each model.
    listener : callable, optional
        Told after every exam.
    asking : Asking, optional
        Lock, budget and the like; by default none.

    Returns
    -------
    bool
        Whether every task came to its end and no exam was left out.

    """
    folder = logs.parent
    how = asking or Asking(Budget(folder))

    def ask(told: Told) -> bool:
        tasks = make_tasks(study, models, told, how.lock)
        return _run_tasks(tasks, logs, max_connections, listener, how)

    if logs.is_dir():
        reopen(str(logs))
    with counted(how.budget):
        told = read_told(folder)
        if told is None and any(cell.lender for cell in study.cells()):
            if not ask({}):
                return False
            told = keep_told(study, folder, str(logs))
        return ask(told or {})


def _run_tasks(
    tasks: list[Task],
    logs: Path,
    max_connections: int,
    listener: Listener | None,
    asking: Asking,
) -> bool:
    if listener:
        counter = Counter(listener)
        tasks = [task_with(task, cleanup=counter.count) for task in tasks]
    is_complete, _ = eval_set(
        [task_with(task, early_stopping=asking.budget) for task in tasks],
        log_dir=str(logs),
        max_connections=max_connections,
        max_samples=max_connections,
        batch=True if asking.is_provider_batch else None,
        fail_on_error=False,
        log_realtime=True,  # finished exams are then recovered after a kill
        score_display=False,
        display="none",
        log_level="error",
        acp_server=False,
        ctl_server=False,
    )
    return is_complete and asking.budget.stopped is None


def open_models(study: Study) -> dict[str, Model]:
    """Return the model of each subject by the subject's name, ready to be called.

    Subjects that differ in persona or settings share a model, and with it its connections.

    Raises
    ------
    SubjectError
        If a model's name is not known, or its provider cannot be used here.
    """
    opened: dict[str, Model] = {}
    models = {}
    for subject in study.subjects:
        key = json.dumps([subject.model, subject.model_args], sort_keys=True)
        if key not in opened:
            opened[key] = open_model(subject.model, subject.model_args)
        models[subject.name] = opened[key]
    return models


def open_model(name: str, model_args: dict[str, Any]) -> Model:
    """Return Inspect's model for a name such as ``openai/gpt-...`` or ``balk-sim/tension``.

    Raises
    ------
    SubjectError
        If the provider is unknown, its package or key is missing, or an argument is wrong.
    """
    try:
        # Not memoized: a later run in this process may find other keys and addresses.
        return get_model(name, memoize=False, **model_args)
    except SubjectError:
        raise
    except Exception as error:
        told = Text.from_markup(str(error)).plain  # Inspect's errors are marked up for a terminal
        raise SubjectError(f"model {name!r} cannot be used: {told}") from error


def make_tasks(
    study: Study, models: Mapping[str, Model], told: Told, lock: str | None = None
) -> list[Task]:
    """Return the tasks of a study, one a cell, with every argument passed.

    Cells that tell the verdicts of other exams are left out until `told` says which.

    Parameters
    ----------
    study : Study
        Who is asked what.
    models : mapping of str to Model
        Name of the subject -> its model, as from `open_models`.
    told : mapping of str to list of str
        Name of a cell -> borrowed verdicts, as `balk.elicit.lenders` keeps them.
    lock : str, optional
        Hash of the study's lock.
    """
    asked = study.questions
    tasks = []
    for cell in study.cells():
        if cell.lender and cell.name not in told:
            continue
        subject, condition = cell.subject, cell.condition
        task = lifelines(
            arm=condition.arm.spec,
            lifelines="none" if condition.lifelines is None else condition.lifelines,
            protocol=condition.protocol,
            interface=subject.interface,
            persona=subject.persona,
            puzzles=asked.puzzles,
            level=",".join(map(str, asked.levels)),
            pool=asked.pool,
            questions=asked.questions,
            exams=cell.n_exams,
            epochs=study.epochs,
            seed=asked.seed,
            first_form=asked.first_form,
            temperature=subject.temperature,
            max_tokens=subject.max_tokens,
            reasoning_effort=subject.reasoning_effort,
            reasoning_tokens=subject.reasoning_tokens,
            logprobs=subject.logprobs,
            wording=study.wording(cell),
            label=subject.name,  # a log alone does not tell one server of a model from another
            told=told.get(cell.name),
            lock=lock,
        )
        tasks.append(task_with(task, model=models[subject.name]))
    return tasks
