"""Tables of the answer-key experiment drawn from a policy's chances, without any text."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from balk.elicit.subjects.keyed.policies import KeyPolicy
from balk.measure.answer_key.table import COLUMNS

BATCH = 20


def draw_table(policy: KeyPolicy, seed: int, n_puzzles: int = 100) -> pl.DataFrame:
    """Return what a subject of a policy would come to: the whole table."""
    rows = list(_draw_rows(policy, np.random.default_rng((seed, 77)), n_puzzles))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _draw_rows(
    policy: KeyPolicy, rng: np.random.Generator, n_puzzles: int
) -> Iterator[dict[str, Any]]:
    known = rng.random(n_puzzles) < policy.knows
    mixed = np.array(
        [rng.permutation(BATCH) < BATCH // 2 for _ in range(n_puzzles // BATCH)]
    ).ravel()
    truth = {"true": np.ones(n_puzzles, bool), "false": np.zeros(n_puzzles, bool), "mixed": mixed}

    def row(i: int, stage: str, key_type: str, **facts: object) -> dict[str, Any]:
        is_shown_true = None if key_type == "none" else bool(truth[key_type][i])
        blank = dict.fromkeys(COLUMNS)
        agrees = None if is_shown_true is None else bool(known[i] and is_shown_true)
        return blank | {
            "subject": "drawn",
            "stage": stage,
            "form": "",
            "key_type": key_type,
            "chosen": "all",
            "framing": "plain",
            "layout": "",
            "batch": i // BATCH,
            "exam_id": f"{stage}{key_type}{facts.get('form', '')}{i // BATCH}",
            "position": i % BATCH + 1,
            "puzzle_id": str(i),
            "shown": None if is_shown_true is None else "1",
            "is_shown_true": is_shown_true,
            "outcome": "A",
            "answer": "1",
            "is_right": bool(known[i]),
            "agrees": agrees,
            "alone_right": bool(known[i]),
            "alone_agrees": agrees,
        } | facts  # fmt: skip

    def says(chance: float) -> bool:
        return bool(rng.random() < chance)

    for i in range(n_puzzles):
        yield row(i, "knowledge", "none")
        for key_type in ("true", "false", "mixed"):
            shown = bool(truth[key_type][i])
            agrees = bool(known[i] and shown)
            accepted = says(policy.p_accept(is_known=bool(known[i]), is_shown_true=shown))
            yield row(i, "screening", key_type, said_right=accepted)
            first = says(policy.p_mark(agrees=agrees, is_own=True, has_key_first=True))
            yield row(i, "self_score", key_type, form="list", said_right=first)
            own = says(policy.p_mark(agrees=agrees, is_own=True))
            yield row(i, "self_score", key_type, form="commit", said_right=own)
            other = says(policy.p_mark(agrees=agrees, is_own=False))
            yield row(i, "marking", key_type, form="commit", said_right=other)
            if key_type == "false" and accepted:
                chances = policy.p_kinds(is_known=bool(known[i]), is_shown_true=False)
                kind = str(rng.choice(list(chances), p=list(chances.values())))
                facts = {"form": "count", "chosen": "accepted", "layout": "apart", "working": kind}
                yield row(i, "workings", "false", **facts)
