"""Replies that were paid for, kept until their study is complete.

An exam that is cut off at question 12 goes on at 12. A reply belongs to one subject, condition,
form, repeat, stage and question, and to the very words that were sent; nothing else finds it.
Only replies that stand are kept, never one that was asked for again. Each exam has a file of its
own, a line a reply; a line that was cut off by a kill is no reply.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from inspect_ai.log import transcript
from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, get_model
from inspect_ai.solver import TaskState
from pydantic import ValidationError

from balk.elicit.calls import call

NAME = "replies"
"""Name of the folder, in the folder of results."""
_FOLDER: ContextVar[Path | None] = ContextVar("_FOLDER", default=None)
"""Where replies are kept; None keeps none, as under plain Inspect."""


@contextmanager
def keeping(folder: Path) -> Iterator[None]:
    """Keep the replies of what is asked meanwhile in a folder of results."""
    token = _FOLDER.set(folder / NAME)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def is_keeping() -> bool:
    """Return whether replies are kept, so that asking an exam again costs only what is missing."""
    return _FOLDER.get() is not None


class Kept:
    """The replies of one exam.

    Parameters
    ----------
    path : Path or None
        Their file, made with the first reply; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lines = _read(path) if path else {}

    def find(self, asked: Sequence[Any]) -> ModelOutput | None:
        """Return the reply to what is asked, if it came earlier, and tell the log so."""
        line = self._lines.get(_hash(asked))
        if line is None:
            return None
        transcript().info({"kept reply": list(asked[:2])}, source="balk")
        return ModelOutput.model_validate(line)

    def keep(self, asked: Sequence[Any], output: ModelOutput) -> None:
        """Keep a reply: from here on a kill does not lose it."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps([_hash(asked), output.model_dump(mode="json", exclude_none=True)])
        with self.path.open("a", encoding="utf-8") as file:
            # A line that a kill cut off must not swallow the next.
            file.write(f"\n{line}\n" if file.tell() else f"{line}\n")


_NOTHING = Kept(None)
_EXAM: ContextVar[Kept] = ContextVar("_EXAM", default=_NOTHING)


def keep_replies_of(state: TaskState, settings: Sequence[Any]) -> None:
    """Open the replies of the exam that a sample is, for `reply_to`."""
    folder, model = _FOLDER.get(), get_model()
    facts = [str(model), model.model_args, list(settings), state.metadata["exam"]]
    exam = [*facts, state.sample_id, state.epoch]
    _EXAM.set(Kept(folder / f"{_hash(exam)}.jsonl") if folder else _NOTHING)


async def reply_to(
    stage: tuple[str, Any],
    sent: list[ChatMessage],
    config: GenerateConfig,
    *,
    may_be_empty: bool = False,
    model: Model | None = None,
    known_by: Sequence[ChatMessage] | None = None,
) -> ModelOutput:
    """Return the reply to what is sent: the one that is kept, or one that is asked for and kept.

    Parameters
    ----------
    stage : tuple of str and JSON data
        What is asked for (``exam``, ``probe``, ...) and about which question.
    sent, config, may_be_empty, model
        As `balk.elicit.calls.call` takes them.
    known_by : sequence of ChatMessage, optional
        The part of what is sent that the reply belongs to; by default all of it.
    """
    words = [(message.role, message.text) for message in (sent if known_by is None else known_by)]
    kept, asked = _EXAM.get(), (*stage, words)
    output = kept.find(asked)
    if output is None:
        output = await call(sent, config, may_be_empty=may_be_empty, model=model)
        kept.keep(asked, output)
    return output


def forget(folder: Path) -> None:
    """Remove the replies of a study that is complete from its folder: its logs hold them all."""
    shutil.rmtree(folder / NAME, ignore_errors=True)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    lines: dict[str, Any] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            asked, output = json.loads(line)
            ModelOutput.model_validate(output)
        except (ValueError, TypeError, ValidationError):
            continue
        lines[asked] = output
    return lines


def _hash(facts: Sequence[Any]) -> str:
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
