"""Impartial games on piles of counters: who loses, from how many positions, by which moves.

Taking games with odd sets of amounts, halving moves, piles that may be divided, and Nim.
Grundy values (Sprague 1935, Grundy 1939) settle them all: a position is lost for the player to
move if the values of its piles have XOR 0.
What makes it hard: long tables without an obvious pattern, periods that start late, and sums of
piles that have to be counted by value.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor

import numpy as np

from balk.design.puzzles.drafts import Draft, Generator, check_level, near_misses
from balk.design.puzzles.truth_tellers import NAMES

LATER = ("second", "third")
PARTS = {2: ("even", "half"), 3: ("a multiple of 3", "two thirds")}


@dataclass(frozen=True, slots=True)
class Rule:
    """What one move may do to one pile.

    Attributes
    ----------
    amounts : tuple of int
        Numbers of counters that may be taken, increasing.
    divisor : int, default 0
        If not 0, a pile whose size is a positive multiple of it may also be divided by it.
    may_split : bool, default False
        Whether what is left after taking may be divided into two piles that are not empty.
    """

    amounts: tuple[int, ...]
    divisor: int = 0
    may_split: bool = False

    def text(self) -> str:
        """Return the rule in words."""
        taken = f"takes exactly {_either(self.amounts)} counters from one pile"
        if self.may_split:
            ending = "and may then divide what is left of that pile into two piles (none empty)"
            return f"A move {taken} {ending}."
        if self.divisor:
            kind, share = PARTS[self.divisor]
            return f"A move {taken} or, if a pile's size is {kind} and not 0, {share} of that pile."
        return f"A move {taken}."

    def results(self, size: int) -> list[tuple[int, ...]]:
        """Return the piles that each move on a pile of this size can leave, duplicates removed."""
        rests = [size - amount for amount in self.amounts if amount <= size]
        if self.divisor and size and size % self.divisor == 0:
            rests.append(size // self.divisor)
        left: list[tuple[int, ...]] = [(rest,) for rest in dict.fromkeys(rests)]
        if self.may_split:
            left += [(part, rest - part) for rest in rests for part in range(1, rest // 2 + 1)]
        return left


def grundy_values(rule: Rule, size: int) -> list[int]:
    """Return the Grundy values of piles of 0 to `size` counters, normal play."""
    values: list[int] = []
    for n in range(size + 1):
        reached = {reduce(xor, (values[part] for part in left)) for left in rule.results(n)}
        values.append(next(value for value in range(len(reached) + 1) if value not in reached))
    return values


def losing_sizes(rule: Rule, size: int, *, is_misere: bool = False) -> list[bool]:
    """Return for single piles of 0 to `size` whether the player to move loses.

    Parameters
    ----------
    rule : Rule
        Without splitting, so that there is only ever one pile.
    size : int
        Largest pile.
    is_misere : bool, default False
        Whether the player who cannot move wins instead.
    """
    lost: list[bool] = []
    for n in range(size + 1):
        afters = [lost[rest] for (rest,) in rule.results(n)]
        lost.append(not any(afters) if afters else not is_misere)
    return lost


def count_losing_sizes(
    amounts: Sequence[int], low: int, high: int, *, is_misere: bool = False
) -> int:
    """Return how many single piles of `low` to `high` counters the player to move loses.

    Outcomes repeat as soon as as many of them in a row as the largest amount do, so large
    ranges cost no more than one period.
    """
    lost: list[bool] = []
    seen: dict[tuple[bool, ...], int] = {}
    while True:
        n, window = len(lost), tuple(lost[-amounts[-1] :])
        if n > high or (n >= amounts[-1] and window in seen):
            break
        seen[window] = n
        afters = [lost[n - amount] for amount in amounts if amount <= n]
        lost.append(not any(afters) if afters else not is_misere)
    start = seen.get(window, 0)
    period = max(n - start, 1)

    def up_to(top: int) -> int:
        whole, rest = divmod(max(top + 1 - start, 0), period)
        return (
            sum(lost[: min(top + 1, start)])
            + whole * sum(lost[start:])
            + sum(lost[start : start + rest])
        )

    return sum(lost[low : high + 1]) if n > high else up_to(high) - up_to(low - 1)


def count_losing_tuples(values: Sequence[int], bounds: Sequence[int]) -> int:
    """Return how many positions with pile i of 1 to ``bounds[i]`` counters have XOR 0.

    Parameters
    ----------
    values : sequence of int
        Grundy values of piles of 0 to at least ``max(bounds)`` counters.
    bounds : sequence of int
        Largest size of each pile.
    """
    totals = Counter({0: 1})
    for bound in bounds:
        tally = Counter(values[1 : bound + 1])
        step: Counter[int] = Counter()
        for total, ways in totals.items():
            for value, count in tally.items():
                step[total ^ value] += ways * count
        totals = step
    return totals[0]


def winning_moves(rule: Rule, piles: Sequence[int]) -> int:
    """Return how many first moves leave a position that the opponent loses."""
    values = grundy_values(rule, max(piles))
    whole = reduce(xor, (values[pile] for pile in piles))
    return sum(
        whole ^ values[pile] ^ reduce(xor, (values[part] for part in left)) == 0
        for pile in piles
        for left in rule.results(pile)
    )


def _either(values: Sequence[int]) -> str:
    words = [str(value) for value in values]
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def _amounts(rng: np.random.Generator, n: int, most: int) -> tuple[int, ...]:
    """Return n different amounts up to `most`, increasing, that leave something to work out.

    Odd amounts alone would make it a question of odd and even, and 1 to n one of remainders.
    """
    while True:
        amounts = sorted((rng.permutation(most)[:n] + 1).tolist())
        is_easy = amounts[-1] == n or all(amount % 2 for amount in amounts)
        if np.gcd.reduce(amounts) == 1 and not is_easy:
            return tuple(amounts)


def _players(rng: np.random.Generator) -> tuple[str, str]:
    first, second = rng.permutation(len(NAMES))[:2].tolist()
    return NAMES[first], NAMES[second]


def _opening(rng: np.random.Generator) -> tuple[str, str]:
    """Return who plays in words, and who moves first."""
    first, second = _players(rng)
    return (
        f"{first} and {second} take turns moving on piles of counters; {first} moves first.",
        first,
    )


def _draw_last_counter(rng: np.random.Generator, _level: int) -> Draft:
    first, second = _players(rng)
    most = int(rng.integers(5, 20))
    size = int(rng.integers(30, 900)) * (most + 1) + int(rng.integers(1, most + 1))
    stem = f"{first} and {second} take turns, {first} first, taking from a pile of {size} counters."
    stem += f" Each turn takes at least 1 and at most {most} counters, and whoever takes the last"
    stem += f" counter wins. How many must {first} take first to be sure of winning?"
    wrong = (size % most, most + 1 - size % (most + 1), (size - 1) % (most + 1))
    return Draft(stem, str(size % (most + 1)), near_misses(size % (most + 1), wrong, rng, least=1))


def _draw_last_range(rng: np.random.Generator, _level: int) -> Draft:
    first, second = _players(rng)
    most, low = int(rng.integers(3, 13)), int(rng.integers(1, 100))
    high = low + int(rng.integers(60, 400))
    key = high // (most + 1) - (low - 1) // (most + 1)
    stem = f"{first} and {second} take turns, {first} first, taking from a pile of counters. Each"
    stem += (
        f" turn takes at least 1 and at most {most} counters, and whoever takes the last counter"
    )
    stem += (
        f" wins. The pile may have any size from {low} to {high}. For how many of these sizes can"
    )
    stem += f" {second} be sure of winning?"
    wrong = (high // most - (low - 1) // most, high - low + 1 - key, key + 1)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _draw_nim(rng: np.random.Generator, _level: int) -> Draft:
    first, second = _players(rng)
    while True:
        piles = (rng.permutation(126)[:3] + 2).tolist()
        total = reduce(xor, piles)
        takes = [pile - (pile ^ total) for pile in piles if pile ^ total < pile]
        if total and len(takes) == 1:
            break
    stem = f"{first} and {second} take turns, {first} first. A turn takes one or more counters from"
    stem += f" one pile, and whoever takes the last counter of all wins. The piles hold {piles[0]},"
    stem += f" {piles[1]} and {piles[2]} counters, and exactly one first move wins for {first}. How"
    stem += " many counters does that move take?"
    wrong = (total, *(abs(pile - (pile ^ total)) for pile in piles), max(piles) - min(piles))
    return Draft(stem, str(takes[0]), near_misses(takes[0], wrong, rng, least=1))


def _draw_losing_sizes(rng: np.random.Generator, level: int) -> Draft:
    n, most, highest = {2: (2, 6, 120), 3: (3, 10, 3_000), 4: (4, 18, 90_000)}[level]
    amounts = _amounts(rng, n, most)
    is_misere = level > 2 and bool(rng.integers(2))  # noqa: PLR2004 - not the easy levels
    low = int(rng.integers(1, highest // 4))
    high = low + int(rng.integers(highest // 4, highest))
    key = count_losing_sizes(amounts, low, high, is_misere=is_misere)
    other = count_losing_sizes(amounts, low, high, is_misere=not is_misere)
    fewer = count_losing_sizes(amounts[:-1], low, high, is_misere=is_misere)
    stem = _size_question(rng, Rule(amounts), (low, high), is_misere=is_misere)
    wrong = (other, fewer, high - low + 1 - key, key + 1)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _draw_divided_sizes(rng: np.random.Generator, _level: int) -> Draft:
    rule = Rule(_amounts(rng, 3, 16), divisor=int(rng.integers(2, 4)))
    is_misere = bool(rng.integers(2))
    low = int(rng.integers(1, 40))
    high = int(rng.integers(250, 600))
    key = sum(losing_sizes(rule, high, is_misere=is_misere)[low:])
    other = sum(losing_sizes(rule, high, is_misere=not is_misere)[low:])
    plain = sum(losing_sizes(Rule(rule.amounts), high, is_misere=is_misere)[low:])
    stem = _size_question(rng, rule, (low, high), is_misere=is_misere)
    return Draft(stem, str(key), near_misses(key, (other, plain, key + 1), rng, least=1))


def _size_question(
    rng: np.random.Generator, rule: Rule, sizes: tuple[int, int], *, is_misere: bool
) -> str:
    first, second = _players(rng)
    stem = f"{first} and {second} take turns moving on a single pile of counters; {first} moves"
    stem += f" first. {rule.text()} Whoever cannot move {'wins' if is_misere else 'loses'}."
    stem += f" The pile may start with any number of counters from {sizes[0]} to {sizes[1]}."
    return f"{stem} For how many of these numbers can {second} be sure of winning?"


def _draw_value_sum(rng: np.random.Generator, _level: int) -> Draft:
    rule, size = Rule(_amounts(rng, 3, 12)), int(rng.integers(40, 99))
    first = int(rng.integers(1, 30))
    values = grundy_values(rule, size)
    key = sum(values[first:])
    stem = "For whole numbers n >= 0, let V(n) be the least whole number >= 0 that differs from"
    shown = [f"V(n-{amount})" for amount in rule.amounts]
    stem += (
        f" each of {', '.join(shown[:-1])} and {shown[-1]}, where V of a negative number is left"
    )
    stem += f" out. Find V({first}) + V({first + 1}) + ... + V({size})."
    shorter = sum(grundy_values(Rule(rule.amounts[:-1]), size)[first:])
    wrong = (key - values[size], shorter, key + values[first - 1], sum(map(bool, values[first:])))
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _draw_winning_moves(rng: np.random.Generator, level: int) -> Draft:
    may_split = level > 3  # noqa: PLR2004 - the plain game is for level 3
    n_piles, smallest, largest = (4, 8, 19) if may_split else (5, 20, 99)
    while True:
        rule = Rule(_amounts(rng, 3, 6 if may_split else 12), may_split=may_split)
        piles = sorted((rng.permutation(largest - smallest)[:n_piles] + smallest).tolist())
        key = winning_moves(rule, piles)
        if key > 1:
            break
    who, first = _opening(rng)
    stem = f"{who} {rule.text()} Whoever cannot move loses. The piles hold"
    stem += f" {', '.join(map(str, piles[:-1]))} and {piles[-1]} counters. How many different first"
    stem += f" moves let {first} force a win? Moves are different if they leave different piles."
    wrong = (winning_moves(Rule(rule.amounts), piles), n_piles, key + 1)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=0))


def _draw_losing_tuples(rng: np.random.Generator, level: int) -> Draft:
    n_piles = 2 if level < 5 else 3  # noqa: PLR2004 - the top level counts triples
    kind = int(rng.integers(3))
    rule, smallest, largest = (
        (Rule(_amounts(rng, 4, 14)), 120, 700),
        (Rule(_amounts(rng, 3, 12), divisor=int(rng.integers(2, 4))), 40, 150),
        (Rule(_amounts(rng, 3, 7), may_split=True), 15, 45),
    )[kind]
    bounds = rng.integers(smallest, largest, n_piles).tolist()
    values = grundy_values(rule, max(bounds))
    key = count_losing_tuples(values, bounds)
    who, first = _opening(rng)
    spans = [f", the {place} from 1 to {b}" for place, b in zip(LATER, bounds[1:], strict=False)]
    stem = (
        f"{who} {rule.text()} Whoever cannot move loses. There are {n_piles} piles: the first has"
    )
    stem += f" any size from 1 to {bounds[0]}{''.join(spans)}. How many of these starting positions"
    stem += f" does {first} lose if both play perfectly?"
    wrong = _tuple_mistakes(rule, values, bounds)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _tuple_mistakes(rule: Rule, values: list[int], bounds: list[int]) -> list[int]:
    """Return the counts with empty piles let in, a move forgotten, or only lost piles added."""
    with_empty = count_losing_tuples([0, *values], [bound + 1 for bound in bounds])
    shorter = grundy_values(Rule(rule.amounts, rule.divisor), max(bounds))
    fewer = grundy_values(Rule(rule.amounts[:-1], rule.divisor, rule.may_split), max(bounds))
    zeros = int(np.prod([values[1 : bound + 1].count(0) for bound in bounds]))
    return [
        with_empty,
        count_losing_tuples(shorter, bounds),
        count_losing_tuples(fewer, bounds),
        zeros,
    ]


VARIANTS: dict[int, tuple[Generator, ...]] = {
    1: (_draw_last_counter, _draw_last_range),
    2: (_draw_nim, _draw_losing_sizes),
    3: (_draw_losing_sizes, _draw_value_sum, _draw_winning_moves),
    4: (_draw_losing_sizes, _draw_losing_tuples, _draw_winning_moves),
    5: (_draw_losing_tuples, _draw_losing_tuples, _draw_divided_sizes),
}


def draw_impartial_games(rng: np.random.Generator, level: int) -> Draft:
    """Draw a question about lost positions or winning moves of an impartial game.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (a remainder) to 5 (positions of three piles, counted by Grundy values).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
