from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.forms import make_forms
from balk.errors import StudyError
from balk.records import Puzzle


def pool_of(n: int) -> list[Puzzle]:
    return [Puzzle(f"What is {i} + 1?", str(i + 1), "number", "sums", 1) for i in range(n)]


def test_twenty_forms_from_forty_puzzles_ask_each_puzzle_ten_times() -> None:
    forms = make_forms(pool_of(40), n_forms=20, n_questions=20, seed=3)
    counts = Counter(puzzle.id for form in forms for puzzle in form.puzzles)
    assert set(counts.values()) == {10}
    assert len(counts) == 40


@given(
    n_pool=st.integers(1, 30),
    n_forms=st.integers(1, 12),
    data=st.data(),
    seed=st.integers(0, 2**40),
)
def test_no_form_asks_a_puzzle_twice_and_no_puzzle_gets_ahead(
    n_pool: int, n_forms: int, data: st.DataObject, seed: int
) -> None:
    n_questions = data.draw(st.integers(1, n_pool))
    forms = make_forms(pool_of(n_pool), n_forms, n_questions, seed)
    for form in forms:
        assert len({puzzle.id for puzzle in form.puzzles}) == n_questions
    counts = Counter(puzzle.id for form in forms for puzzle in form.puzzles)
    rarest = min(counts.values()) if len(counts) == n_pool else 0
    assert max(counts.values()) - rarest <= 2


def test_a_form_does_not_depend_on_how_many_there_are() -> None:
    few, many = (make_forms(pool_of(9), n, n_questions=4, seed=1) for n in (3, 11))
    assert [form.id for form in many[:3]] == [form.id for form in few]


def test_another_seed_deals_other_forms() -> None:
    first, second = (make_forms(pool_of(40), 5, 20, seed) for seed in (0, 1))
    assert not {form.id for form in first} & {form.id for form in second}


def test_forms_of_the_same_puzzles_keep_different_ids() -> None:
    forms = make_forms(pool_of(1), n_forms=3, n_questions=1, seed=0)
    assert len({form.id for form in forms}) == 3


@pytest.mark.parametrize(("n_forms", "n_questions"), [(0, 5), (2, 0), (1, 6)])
def test_impossible_forms_are_refused(n_forms: int, n_questions: int) -> None:
    with pytest.raises(StudyError, match="form"):
        make_forms(pool_of(5), n_forms, n_questions, seed=0)
