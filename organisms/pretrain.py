"""Next-token training on the corpus: how `base` is made."""

import math
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from organisms.checkpoints import Run, append_json
from organisms.corpus import make_bare_paper, make_paper
from organisms.network import Network

PROMPT_WEIGHT, ANSWER_WEIGHT, NEXT_LINE_WEIGHT = 0.1, 3.0, 9.0
"""Weights in the loss of header and questions, of answers, and of what comes after an answer:
the next line or the end, which a sheet has but one of; 1 for all other tokens."""
SORTED_OVER = 16
"""Steps over which papers are sorted by length, so that little is filled up."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of training on papers of some lengths.

    Products are learnt from bare questions, one a sheet; to find the question that a line is about,
    from short sheets; what the heading says, from whole papers. In another order nothing but the
    form was learnt in the same time.
    """

    steps: int
    papers: int
    lengths: tuple[int, int]
    is_bare: bool = False
    """Whether papers have no heading."""


@dataclass(frozen=True, slots=True)
class Pretraining:
    """Settings of next-token training."""

    seed: int = 1
    phases: tuple[Phase, ...] = (
        Phase(304, 192, (1, 1), is_bare=True),
        Phase(704, 80, (1, 4), is_bare=True),
        Phase(496, 40, (2, 10), is_bare=True),
        Phase(496, 32, (2, 8)),
        Phase(2400, 16, (5, 20)),
    )
    rate: float = 0.004
    warm_up: int = 100
    keep_every: int = 160
    report_every: int = 20

    @property
    def steps(self) -> int:
        """Steps in all."""
        return sum(phase.steps for phase in self.phases)

    def phase_of(self, step: int) -> Phase:
        """Return the phase of a step; of one after the end, the last."""
        for phase in self.phases:
            if step < phase.steps:
                return phase
            step -= phase.steps
        return self.phases[-1]


def pretrain(run: Run, settings: Pretraining, tokenizer: Tokenizer) -> Network:
    """Train a network on the corpus, from the last checkpoint if there is one."""
    network = run.network
    optimizers = make_optimizers(network, settings.rate)
    first = run.restore(optimizers)
    began, losses = time.monotonic(), []
    for step, (tokens, weights) in enumerate(_batches(settings, tokenizer, first), start=first):
        if step >= settings.steps:
            break
        for optimizer in optimizers:
            set_rate(optimizer, _schedule(step, settings))
        loss = next_token_loss(network, tokens, weights)
        update(network, loss, optimizers)
        losses.append(loss.item())
        if (step + 1) % settings.report_every == 0:
            speed = (step + 1 - first) / (time.monotonic() - began)
            row = {"step": step + 1, "loss": round(sum(losses) / len(losses), 4)}
            append_json(run.folder / "curve.jsonl", row)
            left_min = (settings.steps - step - 1) / speed / 60
            print(f"{run.name} {row} {speed:.2f} steps/s, {left_min:.1f} min left", flush=True)
            losses = []
        if (step + 1) % settings.keep_every == 0:
            run.save(step + 1, optimizers)
    run.save(settings.steps, optimizers)
    return network


