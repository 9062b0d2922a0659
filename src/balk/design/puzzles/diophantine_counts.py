"""How many whole-number solutions an equation has.

Linear equations under bounds and parities, products that appear once a side is completed
(``axy + bx + cy = d`` and ``p/x + q/y = a/b``), and circles of lattice points with a shifted
centre.
What makes it hard: the linear ones are long exact counts; the others hide a number that must be
found, factored and searched for divisors of the right remainders or primes of the right kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isqrt, prod

import numpy as np

from balk.design.puzzles.drafts import Draft, Generator, check_level, near_misses

Pair = tuple[int, int]
VARIABLES = ("x", "y", "z", "w", "v")
SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)
FORMS = (((2, 5, 13, 17, 29, 37), (3, 7, 11)), ((3, 7, 13, 19, 31, 37), (2, 5, 11)))
"""For twist 0 and 1: primes that the form takes, and primes whose square alone it takes."""
LARGEST_KEY = 999_999_999
FEWEST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class Unknown:
    """One variable of a linear equation: ``coefficient * x`` with x = low, low + step, ... <= high.

    Attributes
    ----------
    coefficient : int
        At least 1.
    low : int, default 0
        Smallest value, at least 0.
    high : int or None
        Largest value allowed; None where only the equation bounds it.
    step : int, default 1
        Distance between allowed values.
    """

    coefficient: int
    low: int = 0
    high: int | None = None
    step: int = 1

    def condition(self, name: str) -> str:
        """Return the restriction in words, empty where there is none beyond x >= 0."""
        if self.step == 2:  # noqa: PLR2004 - the step of odd and even numbers
            return f"{name} is {'odd' if self.low else 'even'}"
        if self.step > 1 and not self.low:
            return f"{name} is a multiple of {self.step}"
        if self.step > 1:
            return f"{name} leaves remainder {self.low} when divided by {self.step}"
        if self.high is None:
            return f"{name} >= {self.low}" if self.low else ""
        return f"{self.low} <= {name} <= {self.high}" if self.low else f"{name} <= {self.high}"


def linear_solutions(unknowns: Sequence[Unknown], total: int) -> int:
    """Return how many allowed values of the unknowns make the weighted sum equal `total`."""
    ways = np.zeros(total + 1, dtype=np.int64)
    ways[0] = 1
    for unknown in unknowns:
        top = total // unknown.coefficient
        high = top if unknown.high is None else min(unknown.high, top)
        fresh = np.zeros_like(ways)
        for value in range(unknown.low, high + 1, unknown.step):
            shift = unknown.coefficient * value
            fresh[shift:] += ways[: total + 1 - shift]
        ways = fresh
    return int(ways[total])


def divisors(exponents: Mapping[int, int]) -> list[int]:
    """Return the positive divisors of a number given as prime -> exponent."""
    found = [1]
    for prime, exponent in exponents.items():
        found = [d * prime**k for d in found for k in range(exponent + 1)]
    return found


def product_pairs(exponents: Mapping[int, int], a: int, b: int, c: int) -> list[Pair]:
    """Return every pair of integers with (ax + c)(ay + b) = M.

    Parameters
    ----------
    exponents : mapping of int to int
        M as prime -> exponent.
    a, b, c : int
        Coefficients, a at least 1.
    """
    whole = prod(p**e for p, e in exponents.items())
    signed = [sign * d for d in divisors(exponents) for sign in (1, -1)]
    return [
        ((d - c) // a, (whole // d - b) // a)
        for d in signed
        if (d - c) % a == 0 and (whole // d - b) % a == 0
    ]


def form_points(exponents: Mapping[int, int], twist: int) -> list[Pair]:
    """Return every pair of integers with x^2 + twist * xy + y^2 = n, twist being 0 or 1.

    The pairs are the numbers x + ys of norm n, where s^2 = twist * s - 1 (Gaussian integers for
    0, Eisenstein integers for 1): products of one number for each prime, times a unit.

    Parameters
    ----------
    exponents : mapping of int to int
        n as prime -> exponent.
    twist : {0, 1}
        Coefficient of the mixed term.
    """
    points = [(1, 0), (-1, 0)]
    for _ in range(2):
        points += [_times(point, (0, 1), twist) for point in points]
    for prime, exponent in exponents.items():
        powers = _prime_powers(prime, exponent, twist)
        products = [_times(point, power, twist) for point in points for power in powers]
        points = list(dict.fromkeys(products))
    return list(dict.fromkeys(points))


def _times(first: Pair, second: Pair, twist: int) -> Pair:
    (x, y), (u, v) = first, second
    return x * u - y * v, x * v + y * u + twist * y * v


def _prime_powers(prime: int, exponent: int, twist: int) -> list[Pair]:
    """Return the numbers of norm prime^exponent, up to units."""
    small = range(prime)
    found = [(u, v) for u in small for v in small if u * u + twist * u * v + v * v == prime]
    if not found:
        return [] if exponent % 2 else [(prime ** (exponent // 2), 0)]
    (u, v), *_ = found
    powers: list[Pair] = [(1, 0)]
    for _ in range(exponent):
        last = _times(powers[-1], (u + twist * v, -v), twist)
        powers = [*(_times(power, (u, v), twist) for power in powers), last]
    return powers


def _factored(
    rng: np.random.Generator, primes: Sequence[int], low: int, high: int
) -> dict[int, int]:
    """Return a random product of the primes between `low` and `high`, as prime -> exponent."""
    while True:
        exponents: dict[int, int] = {}
        value = 1
        while value < low:
            prime = primes[int(min(rng.integers(len(primes), size=2)))]
            exponents[prime] = exponents.get(prime, 0) + 1
            value *= prime
        if value <= high:
            return dict(sorted(exponents.items()))


def _equation(unknowns: Sequence[Unknown], total: int) -> str:
    sides = [
        f"{u.coefficient if u.coefficient > 1 else ''}{name}"
        for u, name in zip(unknowns, VARIABLES, strict=False)
    ]
    return f"{' + '.join(sides)} = {total}"


def _linear(rng: np.random.Generator, unknowns: Sequence[Unknown], total: int) -> Draft | None:
    """Return the draft of a linear equation; None where the count is trivial or unwieldy."""
    key = linear_solutions(unknowns, total)
    if not 3 <= key <= LARGEST_KEY:  # noqa: PLR2004 - fewer solutions are found by looking
        return None
    named = zip(unknowns, VARIABLES, strict=False)
    limits = [condition for u, name in named if (condition := u.condition(name))]
    rules = " if " * bool(limits) + " and ".join(
        filter(None, (", ".join(limits[:-1]), *limits[-1:]))
    )
    equation = _equation(unknowns, total)
    stem = f"How many solutions in whole numbers >= 0 does {equation} have{rules}?"
    wrong = [linear_solutions(other, total) for other in _misread(unknowns)]
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _misread(unknowns: Sequence[Unknown]) -> Iterable[list[Unknown]]:
    """Yield the unknowns with strict upper bounds, with zero left out, and with a limit lost."""
    yield [u if u.high is None else replace(u, high=u.high - 1) for u in unknowns]
    yield [u if u.low else replace(u, low=u.step) for u in unknowns]
    for i, unknown in enumerate(unknowns):
        if unknown != Unknown(unknown.coefficient):
            yield [*unknowns[:i], Unknown(unknown.coefficient), *unknowns[i + 1 :]]


def _draw_sum(rng: np.random.Generator, level: int) -> Draft:
    """Draw a plain sum: with least values (level 1), or with both bounds (2 and 3)."""
    n = {1: 3, 2: 3, 3: 5}[level]
    while True:
        lows = rng.integers(0, 12 if level > 1 else 40, n).tolist()
        widths = rng.integers(5, 15, n).tolist()
        has_top = level > 1
        bounds = zip(lows, widths, strict=True)
        unknowns = [Unknown(1, low, low + width if has_top else None) for low, width in bounds]
        total = sum(lows) + int(rng.integers(6, 15 * (n - 1)))
        if draft := _linear(rng, unknowns, total):
            return draft


def _draw_pair(rng: np.random.Generator, level: int) -> Draft:
    largest, most = {1: (12, 400), 2: (40, 3_000)}[level]
    while True:
        first, second, low = rng.integers(2, largest, 3).tolist()
        total = int(rng.integers(most // 3, most))
        if first == second or np.gcd(first, second) > 1:
            continue
        unknowns = [Unknown(first), Unknown(second, 0 if rng.integers(2) else low)]
        if draft := _linear(rng, unknowns, total):
            return draft


def _draw_weighted(rng: np.random.Generator, level: int) -> Draft:
    n, most = {3: (3, 200), 4: (4, 300), 5: (5, 500)}[level]
    while True:
        coefficients = (rng.permutation(15)[:n] + 2).tolist()
        total = int(rng.integers(most // 2, most))
        if np.gcd.reduce(coefficients) > 1:
            continue
        unknowns = [_limited(rng, coefficient, total) for coefficient in coefficients]
        is_limited = sum(u != Unknown(u.coefficient) for u in unknowns)
        if is_limited > 1 and (draft := _linear(rng, unknowns, total)):
            return draft


def _limited(rng: np.random.Generator, coefficient: int, total: int) -> Unknown:
    """Return an unknown with a random restriction, or none."""
    kind, small = int(rng.integers(5)), int(rng.integers(1, 7))
    if kind == 0:
        return Unknown(coefficient)
    if kind == 1:
        step = int(rng.integers(2, 6))
        return Unknown(coefficient, int(rng.integers(step)), None, step)
    high = small + int(rng.integers(3, max(5, total // coefficient // 2)))
    return Unknown(coefficient, small if rng.integers(2) else 0, high)


def _draw_product(rng: np.random.Generator, level: int) -> Draft:
    """Draw axy + bx + cy = d, that is (ax + c)(ay + b) = ad + bc."""
    low, high, most = {3: (2_000, 90_000, 1), 4: (50_000, 3_000_000, 5), 5: (10**7, 10**10, 9)}[
        level
    ]
    while True:
        exponents = _factored(rng, SMALL_PRIMES, low, high)
        whole = prod(p**e for p, e in exponents.items())
        a = int(rng.integers(most // 2 + 1, most + 1))
        b, c = rng.integers(2, 100, 2).tolist()
        if (whole - b * c) % a == 0 and b != c:
            pairs = product_pairs(exponents, a, b, c)
            if len(pairs) >= FEWEST_PAIRS:
                break
    left = f"{a if a > 1 else ''}xy + {b}x + {c}y"
    stem = "How many ordered pairs (x, y) of integers, negative ones and zero allowed, satisfy"
    return _ordered(rng, f"{stem} {left} = {(whole - b * c) // a}", pairs, level)


def _draw_fractions(rng: np.random.Generator, level: int) -> Draft:
    """Draw p/x + q/y = a/b, that is (ax - pb)(ay - qb) = pq b^2."""
    low, high = {4: (60, 2_000), 5: (2_000, 90_000)}[level]
    while True:
        base = _factored(rng, SMALL_PRIMES[:6], low, high)
        b = prod(p**e for p, e in base.items())
        p, q = rng.integers(1, 61, 2).tolist()
        a = int(rng.integers(2, 12))
        if np.gcd(a, b) == 1 and p != q:
            exponents = _multiplied({prime: 2 * e for prime, e in base.items()}, p * q)
            pairs = [(x, y) for x, y in product_pairs(exponents, a, -q * b, -p * b) if x > 0 < y]
            if len(pairs) >= FEWEST_PAIRS:
                break
    stem = "How many ordered pairs (x, y) of positive integers satisfy"
    return _ordered(rng, f"{stem} {p}/x + {q}/y = {a}/{b}", pairs, level)


def _ordered(rng: np.random.Generator, question: str, pairs: list[Pair], level: int) -> Draft:
    """Ask for all the pairs (up to level 4), or only for those with x < y (level 5)."""
    rising = sum(x < y for x, y in pairs)
    is_all = level < 5 or rising < FEWEST_PAIRS  # noqa: PLR2004 - the top level
    key, other = (len(pairs), rising) if is_all else (rising, len(pairs))
    stem = f"{question}?" if is_all else f"{question} and x < y?"
    positive = sum(x > 0 < y for x, y in pairs)
    wrong = (key // 2, positive, other, 2 * key, key + 2)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _multiplied(exponents: Mapping[int, int], factor: int) -> dict[int, int]:
    """Return the exponents of a number after multiplying it by a small factor."""
    found, prime = dict(exponents), 2
    while factor > 1:
        while factor % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            factor //= prime
        prime += 1
    return found


def _draw_circle(rng: np.random.Generator, level: int) -> Draft:
    """Draw the points of a form around a shifted centre; the square must be completed."""
    low, high = {4: (2_000, 90_000), 5: (10**6, 10**9)}[level]
    twist = int(rng.integers(2))
    fine, paired = FORMS[twist]
    while True:
        exponents = _factored(rng, fine, low, high)
        exponents[paired[int(rng.integers(len(paired)))]] = 2 * int(rng.integers(2))
        n = prod(p**e for p, e in exponents.items())
        points = form_points(exponents, twist)
        if n <= high and len(points) >= 2 * FEWEST_PAIRS:
            break
    a, b = rng.integers(2, isqrt(n), 2).tolist()
    stem = f"How many ordered pairs (x, y) of integers satisfy {_shifted(twist, a, b, n)}"
    if level < 5:  # noqa: PLR2004 - the top level asks for one side only
        key, other = len(points), len(divisors(exponents))
    else:
        key, other = sum(x > -a for x, _ in points), len(points)
        stem += " and x > 0"
    right = sum(x > 0 for x, _ in points)
    wrong = (other, key // 2, right, sum(x >= a for x, _ in points), key + 4, 2 * key)
    return Draft(f"{stem}?", str(key), near_misses(key, wrong, rng, least=1))


def _shifted(twist: int, a: int, b: int, n: int) -> str:
    """Return the form with centre (a, b) and value n, multiplied out."""
    mixed = " + xy" if twist else ""
    linear = f"{_signed(-2 * a - twist * b)}x {_signed(-2 * b - twist * a)}y"
    return f"x^2{mixed} + y^2 {linear} = {n - a * a - twist * a * b - b * b}"


def _signed(value: int) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value)}"


VARIANTS: dict[int, tuple[Generator, ...]] = {
    1: (_draw_sum, _draw_pair),
    2: (_draw_sum, _draw_pair),
    3: (_draw_sum, _draw_weighted, _draw_product),
    4: (_draw_weighted, _draw_product, _draw_fractions, _draw_circle),
    5: (_draw_weighted, _draw_weighted, _draw_product, _draw_fractions, _draw_circle),
}


def draw_diophantine_counts(rng: np.random.Generator, level: int) -> Draft:
    """Draw an equation whose whole-number solutions are to be counted.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (a small sum) to 5 (five restricted unknowns, or a ten-digit number to factor).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
