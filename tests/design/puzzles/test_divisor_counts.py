"""Every solver against divisors that are listed one by one."""

import re
from itertools import product
from math import gcd, lcm, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.design.puzzles.divisor_counts import (
    chain_counts,
    codivisor_counts,
    count_multiples,
    count_triples,
    divisor_sums,
    draw_divisor_counts,
)

numbers = st.integers(1, 3000)


def divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


def exponents(n: int) -> dict[int, int]:
    powers: dict[int, int] = {}
    prime = 2
    while n > 1:
        while n % prime == 0:
            n, powers[prime] = n // prime, powers.get(prime, 0) + 1
        prime += 1
    return powers


@settings(deadline=None)
@given(n=numbers, modulus=st.integers(1, 14), power=st.integers(0, 2))
def test_divisors_are_summed_in_their_class(n: int, modulus: int, power: int) -> None:
    expected = [sum(d**power for d in divisors(n) if d % modulus == r) for r in range(modulus)]
    assert divisor_sums(exponents(n), modulus, power) == expected


@settings(deadline=None)
@given(n=numbers, first=st.integers(1, 10), second=st.integers(1, 10))
def test_codivisors_are_counted_in_both_classes(n: int, first: int, second: int) -> None:
    found = [(d % first, n // d % second) for d in divisors(n)]
    assert codivisor_counts(exponents(n), (first, second)) == {s: found.count(s) for s in found}


@settings(deadline=None)
@given(n=numbers, modulus=st.integers(1, 14))
def test_chains_are_counted_by_their_quotient(n: int, modulus: int) -> None:
    quotients = [b // a % modulus for b in divisors(n) for a in divisors(b)]
    expected = [quotients.count(remainder) for remainder in range(modulus)]
    assert chain_counts(exponents(n), modulus) == expected


@settings(deadline=None)
@given(n=numbers, factor=st.integers(1, 60))
def test_multiples_among_the_divisors_are_counted(n: int, factor: int) -> None:
    expected = sum(d % factor == 0 for d in divisors(n))
    assert count_multiples(exponents(n), factor) == expected


@pytest.mark.parametrize("common", [1, 2, 3, 12, 60])
@pytest.mark.parametrize("quotient", [1, 2, 8, 12, 30, 36])
def test_triples_have_the_stated_gcd_and_lcm(common: int, quotient: int) -> None:
    multiple = common * quotient
    expected = sum(
        gcd(*triple) == common and lcm(*triple) == multiple
        for triple in product(divisors(multiple), repeat=3)
    )
    assert count_triples(exponents(multiple), exponents(common)) == expected


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(25))
def test_stem_on_multiples_gives_the_key(level: int, seed: int) -> None:
    draft = draw_divisor_counts(np.random.default_rng(seed), level)
    pattern = r"divisors of (.+) are multiples of (\d+)(?: but not multiples of (\d+))?\?"
    match = re.search(pattern, draft.stem)
    assert match is not None
    wanted, unwanted = int(match[2]), int(match[3] or 0)
    found = [d for d in _listed_divisors(match[1]) if d % wanted == 0]
    assert len([d for d in found if not unwanted or d % unwanted]) == int(draft.key)


@pytest.mark.parametrize("seed", range(10))
def test_stem_on_remainders_gives_the_key(seed: int) -> None:
    pattern = r"N = ([^,.]+)\. .* N leave the remainder (\d+) .* by (\d+)\?"
    match, key = _first_match(pattern, level=3, seed=seed)
    remainder, modulus = int(match[2]), int(match[3])
    assert sum(d % modulus == remainder for d in _listed_divisors(match[1])) == key


@pytest.mark.parametrize("seed", range(10))
def test_stem_on_sums_gives_the_key(seed: int) -> None:
    pattern = r"N = ([^,]+), .* remainder (\d+) when divided by (\d+)\. .* by (\d+)\?"
    match, key = _first_match(pattern, level=4, seed=seed)
    remainder, modulus, divide_by = map(int, match.groups()[1:])
    found = [d for d in _listed_divisors(match[1]) if d % modulus == remainder]
    assert sum(found) % divide_by == key


@pytest.mark.parametrize("seed", range(10))
def test_stem_on_codivisors_gives_the_key(seed: int) -> None:
    pattern = r"N = ([^,.]+)\. .* remainder (\d+) .* by (\d+) and .* remainder (\d+) .* by (\d+)\?"
    match, key = _first_match(pattern, level=4, seed=seed)
    a, first, b, second = map(int, match.groups()[1:])
    listed = _listed_divisors(match[1])
    whole = max(listed)
    assert sum(d % first == a and whole // d % second == b for d in listed) == key


def _first_match(pattern: str, level: int, seed: int) -> tuple[re.Match[str], int]:
    """Return the first draft of a stream whose stem has the pattern: its match and key."""
    rng = np.random.default_rng(seed)
    while True:
        draft = draw_divisor_counts(rng, level)
        if match := re.search(pattern, draft.stem):
            return match, int(draft.key)


def _listed_divisors(text: str) -> list[int]:
    """Return all divisors of a number written as ``12^3 * 5``."""
    powers: dict[int, int] = {}
    for part in text.split(" * "):
        base, exponent = (*map(int, part.split("^")), 1)[:2]
        for prime, times in exponents(base).items():
            powers[prime] = powers.get(prime, 0) + times * exponent
    choices = ([prime**k for k in range(top + 1)] for prime, top in powers.items())
    return [prod(choice) for choice in product(*choices)]
