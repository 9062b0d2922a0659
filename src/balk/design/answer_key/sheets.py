"""What is put to a subject in one go: some puzzles with what is shown beside them.

A `Sheet` is one sample of one stage. It says everything that the prompts, the readers and the
tables need, and travels as JSON: in a folder's ``sheets/STAGE.json`` and in a log's metadata.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self, TypeVar, get_args

from balk.errors import StudyError
from balk.records import Puzzle, ReplyFormat

Stage = Literal[
    "false_answers", "knowledge", "screening", "self_score", "marking", "workings", "grading"
]
KeyType = Literal["true", "false", "mixed", "none"]
Form = Literal["", "count", "list", "commit"]
Chosen = Literal["all", "accepted", "claimed"]
Framing = Literal["plain", "may_err"]
Layout = Literal["", "apart", "together"]

STAGES: tuple[Stage, ...] = get_args(Stage)
"""In the order they are asked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of a sheet.

    Attributes
    ----------
    puzzle : Puzzle
        The question and its true key.
    shown : str or None
        What is shown as its key; None where no key is.
    style : str
        What kind of mistake the shown answer looks like; empty where it is the true key.
    given : str or None
        In marking, the answer to be marked; in grading, the working to be classified.
    number : int or None
        Number under which it was asked in a conversation that goes on; None: its place here.
    """

    puzzle: Puzzle
    shown: str | None = None
    style: str = ""
    given: str | None = None
    number: int | None = None

    @property
    def is_shown_true(self) -> bool | None:
        """Whether what is shown is the true key; None where nothing is."""
        return None if self.shown is None else not self.style


@dataclass(frozen=True, slots=True)
class Sheet:
    """One conversation of one stage.

    Attributes
    ----------
    stage : str
        Which part of the experiment.
    form : {"", "count", "list", "commit"}
        How claims are asked for, from self-score on.
    key_type : {"true", "false", "mixed", "none"}
        What is shown as the key.
    chosen : {"all", "accepted", "claimed"}
        Whether all puzzles are asked, those accepted at screening, or those claimed.
    framing : {"plain", "may_err"}
        Whether it is said that what is shown may contain mistakes.
    layout : {"", "apart", "together"}
        Workings: one conversation a puzzle, or the self-score's conversation continued.
    index : int
        Number of the batch, from 0; the same puzzles in every stage that asks all.
    entries : tuple of Entry
        In the order they are asked.
    before : tuple of (str, str)
        Role and text of what was said before, where a conversation is continued.
    """

    stage: Stage
    index: int
    entries: tuple[Entry, ...]
    form: Form = ""
    key_type: KeyType = "none"
    chosen: Chosen = "all"
    framing: Framing = "plain"
    layout: Layout = ""
    before: tuple[tuple[str, str], ...] = ()

    @property
    def n_questions(self) -> int:
        """How many questions it holds."""
        return len(self.entries)

    @property
    def shows_key_later(self) -> bool:
        """Whether answers are written before the key is shown."""
        return self.stage == "self_score" and self.form == "commit"

    def number(self, position: int) -> int:
        """Return the number under which the question at a place, from 1, is asked."""
        return self.entries[position - 1].number or position

    def reply_format(self, position: int | None = None) -> ReplyFormat:
        """Return what a reply looks like: to the whole sheet, or to one of its questions."""
        if position is None:
            return ReplyFormat(self.n_questions, fields=("answer",))
        return ReplyFormat(1, first=self.number(position), fields=("answer",))

    @property
    def condition(self) -> str:
        """What tells it from other sheets of its stage and batch."""
        parts = [self.form, self.key_type, self.chosen, self.framing, self.layout]
        return "-".join(part for part in parts if part)

    @property
    def name(self) -> str:
        """Stage, condition and batch: unlike that of any other sheet."""
        return f"{self.stage}-{self.condition}-{self.index + 1:03d}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the sheet that `to_dict` wrote."""
        entries = tuple(_entry(entry) for entry in data["entries"])
        before = tuple((role, text) for role, text in data["before"])
        return cls(**data | {"entries": entries, "before": before})


def _entry(data: dict[str, Any]) -> Entry:
    puzzle = Puzzle(**data["puzzle"] | {"distractors": tuple(data["puzzle"]["distractors"])})
    return Entry(**data | {"puzzle": puzzle})


Item = TypeVar("Item")


def batches(items: Sequence[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Yield items in batches of one size, the last of which may be smaller."""
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])


def make_sheets(of: Sheet, entries: Sequence[Entry], size: int) -> list[Sheet]:
    """Return sheets like one that serves as a pattern, one a batch."""
    return [
        replace(of, index=index, entries=batch)
        for index, batch in enumerate(batches(entries, size))
    ]


def sheets_text(sheets: Sequence[Sheet]) -> str:
    """Return sheets as the JSON text of a file, one a line."""
    lines = ",\n".join(json.dumps(sheet.to_dict(), ensure_ascii=False) for sheet in sheets)
    return f"[\n{lines}\n]\n"


def read_sheets(text: str, place: str) -> list[Sheet]:
    """Return the sheets of a JSON text.

    Raises
    ------
    StudyError
        If it holds none.
    """
    try:
        sheets = [Sheet.from_dict(data) for data in json.loads(text)]
    except (ValueError, TypeError, KeyError) as error:
        raise StudyError(
            f"{place} holds no sheets ({error}); give a file that `balk answer-key` wrote"
        ) from error
    if not sheets:
        raise StudyError(f"{place} holds no sheet; there is nothing to ask")
    return sheets


def content_hash(texts: Sequence[str]) -> str:
    """Return a hash of texts: 12 hexadecimal digits."""
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:12]
