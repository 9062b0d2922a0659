"""Replies to single questions from a JSONL file, and what was read in them."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from balk.errors import ReplyError
from balk.measure.parse import parse_reply
from balk.records import Reading, ReplyFormat

Read = tuple[str | int, Reading]


def read_replies(path: Path, exit_word: str | None, choices: Sequence[str]) -> Iterator[Read]:
    """Read and parse a file of replies, line by line.

    Parameters
    ----------
    path : Path
        JSON objects, one a line, with ``id`` and ``text`` and optionally ``exit_word``
        (null: none was offered) and ``choices`` (a list of letters).
    exit_word : str or None
        Used for rows that do not state one.
    choices : sequence of str
        Used for rows that do not state any.

    Yields
    ------
    id, Reading
        In the order of the file.

    Raises
    ------
    ReplyError
        If a line is not such an object; the message names file, line, field and remedy.
    """
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                row = _row(line, f"{path.name} line {number}")
                reply_format = ReplyFormat(
                    n_questions=1,
                    exit_word=row.get("exit_word", exit_word),
                    choices=tuple(row.get("choices") or choices),
                )
                yield row["id"], parse_reply(row["text"], reply_format)[0]


def write_readings(read: Iterable[Read], path: Path) -> Counter[str]:
    """Write what was read as JSONL and return how often each outcome came."""
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for name, reading in read:
            counts[reading.outcome.word] += 1
            row = {
                "id": name,
                "outcome": reading.outcome.word,
                "answer": reading.answer,
                "confidence": reading.confidence,
                "provenance": reading.provenance,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return counts


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ReplyError(f"{where}: not JSON ({error.msg}); write one object a line") from error
    if not isinstance(row, dict):
        raise ReplyError(f"{where}: {type(row).__name__} seen; write an object with id and text")
    checks: dict[str, tuple[tuple[type, ...], str]] = {
        "id": ((str, int), "give each reply a name or a number"),
        "text": ((str,), "give the reply as text"),
    }
    for field, (types, remedy) in checks.items():
        if not isinstance(row.get(field), types):
            raise ReplyError(f"{where}: field {field!r} is {row.get(field)!r}; {remedy}")
    if not isinstance(row.get("exit_word"), str | None):
        raise ReplyError(f"{where}: field 'exit_word' is {row['exit_word']!r}; give a word or null")
    return row
