"""Permutations under conditions: forbidden places, neighbours, cycles, rises and falls.

Hard because inclusion and exclusion runs over all compatible sets of forbidden events, of which
an irregular list leaves hundreds, and because rises and falls need a whole triangle of sums.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import combinations
from math import comb, factorial, perm, prod

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses, number

LETTERS = "ABCDEFGHIJKLMNOP"
PLACES = {1: (6, 9), 2: (6, 9), 3: (7, 9), 4: (9, 10), 5: (10, 12)}
"""Range of the number of people who sit on as many chairs."""
N_CELLS = {1: (4, 5), 2: (5, 7), 3: (9, 12), 4: (18, 23), 5: (30, 37)}
"""Range of the number of forbidden pairs of person and chair."""
ROWS = {2: (8, 10, 4), 3: (8, 10, 5), 4: (10, 11, 7), 5: (11, 13, 9)}
"""Range of the number of people in a row or circle, and how many pairs are kept apart."""
CYCLES = {4: (11, 15), 5: (18, 25)}
N_CYCLES = {4: (3, 5), 5: (5, 8)}
WAVES = {4: (11, 14), 5: (17, 23)}
DIVIDE_BY = {4: (10**3, 10**5), 5: (10**5, 10**6)}


def count_seatings(forbidden: Sequence[Collection[int]]) -> int:
    """Return in how many ways n people take n chairs, one each.

    Parameters
    ----------
    forbidden : sequence of collections of int
        For each person, the chairs (0 to n - 1) that are not allowed.

    Notes
    -----
    The permanent of a 0-1 matrix, row by row over sets of taken chairs: O(n 2^n).
    """
    ways = {0: 1}
    for banned in forbidden:
        free = [1 << chair for chair in range(len(forbidden)) if chair not in banned]
        fresh: dict[int, int] = {}
        for taken, count in ways.items():
            for chair in free:
                if not taken & chair:
                    fresh[taken | chair] = fresh.get(taken | chair, 0) + count
        ways = fresh
    return sum(ways.values())


def count_separated(n: int, pairs: Sequence[tuple[int, int]], *, is_circle: bool = False) -> int:
    """Return how many orders of n people keep every listed pair from being neighbours.

    Parameters
    ----------
    n : int
        People, at least 3.
    pairs : sequence of pairs of int
        Different unordered pairs of people, fewer than n.
    is_circle : bool, default False
        Around a table, where turned orders are the same and mirrored ones are not.

    Notes
    -----
    Inclusion and exclusion over the sets of pairs that form disjoint paths; a path is one block
    that can stand in two ways.
    """
    weights = _path_weights(pairs)
    return sum(
        (-1) ** k * weight * factorial(n - k - is_circle)
        for k, weight in enumerate(weights)
        if weight
    )


def _path_weights(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Return, for each k, the sum of 2^(number of paths) over sets of k pairs that form paths."""
    weights = [0] * (len(pairs) + 1)
    # Far end of the path that ends at a person; None inside a path.
    stack: list[tuple[int, int, dict[int, int | None]]] = [(0, 0, {})]
    while stack:
        at, k, ends = stack.pop()
        if at == len(pairs):
            weights[k] += 1 << sum(end is not None for end in ends.values()) // 2
            continue
        stack.append((at + 1, k, ends))
        a, b = pairs[at]
        far_a, far_b = ends.get(a, a), ends.get(b, b)
        if far_a is not None and far_b is not None and far_a != b:
            stack.append((at + 1, k + 1, ends | {a: None, b: None} | {far_a: far_b, far_b: far_a}))
    return weights


