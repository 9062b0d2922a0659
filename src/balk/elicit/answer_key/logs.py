"""Finished logs of the stages -> rows of the table, and the conversations behind them."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from inspect_ai.event import ModelEvent
from inspect_ai.log import (
    EvalLog,
    EvalSample,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples,
)
from inspect_ai.model import ChatMessage, ChatMessageAssistant

from balk.design.answer_key.sheets import Sheet, Stage
from balk.elicit.answer_key.asking import turns
from balk.elicit.answer_key.replies import Row, read_sheet
from balk.elicit.answer_key.tasks import TASK
from balk.errors import TableError
from balk.measure.answer_key.table import READ

FINISHED = {"success", "error", "cancelled"}

Graded = tuple[str, str, str | None, str]
"""What a grade is of: subject, puzzle, the answer shown for it, and the text of the working."""


@dataclass(frozen=True, slots=True)
class Held:
    """One sheet as it was answered.

    Attributes
    ----------
    subject : str
        Who answered.
    sheet : Sheet
        What was asked.
    rows : list of dict
        What was read, one row a question.
    texts : tuple of (str, str)
        Role and text of every message, in order.
    """

    subject: str
    sheet: Sheet
    rows: list[Row]
    texts: tuple[tuple[str, str], ...]

    def replies(self) -> list[str]:
        """Return the texts of the subject's own turns, without what was there before."""
        said = self.texts[len(self.sheet.before) :]
        return [text for role, text in said if role == "assistant"]


def read_stage(folder: Path, stage: Stage) -> list[Held]:
    """Return the answered sheets of one stage, by subject and sheet.

    Raises
    ------
    TableError
        If the folder holds no finished log of the stage.
    """
    held = [one for log in _logs(folder / stage) for one in _sheets(log)]
    if not held:  # a stage that asks nothing has no folder and is not read
        raise TableError(f"no finished log of stage {stage} in {folder}; finish the run first")
    return sorted(held, key=lambda one: (one.subject, one.sheet.name))


def _logs(folder: Path) -> list[EvalLog]:
    """Return the logs that take part: for each task the last that succeeded, or the last."""
    if not folder.is_dir():
        return []
    by_task: dict[str, list[EvalLog]] = defaultdict(list)
    for info in list_eval_logs(str(folder), descending=False):
        header = read_eval_log(info, header_only=True)
        is_ours = header.eval.task.removeprefix("balk/").startswith(TASK)
        if is_ours and header.status in FINISHED:
            by_task[header.eval.task_id].append(header)
    return [_best(logs) for logs in by_task.values()]


def _best(logs: Sequence[EvalLog]) -> EvalLog:
    return max(reversed(logs), key=lambda log: log.status == "success")


def _sheets(log: EvalLog) -> Iterator[Held]:
    name = PurePosixPath(log.location).name
    for sample in read_eval_log_samples(log.location, all_samples_required=False):
        sheet = Sheet.from_dict(sample.metadata["sheet"])
        subject = sample.metadata["label"] or log.eval.model
        facts = {
            "subject": subject,
            "exam_id": _exam_id(subject, sheet, sample),
            "log": f"{sheet.stage}/{name}",
            "sample_uuid": sample.uuid,
        }
        messages = [one for one in _messages(sample, sheet) if one.role != "system"]
        rows = read_sheet(messages, sheet, _failure(sample))
        texts = tuple((message.role, message.text) for message in messages)
        yield Held(subject, sheet, [row | facts for row in rows], texts)


def _messages(sample: EvalSample, sheet: Sheet) -> list[ChatMessage]:
    """Return a sample's messages, found in its calls where a kill left the last of them alone.

    Inspect puts a sample that was about to be written together again from its last call, which
    holds the whole conversation, unless each question was asked in one of its own.
    """
    said = [message for message in sample.messages if isinstance(message, ChatMessageAssistant)]
    if sample.error or len(said) - len(sheet.before) // 2 >= len(turns(sheet)):
        return sample.messages
    calls = [event for event in sample.events if isinstance(event, ModelEvent)]
    return [call.output.message for call in calls if call.output.choices]


def _exam_id(subject: str, sheet: Sheet, sample: EvalSample) -> str:
    facts = f"{subject}\x1f{sheet.name}\x1f{sample.epoch}"
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def _failure(sample: EvalSample) -> str:
    if sample.error:
        return _last_line(sample.error.message)
    return f"stopped by the {sample.limit.type} limit" if sample.limit else ""


def _last_line(message: str) -> str:
    return (message.strip() or "error").splitlines()[-1]


def with_grades(held: Sequence[Held], grades: Mapping[Graded, str | None]) -> list[Row]:
    """Return all rows, with the grader's class beside each working."""
    rows = []
    for one in held:
        replies = one.replies() if one.sheet.stage == "workings" else []
        for place, row in enumerate(one.rows):
            working = replies[place] if place < len(replies) else ""
            graded = grades.get((one.subject, row["puzzle_id"], row["shown"], working))
            rows.append(row | {"graded": graded})
    return rows


def columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return rows as columns; no rows are columns without values."""
    names = rows[0] if rows else READ
    return {name: [row[name] for row in rows] for name in names}


def failures_in(logs: Path) -> dict[str, int]:
    """Return why conversations broke off, in the last log of each task, and how many did."""
    last = {}
    for info in list_eval_logs(str(logs), descending=False):
        header = read_eval_log(info, header_only=True)
        if header.status in FINISHED:
            last[header.eval.task_id] = info
    counts = Counter(
        _last_line(summary.error)
        for info in last.values()
        for summary in read_eval_log_sample_summaries(info)
        if summary.error
    )
    return dict(counts.most_common())
