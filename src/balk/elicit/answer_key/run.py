"""One stage of the answer-key experiment: sheets in, answered sheets out, nothing asked twice."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inspect_ai import Task, task_with
from inspect_ai.model import GenerateConfig, Model
from inspect_ai.solver import TaskState

from balk.design.answer_key.sheets import Sheet, Stage, sheets_text
from balk.design.answer_key.study import AnswerKeyStudy
from balk.design.limits import Limits
from balk.design.subjects import Subject
from balk.elicit import kept
from balk.elicit.answer_key.logs import Held, failures_in, read_stage
from balk.elicit.answer_key.tasks import answer_key, hold
from balk.elicit.budget import Budget, counted, reopen
from balk.elicit.run import Asking, open_model, run_tasks
from balk.elicit.torn import set_aside_torn_logs
from balk.files import write_whole

Listener = Callable[[Stage, int, int], None]
"""Told of a stage, how many of its sheets were answered in this run, and how many it has."""


class UnfinishedError(Exception):
    """A stage did not come to its end, so that the next one cannot be made from it.

    Attributes
    ----------
    stage : str
        Which one.
    stopped : str or None
        The limit that left conversations unasked, in words; None where none did.
    failures : dict of str to int
        Why conversations broke off -> how many did.
    """

    def __init__(self, stage: str, stopped: str | None, failures: dict[str, int]) -> None:
        super().__init__(stage)
        self.stage = stage
        self.stopped = stopped
        self.failures = failures


@dataclass(slots=True)
class Asker:
    """Puts stages to models, into a folder.

    Attributes
    ----------
    study : AnswerKeyStudy
        Whose settings hold.
    folder : Path
        Gets ``logs/STAGE`` and ``sheets/STAGE.json``.
    max_connections : int
        Calls in flight for each model.
    listener : callable, optional
        Told after every sheet.
    limits : Limits, optional
        Where it stops; by default nowhere.
    ledger : Path, optional
        Folder that says what was spent; by default `folder`.
    models : dict of str to Model
        Opened models, by name.
    """

    study: AnswerKeyStudy
    folder: Path
    max_connections: int
    listener: Listener | None = None
    limits: Limits | None = None
    ledger: Path | None = None
    models: dict[str, Model] = field(default_factory=dict)

    def open(self) -> None:
        """Open every model, so that one that cannot be used shows before anything is asked."""
        for one in self.study.examined:
            self.models[one.name] = open_model(one.model, one.model_args)
        for name in (self.study.author, self.study.grader):
            if name and name not in self.models:
                self._settings(name)  # a temperature that it does not take shows now
                self.models[name] = open_model(name, {})

    def close(self) -> None:
        """Forget the replies that were kept for a resumption: the logs hold them all."""
        kept.forget(self.folder)

    def ask_all(self, stage: Stage, sheets: Sequence[Sheet]) -> list[Held]:
        """Put the same sheets to every subject."""
        return self.ask_each(stage, dict.fromkeys(self.study.names, sheets))

    def ask_each(self, stage: Stage, sheets: Mapping[str, Sequence[Sheet]]) -> list[Held]:
        """Put to each subject the sheets that were made for it."""
        return self._ask(stage, {name: (name, asked) for name, asked in sheets.items()})

    def ask_one(
        self, stage: Stage, model: str, sheets: Mapping[str, Sequence[Sheet]]
    ) -> list[Held]:
        """Put to one model sheets about subjects, by the subject's name."""
        return self._ask(stage, {about: (model, asked) for about, asked in sheets.items()})

    def _ask(self, stage: Stage, asked: Mapping[str, tuple[str, Sequence[Sheet]]]) -> list[Held]:
        there = {about: (model, list(own)) for about, (model, own) in asked.items() if own}
        if not there:
            return []
        self._keep(stage, {about: own for about, (_, own) in there.items()})
        tasks = [self._task(stage, about, model, own) for about, (model, own) in there.items()]
        if self.listener:
            n_sheets = sum(len(own) for _, own in there.values())
            count = _counter(stage, n_sheets, self.listener)
            tasks = [task_with(task, cleanup=count) for task in tasks]
        run_in(self.folder, stage, tasks, Budget(self.ledger or self.folder, self.limits))
        return read_stage(self.folder / "logs", stage)

    def _task(self, stage: Stage, about: str, model: str, sheets: list[Sheet]) -> Task:
        asked = self._settings(model)
        task = answer_key(
            stage=stage,
            sheets=hold(sheets),
            temperature=asked.temperature,
            max_tokens=asked.max_tokens or self.study.max_tokens,
            persona=asked.persona,
            reasoning_effort=asked.reasoning_effort,
            reasoning_tokens=asked.reasoning_tokens,
            label=about,
        )
        in_flight = GenerateConfig(max_connections=asked.max_connections or self.max_connections)
        return task_with(task, model=self.models[model], config=task.config.merge(in_flight))

    def _settings(self, name: str) -> Subject:
        """Return how somebody is asked: a subject as it says, an author or grader as the study."""
        study = self.study
        return next((one for one in study.examined if one.name == name), None) or Subject(
            model=name, temperature=study.temperature, max_tokens=study.max_tokens
        )

    def _keep(self, stage: Stage, sheets: Mapping[str, list[Sheet]]) -> None:
        """Write what is asked beside the logs; what all subjects are asked is written once."""
        folder = self.folder / "sheets"
        folder.mkdir(parents=True, exist_ok=True)
        texts = {about: sheets_text(own) for about, own in sheets.items()}
        is_shared = len(set(texts.values())) == 1
        for about, text in texts.items():
            name = stage if is_shared else f"{stage}.{about.replace('/', '_')}"
            write_whole(folder / f"{name}.json", text)


def run_in(folder: Path, stage: str, tasks: list[Task], budget: Budget) -> None:
    """Run tasks as an exam's are run: replies kept in a folder, one layer of repeats.

    Raises
    ------
    UnfinishedError
        If a limit left some unasked, or some did not come back.
    """
    logs = folder / "logs" / stage
    set_aside_torn_logs(str(logs))
    reopen(str(logs))
    with counted(budget), kept.keeping(folder):
        is_complete = run_tasks(tasks, str(logs), Asking(budget))
    if not is_complete:
        raise UnfinishedError(stage, budget.stopped, failures_in(logs))


def _counter(
    stage: Stage, n_sheets: int, listener: Listener
) -> Callable[[TaskState], Awaitable[None]]:
    n_done = 0

    async def count(state: TaskState) -> None:  # noqa: ARG001 -- Inspect's signature
        nonlocal n_done
        n_done += 1
        listener(stage, n_done, n_sheets)

    return count
