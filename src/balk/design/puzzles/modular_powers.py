"""Remainders of power towers and power sums, and exponents that give a stated remainder.

Hard because the exponents are far too large to write down: they come down modulo the totient,
theirs modulo the totient of the totient, and a base that shares a factor with the modulus breaks
Euler's theorem in its plain form. The exponent that gives a remainder has no shortcut at all.
"""

from collections.abc import Callable, Sequence
from math import gcd, isqrt, prod

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

SMOOTH = {3: (4, 8, 9, 12), 4: (8, 9, 12, 16, 18), 5: (16, 18, 24, 27, 32, 36)}
"""Factors of the modulus whose primes, 2 and 3, also divide a base."""
PRIME_RANGES = {3: ((50, 500),), 4: ((50, 300), (50, 300)), 5: ((200, 1000), (1000, 5000))}
"""Ranges [low, high) of the other prime factors of the modulus."""
PLAIN_MODULI = {1: (5, 40), 2: (60, 500)}
TOWER_SHAPES = {1: (1, 2), 2: (2, 2), 3: (2, 3), 4: (3, 3), 5: (3, 4)}
"""Number of towers and storeys of each."""
STOREYS = {1: (10, 200), 2: (20, 400), 3: (5, 100), 4: (5, 1000), 5: (5, 1000)}
"""Range of the numbers above a base."""
N_SUMMED = {3: (10**3, 10**6), 4: (10**6, 10**9), 5: (10**9, 10**12)}


def tower_mod(tower: Sequence[int], modulus: int) -> int:
    """Return ``a^(b^(c^...))`` modulo `modulus`.

    Parameters
    ----------
    tower : sequence of int
        ``(a, b, c, ...)`` from the bottom, each at least 2.
    modulus : int
        At least 1; need not be prime to any of them.

    Notes
    -----
    ``a^e = a^(e mod phi + phi)`` modulo m for every e >= phi(m), whatever gcd(a, m) is.
    """
    base, above = tower[0], tower[1:]
    if not above or modulus == 1:
        return base % modulus
    period = totient(modulus)
    extra = period if _clipped(above, period) == period else 0
    return pow(base, tower_mod(above, period) + extra, modulus)


def power_sum_mod(base: int, n: int, modulus: int, *, is_weighted: bool = False) -> int:
    """Return the sum of ``base^k`` (or ``k * base^k``) over k = 1, ..., n modulo `modulus`.

    `base` is at least 2. The closed form is evaluated modulo the modulus times its denominator,
    so that the division is exact although the denominator may have no inverse.
    """
    step = base - 1
    wide = modulus * step**2
    power = pow(base, n + 1, wide)
    if is_weighted:
        top = (n * base * power - (n + 1) * power + base) % wide
    else:
        top = (power - base) * step % wide
    return top // step**2


def least_exponent(base: int, exponent: int, modulus: int) -> int:
    """Return the least n >= 1 with ``base^n = base^exponent`` modulo `modulus`, prime to `base`."""
    order = multiplicative_order(base, modulus)
    return exponent % order or order


