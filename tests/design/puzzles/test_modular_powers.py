"""Every solver against the definition: whole powers, whole sums, exponents tried one by one."""

import re
from math import gcd

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from balk.design.puzzles.modular_powers import (
    draw_modular_powers,
    least_exponent,
    multiplicative_order,
    power_sum_mod,
    totient,
    tower_mod,
)

MAX_BITS = 50_000


@given(
    base=st.integers(2, 60),
    storeys=st.lists(st.integers(2, 5), max_size=3),
    modulus=st.integers(1, 2000),
)
def test_tower_is_the_remainder_of_the_whole_number(
    base: int, storeys: list[int], modulus: int
) -> None:
    exponent = 1
    for storey in reversed(storeys):
        assume(exponent < 10)
        exponent = storey**exponent
    assume(exponent < MAX_BITS // base.bit_length())
    assert tower_mod([base, *storeys], modulus) == base**exponent % modulus


@pytest.mark.parametrize("modulus", [6, 8, 12, 16, 18, 36, 72, 1024, 2187])
def test_tower_is_right_where_base_and_modulus_share_factors(modulus: int) -> None:
    for base in (2, 3, 4, 6, 12, 18):
        for exponent in range(2, 30):
            assert tower_mod((base, exponent), modulus) == base**exponent % modulus


@given(base=st.integers(2, 60), n=st.integers(1, 60), modulus=st.integers(1, 2000))
def test_power_sum_adds_every_term(base: int, n: int, modulus: int) -> None:
    terms = range(1, n + 1)
    assert power_sum_mod(base, n, modulus) == sum(base**k for k in terms) % modulus
    weighted = sum(k * base**k for k in terms) % modulus
    assert power_sum_mod(base, n, modulus, is_weighted=True) == weighted


@given(base=st.integers(2, 200), exponent=st.integers(1, 500), modulus=st.integers(2, 300))
def test_least_exponent_is_the_first_that_fits(base: int, exponent: int, modulus: int) -> None:
    assume(gcd(base, modulus) == 1)
    wanted = base**exponent % modulus
    first = next(n for n in range(1, exponent + 1) if base**n % modulus == wanted)
    assert least_exponent(base, exponent, modulus) == first


@pytest.mark.parametrize(("base", "modulus", "order"), [(2, 7, 3), (3, 7, 6), (10, 2091, 80)])
def test_order_is_the_first_power_that_leaves_one(base: int, modulus: int, order: int) -> None:
    assert multiplicative_order(base, modulus) == order
    assert [n for n in range(1, order + 1) if base**n % modulus == 1] == [order]


@given(n=st.integers(1, 3000))
def test_totient_counts_the_numbers_prime_to_n(n: int) -> None:
    assert totient(n) == sum(gcd(k, n) == 1 for k in range(1, n + 1))


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(25))
def test_stem_of_plain_powers_gives_the_key(level: int, seed: int) -> None:
    draft = draw_modular_powers(np.random.default_rng(seed), level)
    powers, modulus = re.findall(r"(\d+)\^(\d+)", draft.stem), re.search(r"by (\d+)\?", draft.stem)
    assert modulus is not None
    whole = sum(int(base) ** int(exponent) for base, exponent in powers)
    assert whole % int(modulus[1]) == int(draft.key)


@pytest.mark.parametrize("level", [3, 4])
@pytest.mark.parametrize("seed", range(40))
def test_stem_of_longer_puzzles_gives_the_key(level: int, seed: int) -> None:
    draft = draw_modular_powers(np.random.default_rng(seed), level)
    if match := re.search(r"which (\d+)\^n .* remainder (\d+) .* by (\d+)\?", draft.stem):
        base, wanted, modulus = map(int, match.groups())
        n, power = 1, base % modulus
        while power != wanted:
            n, power = n + 1, power * base % modulus
        assert n == int(draft.key)
    elif match := re.search(r"of (k \* )?(\d+)\^k .* to (\d+)\. .* by (\d+)\?", draft.stem):
        base, n, modulus = map(int, match.groups()[1:])
        assert int(draft.key) == _sum_by_doubling(base, n, modulus, is_weighted=bool(match[1]))
    else:
        towers = re.findall(r"(\d+)\^\((\d+)\^(\d+)\)", draft.stem)
        modulus = int(draft.stem.split()[-1].rstrip("?"))
        total = sum(pow(int(a), int(b) ** int(c), modulus) for a, b, c in towers)
        assert total % modulus == int(draft.key)


def _sum_by_doubling(base: int, n: int, modulus: int, *, is_weighted: bool) -> int:
    """Return the sum over 1..n by halving the range: no closed form, no division."""
    plain = weighted = length = 0
    for bit in f"{n:b}":
        shift = pow(base, length, modulus)
        weighted = (weighted + shift * (weighted + length * plain)) % modulus
        plain, length = plain * (1 + shift) % modulus, 2 * length
        if bit == "1":
            length += 1
            power = pow(base, length, modulus)
            plain, weighted = (plain + power) % modulus, (weighted + length * power) % modulus
    return weighted if is_weighted else plain