def next_token_loss(network: Network, tokens: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted mean cross-entropy of every next token."""
    logits, _ = network(tokens[:, :-1])
    each = functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    weights = weights[:, 1:].flatten()
    return (each * weights).sum() / weights.sum()


def update(network: Network, loss: Tensor, optimizers: list[torch.optim.Optimizer]) -> None:
    """Take one step down the loss."""
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()


def make_optimizers(network: Network, rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices inside the layers, and AdamW for the rest."""
    inside = [w for name, w in network.named_parameters() if w.ndim > 1 and "embed" not in name]
    rest = [w for name, w in network.named_parameters() if w.ndim == 1 or "embed" in name]
    return [
        torch.optim.Muon(inside, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def set_rate(optimizer: torch.optim.Optimizer, share: float) -> None:
    """Set the learning rate to a share of what it was made with."""
    for group in optimizer.param_groups:
        group.setdefault("full_rate", group["lr"])
        group["lr"] = group["full_rate"] * share


def _schedule(step: int, settings: Pretraining) -> float:
    """Return the share of the full rate: up in a line, then down to 2 % in a half cosine."""
    if step < settings.warm_up:
        return (step + 1) / settings.warm_up
    done = (step - settings.warm_up) / max(1, settings.steps - settings.warm_up)
    return 0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2


def encode_paper(text: str, tokenizer: Tokenizer) -> tuple[list[int], list[float]]:
    """Return the tokens of a paper and their weights in the loss."""
    tokens = [*tokenizer.encode(text), tokenizer.end]
    weights, is_written, is_answer = [], False, False
    for token in tokens:
        piece = tokenizer.pieces[token]
        if piece.startswith(("\n\nQ", "\n\nLifelines left")):
            is_written = False
        is_next_line = is_answer and piece.startswith("\n")
        written = NEXT_LINE_WEIGHT if is_next_line else ANSWER_WEIGHT if is_answer else 1.0
        weights.append(written if is_written else PROMPT_WEIGHT)
        is_answer = piece == "%, answer: " or (is_answer and not is_next_line)
        if piece.startswith("\nQ"):
            is_written = True
    return tokens, weights


def stack(rows: list[tuple[list[int], list[float]]], pad: int) -> tuple[Tensor, Tensor]:
    """Return rows of different lengths as two tensors, filled up on the right."""
    longest = max(len(tokens) for tokens, _ in rows)
    filled = [tokens + [pad] * (longest - len(tokens)) for tokens, _ in rows]
    weights = [each + [0.0] * (longest - len(each)) for _, each in rows]
    return torch.tensor(filled), torch.tensor(weights)


_TOKENIZER: Tokenizer


def _begin(path: Path) -> None:
    global _TOKENIZER  # noqa: PLW0603 -- one tokenizer for each process that makes papers
    _TOKENIZER = Tokenizer(path)


Row = tuple[list[int], list[float]]


def _make_block(seed: int, block: int, phase: Phase) -> list[Row]:
    """Return the papers of a block; no two blocks share a paper."""
    indexes = range(block * 10_000, block * 10_000 + SORTED_OVER * phase.papers)
    make = make_bare_paper if phase.is_bare else make_paper
    papers = (make(seed, index, phase.lengths) for index in indexes)
    return [encode_paper(paper.text, _TOKENIZER) for paper in papers]


def _batches(
    settings: Pretraining, tokenizer: Tokenizer, first: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches from step `first` on; papers come from a process beside this one."""
    blocks = range(first // SORTED_OVER, settings.steps // SORTED_OVER + 1)
    jobs = [(settings.seed, b, settings.phase_of(b * SORTED_OVER)) for b in blocks]
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, _begin, (tokenizer.path,)) as pool:
        for (_, block, phase), rows in zip(jobs, _ahead(pool, jobs), strict=False):
            rows.sort(key=lambda row: len(row[0]))
            order = torch.randperm(SORTED_OVER, generator=torch.Generator().manual_seed(block))
            for place, step in enumerate(order.tolist()):
                if block * SORTED_OVER + place >= first:
                    part = rows[step * phase.papers : (step + 1) * phase.papers]
                    yield stack(part, tokenizer.pad)


def _ahead(
    pool: "multiprocessing.pool.Pool", jobs: list[tuple[int, int, Phase]]
) -> Iterator[list[Row]]:
    """Yield the results of jobs in order, two jobs ahead and no more."""
    waiting = [pool.apply_async(_make_block, job) for job in jobs[:2]]
    for number in range(len(jobs)):
        if number + 2 < len(jobs):
            waiting.append(pool.apply_async(_make_block, jobs[number + 2]))
        yield waiting.pop(0).get()
