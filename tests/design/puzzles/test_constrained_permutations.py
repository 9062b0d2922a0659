"""Every solver against permutations that are listed one by one."""

import re
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.design.puzzles.constrained_permutations import (
    count_by_cycles,
    count_seatings,
    count_separated,
    count_waves,
    draw_constrained_permutations,
)


def are_neighbours(order: tuple[int, ...], pair: tuple[int, int], *, is_circle: bool) -> bool:
    gap = abs(order.index(pair[0]) - order.index(pair[1]))
    return gap == 1 or (is_circle and gap == len(order) - 1)


def listed_separated(n: int, pairs: list[tuple[int, int]], *, is_circle: bool) -> int:
    """Count orders; in a circle the first person is held in place."""
    orders = (o for o in permutations(range(n)) if not is_circle or o[0] == 0)
    return sum(
        not any(are_neighbours(order, pair, is_circle=is_circle) for pair in pairs)
        for order in orders
    )


def cycle_lengths(images: tuple[int, ...]) -> list[int]:
    """Return the length of the cycle of each element."""
    lengths = []
    for start in range(len(images)):
        length, at = 1, images[start]
        while at != start:
            length, at = length + 1, images[at]
        lengths.append(length)
    return lengths


def are_together(images: tuple[int, ...]) -> bool:
    at = images[0]
    while at not in {0, 1}:
        at = images[at]
    return at == 1


@settings(deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n)
    )
)
def test_seatings_avoid_the_forbidden_chairs(forbidden: list[set[int]]) -> None:
    orders = permutations(range(len(forbidden)))
    expected = sum(
        all(chair not in banned for chair, banned in zip(order, forbidden, strict=True))
        for order in orders
    )
    assert count_seatings(forbidden) == expected


@settings(deadline=None)
@given(
    n=st.integers(3, 6),
    picks=st.lists(st.integers(0, 14), unique=True, max_size=5),
    is_circle=st.booleans(),
)
def test_separated_pairs_are_never_neighbours(n: int, picks: list[int], is_circle: bool) -> None:  # noqa: FBT001 - drawn by name
    everything = list(combinations(range(n), 2))
    pairs = [everything[i] for i in picks if i < len(everything)][: n - 1]
    expected = listed_separated(n, pairs, is_circle=is_circle)
    assert count_separated(n, pairs, is_circle=is_circle) == expected


@pytest.mark.parametrize("n", range(2, 8))
@pytest.mark.parametrize("lengths", [(1, 2, 3), (2, 3, 5), (1, 4, 6, 7), (2,), (1, 3, 5, 7)])
def test_cycles_have_the_allowed_lengths_and_number(n: int, lengths: tuple[int, ...]) -> None:
    seen: dict[tuple[int, bool], int] = {}
    for images in permutations(range(n)):
        of_element = cycle_lengths(images)
        if set(of_element) <= set(lengths):
            n_cycles = round(sum(1 / length for length in of_element))
            state = (n_cycles, are_together(images))
            seen[state] = seen.get(state, 0) + 1
    for n_cycles in range(1, n + 1):
        for is_together in (False, True):
            count = count_by_cycles(n, lengths, n_cycles, is_together=is_together)
            assert count == seen.get((n_cycles, is_together), 0)


@settings(deadline=None)
@given(signs=st.text("<>", min_size=1, max_size=6), data=st.data())
def test_waves_rise_and_fall_as_told(signs: str, data: st.DataObject) -> None:
    n = len(signs) + 1
    place, value = data.draw(st.integers(1, n)), data.draw(st.integers(1, n))
    expected = sum(
        all((a < b) == (sign == "<") for a, b, sign in zip(x, x[1:], signs, strict=False))
        for x in permutations(range(1, n + 1))
        if x[place - 1] == value
    )
    assert count_waves(signs, place, value) == expected


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_stem_of_a_seating_gives_the_key(level: int, seed: int) -> None:
    match, stem, key = _first_match(r"The (\d+) people .* sit down on chairs", level, seed)
    n = int(match[1])
    rules = {rule[0]: rule[1] for rule in re.findall(r"([A-P]): ([\d, ]+)", stem)}
    forbidden = {letter: {int(x) for x in text.split(", ")} for letter, text in rules.items()}
    expected = sum(
        all(chair not in forbidden.get("ABCDEFGHIJ"[i], ()) for i, chair in enumerate(order))
        for order in permutations(range(1, n + 1))
    )
    assert expected == key


