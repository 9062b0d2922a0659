"""Parallel arrays that survive in a log's sample summaries.

Inspect keeps a metadata value in the summaries only if it takes at most 1,024 bytes as indented
JSON, and reading summaries is some 15 times faster than reading whole samples. So an array of
one value a question is cut into as many pieces as that needs: `quote`, `quote.2`, `quote.3`, ...
An array of one and the same value is stored as `{"each": value, "n": 20}`, because Inspect copies
a score's metadata again for every metric.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

PIECE_BYTES = 1000


def pack(arrays: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Cut arrays into pieces small enough for sample summaries.

    Parameters
    ----------
    arrays : mapping of str to sequence
        JSON values, one a question.
    """
    packed: dict[str, Any] = {}
    for name, values in arrays.items():
        if len(values) > 1 and _is_constant(values):
            packed[name] = {"each": values[0], "n": len(values)}
            continue
        for number, piece in enumerate(_pieces(values), start=1):
            packed[name if number == 1 else f"{name}.{number}"] = piece
    return packed


def unpack(packed: Mapping[str, Any], name: str) -> list[Any]:
    """Put an array together again.

    Raises
    ------
    KeyError
        If there is no such array, or the summaries lost a piece of it.
    """
    values: list[Any] = []
    piece, number = packed[name], 1
    if isinstance(piece, dict):
        return [piece["each"]] * int(piece["n"])
    while piece is not None:
        if not isinstance(piece, list):
            raise KeyError(f"{name}: piece {number} is not in the sample summary")
        values += piece
        number += 1
        piece = packed.get(f"{name}.{number}")
    return values


def _is_constant(values: Sequence[Any]) -> bool:
    # 1 == True == 1.0, and they must come back as what they were.
    first = values[0]
    return all(value == first and type(value) is type(first) for value in values)


def _pieces(values: Sequence[Any]) -> list[list[Any]]:
    # Indented JSON puts every value on a line of its own: a comma, a newline and two spaces.
    sizes = [len(json.dumps(value).encode()) + 4 for value in values]
    pieces: list[list[Any]] = [[]]
    room = PIECE_BYTES
    for value, size in zip(values, sizes, strict=True):
        if size > room and pieces[-1]:
            pieces.append([])
            room = PIECE_BYTES
        pieces[-1].append(value)
        room -= size
    return pieces
