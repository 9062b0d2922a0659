"""Every solver against terms that are computed one after the other, as whole numbers."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.far_recurrences import (
    draw_far_recurrences,
    far_state,
    halving_term,
    linear_term,
)

small = st.integers(-9, 9)


@given(
    rule=st.lists(st.tuples(small, small), min_size=1, max_size=4),
    constant=small,
    n=st.integers(0, 40),
    modulus=st.integers(1, 500),
)
def test_linear_term_is_the_one_reached_step_by_step(
    rule: list[tuple[int, int]], constant: int, n: int, modulus: int
) -> None:
    coefficients, start = [c for c, _ in rule], [a for _, a in rule]
    terms = list(start)
    while len(terms) <= n:
        last = reversed(terms[-len(rule) :])
        terms.append(sum(c * a for c, a in zip(coefficients, last, strict=True)) + constant)
    assert linear_term(coefficients, constant, start, n, modulus) == terms[n] % modulus


@given(modulus=st.integers(2, 60), shift=st.integers(0, 50), n=st.integers(1, 300))
def test_far_state_is_the_one_reached_step_by_step(modulus: int, shift: int, n: int) -> None:
    def step(state: tuple[int, ...]) -> tuple[int, ...]:
        return ((state[0] ** 2 + shift) % modulus,)

    state: tuple[int, ...] = (3 % modulus,)
    for _ in range(n):
        state = step(state)
    assert far_state(step, (3 % modulus,), n)[0] == state


def test_far_state_tells_tail_and_cycle() -> None:
    images = {0: 1, 1: 2, 2: 3, 3: 4, 4: 2}
    assert far_state(lambda state: (images[state[0]],), (0,), 10**9) == ((4,), 2, 3)


def whole_halving(rule: list[int], first: int, n: int) -> int:
    p, q, r, s, t = rule
    if n == 1:
        return first
    k = n // 2
    if n % 2 == 0:
        return p * whole_halving(rule, first, k) + q
    return r * whole_halving(rule, first, k) + s * whole_halving(rule, first, k + 1) + t


@given(
    rule=st.lists(small, min_size=5, max_size=5),
    first=small,
    n=st.integers(1, 300),
    modulus=st.integers(1, 500),
)
def test_halving_term_follows_its_definition(
    rule: list[int], first: int, n: int, modulus: int
) -> None:
    assert halving_term(rule, first, n, modulus) == whole_halving(rule, first, n) % modulus


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("seed", range(10))
def test_stem_of_a_linear_rule_gives_the_key(level: int, seed: int) -> None:
    pattern = r"has (a\(0\).*) and a\(n\) = (.*) for all .* when a\((\d+)\) .* by (\d+)\?"
    match, key = _first_match(pattern, level, seed)
    terms = [int(x) for x in re.findall(r"= (\d+)", match[1])]
    rule = match[2].replace("- ", "+ -").split(" + ")
    while len(terms) <= int(match[3]):
        terms.append(sum(_value(part, terms) for part in rule))
    assert terms[int(match[3])] % int(match[4]) == key


@pytest.mark.parametrize("seed", range(6))
def test_stem_of_a_quadratic_map_gives_the_key(seed: int) -> None:
    rule = r"= (\d+)\*x\(n\)\^2 \+ (\d+)\*x\(n\) \+ (\d+)\."
    pattern = rf"x\(0\) = (\d+) .* {rule} .* x\((\d+)\) .* (\d+)\?"
    match, key = _first_match(pattern, 3, seed)
    x, a, b, c, n, modulus = map(int, match.groups())
    for _ in range(n):
        x = (a * x**2 + b * x + c) % modulus
    assert x == key


@pytest.mark.parametrize("seed", range(6))
def test_stem_of_a_product_rule_gives_the_key(seed: int) -> None:
    rule = r"= (\d+)\*x\(n\)\*x\(n\+1\) \+ (\d+)\."
    pattern = rf"x\(0\) = (\d+) .* = (\d+) and .* {rule} .* x\((\d+)\) .* (\d+)\?"
    match, key = _first_match(pattern, 4, seed)
    x, y, a, b, n, modulus = map(int, match.groups())
    terms = [x % modulus, y % modulus]
    # Two remainders return within the square of the modulus, here twice over.
    while len(terms) < 2 * modulus**2 + 2:
        terms.append((a * terms[-2] * terms[-1] + b) % modulus)
    half = modulus**2
    period = next(
        p for p in range(1, half + 1) if terms[half : half + 2] == terms[half + p : half + p + 2]
    )
    assert terms[half + (n - half) % period] == key


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_stem_of_a_halving_rule_gives_the_key(level: int, seed: int) -> None:
    match, key = _first_match(r"f\(1\) = (\d+) .* when f\((\d+)\) .* by (\d+)\?", level, seed)
    first, n, modulus = map(int, match.groups())
    sides = re.findall(r"f\(2k(?:\+1)?\) = (.*?)(?: and|\. )", match.string)
    rule = [int(x) for x in re.findall(r"\d+", " ".join(sides).replace("k+1", "k"))]
    assert whole_halving(rule, first, n) % modulus == key


def _value(part: str, terms: list[int]) -> int:
    """Return the value of ``-3*a(n-2)``, ``a(n-1)`` or ``7`` for the next n."""
    match = re.fullmatch(r"(-?)(?:(\d+)\*)?a\(n-(\d)\)", part)
    if match is None:
        return int(part)
    return int(match[1] + (match[2] or "1")) * terms[-int(match[3])]


def _first_match(pattern: str, level: int, seed: int) -> tuple[re.Match[str], int]:
    """Return the first draft of a stream whose stem has the pattern: its match and key."""
    rng = np.random.default_rng(seed)
    while True:
        draft = draw_far_recurrences(rng, level)
        if match := re.search(pattern, draft.stem):
            return match, int(draft.key)
