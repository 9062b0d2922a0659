"""Wrong answers that look like the key, and are never marked right."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.answer_key.near_misses import NEAR, STYLES, near_miss
from balk.design.puzzles.bank import make_puzzle
from balk.design.puzzles.families import PUZZLES
from balk.errors import PuzzleError
from balk.measure.mark import is_right
from balk.records import Marking, Puzzle

N_KEYS = 20_000
N_SEEDS = 40  # misses of one puzzle


def check_number(miss: str, key: str) -> None:
    """State what a plausible number is."""
    wrong, right = Fraction(miss.removesuffix("%")), Fraction(key.removesuffix("%"))
    assert miss.endswith("%") == key.endswith("%")
    assert wrong != right
    assert (wrong.denominator == 1) == (right.denominator == 1)
    assert wrong * right >= 0
    assert not (right >= 0 > wrong)
    assert not 0 < right < 1 or 0 < wrong < 1
    assert abs(wrong - right) <= NEAR or abs(right) / 2 <= abs(wrong) <= 2 * abs(right)


def test_twenty_thousand_misses_of_all_families_look_like_their_keys_and_are_wrong() -> None:
    n_puzzles = N_KEYS // N_SEEDS // len(PUZZLES) + 1
    styles = set()
    n = 0
    for family in PUZZLES:
        for index in range(n_puzzles):
            puzzle = make_puzzle(family, index % 5 + 1, 7, index)
            for seed in range(N_SEEDS):
                miss = near_miss(puzzle, seed)
                assert is_right(miss.text, puzzle.key, puzzle.marking) is False
                styles.add(miss.style)
                n += 1
                if puzzle.marking == "number":
                    check_number(miss.text, puzzle.key)
                elif puzzle.marking == "word":
                    assert miss.text in puzzle.distractors
                else:
                    assert miss.text.isalpha()
    assert n >= N_KEYS
    assert styles == {*STYLES, "other word"}


numbers = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.fractions(-1000, 1000).map(str),
    st.integers(1, 99).map(lambda percent: f"{percent}%"),
)


@given(key=numbers, seed=st.integers(0, 10**6))
def test_any_number_is_missed_by_a_number_of_its_kind(key: str, seed: int) -> None:
    puzzle = Puzzle("?", key, "number", "any", 5)
    miss = near_miss(puzzle, seed)
    check_number(miss.text, key)
    assert is_right(miss.text, key, "number") is False
    assert near_miss(puzzle, seed) == miss


@pytest.mark.parametrize(
    ("stem", "key", "marking", "misses"),
    [
        ("Is 91 prime?", "no", "word", {"yes"}),
        ("Seated are Anna, Bert and Carl. Who sits first?", "bert", "word", {"anna", "carl"}),
        ("Integrate.", "x^2 + 3x", "math", {"x^2 + 4x", "x^2 + 5x"}),
        ("Half?", "1/2", "math", None),
    ],
)
def test_a_key_is_exchanged_for_one_of_its_kind(
    stem: str, key: str, marking: Marking, misses: set[str] | None
) -> None:
    seen = {near_miss(Puzzle(stem, key, marking, "any", 5), seed).text for seed in range(40)}
    assert seen == misses or (misses is None and seen)
    assert not any(is_right(miss, key, marking) for miss in seen)


def test_a_word_without_alternatives_is_refused_with_a_remedy() -> None:
    with pytest.raises(PuzzleError, match="distractors, or have an author"):
        near_miss(Puzzle("What is the capital of France?", "paris", "word", "any", 5), 0)


def test_a_key_that_could_not_be_written_out_is_missed_as_a_word() -> None:
    puzzle = Puzzle("How large?", "1e99999999", "word", "any", 5, distractors=("2", "1e88888888"))
    assert near_miss(puzzle, 0).text in puzzle.distractors
