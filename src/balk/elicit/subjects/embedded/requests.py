"""What is asked of an embedded model, what it wrote, and how it draws a token."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Request:
    """A document to continue.

    Attributes
    ----------
    tokens : list of int
        The document.
    max_tokens : int
        Most tokens to write.
    temperature : float
        0 takes the likeliest token each time.
    seed : int
        Same document, same seed: same text.
    stops : tuple of str
        The text ends before the first of them.
    n_rivals : int
        How many of the likeliest tokens are reported at every place; 0 for none.
    """

    tokens: list[int]
    max_tokens: int
    temperature: float = 1.0
    seed: int = 0
    stops: tuple[str, ...] = ()
    n_rivals: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One token and how likely it and its rivals were, as natural logarithms."""

    token: int
    log_p: float
    rivals: tuple[tuple[int, float], ...] = ()


@dataclass(slots=True)
class Draft:
    """A continuation in the making."""

    request: Request
    n_prompt: int
    text: str = ""
    tokens: list[Written] = field(default_factory=list)
    is_done: bool = False
    stop_reason: str = "max_tokens"
    _draws: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        stream = np.random.SeedSequence(self.request.seed)
        self._draws = np.random.default_rng(stream).random(self.request.max_tokens)

    def choose(self, logits: NDArray[np.float32]) -> int:
        """Draw the next token from its logits and note how likely it was."""
        wide = logits.astype(np.float64)
        log_p = wide - wide.max()
        log_p -= np.log(np.exp(log_p).sum())
        token = self._draw(log_p)
        n_rivals = self.request.n_rivals
        best = np.argsort(-log_p, kind="stable")[:n_rivals] if n_rivals else ()
        rivals = tuple((int(one), float(log_p[one])) for one in best)
        self.tokens.append(Written(token, float(log_p[token]), rivals))
        return token

    def _draw(self, log_p: NDArray[np.float64]) -> int:
        if self.request.temperature == 0:
            return int(log_p.argmax())
        weights = np.exp((log_p - log_p.max()) / self.request.temperature)
        heap = np.cumsum(weights)
        found = np.searchsorted(heap, self._draws[len(self.tokens)] * heap[-1], side="right")
        return int(min(found, len(heap) - 1))

    def read(self, piece: str, *, is_end: bool) -> None:
        """Add the text of the token just chosen, and see whether this is the end."""
        before = len(self.text)
        self.text += "" if is_end else piece
        longest = max(map(len, self.request.stops), default=0)
        found = [self.text.find(stop, max(0, before - longest)) for stop in self.request.stops]
        places = [place for place in found if place >= 0]
        if places:
            self.text = self.text[: min(places)]
        if places or is_end:
            self.is_done, self.stop_reason = True, "stop"
        elif len(self.tokens) == self.request.max_tokens:
            self.is_done = True
