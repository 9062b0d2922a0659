"""A quick look at a network in training; the numbers that count come from balk itself."""

import argparse
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from balk.records import Form
from organisms.corpus import EQUAL_SHARES, LEVELS, draw_puzzles
from organisms.marking import mark_sheet
from organisms.network import Network
from organisms.sampling import sample_sheets
from organisms.shapes import Shape


def look(  # noqa: PLR0913 -- what an exam is made of
    network: Network,
    tokenizer: Tokenizer,
    *,
    lifelines: int | None,
    arm: str = "lifelines",
    n_exams: int = 40,
    n_questions: int = 20,
    levels: tuple[float, ...] = EQUAL_SHARES,
    seed: int = 99,
) -> dict[str, Any]:
    """Return accuracy by level, skips an exam and shares of other outcomes, on mixed exams."""
    rng = np.random.default_rng(seed)
    condition = Condition(make_arm(arm), lifelines, "batch")
    exams = [
        Exam(Form(0, tuple(draw_puzzles(rng, n_questions, levels))), condition, "completion")
        for _ in range(n_exams)
    ]
    prompts = [tokenizer.encode(wording.opening(exam)) for exam in exams]
    sheets = sample_sheets(network, prompts, 1, n_questions, tokenizer)
    counts, by_level = Counter[str](), defaultdict[int, Counter[str]](Counter)
    for exam, row in zip(exams, sheets.written.tolist(), strict=True):
        for puzzle, outcome in zip(
            exam.form.puzzles, mark_sheet(exam, tokenizer.decode(row)), strict=True
        ):
            counts[outcome.word] += 1
            by_level[puzzle.level][outcome.word] += 1
    right = {
        level: round(c["right"] / max(1, c["right"] + c["wrong"]), 2)
        for level in LEVELS
        if (c := by_level[level])
    }
    skipped = {level: by_level[level]["skip"] for level in LEVELS}
    n = n_exams * n_questions
    return {
        "lifelines": lifelines,
        "arm": arm,
        "accuracy": right,
        "skips_by_level": skipped,
        "skips_an_exam": counts["skip"] / n_exams,
        "overdrafts": counts["overdraft"] / n,
        "unreadable": counts["unreadable"] / n,
    }


def load_weights(path: Path, tokenizer: Tokenizer) -> Network:
    """Return the network whose weights a checkpoint holds."""
    network = Network(Shape(len(tokenizer.pieces)))
    weights = torch.load(path, weights_only=True)
    network.load_state_dict({name: value.float() for name, value in weights.items()})
    return network


def main() -> None:
    """Print a look at one checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--doses", default="none,3,10,20")
    parser.add_argument("--exams", type=int, default=40)
    parser.add_argument("--questions", type=int, default=20)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    tokenizer = Tokenizer(Path("src/balk/elicit/subjects/embedded/models/tokenizer.json"))
    network = load_weights(args.path, tokenizer)
    for dose in args.doses.split(","):
        lifelines = None if dose == "none" else int(dose)
        print(
            look(
                network,
                tokenizer,
                lifelines=lifelines,
                n_exams=args.exams,
                n_questions=args.questions,
            )
        )


if __name__ == "__main__":
    main()
