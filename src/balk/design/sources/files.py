"""Puzzles in files: JSON lines and CSV, read with line numbers, written as JSON lines."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from balk.design.sources.rows import Row
from balk.errors import PuzzleError
from balk.records import Puzzle

FIELDS = ("stem", "key")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a puzzle file.

    Parameters
    ----------
    path : Path
        A file in UTF-8 that ends in ``.jsonl`` (one object a line) or ``.csv`` (a header with at
        least ``stem`` and ``key``, then one puzzle a row). Empty lines are skipped.

    Raises
    ------
    PuzzleError
        If the file cannot be read or a line is not in its format.
    """
    if path.suffix.lower() not in READERS:
        raise PuzzleError(
            f"{path.name} ends in {path.suffix!r}; give a {' or '.join(READERS)} file"
        )
    rows = list(READERS[path.suffix.lower()](path.name, _read_text(path)))
    if not rows:
        raise PuzzleError(f"{path.name} holds no puzzles; give at least one line with {FIELDS}")
    return rows


def _read_text(path: Path) -> str:
    """Return a file's text without a byte order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PuzzleError(
            f"{path} cannot be read ({error.strerror}); give the path of a puzzle file"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PuzzleError(
            f"{path.name} line {line}: byte 0x{content[error.start]:02x} is not UTF-8; "
            "save the file as UTF-8"
        ) from None


def _jsonl_rows(name: str, text: str) -> Iterator[Row]:
    """Yield the rows of JSON lines; numbers stay as they are written."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{name} line {number}"
        try:
            fields = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
        except json.JSONDecodeError as error:
            raise PuzzleError(
                f"{place}: no valid JSON at column {error.colno} ({error.msg}); "
                'give one object a line, as in {"stem": "2 + 2?", "key": "4"}'
            ) from None
        except RecursionError:
            raise PuzzleError(f"{place}: JSON nested too deeply; give one flat object") from None
        if not isinstance(fields, dict):
            raise PuzzleError(f'{place}: no JSON object; write {{"stem": ..., "key": ...}}')
        yield Row(place, fields)


def _csv_rows(name: str, text: str) -> Iterator[Row]:
    """Yield the rows of a CSV file, placed at the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            place, line = f"{name} line {line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(place, cells)
                continue
            if len(cells) > len(header):
                raise PuzzleError(
                    f"{place}: {len(cells)} cells under {len(header)} columns; "
                    "put cells that hold commas in quotation marks"
                )
            yield Row(place, dict(zip(header, cells, strict=False)))
    except csv.Error as error:
        raise PuzzleError(
            f'{name} line {line}: no valid CSV ({error}); quote cells with " and double it inside'
        ) from None


def _header(place: str, cells: list[str]) -> list[str]:
    """Return the names of the columns."""
    names = [cell.strip() for cell in cells]
    for field in FIELDS:
        if names.count(field) != 1:
            seen = "is missing" if field not in names else "stands there twice"
            raise PuzzleError(
                f"{place}: column {field!r} {seen} (columns: {', '.join(names)}); begin with a "
                "line such as stem,key,level, separated by commas"
            )
    return names


READERS: dict[str, Callable[[str, str], Iterator[Row]]] = {".jsonl": _jsonl_rows, ".csv": _csv_rows}
"""File endings that are read."""


def puzzle_line(puzzle: Puzzle, *, with_keys: bool) -> str:
    """Return a puzzle as one line of JSON, without a line end.

    Parameters
    ----------
    puzzle : Puzzle
        The puzzle.
    with_keys : bool
        Whether the key and the distractors are written; without them the line cannot be read
        back as a puzzle.
    """
    fields: dict[str, object] = {
        "id": puzzle.id,
        "family": puzzle.family,
        "level": puzzle.level,
        "marking": puzzle.marking,
        "source": puzzle.source,
        "stem": puzzle.stem,
    }
    if with_keys:
        fields |= {"key": puzzle.key, "distractors": list(puzzle.distractors)}
    return json.dumps(fields, ensure_ascii=False)


def write_puzzles(puzzles: Iterable[Puzzle], path: Path, *, with_keys: bool) -> None:
    """Write puzzles as JSON lines; with keys, `read_puzzles` gives the same puzzles back.

    Parameters
    ----------
    puzzles : iterable of Puzzle
        What to write, in this order.
    path : Path
        A file that ends in ``.jsonl``; it is overwritten.
    with_keys : bool
        Whether keys and distractors are written.

    Raises
    ------
    PuzzleError
        If the path ends otherwise or cannot be written.
    """
    if path.suffix.lower() != ".jsonl":
        raise PuzzleError(f"{path.name} ends in {path.suffix!r}; puzzles are written as .jsonl")
    text = "".join(puzzle_line(puzzle, with_keys=with_keys) + "\n" for puzzle in puzzles)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PuzzleError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder of yours"
        ) from None
