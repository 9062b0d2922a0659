"""How many whole numbers in a range have digits that obey all of some rules.

Each rule is a small automaton that reads the digits from the left; the rules together are their
product, and counting is one table of continuations for each number of digits still to come.
What makes it hard: rules on remainders, digit sums and neighbouring digits do not combine into a
formula, and uneven ends of the range must be followed digit by digit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from balk.design.puzzles.drafts import Draft, check_level, near_misses

Adjacent = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]

DEAD = -1
TEN = 10
DIGITS = np.arange(TEN)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on the digits of a number, as words and as an automaton.

    Attributes
    ----------
    text : str
        The rule in words, about n.
    steps : array of shape (n_states, 10)
        State after reading a digit; `DEAD` where the rule is broken for good. State 0 starts.
    accepts : array of shape (n_states,)
        Whether a number that ends in the state obeys the rule.
    """

    text: str
    steps: NDArray[np.int64]
    accepts: NDArray[np.bool_]


def divisible(modulus: int, remainder: int = 0) -> Rule:
    """Return the rule on the remainder of the number itself."""
    states = np.arange(modulus)
    steps = (TEN * states[:, None] + DIGITS) % modulus
    return Rule(_remainder_text("n", modulus, remainder), steps, states == remainder)


def digit_sum_remainder(modulus: int, remainder: int) -> Rule:
    """Return the rule on the remainder of the digit sum."""
    states = np.arange(modulus)
    steps = (states[:, None] + DIGITS) % modulus
    text = _remainder_text("the digit sum of n", modulus, remainder)
    return Rule(text, steps, states == remainder)


def _remainder_text(what: str, modulus: int, remainder: int) -> str:
    if remainder == 0:
        return f"{what} is divisible by {modulus}"
    return f"{what} leaves remainder {remainder} when divided by {modulus}"


def digit_sum(total: int) -> Rule:
    """Return the rule that the digits add up to a total."""
    states = np.arange(total + 1)
    steps = states[:, None] + DIGITS
    text = f"the digit sum of n is {total}"
    return Rule(text, np.where(steps > total, DEAD, steps), states == total)


def odd_digits(count: int) -> Rule:
    """Return the rule that exactly so many digits are odd."""
    states = np.arange(count + 1)
    steps = states[:, None] + DIGITS % 2
    verb = "digit of n is" if count == 1 else "digits of n are"
    text = f"exactly {count} {verb} odd"
    return Rule(text, np.where(steps > count, DEAD, steps), states == count)


def contains(digit: int) -> Rule:
    """Return the rule that a digit occurs."""
    steps = np.array([digit == DIGITS, np.ones(TEN)], dtype=np.int64)
    return Rule(f"n contains the digit {digit} at least once", steps, np.array([False, True]))


def avoids(digit: int) -> Rule:
    """Return the rule that a digit does not occur."""
    steps = np.where(digit == DIGITS, DEAD, 0)[None]
    return Rule(f"n does not contain the digit {digit}", steps, np.array([True]))


RISING: dict[str, Adjacent] = {
    "no digit of n is smaller than the digit on its left": lambda a, b: a <= b,
    "every digit of n is larger than the digit on its left": lambda a, b: a < b,
}
NEIGHBOURS: dict[str, Adjacent] = {
    "no two neighbouring digits of n are equal": lambda a, b: a != b,
    "neighbouring digits of n differ by at most 3": lambda a, b: abs(a - b) < 3 + 1,
    "neighbouring digits of n differ by at most 5": lambda a, b: abs(a - b) < 5 + 1,
    "neighbouring digits of n differ by at least 2": lambda a, b: abs(a - b) > 1,
    "of any two neighbouring digits of n, at least one is even": lambda a, b: a * b % 2 == 0,
    "no two neighbouring digits of n add up to 9": lambda a, b: a + b != TEN - 1,
    "no two neighbouring digits of n add up to 10": lambda a, b: a + b != TEN,
}
"""Rules on each digit and the next; rising digits are for short numbers, among long ones rare."""
SHORT = 4


def neighbours(text: str) -> Rule:
    """Return a rule on neighbouring digits; state d + 1 means that the last digit was d."""
    fits = (RISING | NEIGHBOURS)[text](DIGITS[:, None], DIGITS[None])
    steps = np.vstack([DIGITS + 1, np.where(fits, DIGITS + 1, DEAD)])
    return Rule(text, steps, np.ones(TEN + 1, dtype=np.bool_))


def both(first: Rule, second: Rule) -> Rule:
    """Return the rule that a number obeys two rules."""
    n = len(second.accepts)
    one, two = first.steps[:, None, :], second.steps[None]
    steps = np.where((one == DEAD) | (two == DEAD), DEAD, one * n + two)
    accepts = first.accepts[:, None] & second.accepts[None]
    return Rule(f"{first.text}; {second.text}", steps.reshape(-1, TEN), accepts.ravel())


