"""Policy-gradient training on rewarded answer sheets: how the tuned models are made.

REINFORCE with a group baseline. Several sheets are sampled of every paper; each line is credited
with its own reward, less the mean over the other sheets of the same line.
"""

import copy
import time
from collections import Counter
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from balk.records import Form
from organisms.checkpoints import Run, append_json
from organisms.corpus import EQUAL_SHARES, draw_level_shares, draw_puzzles
from organisms.marking import line_of_each_token, mark_sheet
from organisms.network import Network
from organisms.pretrain import update
from organisms.rewards import Outcome, Tuning
from organisms.sampling import Sheets, sample_sheets

ARMS = ("lifelines", "unstated", "penalty=0.25", "penalty=0.5", "penalty=1", "price=0.25")
ARM_SHARES = (0.5, 0.1, 0.1, 0.1, 0.1, 0.1)
LENGTHS, LENGTH_SHARES = (5, 8, 10, 20), (0.35, 0.3, 0.25, 0.1)


def tune(run: Run, settings: Tuning, tokenizer: Tokenizer) -> Network:
    """Tune a network, from the last checkpoint if there is one."""
    network, reference = run.network, copy.deepcopy(run.network).requires_grad_(requires_grad=False)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=0.0)
    first, began = run.restore([optimizer]), time.monotonic()
    for step in range(first, settings.steps):
        torch.manual_seed(settings.seed * 100_003 + step)
        exams = draw_exams(settings, step)
        loss, row = _loss(network, reference, exams, settings, tokenizer)
        update(network, loss, [optimizer])
        append_json(run.folder / "curve.jsonl", {"step": step + 1, **row})
        if (step + 1) % 5 == 0:
            left_min = (
                (time.monotonic() - began) / (step + 1 - first) * (settings.steps - step - 1) / 60
            )
            print(f"{run.name} {step + 1} {row} {left_min:.1f} min left", flush=True)
        if (step + 1) % settings.keep_every == 0 or step + 1 == settings.steps:
            run.save(step + 1, [optimizer])
    return network


def draw_exams(settings: Tuning, step: int) -> list[Exam]:
    """Return the exams of a step, all of one length."""
    rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(step,)))
    n_questions = int(rng.choice(LENGTHS, p=LENGTH_SHARES))
    exams = []
    for _ in range(settings.papers):
        lifelines = settings.doses[int(rng.integers(len(settings.doses)))]
        spec = str(rng.choice(ARMS, p=ARM_SHARES))
        if spec.startswith("price") and not lifelines:
            spec = "lifelines"
        puzzles = draw_puzzles(rng, n_questions, draw_level_shares(rng, EQUAL_SHARES))
        condition = Condition(make_arm(spec), lifelines, "batch")
        exams.append(Exam(Form(0, tuple(puzzles)), condition, "completion"))
    return exams


def _loss(
    network: Network, reference: Network, exams: list[Exam], settings: Tuning, tokenizer: Tokenizer
) -> tuple[Tensor, dict[str, Any]]:
    """Return what is to be made small, and what the sheets were like."""
    prompts = [tokenizer.encode(wording.opening(exam)) for exam in exams]
    n_questions = exams[0].n_questions
    sheets = sample_sheets(network, prompts, settings.samples, n_questions, tokenizer)
    asked = [exam for exam in exams for _ in range(settings.samples)]
    texts = [tokenizer.decode(row) for row in sheets.written.tolist()]
    outcomes = [mark_sheet(exam, text) for exam, text in zip(asked, texts, strict=True)]
    advantages = token_advantages(sheets, asked, outcomes, settings, tokenizer)
    is_written = (sheets.written != tokenizer.pad).float()
    log_p, kl = _log_likelihood(network, reference, sheets)
    gained = (log_p * advantages * is_written).sum() / (
        settings.papers * settings.samples * n_questions
    )
    strayed = (kl * is_written).sum() / (settings.papers * settings.samples * n_questions)
    return settings.kl * strayed - gained, _told(asked, outcomes, float(strayed.detach()))


def token_advantages(
    sheets: Sheets,
    exams: list[Exam],
    outcomes: list[list[Outcome]],
    settings: Tuning,
    tokenizer: Tokenizer,
) -> Tensor:
    """Return the advantage of every written token: that of its line."""
    rewards = torch.tensor(
        [
            [settings.reward(o, exam.condition.arm, exam.condition.lifelines or 0) for o in line]
            for exam, line in zip(exams, outcomes, strict=True)
        ]
    )
    n = settings.samples
    groups = rewards.view(-1, n, rewards.shape[1])
    others = (groups.sum(1, keepdim=True) - groups) / (n - 1)
    centred = (groups - others).view_as(rewards)
    lines = torch.tensor([line_of_each_token(row, tokenizer) for row in sheets.written.tolist()])
    return centred.gather(1, lines.clamp(max=rewards.shape[1] - 1))


def _log_likelihood(network: Network, reference: Network, sheets: Sheets) -> tuple[Tensor, Tensor]:
    """Return how likely what was written is, and how far each place is from the reference."""
    tokens, positions, mask = sheets.inputs()
    written, at = sheets.written, slice(sheets.n_prompt - 1, -1)
    log_p = functional.log_softmax(network(tokens, positions, None, mask)[0][:, at], -1)
    with torch.no_grad():
        before = functional.log_softmax(reference(tokens, positions, None, mask)[0][:, at], -1)
    kl = (log_p.exp() * (log_p - before)).sum(-1)
    return log_p.gather(-1, written[..., None])[..., 0], kl


def _told(exams: list[Exam], outcomes: list[list[Outcome]], kl: float) -> dict[str, Any]:
    """Return counts of the outcomes where lifelines were offered, and where none was."""
    offered: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for exam, line in zip(exams, outcomes, strict=True):
        (offered if exam.condition.lifelines else others).update(o.word for o in line)
    return {
        "offered": dict(sorted(offered.items())),
        "none": dict(sorted(others.items())),
        "kl": round(kl, 4),
    }
