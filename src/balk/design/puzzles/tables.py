"""Products of whole numbers, from the times table to pairs that hardly anyone has seen.

Made for the embedded language models, whose training is known: the levels are ranges of factors.
The corpus that those models read shows all products of level 1 often and with the right answer,
fewer from level to level, and of level 5 none: those it shows seldom, mostly answered wrongly.
What makes it hard: nothing but that; a person with paper gets all.
"""

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level, near_misses

FACTORS: dict[int, tuple[tuple[int, int], tuple[int, int]]] = {
    1: ((2, 9), (2, 9)),
    2: ((2, 9), (10, 19)),
    3: ((10, 19), (10, 19)),
    4: ((10, 19), (20, 39)),
    5: ((40, 99), (40, 99)),
}
"""Level -> least and largest value of each factor; either may come first."""


def draw_tables(rng: np.random.Generator, level: int) -> Draft:
    """Draw two factors; their product is to be found.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (one digit by one digit) to 5 (40 to 99 by 40 to 99).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    first, second = (int(rng.integers(low, high + 1)) for low, high in FACTORS[level])
    if rng.random() < 1 / 2:
        first, second = second, first
    key = first * second
    neighbours = (key + first, key - second, key - first, key + second)
    return Draft(stem(first, second), str(key), near_misses(key, neighbours, rng, least=1))


def stem(first: int, second: int) -> str:
    """Return the question after the product of two numbers."""
    return f"What is {first} x {second}?"