def count_numbers(rules: Sequence[Rule], low: int, high: int) -> int:
    """Return how many whole numbers from `low` to `high`, both included, obey all rules.

    Parameters
    ----------
    rules : sequence of Rule
        At least one.
    low, high : int
        At least 1; `low` at most `high`.
    """
    rule = reduce(both, rules)
    n_digits = len(str(high))
    endings = [np.append(rule.accepts, values=False).astype(np.int64)]  # a dead state counts 0
    for _ in range(n_digits - 1):
        ways = endings[-1][rule.steps].sum(axis=1)
        endings.append(np.append(ways, 0))
    return _up_to(rule, endings, high) - _up_to(rule, endings, low - 1)


def _up_to(rule: Rule, endings: Sequence[NDArray[np.int64]], bound: int) -> int:
    """Return how many numbers from 1 to `bound` obey a rule, given the ways to go on."""
    if bound < 1:
        return 0
    digits = [int(digit) for digit in str(bound)]
    first = rule.steps[0, 1:]
    total = sum(int(endings[left][first].sum()) for left in range(len(digits) - 1))
    state = 0
    for place, digit in enumerate(digits):
        smaller = rule.steps[state, int(place == 0) : digit]
        total += int(endings[len(digits) - 1 - place][smaller].sum())
        state = int(rule.steps[state, digit])
        if state == DEAD:
            return total
    return total + int(rule.accepts[state])


def _draw_rule(rng: np.random.Generator, kind: str, n_digits: int) -> Rule:
    """Return a random rule of a kind, for numbers of about so many digits."""
    if kind == "divisible":
        modulus = int(rng.choice([3, 4, 6, 7, 9] if n_digits <= SHORT else [7, 11, 13]))
        return divisible(modulus, int(rng.integers(modulus)))
    if kind == "remainder":
        modulus = int(rng.integers(4, 10))
        return digit_sum_remainder(modulus, int(rng.integers(modulus)))
    if kind == "sum":
        return digit_sum(int(rng.integers(3 * n_digits, 6 * n_digits)))
    if kind == "odd":
        return odd_digits(int(rng.integers(1, n_digits)))
    if kind == "neighbours":
        texts = list(RISING | NEIGHBOURS if n_digits <= SHORT else NEIGHBOURS)
        return neighbours(texts[int(rng.integers(len(texts)))])
    return (contains if kind == "contains" else avoids)(int(rng.integers(1, TEN)))


SHAPES: dict[int, tuple[int, int, tuple[tuple[str, ...], ...]]] = {
    1: (0, 999, (("contains",), ("avoids",), ("sum",), ("neighbours",))),
    2: (0, 9_999, (("divisible", "contains"), ("sum", "avoids"), ("odd", "neighbours"))),
    3: (
        10_000,
        999_999,
        (("divisible", "neighbours"), ("sum", "neighbours"), ("remainder", "neighbours")),
    ),
    4: (
        1_000_000,
        99_999_999,
        (("divisible", "odd"), ("divisible", "sum"), ("remainder", "neighbours", "contains")),
    ),
    5: (
        100_000_000,
        99_999_999_999,
        (
            ("divisible", "remainder", "neighbours"),
            ("divisible", "sum", "contains"),
            ("divisible", "odd", "neighbours"),
            ("sum", "neighbours", "contains"),
        ),
    ),
}
"""Least and largest number, and the kinds of rule that are combined."""
SMALLEST_KEY = {1: 5, 2: 10, 3: 100, 4: 1_000, 5: 10_000}
LARGEST_KEY = 999_999_999


def draw_digit_counts(rng: np.random.Generator, level: int) -> Draft:
    """Draw a range and rules on digits; the numbers that obey them are to be counted.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (one rule, up to 999) to 5 (three rules, up to eleven digits).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    least, largest, shapes = SHAPES[level]
    while True:
        ends = rng.integers(max(least, 1), largest + 1, 2).tolist()
        low, high = min(ends), max(ends)
        kinds = shapes[int(rng.integers(len(shapes)))]
        rules = [_draw_rule(rng, kind, len(str(high))) for kind in kinds]
        key = count_numbers(rules, low, high)
        if SMALLEST_KEY[level] <= key <= LARGEST_KEY and key < high - low:
            break
    stem = f"How many whole numbers n from {low} to {high}, both included, meet"
    stem += f" {'this condition' if len(rules) == 1 else 'all these conditions'}:"
    stem += f" {'; '.join(rule.text for rule in rules)}?"
    wrong = (count_numbers(rules, 1, high), _forgetful(rules, low, high), key - 1)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=0))


def _forgetful(rules: Sequence[Rule], low: int, high: int) -> int:
    """Return the nearest count with one rule forgotten, or with a lone rule turned round."""
    if len(rules) == 1:
        return high - low + 1 - count_numbers(rules, low, high)
    return min(count_numbers([*rules[:i], *rules[i + 1 :]], low, high) for i in range(len(rules)))
