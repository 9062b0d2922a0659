"""Keys against every number of a range, tested on its decimal digits one by one."""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.digit_counts import (
    NEIGHBOURS,
    RISING,
    Rule,
    avoids,
    contains,
    count_numbers,
    digit_sum,
    digit_sum_remainder,
    divisible,
    draw_digit_counts,
    neighbours,
    odd_digits,
)

Test = Callable[[int], bool]


def digits(n: int) -> list[int]:
    return [int(digit) for digit in str(n)]


READINGS: dict[str, Callable[[list[int], list[int], int], bool]] = {
    "digit sum of n is divisible by": lambda ds, k, _: sum(ds) % k[0] == 0,
    "digit sum of n leaves": lambda ds, k, _: sum(ds) % k[1] == k[0],
    "digit sum of n is": lambda ds, k, _: sum(ds) == k[0],
    "n is divisible by": lambda _, k, n: n % k[0] == 0,
    "n leaves": lambda _, k, n: n % k[1] == k[0],
    "contains the digit": lambda ds, k, _: k[0] in ds,
    "not contain the digit": lambda ds, k, _: k[0] not in ds,
    "odd$": lambda ds, k, _: [d % 2 for d in ds].count(1) == k[0],
    "are equal": lambda ds, _k, _n: all(a != b for a, b in pairwise(ds)),
    "no digit of n is smaller": lambda ds, _k, _n: ds == sorted(ds),
    "every digit of n is larger": lambda ds, _k, _n: ds == sorted(set(ds)),
    "at most": lambda ds, k, _: all(abs(a - b) <= k[0] for a, b in pairwise(ds)),
    "at least 2": lambda ds, _k, _n: all(abs(a - b) >= 2 for a, b in pairwise(ds)),
    "at least one is even": lambda ds, _k, _n: not any(a % 2 and b % 2 for a, b in pairwise(ds)),
    "add up to": lambda ds, k, _: all(a + b != k[0] for a, b in pairwise(ds)),
}


def read(text: str) -> Test:
    """Return a printed rule as a test of one number."""
    test = next(test for words, test in READINGS.items() if re.search(words, text))
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    return lambda n: test(digits(n), numbers, n)


def count_by_search(rules: list[str], low: int, high: int) -> int:
    tests = [read(rule) for rule in rules]
    return sum(all(test(n) for test in tests) for n in range(low, high + 1))


def count_from_stem(stem: str) -> int:
    low, high = map(int, re.findall(r"from (\d+) to (\d+)", stem)[0])
    return count_by_search(stem.partition(": ")[2].rstrip("?").split("; "), low, high)


rules = st.one_of(
    st.integers(2, 13).flatmap(lambda m: st.builds(divisible, st.just(m), st.integers(0, m - 1))),
    st.integers(2, 9).flatmap(
        lambda m: st.builds(digit_sum_remainder, st.just(m), st.integers(0, m - 1))
    ),
    st.builds(digit_sum, st.integers(0, 30)),
    st.builds(odd_digits, st.integers(0, 4)),
    st.builds(contains, st.integers(0, 9)),
    st.builds(avoids, st.integers(0, 9)),
    st.builds(neighbours, st.sampled_from(sorted(RISING | NEIGHBOURS))),
)


@given(
    chosen=st.lists(rules, min_size=1, max_size=3),
    low=st.integers(1, 2_500),
    width=st.integers(0, 400),
)
def test_numbers_are_counted_as_a_search_does(chosen: list[Rule], low: int, width: int) -> None:
    found = count_by_search([rule.text for rule in chosen], low, low + width)
    assert count_numbers(chosen, low, low + width) == found


@given(
    chosen=st.lists(rules, min_size=1, max_size=2),
    ends=st.lists(st.integers(1, 10**11), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_a_range_cut_in_two_holds_what_its_halves_hold(chosen: list[Rule], ends: list[int]) -> None:
    low, middle, high = ends
    halves = count_numbers(chosen, low, middle) + count_numbers(chosen, middle + 1, high)
    assert count_numbers(chosen, low, high) == halves


@given(low=st.integers(1, 10**9), width=st.integers(0, 10**10), modulus=st.integers(2, 13))
def test_remainders_share_out_the_whole_range(low: int, width: int, modulus: int) -> None:
    parts = [count_numbers([divisible(modulus, r)], low, low + width) for r in range(modulus)]
    assert sum(parts) == width + 1
    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_key_counts_the_numbers_that_the_stem_describes(level: int, seed: int) -> None:
    draft = draw_digit_counts(np.random.default_rng([4, seed]), level)
    assert int(draft.key) == count_from_stem(draft.stem)


@pytest.mark.parametrize("seed", range(4))
def test_key_of_a_middle_level_counts_them_too(seed: int) -> None:
    rng = np.random.default_rng([5, seed])
    while True:
        draft = draw_digit_counts(rng, 3)
        low, high = map(int, re.findall(r"from (\d+) to (\d+)", draft.stem)[0])
        if high - low < 50_000:
            break
    assert int(draft.key) == count_from_stem(draft.stem)


@pytest.mark.parametrize("n_digits", [3, 6, 9])
def test_strictly_rising_numbers_are_chosen_sets_of_digits(n_digits: int) -> None:
    rising = neighbours("every digit of n is larger than the digit on its left")
    sets = [size for size in range(2**9) if 1 <= size.bit_count() <= n_digits]
    assert count_numbers([rising], 1, 10**n_digits - 1) == len(sets)
