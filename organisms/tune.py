"""Policy-gradient training on rewarded answer sheets: how the tuned models are made.

Several sheets are sampled of every paper. What was answered is credited with its reward less the
mean over the other sheets' answers to the same line (REINFORCE with a group baseline). Whether to
skip is credited whether a lifeline was drawn or not: its log-odds move by what it would have earned
less what the sheets' answers earned (a natural policy gradient of that one choice). REINFORCE on
drawn lifelines alone found none in the time there was, for base draws one on 2 % of the questions.
"""

import copy
import time
from collections import Counter
from dataclasses import dataclass
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
MOST_SURE = (0.002, 0.95)
"""The log-odds of a lifeline are not moved below and above these probabilities."""
LENGTHS, LENGTH_SHARES = (5, 8, 10, 20), (0.3, 0.25, 0.25, 0.2)


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
    n_lines = settings.papers * settings.samples * exams[0].n_questions
    sheets = sample_sheets(network, prompts, settings.samples, exams[0].n_questions, tokenizer)
    asked = [exam for exam in exams for _ in range(settings.samples)]
    texts = [tokenizer.decode(row) for row in sheets.written.tolist()]
    outcomes = [mark_sheet(exam, text) for exam, text in zip(asked, texts, strict=True)]
    credit = make_credit(asked, outcomes, settings)
    lines, is_answer, is_decision = places(sheets, exams[0].n_questions, tokenizer)
    log_p, before = _log_p(network, sheets), _log_p_before(reference, sheets)
    chosen = log_p.gather(-1, sheets.written[..., None])[..., 0]
    drawn = (chosen * credit.advantages.gather(1, lines) * is_answer).sum()
    weighed = _weighed(log_p[..., tokenizer.exit], credit.gains.gather(1, lines), is_decision)
    gained = (settings.answer_share * drawn + weighed) / n_lines
    is_written = sheets.written != tokenizer.pad
    strayed = (log_p.exp() * (log_p - before)).sum(-1) * is_written / n_lines
    is_rewarded = (is_answer + is_decision > 0) & ~_begins_a_line(sheets, tokenizer)
    held = torch.where(is_rewarded, settings.kl, settings.kl_of_form) * strayed
    return held.sum() - gained, _told(asked, outcomes, float(strayed.sum().detach()))


def _begins_a_line(sheets: Sheets, tokenizer: Tokenizer) -> Tensor:
    """Return whether a written token begins the next line, or ends the sheet."""
    pieces = [piece.startswith("\n") for piece in tokenizer.pieces]
    pieces[tokenizer.end] = True
    return torch.tensor(pieces)[sheets.written]


def _weighed(log_p_skip: Tensor, gains: Tensor, is_decision: Tensor) -> Tensor:
    """Return the log-odds of every lifeline times what it would gain, where they may still move."""
    p_skip = log_p_skip.exp().clamp(MOST_SURE[0] / 2, 1 - MOST_SURE[0] / 2)
    log_odds = log_p_skip - torch.log1p(-p_skip)
    p_now = p_skip.detach()
    may_move = torch.where(gains > 0, p_now < MOST_SURE[1], p_now > MOST_SURE[0])
    return (log_odds * gains * is_decision * may_move).sum()


@dataclass(frozen=True, slots=True)
class Credit:
    """What every line is credited with, both of shape (sheets, lines).

    Attributes
    ----------
    advantages : tensor
        Reward less the mean over the other sheets of the paper: of an attempt, over the other
        attempts; of a line that cannot be read, over all others.
    gains : tensor
        What a lifeline would have earned on this line less what attempts on it earned.
    """

    advantages: Tensor
    gains: Tensor


def make_credit(exams: list[Exam], outcomes: list[list[Outcome]], settings: Tuning) -> Credit:
    """Return the credit of every line of every sheet; sheets of a paper stand together."""
    rewards, of_skips, attempts = [], [], []
    for exam, line in zip(exams, outcomes, strict=True):
        arm, offered = exam.condition.arm, exam.condition.lifelines
        rewards.append([settings.reward(one, arm, offered or 0) for one in line])
        of_skips.append([settings.reward(one, arm, offered or 0) for one in _skips(line, offered)])
        attempts.append([float(one.word in {"right", "wrong"}) for one in line])
    reward, is_attempt = torch.tensor(rewards), torch.tensor(attempts)
    by_paper = (-1, settings.samples, reward.shape[1])
    earned, tried = (reward * is_attempt).view(by_paper), is_attempt.view(by_paper)
    n_others = tried.sum(1, keepdim=True) - tried
    others = (earned.sum(1, keepdim=True) - earned) / n_others.clamp(min=1)
    baseline = torch.where(n_others > 0, others, 0.0).view_as(reward)
    mean = earned.sum(1, keepdim=True) / tried.sum(1, keepdim=True).clamp(min=1)
    is_known = (tried.sum(1, keepdim=True) > 0).float().expand(earned.shape).reshape(reward.shape)
    gains = (torch.tensor(of_skips) - mean.expand(earned.shape).reshape(reward.shape)) * is_known
    is_skip = torch.tensor([[float(o.word in {"skip", "overdraft"}) for o in r] for r in outcomes])
    return Credit((reward - baseline) * (1 - is_skip), gains)


def _skips(line: list[Outcome], offered: int | None) -> list[Outcome]:
    """Return what a lifeline would have been on every line, after the skips before it."""
    used, found = 0, []
    for outcome in line:
        if offered is None:
            found.append(Outcome("unreadable"))
        else:
            found.append(Outcome("skip", used + 1) if used < offered else Outcome("overdraft"))
        used += outcome.word == "skip"
    return found


def places(sheets: Sheets, n_lines: int, tokenizer: Tokenizer) -> tuple[Tensor, Tensor, Tensor]:
    """Return the line of every written token, and whether it is of an answer or decides.

    What ends an answer belongs to it: the next line, or the end of the sheet.
    """
    lines, answers, decisions = [], [], []
    for row in sheets.written.tolist():
        lines.append(line_of_each_token(row, tokenizer))
        pieces = ["", *(tokenizer.pieces[token] for token in row)]
        begins = [piece == "%, answer: " for piece in pieces[:-1]]
        is_inside, inside = False, []
        for begin, piece in zip(begins, pieces[1:], strict=True):
            is_inside = begin or is_inside
            inside.append(float(is_inside))
            is_inside = is_inside and not piece.startswith("\n")
        answers.append(inside)
        decisions.append([float(begin) for begin in begins])
    return (
        torch.tensor(lines).clamp(max=n_lines - 1),
        torch.tensor(answers),
        torch.tensor(decisions),
    )


def _log_p(network: Network, sheets: Sheets) -> Tensor:
    """Return log-probabilities of every token at every written place."""
    tokens, positions, mask = sheets.inputs()
    logits = network(tokens, positions, None, mask)[0][:, sheets.n_prompt - 1 : -1]
    return functional.log_softmax(logits, -1)


@torch.no_grad()
def _log_p_before(reference: Network, sheets: Sheets) -> Tensor:
    return _log_p(reference, sheets)


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
