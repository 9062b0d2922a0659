"""What was seen of one subject in one protocol, as arrays: the only thing mechanisms learn from."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from balk.errors import MechanismError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER_MENTIONED = -1


class Seen(IntEnum):
    """What is known of one question of one exam."""

    ATTEMPT = 0
    """Not skipped: attempted, or a lifeline asked for with none left."""
    SKIP = 1
    """Skipped."""
    GAP = 2
    """Asked, and what was decided is not known."""
    ABSENT = 3
    """Not part of this exam, which is shorter than others."""


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """E exams of up to n questions about P puzzles.

    Attributes
    ----------
    lifelines : array of shape (E,)
        Offered; `NEVER_MENTIONED` in no-lifeline exams.
    penalty : array of shape (E,)
        Points that a wrong answer was said to cost.
    seen : array of shape (E, n)
        `Seen` values, in the order asked.
    puzzle : array of shape (E, n)
        Number of the puzzle, 0 to P - 1; -1 where absent.
    is_right : array of shape (E, n)
        1 right, 0 wrong, -1 not attempted or not marked.
    confidence : array of shape (E, n)
        As stated, in [0, 1]; nan where none was.
    stem_chars : array of shape (P,)
        Length of each puzzle's text.
    verdicts_shown : array of shape (E,)
        Whether the subject was told after each question if it was right; by default not.
    exam_ids : tuple of str
        Names of the exams.
    subject, protocol : str
        Whom and how.
    """

    lifelines: Ints
    penalty: Floats
    seen: Ints
    puzzle: Ints
    is_right: Ints
    confidence: Floats
    stem_chars: Floats
    verdicts_shown: Bools | None = None
    exam_ids: tuple[str, ...] = ()
    subject: str = ""
    protocol: str = "batch"

    def __post_init__(self) -> None:
        shape = self.seen.shape
        for name in ("puzzle", "is_right", "confidence"):
            if getattr(self, name).shape != shape:
                seen = getattr(self, name).shape
                raise MechanismError(f"{name} has shape {seen}; give {shape}, that of seen")
        too_many = (self.seen == Seen.SKIP).sum(axis=1) > np.maximum(self.lifelines, 0)
        if too_many.any():
            exam = int(np.flatnonzero(too_many)[0])
            raise MechanismError(
                f"exam {exam} has more skips than its {self.lifelines[exam]} lifelines; "
                "give asks beyond the budget as attempts"
            )

    @property
    def is_offered(self) -> Bools:
        """Whether an exam offers lifelines at all, shape (E,)."""
        return self.lifelines > 0

    def take(self, which: Bools | Ints) -> "Observed":
        """Return some of the exams."""
        picked = np.arange(len(self.lifelines))[which]
        arrays = {
            name: getattr(self, name)[picked]
            for name in ("lifelines", "penalty", "seen", "puzzle", "is_right", "confidence")
        }
        shown = None if self.verdicts_shown is None else self.verdicts_shown[picked]
        ids = tuple(self.exam_ids[i] for i in picked) if self.exam_ids else ()
        return Observed(
            **arrays,
            stem_chars=self.stem_chars,
            verdicts_shown=shown,
            exam_ids=ids,
            subject=self.subject,
            protocol=self.protocol,
        )
