"""Puzzles out of a Hugging Face data set, by a map from fields to columns."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from balk.design.sources.rows import Row
from balk.errors import MissingExtraError, PuzzleError, unknown

FORM = "hf:NAME[@SPLIT][#CONFIG]?stem=COLUMN&key=COLUMN"
_HEAD = re.compile(r"(?P<name>[^@#]+)(?:@(?P<split>[^@#]+)|#(?P<config>[^@#]+)){0,2}")
FIELDS = ("stem", "key", "marking", "family", "level", "distractors")


@dataclass(frozen=True, slots=True)
class Address:
    """Which data set, and which of its columns hold what.

    Attributes
    ----------
    name : str
        Name on the hub, or the path of a folder.
    split, config : str or None
        As `datasets.load_dataset` takes them.
    columns : dict of str to str
        Field of a puzzle -> column.
    """

    name: str
    split: str | None
    config: str | None
    columns: dict[str, str]

    @property
    def label(self) -> str:
        """How the data set is named in tables and messages: a folder without its path."""
        path = Path(self.name).expanduser()
        return f"hf:{path.name if path.is_dir() else self.name}"


def parse_address(text: str) -> Address:
    """Return the address that stands after ``hf:``.

    Parameters
    ----------
    text : str
        ``NAME[@SPLIT][#CONFIG]?stem=COLUMN&key=COLUMN[&level=COLUMN...]``. Columns that are not
        given are taken to be ``stem`` and ``key``; ``@ # ? & +`` in names are
        percent-encoded.

    Raises
    ------
    PuzzleError
        If there is no name, or a field is unknown or stands twice.
    """
    head, _, query = text.partition("?")
    found = _HEAD.fullmatch(head)
    if found is None:
        raise PuzzleError(f"hf:{text} names no data set; write {FORM}")
    name, split, config = (
        part and unquote(part) for part in found.group("name", "split", "config")
    )
    pairs = parse_qsl(query, keep_blank_values=True)
    for field, column in pairs:
        if field not in FIELDS:
            raise PuzzleError(f"hf:{text}: {unknown('field', field, FIELDS)}")
        if not column:
            raise PuzzleError(f"hf:{text}: field {field!r} has no column; write {FORM}")
    if len(dict(pairs)) != len(pairs):
        raise PuzzleError(f"hf:{text}: a field stands there twice; give each field one column")
    columns = {"stem": "stem", "key": "key"} | dict(pairs)
    return Address(name, split, config, columns)


def read_rows(address: Address) -> list[Row]:
    """Return the rows of a data set.

    Parameters
    ----------
    address : Address
        As `parse_address` returns it.

    Raises
    ------
    MissingExtraError
        If the package ``datasets`` is not installed.
    PuzzleError
        If the data set cannot be loaded, has several splits and none is chosen, or lacks a
        column.
    """
    rows = list(_rows(address, _load(address)))
    if not rows:
        raise PuzzleError(f"{address.label} holds no rows; choose another split")
    return rows


def _load(address: Address) -> Iterable[Mapping[str, object]]:
    """Return one split of the data set."""
    try:
        import datasets
    except ImportError:
        raise MissingExtraError("datasets", "datasets") from None
    path = Path(address.name).expanduser()
    where = str(path) if path.is_dir() else address.name
    try:
        loaded: Any = datasets.load_dataset(where, address.config, split=address.split)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise PuzzleError(
            f"{address.label} cannot be loaded ({error}); check name, split and config: {FORM}"
        ) from error
    if address.split is not None:
        return _as_rows(loaded)
    if len(loaded) != 1:
        raise PuzzleError(
            f"{address.label} has the splits {', '.join(sorted(loaded))}; choose one: {FORM}"
        )
    return _as_rows(next(iter(loaded.values())))


def _as_rows(split: Any) -> Iterable[Mapping[str, object]]:  # noqa: ANN401 -- an optional package's
    """Return a split as what we use it for."""
    rows: Iterable[Mapping[str, object]] = split
    return rows


def _rows(address: Address, split: Iterable[Mapping[str, object]]) -> Iterator[Row]:
    """Yield the rows of a split under the names of our fields."""
    for number, values in enumerate(split):
        for column in address.columns.values():
            if column not in values:
                raise PuzzleError(f"{address.label}: {unknown('column', column, values)}")
        yield Row(
            f"{address.label} row {number}, counted from 0",
            {field: values[column] for field, column in address.columns.items()},
        )
