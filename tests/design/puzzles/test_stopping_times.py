"""Keys against chains rebuilt from the stem's words, state by state, and solved in floats."""

import re
from collections.abc import Callable, Hashable
from fractions import Fraction
from itertools import product
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.stopping_times import (
    collect_time,
    draw_stopping_times,
    end_probabilities,
    expected_steps,
    graph_chain,
    pattern_chain,
    residue_chain,
    solve,
)
from balk.errors import PuzzleError

State = TypeVar("State", bound=Hashable)


def chain_answer(
    start: State, move: Callable[[State], list[State]], ends: list[State], end: State | None = None
) -> float:
    """Return the expected moves until one of `ends`, or the chance that it is `end`.

    `move` lists the states that follow a state, all equally likely.
    """
    states = [start]
    for state in states:
        states += [new for new in dict.fromkeys(move(state)) if new not in ends + states]
    matrix, right = np.eye(len(states)), np.full(len(states), float(end is None))
    for i, state in enumerate(states):
        after = move(state)
        for new in after:
            if new in ends:
                right[i] += (new == end) / len(after)
            else:
                matrix[i, states.index(new)] -= 1 / len(after)
    return float(np.linalg.solve(matrix, right)[0])


def words_of(pattern: str, text: str) -> list[str]:
    found = re.search(pattern, text)
    assert found, text
    return re.findall(r"[\w-]+", found.group(1).replace(" and ", " ").replace(" or ", " "))


def answer_from_stem(stem: str) -> float:
    """Return the answer to a stem, read with none of the generator's own tools."""
    if stem.startswith("Rooms"):
        return room_answer(stem)
    if stem.startswith("A counter"):
        start, *steps, modulus = map(int, re.findall(r"\d+", stem))
        return chain_answer(start % modulus, lambda r: [(r + k) % modulus for k in steps], [0])
    if stem.startswith("A token"):
        start, low, high = map(int, re.findall(r"(?<!/)-?\b\d+\b(?!/)", stem)[:3])
        end = high if "probability that" in stem else None
        return chain_answer(start, lambda x: [x - 1, x + 1], [low, high], end)
    return bag_answer(stem)


def room_answer(stem: str) -> float:
    doors = re.findall(r"([A-Z])-([A-Z])", stem)
    (start,) = re.findall(r"starts in ([A-Z])", stem)
    ends = words_of(r"until it is in ([A-Z](?: or [A-Z])?)", stem)
    beyond = {
        room: [b for d in doors for a, b in (d, d[::-1]) if a == room]
        for room in "".join(a + b for a, b in doors)
    }
    return chain_answer(start, beyond.__getitem__, ends, ends[0] if len(ends) == 2 else None)


def bag_answer(stem: str) -> float:
    counts = [(int(n), colour) for n, colour in re.findall(r"(\d+) ([a-z]+)", stem)]
    bag = [colour for n, colour in counts for _ in range(n)]
    if "until the colour is" in stem:
        ends = words_of(r"until the colour is ([a-z ]+)\.", stem)
        end = ends[0] if "probability" in stem else None
        return chain_answer("start", lambda _: bag, ends, end)
    if "at least once" in stem:
        wanted = frozenset(words_of(r"until each of ([a-z, ]+) has", stem))
        nothing: frozenset[str] = frozenset()
        return chain_answer(nothing, lambda seen: [seen | ({c} & wanted) for c in bag], [wanted])
    runs = [tuple(run.split("-")) for run in words_of(r"until ([a-z -]+) has come up", stem)]
    size, empty = len(runs[0]), tuple[str, ...]()
    first = runs[0] if "probability" in stem else None
    return chain_answer(empty, lambda seen: [(*seen, c)[-size:] for c in bag], runs, first)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(25))
def test_key_answers_the_words_of_the_stem(level: int, seed: int) -> None:
    draft = draw_stopping_times(np.random.default_rng([9, seed]), level)
    assert float(Fraction(draft.key)) == pytest.approx(answer_from_stem(draft.stem), rel=1e-7)


@given(
    matrix=st.lists(st.lists(st.integers(-5, 5), min_size=4, max_size=4), min_size=4, max_size=4),
    wanted=st.lists(st.integers(-5, 5), min_size=4, max_size=4),
)
def test_solve_returns_the_vector_that_made_the_right_side(
    matrix: list[list[int]], wanted: list[int]
) -> None:
    dominant = [[x + 25 * (i == j) for j, x in enumerate(row)] for i, row in enumerate(matrix)]
    right = [sum(a * x for a, x in zip(row, wanted, strict=True)) for row in dominant]
    assert solve(dominant, right) == wanted


@pytest.mark.parametrize("pattern", list(product(range(2), repeat=4)))
def test_waiting_time_for_a_coin_pattern_sums_its_overlaps(pattern: tuple[int, ...]) -> None:
    overlaps = [k for k in range(1, 5) if pattern[:k] == pattern[-k:]]
    assert expected_steps(pattern_chain([pattern], [1, 1]))[0] == sum(2**k for k in overlaps)


def test_three_races_between_patterns_share_all_the_probability() -> None:
    chain = pattern_chain([(0, 1, 2), (1, 1, 0), (2, 0, 0)], [1, 2, 3])
    assert sum(end_probabilities(chain, end)[0] for end in range(3)) == 1


@pytest.mark.parametrize(("n", "distance"), [(5, 1), (7, 3), (10, 5)])
def test_walk_on_a_cycle_takes_distance_times_the_rest(n: int, distance: int) -> None:
    cycle = [(i, (i + 1) % n) for i in range(n)]
    steps = expected_steps(graph_chain(cycle, (0,), n))
    assert steps[distance - 1] == distance * (n - distance)


@pytest.mark.parametrize("modulus", [5, 9, 12])
def test_a_zero_residue_comes_back_after_its_modulus_on_average(modulus: int) -> None:
    steps = (1, 2, 5)
    later = expected_steps(residue_chain(steps, modulus))
    back = 1 + sum((later[s % modulus - 1] if s % modulus else 0) for s in steps) / Fraction(3)
    assert back == modulus


def test_collecting_equal_colours_takes_the_harmonic_sum() -> None:
    assert collect_time([2, 2, 2], 6) == Fraction(11, 2)


@pytest.mark.parametrize("level", [0, 6])
def test_unknown_level_is_refused(level: int) -> None:
    with pytest.raises(PuzzleError, match="1 to 5"):
        draw_stopping_times(np.random.default_rng(1), level)