def multiplicative_order(base: int, modulus: int) -> int:
    """Return the least n >= 1 with ``base^n = 1`` modulo `modulus`, for a base prime to it."""
    order = totient(modulus)
    for prime in prime_factors(order):
        while order % prime == 0 and pow(base, order // prime, modulus) == 1 % modulus:
            order //= prime
    return order


def totient(n: int) -> int:
    """Return how many of 1, ..., n are prime to n."""
    for prime in prime_factors(n):
        n -= n // prime
    return n


def prime_factors(n: int) -> list[int]:
    """Return the different primes that divide n, in rising order."""
    primes, candidate = [], 2
    while candidate**2 <= n:
        if n % candidate == 0:
            primes.append(candidate)
            while n % candidate == 0:
                n //= candidate
        candidate += 1
    return primes + [n] * (n > 1)


def draw_modular_powers(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on remainders of powers; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    while True:
        draft = variants[int(rng.integers(len(variants)))](rng, level)
        if draft.key not in {"0", "1"}:
            return draft


def _draw_towers(rng: np.random.Generator, level: int) -> Draft:
    """Draw the remainder of a sum of towers; one base shares a factor with the modulus."""
    (n_towers, height), (low, high) = TOWER_SHAPES[level], STOREYS[level]
    modulus = _draw_modulus(rng, level)
    towers = []
    for _ in range(n_towers):
        base = int(rng.integers(2, 100 if level in PLAIN_MODULI else 1000))
        towers.append((base, *(int(x) for x in rng.integers(low, high, height - 1))))
    if level in SMOOTH:
        shared = prime_factors(modulus)[0]
        towers[0] = (shared * int(rng.integers(2, 200)), *towers[0][1:])
    key = sum(tower_mod(tower, modulus) for tower in towers) % modulus
    text = " + ".join(map(_tower_text, towers))
    return Draft(
        stem=f"What is the remainder when {text} is divided by {modulus}?",
        key=number(key),
        distractors=near_misses(key, _tower_mistakes(towers, modulus), rng, least=0),
    )


def _tower_mistakes(towers: Sequence[Sequence[int]], modulus: int) -> list[int]:
    """Return sums with the tower read from the left, the wrong period, no extra period, a gap."""
    period = totient(modulus)
    rules: tuple[Callable[[Sequence[int]], int], ...] = (
        lambda tower: pow(tower[0], prod(tower[1:]), modulus),
        lambda tower: pow(tower[0], tower_mod(tower[1:], period), modulus),
        lambda tower: pow(tower[0], tower_mod(tower[1:], modulus), modulus),
        lambda tower: pow(tower[0], prod(tower[1:]) - 1, modulus),
    )
    mistakes = [sum(map(rule, towers)) % modulus for rule in rules]
    key = sum(tower_mod(tower, modulus) for tower in towers) % modulus
    # Under a small modulus mistakes coincide; slips then stay below it.
    slips = [(key + slip) % modulus for slip in (1, -1, 2, -2)]
    return [*mistakes, (key - tower_mod(towers[0], modulus)) % modulus, *slips]


def _draw_power_sum(rng: np.random.Generator, level: int) -> Draft:
    """Draw the remainder of a long power sum whose closed form cannot be divided out."""
    modulus, n = _draw_modulus(rng, level), int(rng.integers(*N_SUMMED[level]))
    shared = prime_factors(modulus)[0]
    base, is_weighted = 1 + shared * int(rng.integers(2, 200)), level not in {1, 2, 3}
    key = power_sum_mod(base, n, modulus, is_weighted=is_weighted)
    term = f"k * {base}^k" if is_weighted else f"{base}^k"
    mistakes = (
        power_sum_mod(base, n - 1, modulus, is_weighted=is_weighted),
        power_sum_mod(base, n + 1, modulus, is_weighted=is_weighted),
        power_sum_mod(base, n % totient(modulus), modulus, is_weighted=is_weighted),
        power_sum_mod(base, n, modulus, is_weighted=not is_weighted),
    )
    return Draft(
        stem=(
            f"Let S be the sum of {term} over all whole numbers k from 1 to {n}. "
            f"What is the remainder when S is divided by {modulus}?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=0),
    )


def _draw_exponent(rng: np.random.Generator, level: int) -> Draft:
    """Draw the least exponent that gives a stated remainder (a discrete logarithm)."""
    primes = [_draw_prime(rng, low, high) for low, high in PRIME_RANGES[level]]
    modulus = prod(dict.fromkeys(primes))
    base = int(rng.integers(2, 1000))
    while gcd(base, modulus) > 1:
        base = int(rng.integers(2, 1000))
    order = multiplicative_order(base, modulus)
    key = least_exponent(base, int(rng.integers(1, modulus)), modulus)
    part_orders = [multiplicative_order(base, prime) for prime in primes]
    return Draft(
        stem=(
            f"What is the smallest positive whole number n for which {base}^n leaves the "
            f"remainder {pow(base, key, modulus)} when divided by {modulus}?"
        ),
        key=number(key),
        distractors=near_misses(
            key, (order - key, key + order, *(key % part for part in part_orders)), rng, least=1
        ),
    )


def _draw_modulus(rng: np.random.Generator, level: int) -> int:
    """Return a modulus: any number at low levels, a smooth part times primes above."""
    if level in PLAIN_MODULI:
        return int(rng.integers(*PLAIN_MODULI[level]))
    smooth = SMOOTH[level][int(rng.integers(len(SMOOTH[level])))]
    return smooth * prod(_draw_prime(rng, low, high) for low, high in PRIME_RANGES[level])


def _draw_prime(rng: np.random.Generator, low: int, high: int) -> int:
    """Return a prime in [low, high), each equally likely."""
    while True:
        candidate = int(rng.integers(low, high))
        if all(candidate % factor for factor in range(2, isqrt(candidate) + 1)):
            return candidate


def _clipped(tower: Sequence[int], bound: int) -> int:
    """Return the value of a tower or `bound`, whichever is less, without large powers."""
    value = 1
    for storey in reversed(tower):
        # 2^bit_length is above the bound already.
        value = bound if value >= bound.bit_length() else min(storey**value, bound)
    return value


def _tower_text(tower: Sequence[int]) -> str:
    """Return ``a^(b^(c^d))``, with the brackets that leave no doubt."""
    return "^(".join(map(str, tower[:-1])) + f"^{tower[-1]}" + ")" * (len(tower) - 2)


VARIANTS: dict[int, tuple[Callable[[np.random.Generator, int], Draft], ...]] = {
    1: (_draw_towers,),
    2: (_draw_towers,),
    3: (_draw_towers, _draw_power_sum, _draw_exponent),
    4: (_draw_towers, _draw_power_sum, _draw_exponent),
    5: (_draw_towers, _draw_power_sum, _draw_exponent),
}
