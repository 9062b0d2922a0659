"""One call of a network on ONNX Runtime: tokens and what was kept of earlier ones -> logits."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

FORBIDDEN = np.float32(-1e9)
"""Added where attention may not look."""


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

    def begin(self, n_rows: int) -> list[NDArray[np.float32]]:
        """Return the empty cache of some rows."""
        n_heads, width = self.sizes
        return [np.zeros((n_rows, n_heads, 0, width), np.float32) for _ in self._past_names]

    def step(
        self,
        tokens: NDArray[np.int64],
        n_filled: NDArray[np.int64],
        cache: list[NDArray[np.float32]],
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """Return the logits of the next token and the longer cache.

        Parameters
        ----------
        tokens : array of shape (n_rows, length)
            What comes after the cached tokens.
        n_filled : array of shape (n_rows,)
            How many places at the left of each row are filling, which nothing may look at.
        cache : list of array
            What `begin` or the last call returned.

        Returns
        -------
        array of shape (n_rows, n_tokens)
            Logits after the last token.
        list of array
            The cache for the next call.
        """
        n_past, length = cache[0].shape[2], tokens.shape[1]
        places = np.arange(n_past, n_past + length)
        keys = np.arange(n_past + length)
        positions = np.maximum(places[None] - n_filled[:, None], 0).astype(np.float32)
        may_see = (keys[None] <= places[:, None])[None] & (keys[None] >= n_filled[:, None])[:, None]
        mask = np.where(may_see, np.float32(0), FORBIDDEN)[:, None]
        inputs = {"tokens": tokens, "positions": positions, "mask": mask}
        inputs |= dict(zip(self._past_names, cache, strict=True))
        logits, *longer = self._session.run(None, inputs)
        return logits[:, -1], longer
