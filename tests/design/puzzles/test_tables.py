"""Products of whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.tables import FACTORS, draw_tables
from balk.design.sources import read_puzzles


@given(seed=st.integers(0, 2**32), level=st.integers(1, 5))
def test_the_key_is_the_product_of_factors_of_the_level(seed: int, level: int) -> None:
    draft = draw_tables(np.random.default_rng(seed), level)
    first, second = (int(word) for word in draft.stem[len("What is ") : -1].split(" x "))
    assert int(draft.key) == first * second
    ordered = ((first, second), (second, first))
    assert any(
        all(low <= n <= high for n, (low, high) in zip(pair, FACTORS[level], strict=True))
        for pair in ordered
    )


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_every_level_has_a_pool_of_different_puzzles(level: int) -> None:
    puzzles = read_puzzles("tables", n=40, seed=0, levels=(level,))
    assert len({puzzle.stem for puzzle in puzzles}) == 40


def test_the_source_takes_levels_in_turn() -> None:
    puzzles = read_puzzles("tables", n=10, seed=3, levels=(1, 2, 3, 4, 5))
    assert [puzzle.level for puzzle in puzzles] == [1, 2, 3, 4, 5] * 2
    assert {puzzle.family for puzzle in puzzles} == {"tables"}
