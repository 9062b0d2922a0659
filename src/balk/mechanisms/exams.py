"""Exams with lifelines, laid out for the likelihood: questions first, exams last."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from balk.mechanisms.beliefs import Belief
from balk.mechanisms.items import Items
from balk.mechanisms.observed import Bools, Ints, Observed, Seen
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, eq=False)
class Exams:
    """What the likelihood sees of E exams of up to n questions about P items.

    Attributes
    ----------
    lifelines, penalty : array of shape (E,)
        Offered, at least 1, and announced.
    is_skip, is_gap, is_present : array of shape (n, E)
        Skipped; asked, but not known how it was decided; part of the exam at all.
    item : array of shape (n, E)
        Number of the item, 0 where absent.
    position, stem_chars : array of shape (n, E)
        Number of the question from 1, and the length of its text.
    share_wrong, last_wrong : array of shape (n, E)
        Share of "wrong" among the verdicts shown before each question, and whether the last was.
    beliefs : dict of str to Belief
        What is known of "confidence" and "accuracy".
    stated : array of shape (n, E) or None
        Confidences stated in these very exams; nan where none was. None where none ever was.
    reads_stated : bool
        Whether "confidence" is what was stated in the exam, in place of the belief.
    """

    lifelines: Floats
    penalty: Floats
    is_skip: Bools
    is_gap: Bools
    is_present: Bools
    item: Ints
    position: Floats
    stem_chars: Floats
    share_wrong: Floats
    last_wrong: Floats
    beliefs: dict[str, Belief] = field(default_factory=dict)
    stated: Floats | None = None
    reads_stated: bool = False

    @classmethod
    def of(cls, observed: Observed, beliefs: dict[str, Belief]) -> "Exams":
        """Return the exams that offer lifelines."""
        offered = observed.take(observed.is_offered)
        seen, puzzle = offered.seen.T, offered.puzzle.T
        share_wrong, last_wrong = _verdicts(offered)
        return cls(
            lifelines=offered.lifelines.astype(np.float64),
            penalty=offered.penalty,
            is_skip=seen == Seen.SKIP,
            is_gap=seen == Seen.GAP,
            is_present=seen != Seen.ABSENT,
            item=np.maximum(puzzle, 0),
            position=np.broadcast_to(np.arange(1.0, len(seen) + 1)[:, np.newaxis], seen.shape),
            stem_chars=observed.stem_chars[np.maximum(puzzle, 0)].astype(np.float64),
            share_wrong=share_wrong,
            last_wrong=last_wrong,
            beliefs=beliefs,
            stated=None if np.isnan(offered.confidence).all() else offered.confidence.T,
        )

    def __len__(self) -> int:
        """Return the number of exams."""
        return self.lifelines.size

    @cached_property
    def n_questions(self) -> Floats:
        """Questions of each exam, shape (E,)."""
        return np.asarray(self.is_present.sum(axis=0), dtype=np.float64)

    @cached_property
    def n_skips(self) -> Ints:
        """Skips seen in each exam, shape (E,)."""
        return np.asarray(self.is_skip.sum(axis=0))

    @property
    def n_items(self) -> int:
        """Items that the beliefs are about."""
        return max((belief.mean.size for belief in self.beliefs.values()), default=0)

    def items(self, scores: dict[str, Floats] | None = None) -> Items:
        """Return the covariates of every question, shape (n, E).

        Parameters
        ----------
        scores : dict of str to array of shape (P,), optional
            Standard scores at which each belief is read; by default 0, its middle.
        """
        read = {
            name: belief.at(scores[name])[self.item]
            if scores and name in scores
            else self._usual(name)
            for name, belief in self.beliefs.items()
        }
        if self.reads_stated and self.stated is not None:
            usual = read.get("confidence", np.full(self.item.shape, 0.5))
            read["confidence"] = np.where(np.isnan(self.stated), usual, self.stated)
        unknown = np.full(self.item.shape, 0.5)
        return Items(
            confidence=read.get("confidence", unknown),
            accuracy=read.get("accuracy", unknown),
            position=self.position,
            stem_chars=self.stem_chars,
            share_wrong=self.share_wrong,
            last_wrong=self.last_wrong,
        )

    def _usual(self, name: str) -> Floats:
        """Return a belief's middle for every question, worked out once."""
        if name not in self._middles:
            belief = self.beliefs[name]
            self._middles[name] = belief.at(np.zeros(belief.mean.size))[self.item]
        return self._middles[name]

    @cached_property
    def _middles(self) -> dict[str, Floats]:
        return {}

    def take(self, which: Bools | Ints | slice) -> "Exams":
        """Return some of the exams."""
        return Exams(
            lifelines=self.lifelines[which],
            penalty=self.penalty[which],
            is_skip=self.is_skip[:, which],
            is_gap=self.is_gap[:, which],
            is_present=self.is_present[:, which],
            item=self.item[:, which],
            position=self.position[:, which],
            stem_chars=self.stem_chars[:, which],
            share_wrong=self.share_wrong[:, which],
            last_wrong=self.last_wrong[:, which],
            beliefs=self.beliefs,
            stated=None if self.stated is None else self.stated[:, which],
            reads_stated=self.reads_stated,
        )


def _verdicts(offered: Observed) -> tuple[Floats, Floats]:
    """Return, for each question, the share of wrong verdicts before it and whether the last was."""
    right = offered.is_right.T
    shown = np.zeros(right.shape[1], dtype=np.bool_)
    shown = shown if offered.verdicts_shown is None else offered.verdicts_shown
    told = (right >= 0) & shown
    wrong = told & (right == 0)
    before = np.zeros((1, right.shape[1]))
    n_told = np.vstack([before, np.cumsum(told, axis=0)[:-1]])
    n_wrong = np.vstack([before, np.cumsum(wrong, axis=0)[:-1]])
    share = np.divide(n_wrong, n_told, out=np.zeros_like(n_wrong), where=n_told > 0)
    last = np.zeros_like(share)
    for t in range(1, len(last)):
        last[t] = np.where(told[t - 1], wrong[t - 1], last[t - 1])
    return share, last