@pytest.mark.parametrize("scene", ["round table", "in a row"])
@pytest.mark.parametrize("seed", range(6))
def test_stem_of_separated_pairs_gives_the_key(scene: str, seed: int) -> None:
    match, stem, key = _first_match(rf"The (\d+) people .* {scene}", 2, seed)
    pairs = [("ABCDEFGHI".index(a), "ABCDEFGHI".index(b)) for a, b in re.findall("(.)-(.)", stem)]
    assert listed_separated(int(match[1]), pairs, is_circle=scene == "round table") == key


@pytest.mark.parametrize("seed", range(10))
def test_stem_of_a_wave_gives_the_key(seed: int) -> None:
    pattern = r"x(\d+) of .* with (.*) and x(\d+) = (\d+)\. .* by (\d+)\?"
    match, _, key = _first_match(pattern, 4, seed)
    n, place, value, divide_by = map(int, match.group(1, 3, 4, 5))
    assert re.findall(r"x(\d+)", match[2]) == [str(i + 1) for i in range(n)]
    assert _count_by_insertion(re.sub("[^<>]", "", match[2]), place, value) % divide_by == key


@pytest.mark.parametrize("seed", range(10))
def test_stem_of_cycles_gives_the_key(seed: int) -> None:
    pattern = (
        r"\.\.\., (\d+) that .* exactly (\d+) cycles .* \{(.*)\}, .* to (.*) cycles?\. .* (\d+)\?"
    )
    match, _, key = _first_match(pattern, 4, seed)
    n, n_cycles, divide_by = map(int, match.group(1, 2, 5))
    lengths = {int(x) for x in match[3].split(", ")}
    count = _count_by_partitions(n, n_cycles, lengths, is_together=match[4] == "the same")
    assert count % divide_by == key


def _first_match(pattern: str, level: int, seed: int) -> tuple[re.Match[str], str, int]:
    """Return the first draft of a stream whose stem has the pattern: match, stem and key."""
    rng = np.random.default_rng(seed)
    while True:
        draft = draw_constrained_permutations(rng, level)
        if match := re.search(pattern, draft.stem):
            return match, draft.stem, int(draft.key)


def _count_by_insertion(signs: str, place: int, value: int) -> int:
    """Count by (last value, values used) over sets: slower than ranks, nearer to the definition."""
    n = len(signs) + 1
    ways = {(1 << v, v): 1 for v in range(n) if place != 1 or v == value - 1}
    for at, sign in enumerate(signs, start=2):
        fresh: dict[tuple[int, int], int] = {}
        for (used, last), count in ways.items():
            higher = range(last + 1, n) if sign == "<" else range(last)
            for v in higher:
                if (v == value - 1) == (at == place) and not used >> v & 1:
                    state = (used | 1 << v, v)
                    fresh[state] = fresh.get(state, 0) + count
        ways = fresh
    return sum(ways.values())


def _count_by_partitions(n: int, n_cycles: int, lengths: set[int], *, is_together: bool) -> int:
    """Count by cycle type: class sizes times the share of pairs that fall in one cycle."""
    total = Fraction(0)
    for parts in combinations_with_replacement(sorted(lengths), n_cycles):
        if sum(parts) == n:
            centre = prod(parts) * prod(factorial(parts.count(part)) for part in set(parts))
            inside = Fraction(sum(part * (part - 1) for part in parts), n * (n - 1))
            total += Fraction(factorial(n), centre) * (inside if is_together else 1 - inside)
    assert total.denominator == 1
    return total.numerator
