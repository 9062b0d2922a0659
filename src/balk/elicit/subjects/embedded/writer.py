"""Continues many documents at once with one network."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.embedded.network import Network
from balk.elicit.subjects.embedded.requests import Draft, Request
from balk.elicit.subjects.embedded.tokenizer import Tokenizer

CROWDED = 0.75
"""Share of rows still being written below which the others are taken out: that copies a cache."""


class Writer:
    """A network with its tokenizer.

    Parameters
    ----------
    network : Network
        Gives the logits.
    tokenizer : Tokenizer
        Cuts the documents.
    """

    def __init__(self, network: Network, tokenizer: Tokenizer) -> None:
        self.network = network
        self.tokenizer = tokenizer

    def write(self, requests: Sequence[Request]) -> list[Draft]:
        """Return what was written for each request, all of them continued side by side."""
        drafts = [Draft(request, len(request.tokens)) for request in requests]
        rows, n_filled = self._stacked([draft.request.tokens for draft in drafts])
        cache = self.network.begin(len(rows))
        going = drafts
        while True:
            logits = self.network.step(rows, n_filled, cache)
            chosen = [
                0 if d.is_done else self._next(d, row) for d, row in zip(going, logits, strict=True)
            ]
            left = np.array([not draft.is_done for draft in going])
            if not left.any():
                break
            rows = np.array(chosen, np.int64)[:, None]
            if left.mean() < CROWDED:  # rows that are done make room
                going = [draft for draft in going if not draft.is_done]
                rows, n_filled, cache = rows[left], n_filled[left], cache.of(left)
        return drafts

    def _next(self, draft: Draft, logits: NDArray[np.float32]) -> int:
        token = draft.choose(logits)
        draft.read(self.tokenizer.pieces[token], is_end=token == self.tokenizer.end)
        return token

    def _stacked(self, documents: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return documents as rows of one length, filled up on the left, and how far."""
        longest = max(map(len, documents))
        n_filled = [longest - len(document) for document in documents]
        pad = self.tokenizer.pad
        rows = [[pad] * n + document for n, document in zip(n_filled, documents, strict=True)]
        return np.array(rows, np.int64), np.array(n_filled, np.int64)
