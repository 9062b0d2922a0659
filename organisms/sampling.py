"""Answer sheets written by a network in training, a whole batch at a time."""

from dataclasses import dataclass

import torch
from torch import Tensor

from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from organisms.network import Network

TOKENS_A_LINE = 12


@dataclass(frozen=True, slots=True)
class Sheets:
    """Sampled documents.

    Attributes
    ----------
    tokens : tensor of shape (rows, length)
        Prompts, filled up on the left, and what was written after them, filled up on the right.
    n_prompt : int
        Length of the prompts.
    n_filled : tensor of shape (rows,)
        How many places at the left are filling.
    """

    tokens: Tensor
    n_prompt: int
    n_filled: Tensor

    @property
    def written(self) -> Tensor:
        """What was written, of shape (rows, length - n_prompt)."""
        return self.tokens[:, self.n_prompt :]

    def inputs(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return tokens, positions and mask for one forward pass over everything."""
        length = self.tokens.shape[1]
        places = torch.arange(length)
        positions = (places[None] - self.n_filled[:, None]).clamp(min=0)
        is_real = places[None] >= self.n_filled[:, None]
        mask = torch.ones(length, length, dtype=torch.bool).tril()[None] & is_real[:, None]
        mask = mask | torch.eye(length, dtype=torch.bool)[None]
        return self.tokens, positions, mask[:, None]


@torch.no_grad()
def sample_sheets(
    network: Network, prompts: list[list[int]], n_samples: int, n_lines: int, tokenizer: Tokenizer
) -> Sheets:
    """Return `n_samples` continuations of every prompt at temperature 1."""
    n_prompt = max(map(len, prompts))
    filled = torch.tensor([n_prompt - len(prompt) for prompt in prompts])
    rows = torch.tensor([[tokenizer.pad] * (n_prompt - len(p)) + p for p in prompts])
    tokens, positions, mask = Sheets(rows, n_prompt, filled).inputs()
    logits, cache = network(tokens, positions, None, mask)
    cache = [tuple(part.repeat_interleave(n_samples, 0) for part in pair) for pair in cache]
    filled, rows = filled.repeat_interleave(n_samples), rows.repeat_interleave(n_samples, 0)
    last = logits[:, -1].repeat_interleave(n_samples, 0)
    stops = torch.tensor([tokenizer.end, tokenizer.encode("\n\n")[1]])
    is_done, written = torch.zeros(len(rows), dtype=torch.bool), []
    for step in range(TOKENS_A_LINE * n_lines):
        drawn = torch.multinomial(last.softmax(-1), 1)[:, 0]
        drawn = torch.where(is_done, tokenizer.pad, drawn)
        written.append(drawn)
        is_done = is_done | torch.isin(drawn, stops)
        if is_done.all():
            break
        keys = torch.arange(n_prompt + step + 1)[None] >= filled[:, None]
        at = (n_prompt + step - filled)[:, None]
        logits, cache = network(drawn[:, None], at, cache, keys[:, None, None])
        last = logits[:, -1]
    return Sheets(torch.cat([rows, torch.stack(written, 1)], 1), n_prompt, filled)
