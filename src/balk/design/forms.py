"""Forms: which puzzles in which order, balanced over the pool."""

from collections.abc import Sequence

import numpy as np

from balk.errors import StudyError
from balk.records import Form, Puzzle

FORMS_STREAM = 0x464F524D  # keeps the shuffles apart from every other use of the same seed


def make_forms(pool: Sequence[Puzzle], n_forms: int, n_questions: int, seed: int) -> list[Form]:
    """Deal a pool of puzzles into forms, as a pack of cards is dealt, shuffled and dealt again.

    Every puzzle appears once before any appears twice, so that 20 forms of 20 questions from
    40 puzzles ask each puzzle exactly 10 times. Form `i` does not depend on `n_forms`.

    Parameters
    ----------
    pool : sequence of Puzzle
        Different puzzles.
    n_forms : int
        How many forms, at least 1.
    n_questions : int
        Questions on each form, 1 to the size of the pool.
    seed : int
        Same seed, same forms.

    Raises
    ------
    StudyError
        If a form would need more puzzles than the pool holds, or a number is below 1.
    """
    if n_forms < 1 or n_questions < 1:
        raise StudyError(f"{n_forms} forms of {n_questions} questions; give at least 1 of each")
    if n_questions > len(pool):
        raise StudyError(
            f"a form of {n_questions} questions needs a pool of at least as many puzzles, "
            f"and the pool holds {len(pool)}; raise --pool or lower --questions"
        )
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(FORMS_STREAM,)))
    pack: list[int] = []
    forms = []
    for index in range(n_forms):
        if len(pack) < n_questions:
            shuffled = [int(i) for i in rng.permutation(len(pool))]
            # What is left of the last pack goes first; its cards may not come twice in a form.
            later = [i for i in shuffled if i in pack]
            pack += [i for i in shuffled if i not in pack] + later
        dealt, pack = pack[:n_questions], pack[n_questions:]
        order = [dealt[int(i)] for i in rng.permutation(n_questions)]
        forms.append(Form(index, tuple(pool[i] for i in order)))
    return forms
