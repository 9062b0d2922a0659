"""From the tables of a run to what the mechanisms learn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from balk.errors import MechanismError
from balk.mechanisms.beliefs import Belief
from balk.mechanisms.inputs import (
    ASSUMED_NOISE,
    accuracy_belief,
    confidence_belief,
    in_logits,
)
from balk.mechanisms.observed import NEVER_MENTIONED, Ints, Observed, Seen
from balk.mechanisms.selections.length import REFERENCE_CHARS
from balk.mechanisms.symmetric import Floats
from balk.records import Outcome

NEEDED = (
    *("subject", "protocol", "arm", "penalty", "price", "lifelines", "exam_id", "position"),
    *("puzzle_id", "stem_chars", "outcome", "is_right", "confidence", "feedback_shown"),
)
"""Columns of decisions.parquet that are read."""

NEEDED_OF_ITEMS = (
    *("subject", "protocol", "puzzle_id", "n_baseline_right", "n_baseline_attempts"),
    *("n_confidences", "confidence"),
)
"""Columns of items.parquet that are read, where decisions hold no plain exams."""

PLAIN_ARMS = ("none", "lifelines")
PENALTY_ARM = "penalty"

SEEN: dict[str, Seen] = {
    Outcome.ATTEMPT: Seen.ATTEMPT,
    Outcome.OVERDRAFT: Seen.ATTEMPT,  # a lifeline asked for with none left skips nothing
    Outcome.SKIP: Seen.SKIP,
}
"""What an outcome says of the choice; every other leaves it open."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The exams of one subject in one protocol.

    Attributes
    ----------
    subject, protocol : str
        Whom and how.
    observed : Observed
        Plain exams, exams with lifelines, and those of the penalty arm.
    puzzle_ids : tuple of str
        Of the puzzles that `observed` numbers.
    n_failed : int
        Exams none of whose calls came back; they say nothing and are left out.
    n_other_arms : int
        Exams of arms that mechanisms do not speak of.
    """

    subject: str
    protocol: str
    observed: Observed
    puzzle_ids: tuple[str, ...]
    n_failed: int
    n_other_arms: int


def read_groups(decisions: pl.DataFrame) -> list[Group]:
    """Return the exams of every subject and protocol, sorted by these.

    Raises
    ------
    MechanismError
        If a column is missing.
    """
    missing = [name for name in NEEDED if name not in decisions.columns]
    if missing:
        raise MechanismError(
            f"decisions lack {', '.join(missing)}; give decisions.parquet as balk run writes it"
        )
    rows = decisions.select(NEEDED).sort("subject", "protocol", "exam_id", "position")
    groups = rows.partition_by("subject", "protocol", maintain_order=True)
    return [_group(rows) for rows in groups]


def _group(rows: pl.DataFrame) -> Group:
    came_back = (pl.col("outcome") != Outcome.FAILED).any().over("exam_id")
    known = pl.col("arm").is_in([*PLAIN_ARMS, PENALTY_ARM]) & (pl.col("price") == 0)
    used = rows.filter(came_back & known)
    puzzles = (
        used.group_by("puzzle_id").agg(pl.col("stem_chars").drop_nulls().first()).sort("puzzle_id")
    )
    return Group(
        subject=rows["subject"][0],
        protocol=rows["protocol"][0],
        observed=_observed(used, puzzles),
        puzzle_ids=tuple(puzzles["puzzle_id"]),
        n_failed=_n_exams(rows.filter(~came_back)),
        n_other_arms=_n_exams(rows.filter(came_back & ~known)),
    )


def _n_exams(rows: pl.DataFrame) -> int:
    return rows["exam_id"].n_unique()


def exam_counts(group: Group) -> dict[str, Any]:
    """Return how many exams there are of each kind; every exam of the table is in one count.

    Returns
    -------
    dict
        ``n_exams``, by lifelines offered where no penalty is stated, as text; ``n_plain_exams``
        without lifelines or penalty; ``n_penalty_exams`` and ``n_plain_penalty_exams``, the same
        two with one; ``n_exams_offering_none``, told that there are 0 lifelines, with whatever
        penalty; ``n_failed_exams``; and ``n_exams_of_other_arms``.
    """
    observed = group.observed
    offered, plain = observed.is_offered, observed.lifelines == NEVER_MENTIONED
    stated = observed.penalty > 0
    doses, counts = np.unique(observed.lifelines[offered & ~stated], return_counts=True)
    return {
        "n_exams": {str(dose): int(n) for dose, n in zip(doses, counts, strict=True)},
        "n_plain_exams": int((plain & ~stated).sum()),
        "n_penalty_exams": int((offered & stated).sum()),
        "n_plain_penalty_exams": int((plain & stated).sum()),
        "n_exams_offering_none": int((~offered & ~plain).sum()),
        "n_failed_exams": group.n_failed,
        "n_exams_of_other_arms": group.n_other_arms,
    }


def item_beliefs(group: Group, items: pl.DataFrame | None) -> dict[str, Belief]:
    """Return what a table of items tells, for decisions that hold no plain exams.

    Raises
    ------
    MechanismError
        If a column is missing.
    """
    if items is None:
        return {}
    missing = [name for name in NEEDED_OF_ITEMS if name not in items.columns]
    if missing:
        raise MechanismError(
            f"items lack {', '.join(missing)}; give items.parquet as balk run writes it"
        )
    own = items.filter(subject=group.subject, protocol=group.protocol)
    rows = pl.DataFrame({"puzzle_id": group.puzzle_ids}, schema={"puzzle_id": pl.String}).join(
        own.select(NEEDED_OF_ITEMS), on="puzzle_id", how="left", maintain_order="left"
    )
    stated = rows["confidence"].cast(pl.Float64).fill_null(0.5).to_numpy()
    n_stated, right, n = (
        rows[name].cast(pl.Float64).fill_null(0).to_numpy()
        for name in ("n_confidences", "n_baseline_right", "n_baseline_attempts")
    )
    confidence = confidence_belief(in_logits(stated), n_stated, ASSUMED_NOISE)
    found = {"accuracy": accuracy_belief(right, n, confidence), "confidence": confidence}
    return {name: belief for name, belief in found.items() if belief is not None}


def _observed(rows: pl.DataFrame, puzzles: pl.DataFrame) -> Observed:
    exams = rows.group_by("exam_id", maintain_order=True).agg(
        pl.col("lifelines", "penalty", "feedback_shown").first()
    )
    column = rows.select((pl.col("position") - 1).cast(pl.Int64))["position"].to_numpy()
    where = rows["exam_id"].rle_id().to_numpy().astype(np.int64), column
    shape = (exams.height, int(column.max(initial=-1)) + 1)
    puzzle = np.searchsorted(puzzles["puzzle_id"].to_numpy(), rows["puzzle_id"].to_numpy())
    outcomes = rows["outcome"].replace_strict(SEEN, default=int(Seen.GAP), return_dtype=pl.Int64)
    right = rows["is_right"].cast(pl.Int64).fill_null(-1)
    stated = rows["confidence"].cast(pl.Float64).fill_null(float("nan"))
    return Observed(
        lifelines=exams["lifelines"].cast(pl.Int64).fill_null(NEVER_MENTIONED).to_numpy(),
        penalty=exams["penalty"].fill_null(0).to_numpy(),
        seen=_laid_out(outcomes.to_numpy(), where, shape, int(Seen.ABSENT)),
        puzzle=_laid_out(puzzle.astype(np.int64), where, shape, -1),
        is_right=_laid_out(right.to_numpy(), where, shape, -1),
        confidence=_laid_out(stated.to_numpy(), where, shape, np.nan),
        stem_chars=_lengths(puzzles["stem_chars"]),
        verdicts_shown=exams["feedback_shown"].to_numpy(),
        exam_ids=tuple(exams["exam_id"]),
        subject=str(rows["subject"].first() or ""),
        protocol=str(rows["protocol"].first() or "batch"),
    )


def _lengths(stem_chars: pl.Series) -> Floats:
    """Return the lengths of the puzzles, the usual one where a table does not tell it."""
    known = stem_chars.cast(pl.Float64).fill_null(strategy="mean").fill_null(REFERENCE_CHARS)
    return known.clip(1).to_numpy()


def _laid_out(
    values: NDArray[Any], where: tuple[Ints, Ints], shape: tuple[int, int], empty: float
) -> NDArray[Any]:
    """Return the values at their exam and position, and `empty` elsewhere."""
    grid = np.full(shape, empty, dtype=values.dtype)
    grid[where] = values
    return grid
