"""Continues many documents at once with one network."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from balk.elicit.subjects.embedded.network import Network
from balk.elicit.subjects.embedded.requests import Draft, Request
from balk.elicit.subjects.embedded.tokenizer import Tokenizer


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
        logits, cache = self.network.step(rows, n_filled, self.network.begin(len(rows)))
        going = drafts
        while going:
            chosen = [draft.choose(row) for draft, row in zip(going, logits, strict=True)]
            for draft, token in zip(going, chosen, strict=True):
                draft.read(self.tokenizer.pieces[token], is_end=token == self.tokenizer.end)
            left = np.array([not draft.is_done for draft in going])
            if not left.all():  # rows that are done make room
                going = [draft for draft in going if not draft.is_done]
                chosen = [token for token, is_left in zip(chosen, left, strict=True) if is_left]
                n_filled, cache = n_filled[left], [part[left] for part in cache]
            if going:
                tokens = np.array(chosen, np.int64)[:, None]
                logits, cache = self.network.step(tokens, n_filled, cache)
        return drafts

    def _stacked(self, documents: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return documents as rows of one length, filled up on the left, and how far."""
        longest = max(map(len, documents))
        n_filled = [longest - len(document) for document in documents]
        pad = self.tokenizer.pad
        rows = [[pad] * n + document for n, document in zip(n_filled, documents, strict=True)]
        return np.array(rows, np.int64), np.array(n_filled, np.int64)
