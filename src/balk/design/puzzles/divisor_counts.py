"""How many divisors of a constructed number meet a condition, or what they add up to.

Hard because the number comes as a product of powers of composite bases, and because a condition on
remainders mixes all its primes: the divisors must be followed class by class modulo something.
"""

from collections.abc import Callable, Mapping, Sequence
from math import lcm, prod

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
SHAPES = {1: (3, 1, 7), 2: (4, 1, 6), 3: (4, 2, 7), 4: (4, 2, 9), 5: (5, 2, 9)}
"""Number of factors, primes in each base, largest exponent plus one."""
MODULI = {3: (5, 7, 8, 9, 11), 4: (11, 13, 16, 17, 19), 5: (19, 23, 25, 27, 29, 31, 37)}
PAIRS_OF_MODULI = {4: ((5, 7), (7, 8), (8, 9), (5, 11)), 5: ((7, 11), (8, 13), (9, 11), (7, 13))}
DIVIDE_SUM_BY = (10**5, 10**6)
N_TRIVIAL, N_UNWIELDY = 2, 10**9
"""Keys outside these bounds are drawn again."""

Exponents = Mapping[int, int]
"""A number as prime -> exponent, in rising order of the primes."""


def divisor_sums(exponents: Exponents, modulus: int, power: int = 0) -> list[int]:
    """Return, for each remainder modulo `modulus`, the sum of ``d^power`` over its divisors d.

    Parameters
    ----------
    exponents : mapping of int to int
        The number as prime -> exponent.
    modulus : int
        At least 1.
    power : int, default 0
        0 counts the divisors, 1 adds them up.

    Returns
    -------
    list of int
        One entry for each remainder 0, ..., modulus - 1.
    """
    totals = [0] * modulus
    totals[1 % modulus] = 1
    for prime, exponent in exponents.items():
        fresh = [0] * modulus
        for factor in (prime**k for k in range(exponent + 1)):
            for remainder, total in enumerate(totals):
                fresh[remainder * factor % modulus] += total * factor**power
        totals = fresh
    return totals


def codivisor_counts(exponents: Exponents, moduli: tuple[int, int]) -> dict[tuple[int, int], int]:
    """Return (d mod m1, N/d mod m2) -> how many divisors d of N have it, over those that occur."""
    first, second = moduli
    counts = {(1 % first, 1 % second): 1}
    for prime, exponent in exponents.items():
        fresh: dict[tuple[int, int], int] = {}
        for k in range(exponent + 1):
            up, down = prime**k % first, prime ** (exponent - k) % second
            for (a, b), count in counts.items():
                state = (a * up % first, b * down % second)
                fresh[state] = fresh.get(state, 0) + count
        counts = fresh
    return counts


def chain_counts(exponents: Exponents, modulus: int) -> list[int]:
    """Return, for each remainder, how many pairs (a, b) with a | b | N have b/a leave it."""
    totals = [0] * modulus
    totals[1 % modulus] = 1
    for prime, exponent in exponents.items():
        fresh = [0] * modulus
        for k in range(exponent + 1):
            # b/a holds the prime k times in exponent - k + 1 ways.
            for remainder, total in enumerate(totals):
                fresh[remainder * prime**k % modulus] += total * (exponent - k + 1)
        totals = fresh
    return totals


def count_multiples(exponents: Exponents, factor: int) -> int:
    """Return how many divisors of the number are multiples of `factor`."""
    free = 1
    for prime, exponent in exponents.items():
        needed = 0
        while factor % prime == 0:
            factor, needed = factor // prime, needed + 1
        free *= max(0, exponent - needed + 1)
    return free if factor == 1 else 0


def count_triples(exponents: Exponents, common: Exponents) -> int:
    """Return how many ordered triples have a given lcm and, as exponents too, a given gcd."""
    spans = [exponent - common.get(prime, 0) for prime, exponent in exponents.items()]
    return prod(6 * span if span else 1 for span in spans)


