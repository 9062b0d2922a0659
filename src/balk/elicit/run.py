"""Study -> eval_set: every cell is a task, every exam a sample, and the same call resumes."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import rich
from inspect_ai import Task, eval_set, task_with
from inspect_ai.model import GenerateConfig, Model, get_model
from rich.text import Text

from balk.design.study import Study
from balk.elicit import kept
from balk.elicit.budget import Budget, counted, reopen
from balk.elicit.grader import ROLE
from balk.elicit.guard import guard_of
from balk.elicit.lenders import Told, all_told, more_told, read_told, write_told
from balk.elicit.logs import count_exams
from balk.elicit.progress import Counter, Listener
from balk.elicit.tasks import lifelines
from balk.elicit.torn import set_aside_torn_logs
from balk.errors import StudyError, SubjectError

MAX_CONNECTIONS = 20
GRADER = "(grader)"
"""Name of the grader among the models of subjects."""


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


def run_study(  # noqa: PLR0913 -- what is asked, and how
    study: Study,
    models: Mapping[str, Model],
    folder: Path,
    *,
    logs: str | None = None,
    max_connections: int = MAX_CONNECTIONS,
    listener: Listener | None = None,
    asking: Asking | None = None,
) -> bool:
    """Run what a folder of results does not hold yet.

    Parameters
    ----------
    study : Study
        Who is asked what.
    models : mapping of str to Model
        The model of each subject, as from `open_models`.
    folder : Path
        Of the results; exams finished in its logs are not asked again.
    logs : str, optional
        Folder or URL of the logs; by default ``logs`` in the folder of results.
    max_connections : int
        Calls in flight for each model, where its subject does not say otherwise.
    listener : callable, optional
        Told after every exam.
    asking : Asking, optional
        Lock, budget and the like; by default none.

    Returns
    -------
    bool
        Whether every exam was asked and came back. If not, the same call asks those that did not.

    Raises
    ------
    KeyboardInterrupt
        If the run was interrupted; its logs are closed by then.
    """
    where, how = logs or str(folder / "logs"), asking or Asking(Budget(folder))
    set_aside_torn_logs(where)
    reopen(where)
    earlier = read_told(folder)
    counter = Counter(study, models, listener, count_exams(where), how.budget)

    def ask(told: Told) -> bool:
        asked = [cell for cell in study.cells() if not cell.lender or cell.name in told]
        tasks = [
            task_with(task, cleanup=counter.of_cell(cell))
            for cell, task in zip(
                asked, make_tasks(study, models, told, how.lock, max_connections), strict=True
            )
        ]
        if told != earlier:
            write_told(folder, told)
        try:
            return run_tasks(tasks, where, how) and len(tasks) == len(study.cells())
        except StudyError:  # the logs are another study's: nothing is borrowed from them
            if told != earlier:
                write_told(folder, earlier)
            raise

    with counted(how.budget), kept.keeping(folder):
        told = more_told(study, where, earlier)
        if not all_told(study, told):
            ask(told)
            more = more_told(study, where, told)
            if how.budget.stopped or more == told:
                return False  # those who lend are still out: the next run asks them again
            told = more
        is_complete = ask(told)
    if is_complete:
        kept.forget(folder)
    return is_complete


def run_tasks(tasks: list[Task], logs: str, asking: Asking) -> bool:
    """Run what a folder of logs does not hold yet, and say whether all of it came back."""
    connections = [task.config.max_connections or MAX_CONNECTIONS for task in tasks]
    try:
        with _quiet():
            is_complete, ended = eval_set(
                [task_with(task, early_stopping=asking.budget) for task in tasks],
                log_dir=logs,
                max_samples=max(connections),
                max_tasks=_n_at_once(tasks),
                batch=True if asking.is_provider_batch else None,
                fail_on_error=True,  # the log then says that not all came back, and is resumed
                continue_on_fail=True,
                retry_immediate=False,
                retry_attempts=1,  # failed calls are repeated in `balk.elicit.calls`, only there
                log_realtime=True,  # finished exams are then recovered after a kill
                score_display=False,
                display="none",
                log_level="error",
                acp_server=False,
                ctl_server=False,
            )
    except Exception as error:
        if type(error).__name__ != "PrerequisiteError":  # which Inspect does not export
            raise
        raise StudyError(_refusal(logs, str(getattr(error, "message", error)))) from error
    if len(ended) < len(tasks) or any(log.status == "cancelled" for log in ended):
        raise KeyboardInterrupt  # which Inspect keeps to itself, and calls success
    return is_complete and asking.budget.stopped is None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Inspect from speaking of its tasks, and leave the process's console as it was.

    With ``display="none"`` it is silent, and for good, only once it has something to run.
    """
    console = rich.get_console()
    before, console.quiet = console.quiet, True
    try:
        yield
    finally:
        console.quiet = before


def _refusal(logs: str, said: str) -> str:
    """Return why Inspect asks nothing, and the way out."""
    told = Text.from_markup(said).plain
    foreign = re.search(r"'([^']+)' in log_dir is not associated", told)
    if foreign is None:
        return f"the study cannot be asked into {logs}: {told}"
    return (
        f"{logs} holds a log of another study ({foreign[1]}); give another --out or --logs, or "
        "repeat the command that the logs were made with"
    )


def _n_at_once(tasks: list[Task]) -> int:
    """Return how many tasks keep every model busy, also while the last exams of one are out."""
    n_models = len({id(task.model) for task in tasks})
    wanted = [
        ceil((task.config.max_connections or MAX_CONNECTIONS) / max(1, _n_samples(task)))
        for task in tasks
    ]
    return n_models * (max(wanted) + 1)


def _n_samples(task: Task) -> int:
    return len(task.dataset) * (task.epochs or 1)


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
    if study.grader:
        models[GRADER] = open_model(study.grader, {})
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
        model = get_model(name, memoize=False, **model_args)
    except SubjectError:
        raise
    except Exception as error:
        told = Text.from_markup(str(error)).plain  # Inspect's errors are marked up for a terminal
        raise SubjectError(f"model {name!r} cannot be used: {told}") from error
    guard_of(model)
    return model


def make_tasks(
    study: Study,
    models: Mapping[str, Model],
    told: Told,
    lock: str | None = None,
    max_connections: int = MAX_CONNECTIONS,
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
    max_connections : int
        Calls in flight for each model, where its subject does not say otherwise.
    """
    roles = {ROLE: models[GRADER]} if study.grader else {}
    tasks = []
    for cell in study.cells():
        if cell.lender and cell.name not in told:
            continue
        subject, condition = cell.subject, cell.condition
        asked = study.questions.of(subject)
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
            probes=list(cell.probes),
        )
        in_flight = GenerateConfig(max_connections=subject.max_connections or max_connections)
        task = task_with(task, model=models[subject.name], config=task.config.merge(in_flight))
        tasks.append(task_with(task, model_roles=roles) if roles else task)
    return tasks
