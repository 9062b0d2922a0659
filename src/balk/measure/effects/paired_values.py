"""The same questions under two conditions: what each side did, and how far they lie apart.

Both sides answered the same forms, so a question is paired with itself: same form, epoch, repeat,
position and puzzle. Numbers are kept as arrays, since one table holds hundreds of comparisons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from balk.estimates import clustered_mean, two_way_mean
from balk.measure.effects.contrasts import QUESTION
from balk.records import Estimate, Outcome

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

SKIPS = "skips_per_exam"
POINTS = "points_given_away_per_exam"
"""Plain exams less the own ones; of plain exams themselves 0."""
TOKENS = "tokens_per_exam"
"""Inert tokens used; 0 where none are offered."""


class Cell(NamedTuple):
    """One subject under one condition."""

    subject: str
    model: str
    interface: str
    persona: str | None
    arm: str
    penalty: float | None
    price: float
    protocol: str
    lifelines: int | None

    @property
    def risk(self) -> float:
        """Points between the best and the worst that a question can earn."""
        return 1 + max(self.penalty or 0.0, self.price)

    def most(self, measure: str, sizes: Codes) -> float:
        """Return the most that exams with so many questions can sum to."""
        if measure in {SKIPS, TOKENS}:
            return float(np.minimum(sizes, self.lifelines or 0).sum())
        return 0.0 if self.lifelines is None else self.risk * float(sizes.sum())

    def least(self, measure: str, sizes: Codes) -> float:
        """Return the least that exams with so many questions can sum to."""
        return -self.most(measure, sizes) if measure == POINTS else 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of a cell that came back, in the order of their codes.

    Attributes
    ----------
    question, exam, puzzle : array of shape (n,)
        Codes that mean the same in every cell of a table.
    skipped, right, wrong, token : array of shape (n,)
        0 or 1; right and wrong are NaN for an attempt that could not be marked, token for an exam
        that says of no question whether one is used.
    n_asked, n_exams : int
        Questions and exams, counting questions of these exams that did not come back.
    """

    question: Codes
    exam: Codes
    puzzle: Codes
    skipped: Floats
    right: Floats
    wrong: Floats
    token: Floats
    n_asked: int
    n_exams: int

    def points(self, cell: Cell) -> Floats:
        """Return what each question earns under the payoffs of a cell."""
        return self.right - (cell.penalty or 0.0) * self.wrong - cell.price * self.skipped

    def aligned(self, numbers: Floats, question: Codes) -> Floats:
        """Return the numbers of other questions; NaN for those that are not among these."""
        at = np.minimum(np.searchsorted(self.question, question), self.question.size - 1)
        return np.where(self.question[at] == question, numbers[at], np.nan)


@dataclass(frozen=True, slots=True)
class Values:
    """One number a question, what it belongs to, and the least and most they could sum to."""

    numbers: Floats
    exam: Codes
    puzzle: Codes
    least: float
    most: float

    @classmethod
    def known(cls, measure: str, asked: Asked, numbers: Floats, *sides: Cell) -> Self:
        """Return the numbers that are known: of one cell, or of one less another."""
        known = np.isfinite(numbers)
        exam = asked.exam[known]
        sizes = np.unique(exam, return_counts=True)[1].astype(np.int64)
        least, most = sides[0].least(measure, sizes), sides[0].most(measure, sizes)
        for other in sides[1:]:
            least, most = least - other.most(measure, sizes), most - other.least(measure, sizes)
        return cls(numbers[known], exam, asked.puzzle[known], least, most)

    @classmethod
    def pooled(cls, parts: Iterable["Values"]) -> Self:
        """Return all values as one set."""
        rows = list(parts)
        return cls(
            np.concatenate([part.numbers for part in rows]),
            np.concatenate([part.exam for part in rows]),
            np.concatenate([part.puzzle for part in rows]),
            sum(part.least for part in rows),
            sum(part.most for part in rows),
        )

    def mean(self, measure: str) -> Estimate:
        """Return the mean a question: where it is about points, puzzles are a sample too."""
        within = (self.least / self.numbers.size, self.most / self.numbers.size)
        if measure == POINTS:
            return two_way_mean(
                self.numbers, self.exam, self.puzzle, within=within, unit="questions"
            )
        return clustered_mean(self.numbers, self.exam, within=within, unit="questions")

    def by_exam(self) -> Floats:
        """Return the mean of each exam."""
        codes = np.unique(self.exam, return_inverse=True)[1]
        means: Floats = np.bincount(codes, self.numbers) / np.bincount(codes)
        return means


def measured(measure: str, cell: Cell, asked: Asked, plain: Asked | None = None) -> Floats:
    """Return what is measured of each question of a cell; NaN where it is not known.

    Points given away need the plain exams, which are marked by the payoffs of the cell.
    """
    if measure == SKIPS:
        return asked.skipped
    if measure == TOKENS and is_inert(cell.arm):
        return asked.token
    if cell.lifelines is None:
        return np.zeros(asked.question.size)
    if plain is None:
        return np.full(asked.question.size, np.nan)
    return plain.aligned(plain.points(cell), asked.question) - asked.points(cell)


def is_inert(arm: str) -> bool:
    """Return whether an arm offers tokens that do nothing."""
    return "inert" in arm.split("+")


def read_cells(decisions: pl.DataFrame) -> dict[Cell, Asked]:
    """Return what came back of every subject and condition, sorted; repeats are numbered."""
    outcome, right = pl.col("outcome"), pl.col("is_right")
    unmarked = (outcome == Outcome.ATTEMPT) & right.is_null()
    token = pl.col("used_token")
    repeat = pl.col("exam_id").rank("dense").over(*Cell._fields, "form_id", "epoch")
    rows = decisions.with_columns(repeat=repeat).with_columns(
        question=pl.struct(QUESTION).rank("dense").cast(pl.Int64),
        exam=pl.struct("form_id", "epoch", "repeat").rank("dense").cast(pl.Int64),
        puzzle=pl.col("puzzle_id").rank("dense").cast(pl.Int64),
        skipped=(outcome == Outcome.SKIP).cast(pl.Float64),
        right=pl.when(~unmarked).then(right.fill_null(value=False).cast(pl.Float64)),
        wrong=pl.when(~unmarked).then((~right).fill_null(value=False).cast(pl.Float64)),
        token=pl.when(token.count().over("exam_id") > 0).then(
            token.fill_null(value=False).cast(pl.Float64)
        ),
    )
    came_back = (pl.col("outcome") != Outcome.FAILED).any().over("exam_id")
    cells = rows.filter(came_back).sort(*Cell._fields, "question")
    return {
        Cell(*own.select(Cell._fields).row(0)): _asked(own)
        for own in cells.partition_by(Cell._fields, maintain_order=True)
    }


def _asked(own: pl.DataFrame) -> Asked:
    rows = own.filter(pl.col("outcome") != Outcome.FAILED)
    question, exam, puzzle = (rows[name].to_numpy() for name in ("question", "exam", "puzzle"))
    skipped, right, wrong, token = (
        rows[name].to_numpy() for name in ("skipped", "right", "wrong", "token")
    )
    n_exams = own["exam_id"].n_unique()
    return Asked(question, exam, puzzle, skipped, right, wrong, token, own.height, n_exams)
