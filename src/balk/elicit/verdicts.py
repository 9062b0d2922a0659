"""What real-time subjects are told of their answers, where it is not the truth.

Borrowed verdicts are those of finished exams of the same subject with true verdicts and without
the key: ``yoked`` tells the verdicts of the exam on the next form, in their order, and
``shuffled`` those of the exam on the same form, in another order. Both cut the tie of failures
to the questions. Their share is that of the exam borrowed from as long as it skipped nothing;
where it has fewer verdicts than there are questions, they begin again from the first. They are
written as a string of R and W, one a question, which is an argument of the task and so part of
its identity.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from balk.design.arms import Arm, Verdicts
from balk.elicit.replies import Turn
from balk.errors import StudyError
from balk.records import Outcome

RIGHT, WRONG = "R", "W"


def verdict_told(arm: Arm, turn: Turn, borrowed: str) -> bool | None:
    """Return whether an answer is said to be right; None where there is none to speak of."""
    if turn.reading.outcome is not Outcome.ATTEMPT:
        return None
    if arm.verdicts == "always_right":
        return True
    if arm.verdicts == "always_wrong":
        return False
    if borrowed:
        return borrowed[turn.reading.position - 1] == RIGHT
    return turn.is_right


def borrow(
    verdicts: Verdicts, seen: Mapping[int, Sequence[bool]], n_questions: int, seed: int
) -> list[str]:
    """Return what each exam is told, from what the exams with true verdicts were.

    Parameters
    ----------
    verdicts : {"shuffled", "yoked"}
        Whose verdicts, and in which order.
    seen : mapping of int to sequence of bool
        Index of the form, 0 .. -> the true verdicts of its exam in order, skips left out.
    n_questions : int
        Questions on each form: shorter sequences begin again, since a question that the other
        exam skipped has no verdict.
    seed : int
        Of the shuffles.

    Returns
    -------
    list of str
        One string a form, in the order of the forms.

    Raises
    ------
    StudyError
        If no exam, or with ``yoked`` no other exam, has a verdict.
    """
    told = []
    for index in sorted(seen):
        sequence = _lent(verdicts, seen, index)
        cycled = [sequence[i % len(sequence)] for i in range(n_questions)]
        if verdicts == "shuffled":
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
            cycled = [cycled[int(i)] for i in rng.permutation(n_questions)]
        told.append("".join(RIGHT if verdict else WRONG for verdict in cycled))
    return told


def _lent(verdicts: Verdicts, seen: Mapping[int, Sequence[bool]], index: int) -> Sequence[bool]:
    """Return what an exam borrows: of those in question, the first that has any verdict.

    They are asked in their order, with the own exam first (``shuffled``) or never (``yoked``).
    """
    following = [other for other in sorted(seen) if other > index]
    others = following + [other for other in sorted(seen) if other < index]
    for other in [index, *others] if verdicts == "shuffled" else others:
        if seen[other]:
            return seen[other]
    asked = "none has any" if not any(seen.values()) else "no exam but one has any"
    raise StudyError(
        f"feedback={verdicts} borrows from exams with true verdicts, and {asked}; "
        "look at why the exams of arm key=hidden broke off, or skipped everything"
    )
