"""Small draws that every part of the sloppy subject makes."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np

Thing = TypeVar("Thing")


def pick(rng: np.random.Generator, things: Sequence[Thing]) -> Thing:
    """Return one of the things, each with the same chance."""
    return things[int(rng.integers(len(things)))]


def happens(rng: np.random.Generator, p: float) -> bool:
    """Return True with probability p."""
    return bool(rng.random() < p)


def is_number(answer: str) -> bool:
    """Whether an answer is a whole number or a fraction, such as ``-12`` or ``7/12``."""
    try:
        Fraction(answer)
    except ValueError:
        return False
    return True


def draw_other(answer: str, rng: np.random.Generator) -> str:
    """Return a number that differs from an answer."""
    step = int(rng.integers(1, 9))
    return str(Fraction(answer) + step) if is_number(answer) else str(10 + step)
