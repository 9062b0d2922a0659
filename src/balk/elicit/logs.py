"""Finished logs -> the columns of the table, from sample summaries wherever they suffice."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import click
import fsspec
from inspect_ai.log import (
    EvalLog,
    EvalSample,
    EvalSampleSummary,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample,
    read_eval_log_sample_summaries,
    read_eval_log_samples,
)

from balk.design.subjects import Subject
from balk.elicit.failures import failure_in_log
from balk.elicit.packing import unpack
from balk.elicit.probe_replies import Columns, no_probes, read_probes, unpack_probes
from balk.elicit.replies import read_exam
from balk.elicit.scoring import ARRAYS, SCORER, arrays_of
from balk.elicit.torn import read_header
from balk.errors import TableError
from balk.measure.decisions import DECISIONS
from balk.measure.parse import PARSER_VERSION

TASK = "balk/lifelines"
FINISHED = {"success", "error", "cancelled"}


@dataclass(frozen=True, slots=True)
class FinishedLog:
    """A log that takes part in the analysis.

    Attributes
    ----------
    header : EvalLog
        Without samples.
    path : str
        Where it is read from.
    name : str
        Path relative to the folder of logs.
    """

    header: EvalLog
    path: str
    name: str


def read_columns(folder: str, *, reparse: bool = False) -> dict[str, list[Any]]:
    """Read the columns of the table of decisions from a folder of finished logs.

    Replies are taken as they were scored while the parser's version is the current one, and
    read again otherwise or where `reparse` says so. Logs of crashed runs are left out.

    Parameters
    ----------
    folder : str
        Folder of ``.eval`` logs, or any URL that Inspect takes.
    reparse : bool, default False
        Read every reply again.

    Returns
    -------
    dict of str to list
        The columns of `balk.measure.decisions.DECISIONS`, one value a decision.

    Raises
    ------
    TableError
        If the folder holds no finished log of a lifeline exam.
    """
    columns: dict[str, list[Any]] = {name: [] for name in DECISIONS}
    n_seen: Counter[str] = Counter()
    for log in finished_logs(folder):
        for row in read_rows(log, reparse=reparse):
            # The same task run again is a replicate: its exams are others with the same facts.
            n_seen[row["exam_id"]] += 1
            row["exam_id"] = _replicate_id(row["exam_id"], n_seen[row["exam_id"]])
            n_questions = len(row["puzzle_id"])
            for name, column in columns.items():
                value = row[name]
                column.extend(value if isinstance(value, list) else [value] * n_questions)
    return columns


def finished_logs(folder: str) -> list[FinishedLog]:
    """Return the logs that take part: of each task the one with most exams, the last of such.

    Raises
    ------
    TableError
        If there is none.
    """
    if "://" not in folder and not Path(folder).is_dir():
        raise TableError(f"there is no folder {folder}; give the one that holds the .eval files")
    by_task: dict[str, list[FinishedLog]] = defaultdict(list)
    n_crashed = n_torn = 0
    for info in list_eval_logs(folder, descending=False):
        header = read_header(info)
        if header is None:
            n_torn += 1
            click.echo(f"Cannot be read, left out as torn: {info.name}", err=True)
            continue
        if header.eval.task != TASK:
            continue
        n_crashed += header.status == "started"
        if header.status in FINISHED:
            name = PurePosixPath(info.name).name
            by_task[header.eval.task_id].append(FinishedLog(header, info.name, name))
    if not by_task:
        n_lost = n_crashed + n_torn
        crashed = f" ({n_lost} crashed before they were finished)" if n_lost else ""
        raise TableError(
            f"no finished log of a lifeline exam in {folder}{crashed}; "
            "give the folder that holds the .eval files, or finish the run first"
        )
    found = [_best(logs) for logs in by_task.values()]
    return sorted(found, key=lambda log: (log.header.eval.created, log.header.eval.task_id))


def has_logs(folder: str) -> bool:
    """Return whether a folder holds logs of any kind; one that is not there holds none."""
    files, path = fsspec.core.url_to_fs(folder)
    return bool(files.exists(path) and list_eval_logs(folder))


def count_exams(folder: str) -> int:
    """Return how many exams the logs of a folder hold that came back, each once."""
    found: Counter[str] = Counter()
    for info in list_eval_logs(folder):
        header = read_eval_log(info, header_only=True)
        task = header.eval.task_id
        found[task] = max(found[task], _n_returned(header, info.name))
    return found.total()


def read_rows(log: FinishedLog, *, reparse: bool) -> Iterator[dict[str, Any]]:
    """Yield one row an exam: scalars for the exam, lists for its questions."""
    if reparse:
        for sample in read_eval_log_samples(log.path, all_samples_required=False):
            yield _row(log, sample, _read_again(sample))
        return
    for summary in read_eval_log_sample_summaries(log.path):
        arrays = _scored(summary)
        if arrays is None:
            sample = read_eval_log_sample(log.path, uuid=summary.uuid)
            yield _row(log, sample, _read_again(sample))
        else:
            yield _row(log, summary, arrays)


def _best(logs: Sequence[FinishedLog]) -> FinishedLog:
    if len(logs) == 1:
        return logs[0]
    # `max` keeps the first of equals, and of equals the last log is the newest.
    # A run that a limit stopped is a success too, with few exams.
    return max(
        reversed(logs),
        key=lambda log: (_n_returned(log.header, log.path), log.header.status == "success"),
    )


def _n_returned(header: EvalLog, path: str) -> int:
    """Return how many exams of a log came back: a run that was cut short may hold fewer."""
    if header.results:
        return header.results.completed_samples
    return sum(not one.error for one in read_eval_log_sample_summaries(path))


def _scored(summary: EvalSampleSummary) -> Columns | None:
    """Return what was read when the exam was scored, or None where it must be read again."""
    score = (summary.scores or {}).get(SCORER)
    if score is None or score.metadata is None or summary.error:
        return None
    if score.metadata.get("parser_version") != PARSER_VERSION:
        return None
    try:
        arrays = {name: unpack(score.metadata, name) for name in ARRAYS}
        arrays["outcome"] = list(score.answer or "")
        probed = _probed(summary, score.metadata, len(arrays["outcome"]))
    except KeyError:
        return None
    return None if probed is None else arrays | probed


def _probed(
    summary: EvalSampleSummary, scored: Mapping[str, Any], n_questions: int
) -> Columns | None:
    """Return what the probes came to; None where it must be read again."""
    if summary.metadata.get("probes"):
        return unpack_probes(scored)
    return no_probes(n_questions)


def _read_again(sample: EvalSample) -> Columns:
    failure = failure_in_log(sample.error.message) if sample.error else ""
    if not failure and sample.limit:
        failure = f"limit: stopped by the {sample.limit.type} limit"
    turns = read_exam(sample.messages, sample.metadata, failure)
    probed = read_probes(sample.messages, sample.metadata, turns)
    outcomes = {"outcome": [turn.reading.outcome.value for turn in turns]}
    return arrays_of(turns) | outcomes | probed


def _row(
    log: FinishedLog, sample: EvalSample | EvalSampleSummary, arrays: Columns
) -> dict[str, Any]:
    exam: dict[str, Any] = sample.metadata["exam"]
    puzzles = unpack(sample.metadata, "puzzle")
    subject = subject_name(log.header, exam)
    return {
        "subject": subject,
        "model": log.header.eval.model,
        **{name: exam[name] for name in EXAM_FACTS},
        "feedback_shown": exam.get("feedback_shown", exam["protocol"] == "realtime"),
        "exam_id": _exam_id(subject, exam, sample),
        "epoch": sample.epoch,
        "lock": log.header.eval.task_args.get("lock"),
        "position": list(range(1, len(puzzles) + 1)),
        "puzzle_id": puzzles,
        **{name: unpack(sample.metadata, name) for name in PUZZLE_FACTS},
        **arrays,
        "log": log.name,
        "sample_uuid": sample.uuid,
    }


EXAM_FACTS = (
    "interface",
    "persona",
    "arm",
    "penalty",
    "price",
    "protocol",
    "lifelines",
    "form_id",
)
PUZZLE_FACTS = ("family", "level", "stem_chars", "key")


def subject_name(header: EvalLog, exam: Mapping[str, Any]) -> str:
    """Return who was examined, as `balk.design.subjects.Subject` names it."""
    config = header.plan.config
    # What was asked is named as it is, allowed or not: a log may come from elsewhere.
    return Subject.model_construct(
        model=header.eval.model,
        persona=exam["persona"],
        interface=exam["interface"],
        temperature=config.temperature,
        reasoning_effort=config.reasoning_effort,
        reasoning_tokens=config.reasoning_tokens,
        model_args=header.eval.model_args,
        label=exam.get("label"),
    ).name


def _exam_id(subject: str, exam: Mapping[str, Any], sample: EvalSample | EvalSampleSummary) -> str:
    facts = [subject, *(exam[name] for name in EXAM_FACTS), sample.id, sample.epoch]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]


def _replicate_id(exam_id: str, number: int) -> str:
    if number == 1:
        return exam_id
    return hashlib.sha256(f"{exam_id}/{number}".encode()).hexdigest()[:12]
