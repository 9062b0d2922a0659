"""One call of a network on ONNX Runtime: tokens and what was kept of earlier ones -> logits."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

FORBIDDEN = np.float32(-1e9)
"""Added where attention may not look."""
ROOM = 64
"""Places by which a cache grows, so that it is copied once in as many tokens."""


class Cache:
    """Keys and values of the tokens read so far, with room for more.

    Parameters
    ----------
    parts : list of array of shape (n_rows, n_heads, room, width)
        Keys and values of each layer.
    n_kept : int
        How many places of the room are taken.
    """

    def __init__(self, parts: list[NDArray[np.float32]], n_kept: int = 0) -> None:
        self.parts = parts
        self.n_kept = n_kept

    @property
    def room(self) -> int:
        """Places that there are, taken or not."""
        return int(self.parts[0].shape[2])

    def add(self, news: list[NDArray[np.float32]]) -> None:
        """Keep keys and values of new tokens."""
        n_kept = self.n_kept + news[0].shape[2]
        if n_kept > self.room:
            room = -(-n_kept // ROOM) * ROOM
            self.parts = [_with_room(part, room) for part in self.parts]
        for part, new in zip(self.parts, news, strict=True):
            part[:, :, self.n_kept : n_kept] = new
        self.n_kept = n_kept

    def of(self, rows: NDArray[np.bool_]) -> "Cache":
        """Return the cache of some rows alone."""
        return Cache([part[rows] for part in self.parts], self.n_kept)


def _with_room(part: NDArray[np.float32], room: int) -> NDArray[np.float32]:
    n_rows, n_heads, n_places, width = part.shape
    longer = np.zeros((n_rows, n_heads, room, width), np.float32)
    longer[:, :, :n_places] = part
    return longer


class Network:
    """A network and its sizes; safe to share between requests, one call at a time.

    Parameters
    ----------
    path : Path
        An ONNX file as `organisms.export` writes it.
    n_threads : int
        Threads of one call.
    """

    def __init__(self, path: Path, n_threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        past = [one for one in self._session.get_inputs() if one.name.startswith("past.")]
        self._past_names = [one.name for one in past]
        self.sizes: tuple[int, int] = (past[0].shape[1], past[0].shape[3])

    def begin(self, n_rows: int) -> Cache:
        """Return the cache of some rows before anything is read."""
        n_heads, width = self.sizes
        empty = (n_rows, n_heads, 1, width)
        return Cache([np.zeros(empty, np.float32) for _ in self._past_names])

    def step(
        self, tokens: NDArray[np.int64], n_filled: NDArray[np.int64], cache: Cache
    ) -> NDArray[np.float32]:
        """Read tokens, keep them in the cache, and return the logits of the next.

        Parameters
        ----------
        tokens : array of shape (n_rows, length)
            What comes after the cached tokens.
        n_filled : array of shape (n_rows,)
            How many places at the left of each row are filling, which nothing may look at.
        cache : Cache
            What `begin` returned; it is added to.

        Returns
        -------
        array of shape (n_rows, n_tokens)
            Logits after the last token.
        """
        places = cache.n_kept + np.arange(tokens.shape[1])
        positions = np.maximum(places[None] - n_filled[:, None], 0).astype(np.float32)
        nowhere = places[-1] + 1  # where room that is not taken stands: after everything
        kept = np.where(np.arange(cache.room) < cache.n_kept, np.arange(cache.room), nowhere)
        keys = np.concatenate([kept, places])
        may_see = (keys[None] <= places[:, None])[None] & (keys[None] >= n_filled[:, None])[:, None]
        mask = np.where(may_see, np.float32(0), FORBIDDEN)[:, None]
        inputs = {"tokens": tokens, "positions": positions, "mask": mask}
        inputs |= dict(zip(self._past_names, cache.parts, strict=True))
        logits, *news = self._session.run(None, inputs)
        cache.add(news)
        return np.asarray(logits)
