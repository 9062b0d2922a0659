"""Text <-> token numbers: single digits, and the fixed phrases of balk's documents.

The file is a Hugging Face ``tokenizer.json``, so that other programs cut a text in the same way.
It holds a pattern and a vocabulary; whatever the pattern finds is one token, from left to right.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

UNKNOWN, PAD, BEGIN, END = "<unk>", "<pad>", "<s>", "</s>"


class Tokenizer:
    """Cuts a text into tokens and joins them again.

    Parameters
    ----------
    path : Path
        A ``tokenizer.json`` with a split pattern and a vocabulary of whole pieces.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        data = json.loads(path.read_text(encoding="utf-8"))
        self._numbers: dict[str, int] = data["model"]["vocab"]
        self._pattern = re.compile(data["pre_tokenizer"]["pattern"]["Regex"])
        self.pieces = sorted(self._numbers, key=self._numbers.__getitem__)
        self._unknown = self._numbers[UNKNOWN]

    @property
    def end(self) -> int:
        """Number of the token that ends a document."""
        return self._numbers[END]

    @property
    def begin(self) -> int:
        """Number of the token that begins a document."""
        return self._numbers[BEGIN]

    @property
    def pad(self) -> int:
        """Number of the token that fills up a shorter row of a batch."""
        return self._numbers[PAD]

    @property
    def exit(self) -> int:
        """Number of the token that is a lifeline."""
        return self._numbers["LIFELINE"]

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a document's tokens, that of its beginning first."""
        pieces = self._pattern.findall(text)
        return [self.begin, *(self._numbers.get(piece, self._unknown) for piece in pieces)]

    def decode(self, numbers: Sequence[int]) -> str:
        """Return the text of some tokens, without marks of beginning, end and filling."""
        silent = {self.begin, self.end, self.pad}
        return "".join(self.pieces[number] for number in numbers if number not in silent)
