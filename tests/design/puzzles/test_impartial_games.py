"""Keys against games played out move by move, with no Grundy value in sight."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.impartial_games import (
    Rule,
    count_losing_sizes,
    count_losing_tuples,
    draw_impartial_games,
    grundy_values,
    losing_sizes,
    winning_moves,
)

RULES = (
    Rule((1, 4)),
    Rule((2, 3, 7)),
    Rule((2, 5), divisor=2),
    Rule((3, 4), divisor=3),
    Rule((1, 3), may_split=True),
    Rule((2, 3), may_split=True),
)
Position = tuple[int, ...]


def moves(rule: Rule, position: Position) -> set[Position]:
    """Return the positions one move away, piles sorted, empty piles dropped."""
    after: set[Position] = set()
    for i, size in enumerate(position):
        others = position[:i] + position[i + 1 :]
        rests = {size - amount for amount in rule.amounts if amount <= size}
        if rule.divisor and size and size % rule.divisor == 0:
            rests.add(size // rule.divisor)
        left: list[Position] = [(rest,) for rest in rests]
        if rule.may_split:
            left += [(a, rest - a) for rest in rests for a in range(1, rest)]
        after |= {tuple(sorted(pile for pile in (*others, *new) if pile)) for new in left}
    return after


@cache
def is_lost(rule: Rule, position: Position) -> bool:
    return not any(is_lost(rule, after) for after in moves(rule, position))


@pytest.mark.parametrize("rule", RULES, ids=Rule.text)
def test_lost_positions_of_three_piles_are_counted_as_play_finds_them(rule: Rule) -> None:
    bounds = (7, 5, 6)
    played = sum(
        is_lost(rule, tuple(sorted(piles))) for piles in product(*(range(1, b + 1) for b in bounds))
    )
    assert count_losing_tuples(grundy_values(rule, 7), bounds) == played


@pytest.mark.parametrize("rule", RULES, ids=Rule.text)
@pytest.mark.parametrize("piles", [(3, 7), (2, 5, 9), (4, 6, 8), (1, 10)])
def test_winning_moves_are_those_after_which_the_opponent_loses(
    rule: Rule, piles: Position
) -> None:
    played = sum(is_lost(rule, after) for after in moves(rule, piles))
    assert winning_moves(rule, piles) == played


def lost_by_definition(
    amounts: Sequence[int], high: int, divisor: int, *, is_misere: bool
) -> list[bool]:
    """Return for 0 to `high` whether the mover loses: straight from the words of the stem."""
    wins: list[bool] = []
    for n in range(high + 1):
        rests = [n - a for a in amounts if a <= n]
        rests += [n // divisor] if divisor and n and n % divisor == 0 else []
        wins.append(any(not wins[rest] for rest in rests) if rests else is_misere)
    return [not win for win in wins]


@given(
    amounts=st.sets(st.integers(1, 9), min_size=1, max_size=4).map(sorted),
    low=st.integers(1, 60),
    width=st.integers(0, 300),
    is_misere=st.booleans(),
)
def test_period_gives_the_same_count_as_the_whole_table(
    amounts: list[int], low: int, width: int, *, is_misere: bool
) -> None:
    table = lost_by_definition(amounts, low + width, 0, is_misere=is_misere)
    found = count_losing_sizes(amounts, low, low + width, is_misere=is_misere)
    assert found == sum(table[low:])


@pytest.mark.parametrize("divisor", [0, 2, 3])
@pytest.mark.parametrize("is_misere", [False, True])
def test_divided_piles_are_lost_as_play_finds_them(divisor: int, *, is_misere: bool) -> None:
    table = lost_by_definition((3, 4, 9), 80, divisor, is_misere=is_misere)
    assert losing_sizes(Rule((3, 4, 9), divisor), 80, is_misere=is_misere) == table


def count_from_stem(stem: str) -> int:
    """Return the number of lost sizes that a single-pile stem asks for."""
    low, high = map(int, re.findall(r"from (\d+) to (\d+)", stem)[0])
    up_to = re.findall(r"at least 1 and at most (\d+)", stem)
    chosen = re.findall(r"takes exactly ([\d, or]+) counters", stem)
    amounts = range(1, int(up_to[0]) + 1) if up_to else map(int, re.findall(r"\d+", chosen[0]))
    divisor = 2 if "half" in stem else 3 if "two thirds" in stem else 0
    is_misere = "cannot move wins" in stem
    return sum(lost_by_definition(list(amounts), high, divisor, is_misere=is_misere)[low:])


@pytest.mark.parametrize("level", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(20))
def test_key_counts_the_lost_sizes_that_the_stem_describes(level: int, seed: int) -> None:
    rng = np.random.default_rng([3, seed])
    draft = draw_impartial_games(rng, level)
    while "these sizes" not in draft.stem and "these numbers" not in draft.stem:
        draft = draw_impartial_games(rng, level)
    assert int(draft.key) == count_from_stem(draft.stem)


@pytest.mark.parametrize("seed", range(20))
def test_named_first_move_is_the_only_one_that_wins(seed: int) -> None:
    rng = np.random.default_rng([4, seed])
    draft = draw_impartial_games(rng, 1 + seed % 2)
    while "How many must" not in draft.stem and "does that move take" not in draft.stem:
        draft = draw_impartial_games(rng, 1 + seed % 2)
    numbers = [int(n) for n in re.findall(r"\d+", draft.stem)]
    if "at least 1 and at most" in draft.stem:
        size, _, most = numbers
        lost = lost_by_definition(range(1, most + 1), size, 0, is_misere=False)
        winning = [take for take in range(1, most + 1) if lost[size - take]]
    else:  # in Nim, a position is lost where the binary digits of all piles are even in number
        winning = [
            take
            for i in range(3)
            for take in range(1, numbers[i] + 1)
            if all(
                sum((pile - take * (i == j)) >> bit & 1 for j, pile in enumerate(numbers)) % 2 == 0
                for bit in range(8)
            )
        ]
    assert winning == [int(draft.key)]


@pytest.mark.parametrize("seed", range(8))
def test_value_sum_follows_the_recursion_in_the_stem(seed: int) -> None:
    rng = np.random.default_rng([5, seed])
    draft = draw_impartial_games(rng, 3)
    while "V(n)" not in draft.stem:
        draft = draw_impartial_games(rng, 3)
    amounts = [int(a) for a in re.findall(r"V\(n-(\d+)\)", draft.stem)]
    first, last = (int(n) for n in re.findall(r"V\((\d+)\)", draft.stem)[::2])
    value: dict[int, int] = {}
    for n in range(last + 1):
        taken = [value[n - a] for a in amounts if n >= a]
        value[n] = min(v for v in range(len(taken) + 1) if v not in taken)
    assert int(draft.key) == sum(value[n] for n in range(first, last + 1))


@pytest.mark.parametrize("seed", range(12))
def test_counts_of_several_piles_follow_the_rule_in_the_stem(seed: int) -> None:
    rng = np.random.default_rng([6, seed])
    draft = draw_impartial_games(rng, 5)
    while "starting positions" not in draft.stem:
        draft = draw_impartial_games(rng, 5)
    chosen = re.findall(r"takes exactly ([\d, or]+) counters", draft.stem)[0]
    divisor = 2 if "half" in draft.stem else 3 if "two thirds" in draft.stem else 0
    rule = Rule(tuple(map(int, re.findall(r"\d+", chosen))), divisor, "divide" in draft.stem)
    bounds = [int(b) for b in re.findall(r"from 1 to (\d+)", draft.stem)]
    values = grundy_values(rule, max(bounds))
    totals = [
        values[a] ^ values[b] for a in range(1, bounds[0] + 1) for b in range(1, bounds[1] + 1)
    ]
    counts = [values[1 : bounds[2] + 1].count(v) for v in range(max(totals) + 1)]
    assert int(draft.key) == sum(counts[total] for total in totals)
