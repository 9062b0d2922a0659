"""Counts of partitions, compositions and set partitions under restrictions.

Partitions of a number into parts from a list, with bounds on how often; compositions in which
some part may not follow some other; groupings of people with sizes, friends and rivals.
What makes it hard: there are no closed forms, the tables run to hundreds of entries, and the
restrictions interact (a parity of the number of parts, two people who must not meet).
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

from balk.design.puzzles.drafts import Draft, Generator, check_level, near_misses
from balk.design.puzzles.truth_tellers import NAMES

BOUNDS = {1: (4, 99), 2: (5, 500), 3: (15, 50_000), 4: (60, 5_000_000), 5: (500, 999_999_999)}
"""Smallest and largest key by level."""
ANY, EVEN, ODD = -1, 0, 1
PARITIES = {EVEN: "even", ODD: "odd"}
SMALL_LEVELS = 3
Pair = tuple[int, int]
Table = tuple[list[int], list[int]]


def count_partitions(
    total: int, parts: Sequence[int], most: Sequence[int], parity: int = ANY
) -> int:
    """Return the partitions of `total` into the given parts.

    Parameters
    ----------
    total : int
        Number to write as a sum, order ignored.
    parts : sequence of int
        Different sizes allowed, each at least 1.
    most : sequence of int
        How often each size may be used; 0 for any number of times.
    parity : {-1, 0, 1}
        Any number of parts, an even number, or an odd number.
    """
    ways = ([1] + [0] * total, [0] * (total + 1))  # even and odd number of parts
    for part, limit in zip(parts, most, strict=True):
        for value in range(part, total + 1):
            ways[0][value] += ways[1][value - part]
            ways[1][value] += ways[0][value - part]
        if limit:
            ways = _without(ways, limit + 1, part)
    return sum(ways[odd][total] for odd in (0, 1) if parity in {ANY, odd})


def _without(ways: Table, uses: int, part: int) -> Table:
    """Return the sums in which a part is used fewer than `uses` times, out of all sums."""
    shift = uses * part
    even, odd = ([0] * shift + ways[(row + uses) % 2] for row in (0, 1))
    return (
        [n - more for n, more in zip(ways[0], even, strict=False)],
        [n - more for n, more in zip(ways[1], odd, strict=False)],
    )


def count_compositions(
    total: int, parts: Sequence[int], banned: Sequence[Pair], parity: int = ANY
) -> int:
    """Return the ordered sums of `total` from the given parts without a banned neighbourhood.

    Parameters
    ----------
    total : int
        Number to write as a sum, order counted.
    parts : sequence of int
        Different sizes allowed.
    banned : sequence of (int, int)
        (a, b) where b may not come directly after a.
    parity : {-1, 0, 1}
        Any number of parts, an even number, or an odd number.
    """
    # ends[value][last] = sums of value that end in last, by even and odd number of parts
    ends: list[dict[int, Pair]] = [{0: (1, 0)}]
    for value in range(1, total + 1):
        row: dict[int, Pair] = {}
        for part in (part for part in parts if part <= value):
            before = [n for last, n in ends[value - part].items() if (last, part) not in banned]
            row[part] = (sum(odd for _, odd in before), sum(even for even, _ in before))
        ends.append(row)
    pairs = ends[total].values()
    return sum(even * (parity != ODD) + odd * (parity != EVEN) for even, odd in pairs)


def count_groupings(
    n: int, sizes: Sequence[int], together: Sequence[Pair], apart: Sequence[Pair]
) -> int:
    """Return the ways to divide n people into unlabelled groups of allowed sizes.

    Parameters
    ----------
    n : int
        People 0 to n - 1.
    sizes : sequence of int
        Group sizes allowed.
    together, apart : sequence of (int, int)
        Pairs that must share a group, and pairs that must not.
    """
    if apart:
        first, rest = apart[0], apart[1:]
        free = count_groupings(n, sizes, together, rest)
        return free - count_groupings(n, sizes, [*together, first], rest)
    clumps = _clumps(n, together)
    bonded = tuple(size for size in clumps if size > 1)
    return _divide(clumps.count(1), bonded, tuple(sizes))


def _clumps(n: int, together: Sequence[Pair]) -> list[int]:
    """Return the sizes of the clumps that the pairs tie together."""
    clump = list(range(n))
    for a, b in together:
        old, new = clump[b], clump[a]
        clump = [new if c == old else c for c in clump]
    return [clump.count(c) for c in dict.fromkeys(clump)]


@lru_cache(maxsize=10_000)
def _divide(singles: int, clumps: tuple[int, ...], sizes: tuple[int, ...]) -> int:
    """Count divisions of clumps and single people by the group of the first of them."""
    if not clumps:
        return _divide_singles(singles, sizes)
    first, others = clumps[0], clumps[1:]
    total = 0
    for n_joined in range(len(others) + 1):
        for joined in combinations(range(len(others)), n_joined):
            weight = first + sum(others[i] for i in joined)
            left = tuple(size for i, size in enumerate(others) if i not in joined)
            for size in sizes:
                if 0 <= size - weight <= singles:
                    ways = comb(singles, size - weight)
                    total += ways * _divide(singles - size + weight, left, sizes)
    return total


@lru_cache(maxsize=10_000)
def _divide_singles(n: int, sizes: tuple[int, ...]) -> int:
    if n == 0:
        return 1
    fitting = [size for size in sizes if size <= n]
    return sum(comb(n - 1, size - 1) * _divide_singles(n - size, sizes) for size in fitting)


def _listed(values: Sequence[object], word: str = "and") -> str:
    words = [str(value) for value in values]
    return f"{', '.join(words[:-1])} {word} {words[-1]}" if len(words) > 1 else "".join(words)


def _parts(rng: np.random.Generator, n: int, low: int, high: int) -> list[int]:
    """Return n different parts from `low` to `high`, increasing."""
    return sorted((rng.permutation(high - low + 1)[:n] + low).tolist())


def _parity(rng: np.random.Generator, level: int) -> int:
    """Return a condition on the number of parts, none at the lower levels."""
    return int(rng.integers(-1, 2)) if level > SMALL_LEVELS else ANY


def _draw_payment(rng: np.random.Generator, level: int) -> Draft:
    """Draw a partition: an amount paid with coins."""
    n, high, lowest, highest = {
        1: (3, 12, 20, 60),
        2: (4, 15, 25, 70),
        3: (5, 18, 50, 120),
        4: (7, 20, 70, 150),
        5: (9, 25, 110, 200),
    }[level]
    while True:
        coins, amount = _parts(rng, n, 2, high), int(rng.integers(lowest, highest))
        most, parity = [0] * n, _parity(rng, level)
        for i in rng.permutation(n)[: (level + 1) // 2].tolist():
            most[i] = int(rng.integers(2, 6))
        pairs = list(zip(coins, most, strict=True))
        key = count_partitions(amount, coins, most, parity)
        is_felt = all((m + 1) * coin <= amount for coin, m in pairs if m)
        if is_felt and BOUNDS[level][0] <= key <= BOUNDS[level][1]:
            break
    rules = [f"at most {m} coins of {coin}" for coin, m in pairs if m]
    rules.append("any number, also zero, of each other kind")
    who = NAMES[int(rng.integers(len(NAMES)))]
    stem = f"{who} pays an amount of {amount} exactly, with coins of {_listed(coins)}, using"
    stem += f" {_listed(rules)}. In how many ways is this possible"
    stem += f" with an {PARITIES[parity]} number of coins in all" if parity in PARITIES else ""
    free = count_partitions(amount, coins, [0] * n, parity)
    other = count_partitions(amount, coins, most, EVEN if parity == ODD else ODD)
    shorter = count_partitions(amount, coins[:-1], most[:-1], parity)
    misses = near_misses(key, (free, other, shorter, key + 1), rng, least=1)
    return Draft(f"{stem}, if the order of the coins does not matter?", str(key), misses)


def _draw_sequence(rng: np.random.Generator, level: int) -> Draft:
    """Draw a composition: a sequence with a given sum and banned neighbours."""
    n, high, lowest, highest, n_banned = {
        2: (3, 12, 12, 28, 2),
        3: (4, 12, 18, 32, 3),
        4: (5, 12, 24, 36, 4),
        5: (6, 12, 36, 50, 7),
    }[level]
    while True:
        parts, total = _parts(rng, n, 1, high), int(rng.integers(lowest, highest))
        pairs = [(a, b) for a in parts for b in parts]
        banned = [pairs[i] for i in rng.permutation(len(pairs))[:n_banned]]
        parity = _parity(rng, level)
        key = count_compositions(total, parts, banned, parity)
        if BOUNDS[level][0] <= key <= BOUNDS[level][1]:
            break
    stem = f"How many sequences of numbers from {_listed(parts)}, repetition allowed, have the sum"
    stem += (
        f" {total}, if {_listed([f'{a} directly before {b}' for a, b in banned], 'or')} must not"
    )
    stem += " occur"
    stem += f" and the number of terms is {PARITIES[parity]}" if parity in PARITIES else ""
    free = count_compositions(total, parts, [], parity)
    other = count_compositions(total, parts, banned, EVEN if parity == ODD else ODD)
    turned = count_compositions(total, parts, [*banned, *((b, a) for a, b in banned)], parity)
    looser = count_compositions(total, parts, banned[:-1], parity)
    misses = near_misses(key, (turned, looser, other, free), rng, least=1)
    return Draft(f"{stem}?", str(key), misses)


def _draw_groups(rng: np.random.Generator, level: int) -> Draft:
    """Draw a set partition with sizes, friends and rivals."""
    least, n_sizes, largest, n_apart = {
        2: (6, 2, 4, 1),
        3: (8, 3, 5, 2),
        4: (10, 3, 6, 3),
        5: (12, 4, 7, 4),
    }[level]
    n_together = 1 + (level > SMALL_LEVELS)
    while True:
        n, sizes = least + int(rng.integers(3)), _parts(rng, n_sizes, 1, largest)
        pairs = list(combinations(range(n), 2))
        chosen = [pairs[i] for i in rng.permutation(len(pairs))[: n_together + n_apart]]
        together, apart = chosen[:n_together], chosen[n_together:]
        key = count_groupings(n, sizes, together, apart)
        if BOUNDS[level][0] <= key <= BOUNDS[level][1]:
            break
    names = [NAMES[i] for i in rng.permutation(len(NAMES))[:n]]
    stem = f"In how many ways can the {n} people {_listed(sorted(names))} be divided into groups of"
    stem += (
        f" {_listed(sizes, 'or')} members (order inside groups and among groups does not matter),"
    )
    stem += (
        f" if {_pairs(together, names)} must be in the same group, but {_pairs(apart, names)} must"
    )
    stem += " be in different groups?"
    wrong = [
        count_groupings(n, sizes, together, []),
        count_groupings(n, sizes, [], apart),
        count_groupings(n, sizes, together, apart[:-1]),
        count_groupings(n, range(1, n + 1), together, apart),
    ]
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _pairs(pairs: Sequence[Pair], names: Sequence[str]) -> str:
    shown = [f"{names[a]} and {names[b]}" for a, b in pairs]
    return shown[0] if len(shown) == 1 else f"each of the pairs {', '.join(shown)}"


VARIANTS: dict[int, tuple[Generator, ...]] = {
    1: (_draw_payment,),
    2: (_draw_payment, _draw_sequence, _draw_groups),
    3: (_draw_payment, _draw_sequence, _draw_groups),
    4: (_draw_payment, _draw_sequence, _draw_groups),
    5: (_draw_payment, _draw_sequence, _draw_groups),
}


def draw_partitions(rng: np.random.Generator, level: int) -> Draft:
    """Draw a number or a set to be taken apart in every allowed way.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (three coins) to 5 (nine coins, seven banned neighbours, or six pairs kept in mind).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
