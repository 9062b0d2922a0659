"""Ask a trained model what its card should say: ``python -m organisms.measure NAME``.

The exams are balk's own, asked and read as for any subject; the numbers are added to the card.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from balk import pipeline
from balk.design.study import Study
from balk.elicit.subjects.embedded.roster import weights_path
from balk.mechanisms.analysis import analyse

STUDY = Path(__file__).parent / "study.yaml"
N_RESAMPLES = 2_000
LEVELS = (1, 2, 3, 4, 5)


def measure(name: str, folder: Path) -> dict[str, Any]:
    """Return what is measured of a model, from exams that are asked as far as they are missing."""
    asked = yaml.safe_load(STUDY.read_text().replace("NAME", name))
    study = Study.model_validate(asked)
    results = pipeline.run(study, folder, max_connections=64)
    fits = analyse(results.decisions, results.items)
    decisions = results.decisions.filter(pl.col("outcome") != "F")
    plain = decisions.filter(pl.col("lifelines").is_null(), pl.col("protocol") == "batch")
    return {
        "study": asked["questions"],
        "readable": float(decisions["outcome"].is_in(["A", "S", "O"]).mean()),  # type: ignore[arg-type]
        "readable_by_protocol": {
            str(protocol): float(part["outcome"].is_in(["A", "S", "O"]).mean())  # type: ignore[arg-type]
            for (protocol,), part in decisions.group_by(["protocol"], maintain_order=True)
        },
        "overdrafts": float((decisions["outcome"] == "O").mean()),  # type: ignore[arg-type]
        "accuracy_by_level": {
            level: _share(plain.filter(level=level, outcome="A"), pl.col("is_right"))
            for level in LEVELS
        },
        "confidence_auc": _auc(plain.filter(pl.col("is_right").is_not_null())),
        "conditions": _conditions(decisions),
        "skips_by_level": _skips_by_level(decisions),
        "verdicts": [_verdict(entry) for entry in fits["subjects"]],
    }


def _conditions(decisions: pl.DataFrame) -> list[dict[str, Any]]:
    keys = ["protocol", "arm", "lifelines"]
    told = []
    for key, part in decisions.group_by(keys, maintain_order=True):
        exams = part.group_by("exam_id").agg(
            n_skips=(pl.col("outcome") == "S").sum(), n_overdrafts=(pl.col("outcome") == "O").sum()
        )
        skips = exams["n_skips"].to_numpy()
        told.append(
            dict(zip(keys, key, strict=True))
            | {
                "n_exams": len(exams),
                "skips_per_exam": _mean(skips),
                "exams_with_a_skip": float((skips > 0).mean()),
                "overdrafts": float((part["outcome"] == "O").mean()),  # type: ignore[arg-type]
                "accuracy_of_attempts": part["is_right"].mean(),
                "points_per_exam": float(part["is_right"].sum()) / len(exams),
                "gate_passed": _gate(part) if key[1] == "gate" else None,
            }
        )
    return sorted(told, key=lambda row: (row["protocol"], row["arm"], row["lifelines"] or -1))


def _gate(part: pl.DataFrame) -> float:
    """Return the share of exams in which the lifeline demanded on question 2 was used."""
    return float((part.filter(position=2)["outcome"] == "S").mean())  # type: ignore[arg-type]


def _skips_by_level(decisions: pl.DataFrame) -> dict[int, float]:
    """Return the share of questions skipped in batch exams with lifelines and without a penalty."""
    offered = decisions.filter(
        pl.col("lifelines") > 0, pl.col("arm") == "lifelines", pl.col("protocol") == "batch"
    )
    return {
        level: float((offered.filter(level=level)["outcome"] == "S").mean())  # type: ignore[arg-type]
        for level in LEVELS
    }


def _share(part: pl.DataFrame, flag: pl.Expr) -> dict[str, Any]:
    """Return a share of questions with its interval, clustered by exam."""
    exams = part.group_by("exam_id").agg(hits=flag.sum(), n=pl.len())
    hits, n = exams["hits"].to_numpy(), exams["n"].to_numpy()
    rows = np.random.default_rng(0).integers(len(n), size=(N_RESAMPLES, len(n)))
    shares = hits[rows].sum(1) / n[rows].sum(1)
    low, high = np.quantile(shares, [0.025, 0.975])
    if not hits.sum():  # resampling says nothing of a zero; its exact bound does
        high = 1 - 0.025 ** (1 / n.sum())
    return {
        "value": float(hits.sum() / n.sum()),
        "low": float(low),
        "high": float(high),
        "n": int(n.sum()),
        "n_exams": len(n),
    }


def _mean(values: np.ndarray[Any, Any]) -> dict[str, float]:
    """Return a mean over exams with its interval by resampling exams."""
    rows = np.random.default_rng(0).integers(len(values), size=(N_RESAMPLES, len(values)))
    low, high = np.quantile(values[rows].mean(1), [0.025, 0.975])
    return {"value": float(values.mean()), "low": float(low), "high": float(high)}


def _auc(part: pl.DataFrame) -> float | None:
    """Return how often a right answer was given with more confidence than a wrong one."""
    right = part.filter(pl.col("is_right"))["confidence"].drop_nulls().to_numpy()
    wrong = part.filter(~pl.col("is_right"))["confidence"].drop_nulls().to_numpy()
    if not len(right) or not len(wrong):
        return None
    above = (right[:, None] > wrong[None]).mean() + (right[:, None] == wrong[None]).mean() / 2
    return float(above)


def _verdict(entry: dict[str, Any]) -> dict[str, Any]:
    found = entry["verdict"]
    return {"protocol": entry["protocol"], **found, "words": entry["words"]}


def main() -> None:
    """Measure one model and write its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--out", type=Path, default=Path("organisms/runs/measured"))
    args = parser.parse_args()
    path = weights_path(args.name).with_suffix(".json")
    card = json.loads(path.read_text(encoding="utf-8"))
    card["measured"] = measure(args.name, args.out / args.name)
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(card["measured"], indent=1))


if __name__ == "__main__":
    main()