def count_by_cycles(n: int, lengths: Collection[int], n_cycles: int, *, is_together: bool) -> int:
    """Return how many permutations of 1, ..., n have a given number of cycles of allowed lengths.

    `is_together` says whether 1 and 2 (n is at least 2) lie in one cycle or in different ones.
    """
    ways = [[int(size == 0) for size in range(n + 1)]]
    for _ in range(n_cycles):
        # The cycle that holds the first element takes its others in order.
        ways.append(
            [
                sum(
                    perm(m - 1, length - 1) * ways[-1][m - length]
                    for length in lengths
                    if length <= m
                )
                for m in range(n + 1)
            ]
        )
    together = sum(
        comb(n - 2, length - 2) * factorial(length - 1) * ways[n_cycles - 1][n - length]
        for length in lengths
        if 1 < length <= n
    )
    return together if is_together else ways[n_cycles][n] - together


def count_waves(signs: str, place: int, value: int) -> int:
    """Return how many orders of 1, ..., n rise and fall as told, with a value at a place.

    Parameters
    ----------
    signs : str
        n - 1 signs ``<`` or ``>`` between neighbours.
    place, value : int
        The number that stands at the place, both from 1 to n.
    """
    n, flipped = len(signs) + 1, {"<": ">", ">": "<"}
    before = _last_ranks(signs[: place - 1])
    after = _last_ranks("".join(flipped[sign] for sign in reversed(signs[place - 1 :])))
    return sum(
        comb(value - 1, k) * comb(n - value, place - 1 - k) * before[k] * after[value - 1 - k]
        for k in range(max(0, value - 1 - (n - place)), min(place, value))
    )


def _last_ranks(signs: str) -> list[int]:
    """Return how many orders with these signs have k numbers below the last, for each k."""
    ranks = [1]
    for sign in signs:
        size = len(ranks) + 1
        ranks = [sum(ranks[:k]) if sign == "<" else sum(ranks[k:]) for k in range(size)]
    return ranks


