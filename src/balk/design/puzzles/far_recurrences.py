"""Far terms of recurrences, linear and not, modulo a number.

Hard because the terms lie too far away to be reached one by one: a linear rule asks for a power of
a matrix, a non-linear one for its cycle, a halving rule for pairs of terms at every scale.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

ORDERS = {1: (1, 2), 2: (2, 3), 3: (2, 4), 4: (3, 4), 5: (3, 5)}
"""Range of the number of earlier terms that a linear rule uses."""
COEFFICIENTS = {1: 6, 2: 6, 3: 10, 4: 20, 5: 100}
"""Coefficients are below this in size."""
FAR = {1: (6, 15), 2: (10, 20), 3: (10**2, 10**4), 4: (10**6, 10**9), 5: (10**11, 10**13)}
"""Range of the index that is asked for."""
MODULI = {1: (10, 100), 2: (100, 1000), 3: (50, 500), 4: (10**3, 10**5), 5: (10**5, 10**7)}
MAP_MODULI = {3: (60, 200), 4: (10**3, 5 * 10**3), 5: (2 * 10**4, 10**5)}
PRODUCT_MODULI = {4: (50, 200), 5: (200, 1000)}
LEAST_CYCLE = {3: 4, 4: 12, 5: 60}
"""A map with a shorter cycle is drawn again."""
MAX_STEPS = 20_000
"""A map that takes longer to come back is drawn again."""


def linear_term(
    coefficients: Sequence[int], constant: int, start: Sequence[int], n: int, modulus: int
) -> int:
    """Return a_n modulo `modulus`, where a_k = c_1 a_(k-1) + ... + c_d a_(k-d) + constant.

    Parameters
    ----------
    coefficients : sequence of int
        c_1, ..., c_d.
    constant : int
        Added at every step.
    start : sequence of int
        a_0, ..., a_(d-1).
    n : int
        Index of the term, at least 0.
    modulus : int
        At least 1.
    """
    size = len(start) + 1
    # Acts on (a_k, ..., a_(k-d+1), 1).
    step = [[int(row - 1 == column) for column in range(size)] for row in range(size)]
    step[0], step[-1] = [*coefficients, constant], [0] * (size - 1) + [1]
    vector = [*reversed(start), 1]
    n -= len(start) - 1
    if n <= 0:
        return start[n - 1] % modulus
    while n:
        if n % 2:
            vector = [
                sum(x * y for x, y in zip(row, vector, strict=True)) % modulus for row in step
            ]
        columns = list(zip(*step, strict=True))
        step = [
            [sum(x * y for x, y in zip(row, column, strict=True)) % modulus for column in columns]
            for row in step
        ]
        n //= 2
    return vector[0]


def far_state(
    step: Callable[[tuple[int, ...]], tuple[int, ...]], start: tuple[int, ...], n: int
) -> tuple[tuple[int, ...], int, int]:
    """Return the state after n steps of a map on a finite set, its tail and its cycle length.

    Tail and cycle length are 0 if no state came back within n or `MAX_STEPS` steps; past
    `MAX_STEPS` the state returned is the start.
    """
    seen, states = {start: 0}, [start]
    for at in range(1, MAX_STEPS):
        state = step(states[-1])
        if at == n:
            return state, 0, 0
        if state in seen:
            tail, length = seen[state], at - seen[state]
            return states[tail + (n - tail) % length], tail, length
        seen[state] = at
        states.append(state)
    return start, 0, 0


def halving_term(rule: Sequence[int], first: int, n: int, modulus: int) -> int:
    """Return f(n) modulo `modulus` for f(2k) = p f(k) + q and f(2k+1) = r f(k) + s f(k+1) + t.

    Parameters
    ----------
    rule : sequence of int
        p, q, r, s, t.
    first : int
        f(1).
    n : int
        At least 1.
    modulus : int
        At least 1.
    """
    p, q, r, s, t = rule
    low, high = first % modulus, (p * first + q) % modulus
    for bit in f"{n:b}"[1:]:
        middle = (r * low + s * high + t) % modulus
        low, high = (
            (middle, (p * high + q) % modulus) if bit == "1" else ((p * low + q) % modulus, middle)
        )
    return low


def draw_far_recurrences(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on a far term of a recurrence; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    while True:
        draft = variants[int(rng.integers(len(variants)))](rng, level)
        if draft.key not in {"0", "1"}:
            return draft


def _draw_linear(rng: np.random.Generator, level: int) -> Draft:
    """Draw a linear rule with a constant."""
    order, top = int(rng.integers(*ORDERS[level])), COEFFICIENTS[level]
    modulus, n = int(rng.integers(*MODULI[level])), int(rng.integers(*FAR[level]))
    least = 2 if order == 1 else 1
    coefficients = [int(x) for x in rng.integers(least, top, order)]
    if level not in {1, 2}:
        coefficients = [x * (-1) ** int(rng.integers(2)) for x in coefficients]
    start = [int(x) for x in rng.integers(1, 4 * top, order)]
    constant = int(rng.integers(1, 3 * top))
    key = linear_term(coefficients, constant, start, n, modulus)
    mistakes = (
        linear_term(coefficients, constant, start, n - 1, modulus),
        linear_term(coefficients, constant, start, n + 1, modulus),
        linear_term(coefficients, 0, start, n, modulus),
        linear_term(coefficients[::-1], constant, start, n, modulus),
    )
    terms = [f"{c}*a(n-{i})" for i, c in enumerate(coefficients, start=1)]
    rule = re.sub(r"\b1\*", "", " + ".join([*terms, str(constant)])).replace("+ -", "- ")
    given = ", ".join(f"a({i}) = {value}" for i, value in enumerate(start))
    return Draft(
        stem=(
            f"A sequence has {given} and a(n) = {rule} for all n >= {order}. "
            f"{_question(f'a({n})', modulus)}"
        ),
        key=number(key),
        distractors=near_misses(key, [*mistakes, *_slips(key, modulus)], rng, least=0),
    )


def _draw_map(rng: np.random.Generator, level: int) -> Draft:
    """Draw an iterated quadratic polynomial."""
    modulus, n = int(rng.integers(*MAP_MODULI[level])), int(rng.integers(*FAR[level]))
    a, b, c, x = (int(value) for value in rng.integers(2, [10, 30, 60, 100]))

    def step(state: tuple[int, ...]) -> tuple[int, ...]:
        return ((a * state[0] ** 2 + b * state[0] + c) % modulus,)

    (key,), tail, length = far_state(step, (x,), n)
    if not length or length < LEAST_CYCLE[level]:
        return _draw_map(rng, level)
    wrong = [far_state(step, (x,), i)[0][0] for i in (n - 1, n + 1, n % length + length, n - tail)]
    return Draft(
        stem=(
            f"A sequence of integers starts with x(0) = {x} and continues with "
            f"x(n+1) = {a}*x(n)^2 + {b}*x(n) + {c}. {_question(f'x({n})', modulus)}"
        ),
        key=number(key),
        distractors=near_misses(key, [*wrong, *_slips(key, modulus)], rng, least=0),
    )


def _draw_product(rng: np.random.Generator, level: int) -> Draft:
    """Draw a rule that multiplies the two terms before."""
    modulus, n = int(rng.integers(*PRODUCT_MODULI[level])), int(rng.integers(*FAR[level]))
    a, b, x, y = (int(value) for value in rng.integers(1, [10, 60, 100, 100]))

    def step(state: tuple[int, ...]) -> tuple[int, ...]:
        return state[1], (a * state[0] * state[1] + b) % modulus

    (key, after), _, length = far_state(step, (x % modulus, y % modulus), n)
    if length < LEAST_CYCLE[level]:
        return _draw_product(rng, level)
    before = far_state(step, (x % modulus, y % modulus), n - 1)[0][0]
    wrong = (after, before, (key - b) % modulus)
    return Draft(
        stem=(
            f"A sequence of integers starts with x(0) = {x} and x(1) = {y} and continues with "
            f"x(n+2) = {a}*x(n)*x(n+1) + {b}. {_question(f'x({n})', modulus)}"
        ),
        key=number(key),
        distractors=near_misses(key, [*wrong, *_slips(key, modulus)], rng, least=0),
    )


def _draw_halving(rng: np.random.Generator, level: int) -> Draft:
    """Draw a rule that goes from k and k+1 to 2k and 2k+1."""
    modulus, n = int(rng.integers(*MODULI[level])), int(rng.integers(*FAR[level]))
    rule, first = [int(x) for x in rng.integers(2, 30, 5)], int(rng.integers(1, 50))
    p, q, r, s, t = rule
    key = halving_term(rule, first, n, modulus)
    wrong = (
        halving_term(rule, first, n + 1, modulus),
        halving_term(rule, first, n - 1, modulus),
        halving_term((p, q, s, r, t), first, n, modulus),
        halving_term((p, q, r, s, 0), first, n, modulus),
    )
    return Draft(
        stem=(
            f"A function on the positive integers has f(1) = {first} and, for every k >= 1, "
            f"f(2k) = {p}*f(k) + {q} and f(2k+1) = {r}*f(k) + {s}*f(k+1) + {t}. "
            f"{_question(f'f({n})', modulus)}"
        ),
        key=number(key),
        distractors=near_misses(key, [*wrong, *_slips(key, modulus)], rng, least=0),
    )


def _question(term: str, modulus: int) -> str:
    """Return the question; negative terms have remainders too."""
    return f"What is the remainder, from 0 to {modulus - 1}, when {term} is divided by {modulus}?"


def _slips(key: int, modulus: int) -> list[int]:
    """Return slips that stay below a small modulus."""
    return [(key + slip) % modulus for slip in (1, -1, 2, -2)]


VARIANTS: dict[int, tuple[Callable[[np.random.Generator, int], Draft], ...]] = {
    1: (_draw_linear,),
    2: (_draw_linear, _draw_halving),
    3: (_draw_linear, _draw_map, _draw_halving),
    4: (_draw_linear, _draw_map, _draw_product, _draw_halving),
    5: (_draw_linear, _draw_map, _draw_product, _draw_halving),
}
