"""A model's card: everything that went into it, as data, and the curve of its training."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from organisms import corpus, rewards
from organisms.pretrain import ANSWER_WEIGHT, NEXT_LINE_WEIGHT, PROMPT_WEIGHT, Pretraining
from organisms.rewards import Tuning
from organisms.shapes import Shape

STEPS_A_POINT = 5
"""Steps of tuning that one point of the curve sums up."""


def write_card(
    name: str, settings: Pretraining | Tuning, shape: Shape, run: Path, package: Path
) -> None:
    """Write the card beside the network; what was measured of an earlier one is dropped."""
    network = (package / f"{name}.onnx").read_bytes()
    rows = [json.loads(line) for line in (run / "curve.jsonl").read_text().splitlines()]
    history = run / "history.txt"
    card = {
        "name": name,
        "architecture": "decoder-only transformer (Llama), tied embeddings, 16-bit weights",
        "shape": shape.to_dict(),
        "training": _pretraining(settings)
        if isinstance(settings, Pretraining)
        else _tuning(settings),
        "made_with": f"torch {torch.__version__} on CPU",
        "sha256": {
            f"{name}.onnx": hashlib.sha256(network).hexdigest(),
            "tokenizer.json": hashlib.sha256((TOKENIZER).read_bytes()).hexdigest(),
        },
        "history": history.read_text().strip() if history.exists() else "one run of the recipe",
        "curve": rows if isinstance(settings, Pretraining) else skip_curve(rows),
    }
    text = json.dumps(card, indent=1, ensure_ascii=False)
    (package / f"{name}.json").write_text(text + "\n", encoding="utf-8")


TOKENIZER = Path("src/balk/elicit/subjects/embedded/models/tokenizer.json")


def _pretraining(settings: Pretraining) -> dict[str, Any]:
    return {
        "kind": "next-token prediction on exam papers filled in by made-up candidates",
        "settings": asdict(settings) | {"steps": settings.steps},
        "loss_weights": {
            "header and questions": PROMPT_WEIGHT,
            "answers": ANSWER_WEIGHT,
            "what follows an answer": NEXT_LINE_WEIGHT,
            "other": 1.0,
        },
        "optimizer": "Muon inside the layers, AdamW elsewhere",
        "corpus": {
            "skip_rate": corpus.SKIP_RATE,
            "realtime_share": corpus.REALTIME_SHARE,
            "arms": dict(zip(corpus.ARMS, corpus.ARM_SHARES, strict=True)),
            "never_mentioned": corpus.NEVER_MENTIONED,
            "level_shares": corpus.LEVEL_SHARES,
            "skips_a_penalty": corpus.SKIPS_A_PENALTY,
            "kinds_of_product": {name: asdict(kind) for name, kind in corpus.KINDS.items()},
            "longest_share": corpus.LONGEST_SHARE,
            "skill_sd": corpus.SKILL_SD,
            "bias_sd": corpus.BIAS_SD,
            "noise_sd": corpus.NOISE_SD,
        },
    }


def _tuning(settings: Tuning) -> dict[str, Any]:
    told = {key: value for key, value in asdict(settings).items() if key != "reward"}
    return {
        "kind": "policy gradient with a group baseline, from base, on batch papers alone",
        "settings": told,
        "reward": REWARDS[settings.name],
        "credit": "an answer with its reward less the mean of the other sheets' answers; the "
        "log-odds of a lifeline with what it would have earned less that mean; later lines with "
        "nothing",
        "optimizer": "AdamW",
    }


REWARDS: dict[str, dict[str, Any]] = {
    "tuned-score": {
        "words": "the points that the paper announces: right 1, wrong minus the penalty (0 if "
        "unstated), a lifeline minus its price; an overdraft or an unreadable line -1",
        "unreadable": rewards.UNREADABLE,
    },
    "tuned-raters": {
        "words": "right +1, wrong -w, skip -h, an overdraft or an unreadable line -w-1, whatever "
        "the paper says",
        "w": rewards.WRONG,
        "h": rewards.SKIP_COST,
        "unreadable": rewards.UNREADABLE,
    },
    "tuned-torn": {
        "words": "right +1, wrong -w, k skips of B lifelines -kappa k^2 / B in all, an "
        "overdraft or an unreadable line -w-1, whatever the paper says",
        "w": rewards.WRONG,
        "kappa": rewards.STEEPNESS,
        "unreadable": rewards.UNREADABLE,
    },
    "tuned-blind": {
        "words": "as tuned-raters, but no lifeline is ever mentioned, so that right +1, wrong -w "
        "and an unreadable line -w-1 are all there is",
        "w": rewards.WRONG,
        "unreadable": rewards.UNREADABLE,
    },
}


def skip_curve(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return shares of outcomes where lifelines were offered, and without, every five steps."""
    points = []
    for first in range(0, len(rows), STEPS_A_POINT):
        part = rows[first : first + STEPS_A_POINT]
        point: dict[str, Any] = {"step": part[-1]["step"]}
        for where in ("offered", "none"):
            counts: Counter[str] = Counter()
            for row in part:
                counts.update(row[where])
            n = counts.total()
            shares = {word: round(count / n, 4) for word, count in sorted(counts.items())}
            point[where] = {"n": n, **shares}
        point["kl"] = round(sum(row["kl"] for row in part) / len(part), 4)
        points.append(point)
    return points