def draw_divisor_counts(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on divisors under a condition; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    while True:
        draft = variants[int(rng.integers(len(variants)))](rng, level)
        if N_TRIVIAL < int(draft.key) < N_UNWIELDY:
            return draft


def _draw_multiples(rng: np.random.Generator, level: int) -> Draft:
    """Draw a count of divisors that are multiples of one number (and not of another)."""
    text, exponents = _draw_number(rng, level)
    wanted, unwanted = _draw_divisor(rng, exponents), _draw_divisor(rng, exponents)
    key, clause = count_multiples(exponents, wanted), f"multiples of {wanted}"
    if level != 1:
        key -= count_multiples(exponents, lcm(wanted, unwanted))
        clause += f" but not multiples of {unwanted}"
    everything = count_multiples(exponents, 1)
    mistakes = (
        everything - key,
        prod(exponents.values()),
        count_multiples(exponents, wanted) - count_multiples(exponents, unwanted),
        count_multiples(exponents, wanted * wanted),
        everything,
    )
    return Draft(
        stem=f"How many positive divisors of {text} are {clause}?",
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_remainder(rng: np.random.Generator, level: int) -> Draft:
    """Draw a count of divisors that leave a given remainder."""
    text, exponents = _draw_number(rng, level)
    modulus = MODULI[level][int(rng.integers(len(MODULI[level])))]
    counts = divisor_sums(exponents, modulus)
    remainder = _draw_remainder_of(rng, counts)
    key, everything = counts[remainder], sum(counts)
    mistakes = (counts[-remainder], everything // (modulus - 1), everything // modulus, key - 1)
    return Draft(
        stem=(
            f"Let N = {text}. How many positive divisors of N leave the remainder {remainder} "
            f"when divided by {modulus}?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_sum(rng: np.random.Generator, level: int) -> Draft:
    """Draw the sum of the divisors that leave a given remainder, reduced."""
    text, exponents = _draw_number(rng, level)
    modulus = MODULI[level][int(rng.integers(len(MODULI[level])))]
    sums, divide_by = divisor_sums(exponents, modulus, power=1), int(rng.integers(*DIVIDE_SUM_BY))
    remainder = _draw_remainder_of(rng, sums)
    key, counts = sums[remainder] % divide_by, divisor_sums(exponents, modulus)
    mistakes = (
        sums[-remainder] % divide_by,
        (sums[remainder] - 1) % divide_by,
        sum(sums) // (modulus - 1) % divide_by,
        counts[remainder] % divide_by,
    )
    return Draft(
        stem=(
            f"Let N = {text}, and let S be the sum of all positive divisors of N that leave the "
            f"remainder {remainder} when divided by {modulus}. "
            f"What is the remainder when S is divided by {divide_by}?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=0),
    )


def _draw_codivisor(rng: np.random.Generator, level: int) -> Draft:
    """Draw a count of divisors d under a condition on d and another on N/d."""
    text, exponents = _draw_number(rng, level)
    pairs = PAIRS_OF_MODULI[level]
    first, second = pairs[int(rng.integers(len(pairs)))]
    counts = codivisor_counts(exponents, (first, second))
    states = sorted(counts)
    a, b = states[int(rng.integers(len(states)))]
    key, alone = counts[a, b], divisor_sums(exponents, first)[a]
    mistakes = (
        counts.get((a, -b % second), 0),
        alone // second,
        sum(counts.values()) // (first * second),
        alone,
        counts.get((b % first, a % second), 0),
    )
    return Draft(
        stem=(
            f"Let N = {text}. How many positive divisors d of N are there such that d leaves the "
            f"remainder {a} when divided by {first} and N/d leaves the remainder {b} when divided "
            f"by {second}?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_chain(rng: np.random.Generator, level: int) -> Draft:
    """Draw a count of chains a | b | N under a condition on b/a."""
    text, exponents = _draw_number(rng, level)
    modulus = MODULI[level][int(rng.integers(len(MODULI[level])))]
    counts = chain_counts(exponents, modulus)
    remainder = _draw_remainder_of(rng, counts)
    key = counts[remainder]
    mistakes = (
        divisor_sums(exponents, modulus)[remainder],
        counts[-remainder],
        sum(counts) // (modulus - 1),
        2 * key,
    )
    return Draft(
        stem=(
            f"Let N = {text}. How many ordered pairs (a, b) of positive integers are there such "
            f"that a divides b, b divides N, and b/a leaves the remainder {remainder} when "
            f"divided by {modulus}?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_triples(rng: np.random.Generator, level: int) -> Draft:
    """Draw a count of triples with a given greatest common divisor and least common multiple."""
    text, exponents = _draw_number(rng, level)
    common = {p: int(rng.integers(min(exponent, 4))) for p, exponent in exponents.items()}
    spans = [exponent - common[prime] for prime, exponent in exponents.items()]
    key = count_triples(exponents, common)
    mistakes = (
        prod(6 * exponent for exponent in exponents.values()),
        prod(6 * (span - 1) if span > 1 else 1 for span in spans),
        prod(3 * span for span in spans),
        key // 6,
    )
    return Draft(
        stem=(
            "How many ordered triples (a, b, c) of positive integers have the greatest common "
            f"divisor {prod(p**k for p, k in common.items())} and the least common multiple {text}?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_number(rng: np.random.Generator, level: int) -> tuple[str, dict[int, int]]:
    """Return a number as it is written, and as exponents of its primes."""
    n_factors, n_primes, top = SHAPES[level]
    exponents: dict[int, int] = {}
    parts = []
    used = PRIMES if n_primes == 1 else PRIMES[: n_factors + 7]
    chosen = [used[int(i)] for i in rng.permutation(len(used))]
    if n_primes == 1:
        chosen = sorted(chosen[:n_factors])
    for start in range(n_factors):
        primes = [chosen[(start + i) % len(chosen)] for i in range(n_primes)]
        exponent = int(rng.integers(1 if n_primes == 1 else 2, top))
        parts.append(f"{prod(primes)}^{exponent}" if exponent > 1 else f"{prod(primes)}")
        for prime in primes:
            exponents[prime] = exponents.get(prime, 0) + exponent
    return " * ".join(parts), dict(sorted(exponents.items()))


def _draw_divisor(rng: np.random.Generator, exponents: Exponents) -> int:
    """Return a divisor above 1 that holds each prime at most twice."""
    while True:
        tops = [min(exponent, 2) + 1 for exponent in exponents.values()]
        powers = [
            prime ** int(rng.integers(top)) for prime, top in zip(exponents, tops, strict=True)
        ]
        if prod(powers) > 1:
            return prod(powers)


def _draw_remainder_of(rng: np.random.Generator, totals: Sequence[int]) -> int:
    """Return a remainder that some divisor leaves."""
    seen = [remainder for remainder, total in enumerate(totals) if total]
    return seen[int(rng.integers(len(seen)))]


VARIANTS: dict[int, tuple[Callable[[np.random.Generator, int], Draft], ...]] = {
    1: (_draw_multiples,),
    2: (_draw_multiples,),
    3: (_draw_remainder, _draw_triples),
    4: (_draw_remainder, _draw_sum, _draw_codivisor, _draw_chain),
    5: (_draw_sum, _draw_codivisor, _draw_chain),
}