def draw_constrained_permutations(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle on permutations under conditions; see the module's docstring."""
    check_level(level)
    variants = VARIANTS[level]
    while True:
        draft = variants[int(rng.integers(len(variants)))](rng, level)
        if draft.key not in {"0", "1"}:
            return draft


def _draw_seating(rng: np.random.Generator, level: int) -> Draft:
    """Draw people who avoid certain chairs."""
    n, n_cells = int(rng.integers(*PLACES[level])), int(rng.integers(*N_CELLS[level]))
    cells = sorted(int(cell) for cell in rng.permutation(n * n)[:n_cells])
    forbidden = [[cell % n for cell in cells if cell // n == person] for person in range(n)]
    key = count_seatings(forbidden)
    rules = (
        f"{LETTERS[person]}: {', '.join(str(chair + 1) for chair in banned)}"
        for person, banned in enumerate(forbidden)
        if banned
    )
    crossing = sum(a // n != b // n and a % n != b % n for a, b in combinations(cells, 2))
    first = factorial(n) - n_cells * factorial(n - 1)
    mistakes = (
        count_seatings([*forbidden[:-1], []]),
        factorial(n) * prod(n - len(banned) for banned in forbidden) // n**n,
        count_seatings([[], *forbidden[1:]]),
        first + crossing * factorial(n - 2),
        first + comb(n_cells, 2) * factorial(n - 2),
        first,
    )
    return Draft(
        stem=(
            f"The {n} people {_people(n)} sit down on chairs numbered 1 to {n}, one person on "
            "each chair. Nobody may take a chair that is listed after their letter here: "
            f"{'; '.join(rules)}. In how many ways can they sit?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_separated(rng: np.random.Generator, level: int) -> Draft:
    """Draw people some pairs of whom may not be neighbours."""
    low, high, n_pairs = ROWS[level]
    n, is_circle = int(rng.integers(low, high)), bool(rng.integers(2))
    everything = list(combinations(range(n), 2))
    pairs = [everything[i] for i in sorted(map(int, rng.permutation(len(everything))[:n_pairs]))]
    key = count_separated(n, pairs, is_circle=is_circle)
    n_free = factorial(n - is_circle)
    mistakes = (
        count_separated(n, pairs, is_circle=not is_circle),
        count_separated(n, pairs[:-1], is_circle=is_circle),
        n_free - 2 * n_pairs * factorial(n - 1 - is_circle),
        key // 2,
        n_free - key,
    )
    scene = (
        "sit around a round table, where seatings that differ by a rotation are the same and "
        "mirror images are different"
        if is_circle
        else "stand in a row"
    )
    named = ", ".join(f"{LETTERS[a]}-{LETTERS[b]}" for a, b in pairs)
    return Draft(
        stem=(
            f"The {n} people {_people(n)} {scene}. None of these pairs may be next to each other: "
            f"{named}. How many such arrangements are there?"
        ),
        key=number(key),
        distractors=near_misses(key, mistakes, rng, least=1),
    )


def _draw_cycles(rng: np.random.Generator, level: int) -> Draft:
    """Draw permutations with a given number of cycles of allowed lengths."""
    n, divide_by = int(rng.integers(*CYCLES[level])), int(rng.integers(*DIVIDE_BY[level]))
    lengths = sorted(int(x) + 1 for x in rng.permutation(8)[: int(rng.integers(4, 7))])
    n_cycles, is_together = int(rng.integers(*N_CYCLES[level])), bool(rng.integers(2))
    key = count_by_cycles(n, lengths, n_cycles, is_together=is_together)
    other = count_by_cycles(n, lengths, n_cycles, is_together=not is_together)
    one_more = count_by_cycles(n, lengths, n_cycles + 1, is_together=is_together)
    mistakes = [wrong % divide_by for wrong in (other, key + other, one_more, key // 2)]
    return Draft(
        stem=(
            f"Consider the permutations of 1, 2, ..., {n} that have exactly {n_cycles} cycles "
            "(a fixed point is a cycle of length 1), all with lengths in "
            f"{{{', '.join(map(str, lengths))}}}, and in which 1 and 2 belong to "
            f"{'the same cycle' if is_together else 'different cycles'}. "
            f"What is the remainder when the number of such permutations is divided by {divide_by}?"
        ),
        key=number(key % divide_by),
        distractors=near_misses(key % divide_by, mistakes, rng, least=0),
    )


def _draw_wave(rng: np.random.Generator, level: int) -> Draft:
    """Draw orders with given rises and falls and one number in its place."""
    n, divide_by = int(rng.integers(*WAVES[level])), int(rng.integers(*DIVIDE_BY[level]))
    signs = "".join("<>"[int(bit)] for bit in rng.integers(2, size=n - 1))
    place, value = (int(x) for x in rng.integers(2, n, size=2))
    key = count_waves(signs, place, value)
    wrong = (
        count_waves(signs, place, n + 1 - value),
        count_waves(signs, place, value - 1),
        count_waves(signs, place, value + 1),
        sum(count_waves(signs, place, v) for v in range(1, n + 1)),
        count_waves(signs[:-1], place - 1, value - 1),
    )
    chain = "".join(f"x{i + 1} {sign} " for i, sign in enumerate(signs)) + f"x{n}"
    return Draft(
        stem=(
            f"Let T be the number of arrangements x1, x2, ..., x{n} of the numbers 1 to {n} with "
            f"{chain} and x{place} = {value}. What is the remainder when T is divided by "
            f"{divide_by}?"
        ),
        key=number(key % divide_by),
        distractors=near_misses(key % divide_by, [w % divide_by for w in wrong], rng, least=0),
    )


def _people(n: int) -> str:
    """Return ``A, B, C and D``."""
    return f"{', '.join(LETTERS[: n - 1])} and {LETTERS[n - 1]}"


VARIANTS: dict[int, tuple[Callable[[np.random.Generator, int], Draft], ...]] = {
    1: (_draw_seating,),
    2: (_draw_seating, _draw_separated),
    3: (_draw_seating, _draw_separated),
    4: (_draw_seating, _draw_separated, _draw_cycles, _draw_wave),
    5: (_draw_seating, _draw_separated, _draw_cycles, _draw_wave),
}
