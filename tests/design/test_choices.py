"""Five choices: where the key stands, what is marked, and what cannot be made a choice."""

from collections import Counter
from fractions import Fraction

import pytest

from balk.design.choices import LETTERS, with_choices
from balk.design.study import Questions
from balk.errors import PuzzleError
from balk.measure.mark import is_right
from balk.records import Puzzle

POOL = Questions(levels=(1, 3, 5), pool=120).make_pool()


@pytest.mark.parametrize("puzzle", POOL, ids=lambda puzzle: f"{puzzle.family}-{puzzle.id}")
def test_the_letter_of_the_key_alone_is_right(puzzle: Puzzle) -> None:
    asked = with_choices(puzzle)
    lines = asked.stem.removeprefix(puzzle.stem).strip().splitlines()
    shown = dict(line.split(") ", 1) for line in lines)
    assert tuple(shown) == LETTERS
    assert [letter for letter in LETTERS if is_right(letter, asked.key, asked.marking)] == [
        letter for letter, option in shown.items() if option == puzzle.key
    ]
    assert set(asked.distractors) | {asked.key} == set(LETTERS)
    assert len(set(shown.values())) == len(LETTERS)


def test_the_key_stands_everywhere_about_equally_often() -> None:
    places = Counter(with_choices(puzzle).key for puzzle in POOL)
    # Binomial(120, 1/5): five standard deviations are 22.
    assert all(abs(places[letter] - 24) < 22 for letter in LETTERS)


def test_who_looks_at_the_answers_alone_is_right_more_often_than_one_time_in_five() -> None:
    """docs/arms.md says 35 % at level 5; four standard errors of 400 puzzles are 9.5 %."""
    puzzles = Questions(levels=(5,), pool=400, seed=7).make_pool()
    n_right = sum(_most_steps_away(asked) == asked.key for asked in map(with_choices, puzzles))
    assert abs(n_right / 400 - 0.35) < 0.095


def _most_steps_away(asked: Puzzle) -> str:
    """Return the letter of the number that most others are a small step or a doubling from."""
    lines = [line.split(") ", 1) for line in asked.stem.splitlines()[-len(LETTERS) :]]
    try:
        numbers = {letter: Fraction(option) for letter, option in lines}
    except ValueError:
        return "A"  # words: no number to look at

    def n_steps(number: Fraction) -> int:
        others = [other for other in numbers.values() if other != number]
        doubled = {2 * number, number / 2}
        return sum(abs(number - x) in {1, 2, 10, 100} or x in doubled for x in others)

    return max(numbers, key=lambda letter: n_steps(numbers[letter]))


def test_the_same_puzzle_has_the_same_choices_everywhere() -> None:
    assert with_choices(POOL[0]) == with_choices(POOL[0])
    assert with_choices(POOL[0]).id != POOL[0].id


def test_a_puzzle_without_near_misses_is_refused() -> None:
    with pytest.raises(PuzzleError, match="needs 4 and one right answer"):
        with_choices(Puzzle("How many?", "3", "number", "own", 1))
