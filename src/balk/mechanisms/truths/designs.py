"""Which exams a data set holds: doses, exams at each, and the forms that all of them share."""

from dataclasses import dataclass

import numpy as np

from balk.errors import MechanismError
from balk.mechanisms.observed import NEVER_MENTIONED, Ints


@dataclass(frozen=True, slots=True)
class Design:
    """The exams that one subject sits.

    Attributes
    ----------
    doses : tuple of int
        Lifelines offered, each at least 0.
    exams_per_dose : int
        Exams at each dose, at least 1.
    n_questions : int
        Questions in an exam, 1 to `n_items`.
    n_items : int
        Puzzles in the pool.
    n_baseline : int
        No-lifeline exams, at least 0.

    Raises
    ------
    MechanismError
        If a number is outside its range.
    """

    doses: tuple[int, ...]
    exams_per_dose: int
    n_questions: int = 20
    n_items: int = 40
    n_baseline: int = 20

    def __post_init__(self) -> None:
        if not self.doses or min(self.doses) < 0:
            raise MechanismError(f"doses are {self.doses}; give at least one, each >= 0")
        if self.exams_per_dose < 1 or self.n_baseline < 0:
            raise MechanismError(
                f"{self.exams_per_dose} exams a dose and {self.n_baseline} without lifelines; "
                "give at least 1 and at least 0"
            )
        if not 1 <= self.n_questions <= self.n_items:
            raise MechanismError(
                f"n_questions is {self.n_questions}; give 1 to {self.n_items}, one puzzle each"
            )

    @property
    def lifelines(self) -> Ints:
        """Lifelines of each exam, shape (E,): the no-lifeline exams first, then dose by dose."""
        offered = np.repeat(np.array(self.doses, dtype=np.int64), self.exams_per_dose)
        return np.concatenate([np.full(self.n_baseline, NEVER_MENTIONED), offered])

    @property
    def form_numbers(self) -> Ints:
        """Number of each exam's form, shape (E,): every dose starts at form 0."""
        at_a_dose = np.tile(np.arange(self.exams_per_dose), len(self.doses))
        return np.concatenate([np.arange(self.n_baseline), at_a_dose])

    @property
    def exam_ids(self) -> tuple[str, ...]:
        """Name of each exam: its dose, or ``none``, and the number of its form."""
        doses = ("none" if offered == NEVER_MENTIONED else offered for offered in self.lifelines)
        return tuple(f"{dose}/{form}" for dose, form in zip(doses, self.form_numbers, strict=True))

    def draw_forms(self, rng: np.random.Generator) -> Ints:
        """Return the forms, shape (max(exams_per_dose, n_baseline), n_questions).

        The pool is shuffled and dealt to its end before it is shuffled again, so that after any
        number of forms no puzzle was asked more than once more than another; where two forms use
        up the pool, each pair of forms splits it in halves. No puzzle comes twice in a form.
        """
        n_forms = max(self.exams_per_dose, self.n_baseline)
        forms = np.empty((n_forms, self.n_questions), dtype=np.int64)
        deck = np.empty(0, dtype=np.int64)
        for form in forms:
            if len(deck) < self.n_questions:
                deck = _topped_up(deck, rng.permutation(self.n_items))
            form[:] = rng.permutation(deck[: self.n_questions])
            deck = deck[self.n_questions :]
        return forms


def _topped_up(left: Ints, fresh: Ints) -> Ints:
    """Return what is left of a deck, then a fresh one with those same cards at its end."""
    again = np.isin(fresh, left)
    return np.concatenate([left, fresh[~again], fresh[again]])
