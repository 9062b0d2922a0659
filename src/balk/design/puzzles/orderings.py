"""Who stands where, from clues with one solution; and in how many orders jobs can be done.

Clues are drawn around a hidden order, taken in while they shut out other orders, and dropped
again where the rest says it already, so no clue is idle.
What makes it hard: at the upper levels no clue fixes a place or even a plain "before"; distances
are compared and alternatives excluded. The counts are of linear extensions of a partial order,
which has no formula and grows into millions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from balk.design.puzzles.drafts import N_DISTRACTORS, Draft, Generator, check_level, near_misses
from balk.design.puzzles.truth_tellers import NAMES

SCENES = (
    "{n} people finish a race without ties; place 1 is the winner's",
    "{n} people stand in a queue; place 1 is at the front",
    "{n} people give one talk each, one after another; place 1 is the first talk",
    "{n} people sit in a row of chairs; place 1 is the leftmost chair",
    "{n} people live on different floors of a house, one each; place 1 is the lowest floor",
)
FORMS = {
    1: ("place", "before", "before", "next_to"),
    2: ("before", "next_to", "gap", "parity"),
    3: ("before", "gap", "between", "parity", "sum"),
    4: ("gap", "between", "sum", "either", "farther", "parity"),
    5: ("between", "either", "farther", "farther", "twice_sum", "odd_gap", "differ"),
}
N_PEOPLE = {1: 5, 2: 6, 3: 7, 4: 8, 5: 9}
JOBS = {1: (5, 4), 2: (6, 6), 3: (8, 9), 4: (11, 13), 5: (14, 18)}
"""Jobs, and rules before the implied ones are left out."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALLEST_COUNT = {1: 3, 2: 10, 3: 100, 4: 2_000, 5: 50_000}
LARGEST_COUNT = 99_999_999

Places = NDArray[np.int8]
"""One row for each person, one column for each order: places from 1."""


@dataclass(frozen=True, slots=True)
class Clue:
    """A clue, by its form, the people it is about, and a number where it needs one."""

    form: str
    who: tuple[int, ...]
    number: int = 0

    def holds(self, places: Places) -> NDArray[np.bool_]:
        """Return for each order whether the clue is true, shape (n_orders,)."""
        return HOLDS[self.form]([places[person] for person in self.who], self.number)

    def text(self, names: Sequence[str]) -> str:
        """Return the clue in words, without a full stop."""
        a, b, c, d = (*(names[person] for person in self.who), *[""] * 4)[:4]
        k = self.number
        people = {0: "nobody comes", 1: "exactly 1 person comes"}.get(k, f"exactly {k} people come")
        return {
            "place": f"{a} has place {k}",
            "parity": f"the place of {a} is {'odd' if k else 'even'}",
            "before": f"{a} is somewhere before {b}",
            "next_to": f"{a} and {b} have neighbouring places",
            "gap": f"{people} between {a} and {b}",
            "odd_gap": f"an {'odd' if k else 'even'} number of people (0 is even) come between"
            f" {a} and {b}",
            "between": f"{a} is somewhere between {b} and {c}",
            "sum": f"the places of {a} and {b} add up to {k}",
            "twice_sum": f"the places of {a} and {b} together add up to {_compared(k)} those of"
            f" {c} and {d}",
            "either": f"either {a} is before {b} or {c} is before {d}, but not both",
            "farther": f"more people come between {a} and {b} than between {c} and {d}",
            "differ": f"the places of {a} and {b} differ by a multiple of {k}",
        }[self.form]


def _compared(difference: int) -> str:
    if not difference:
        return "as much as"
    return f"{abs(difference)} {'more' if difference > 0 else 'less'} than"


HOLDS: dict[str, Callable[[list[Places], int], NDArray[np.bool_]]] = {
    "place": lambda p, k: p[0] == k,
    "parity": lambda p, k: p[0] % 2 == k,
    "before": lambda p, _: p[0] < p[1],
    "next_to": lambda p, _: abs(p[0] - p[1]) == 1,
    "gap": lambda p, k: abs(p[0] - p[1]) == k + 1,
    "odd_gap": lambda p, k: (p[0] + p[1] + 1) % 2 == k,
    "between": lambda p, _: (p[1] < p[0]) != (p[2] < p[0]),
    "sum": lambda p, k: p[0] + p[1] == k,
    "twice_sum": lambda p, k: p[0] + p[1] - p[2] - p[3] == k,
    "either": lambda p, _: (p[0] < p[1]) != (p[2] < p[3]),
    "farther": lambda p, _: abs(p[0] - p[1]) > abs(p[2] - p[3]),
    "differ": lambda p, k: (p[0] - p[1]) % k == 0,
}
N_WHO = {"place": 1, "parity": 1, "between": 3, "twice_sum": 4, "either": 4, "farther": 4}


@cache
def all_places(n: int) -> Places:
    """Return the places of n people in each of the n! orders, shape (n, n!)."""
    if n == 1:
        return np.ones((1, 1), dtype=np.int8)
    fewer = all_places(n - 1)
    last = np.full((1, fewer.shape[1]), 1, dtype=np.int8)
    blocks = [np.concatenate([fewer + (fewer >= k), k * last]) for k in range(1, n + 1)]
    return np.concatenate(blocks, axis=1).astype(np.int8)


def count_orders(n: int, rules: Sequence[tuple[int, int]]) -> int:
    """Return in how many orders n jobs can be done when the first of each pair comes first.

    Counts downward-closed sets of jobs by size, each with the number of ways to build it up.

    Parameters
    ----------
    n : int
        Jobs 0 to n - 1.
    rules : sequence of (int, int)
        Pairs (earlier, later) without a cycle.
    """
    needed = [sum(1 << a for a, b in set(rules) if b == job) for job in range(n)]
    ways = {0: 1}
    for _ in range(n):
        grown: dict[int, int] = {}
        for done, count in ways.items():
            for job in range(n):
                if not done >> job & 1 and done & needed[job] == needed[job]:
                    more = done | 1 << job
                    grown[more] = grown.get(more, 0) + count
        ways = grown
    return ways[(1 << n) - 1]


def _draw_clue(rng: np.random.Generator, form: str, truth: Places) -> Clue:
    """Return a clue of a form that is true of an order."""
    who = tuple(rng.permutation(len(truth))[: N_WHO.get(form, 2)].tolist())
    at = [int(truth[person]) for person in who]
    number = {
        "place": at[0],
        "parity": at[0] % 2,
        "gap": abs(at[0] - at[-1]) - 1,
        "odd_gap": (at[0] + at[-1] + 1) % 2,
        "sum": at[0] + at[-1],
        "twice_sum": at[0] + at[1 % len(at)] - at[-1] - at[-2 % len(at)],
        "differ": int(rng.integers(2, 5)),
    }.get(form, 0)
    clue = Clue(form, who, number)
    return clue if clue.holds(truth[:, None])[0] else _draw_clue(rng, form, truth)


def draw_clues(rng: np.random.Generator, truth: Places, forms: Sequence[str]) -> list[Clue]:
    """Return clues that together leave one order, and would leave more without any of them.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    truth : array of shape (n_people,)
        The hidden order: everybody's place.
    forms : sequence of str
        Forms of clue to draw from.
    """
    clues: list[Clue] = []
    left = all_places(len(truth))
    while left.shape[1] > 1:
        clue = _draw_clue(rng, forms[int(rng.integers(len(forms)))], truth)
        true = clue.holds(left)
        if not true.all() and clue not in clues:
            clues.append(clue)
            left = left.take(np.flatnonzero(true), axis=1)
    return _needed(clues, len(truth))


def _needed(clues: list[Clue], n: int) -> list[Clue]:
    """Drop clues, oldest first, that the others make idle."""
    truths = np.array([clue.holds(all_places(n)) for clue in clues])
    n_true = truths.sum(axis=0, dtype=np.int8)
    kept: list[Clue] = []
    for i, clue in enumerate(clues):
        without = n_true - truths[i]
        if np.count_nonzero(without == len(kept) + len(clues) - i - 1) > 1:
            kept.append(clue)
        else:
            n_true = without
    return kept


def _draw_place(rng: np.random.Generator, level: int) -> Draft:
    n = N_PEOPLE[level]
    orders = all_places(n)
    truth = orders[:, int(rng.integers(orders.shape[1]))]
    clues = draw_clues(rng, truth, FORMS[level])
    given = {clue.number for clue in clues if clue.form == "place"}
    asked = [place for place in range(1, n + 1) if place not in given]
    place = asked[int(rng.integers(len(asked)))]
    names = [NAMES[i] for i in rng.permutation(len(NAMES))[:n]]
    scene = SCENES[int(rng.integers(len(SCENES)))].format(n=n)
    stem = f"{scene}. They are {', '.join(sorted(names))}."
    texts = [clue.text(names) for clue in clues]
    if any("before" in text for text in texts):
        stem += " Before means at a smaller place number."
    stem += "".join(f" {text[0].upper()}{text[1:]}." for text in texts)
    near = sorted(range(n), key=lambda person: abs(int(truth[person]) - place))
    key, *others = [names[person].lower() for person in near]
    stem += f" Who has place {place}? Answer with the name."
    return Draft(stem, key, tuple(others[:N_DISTRACTORS]), "word")


def _draw_jobs(rng: np.random.Generator, level: int) -> Draft:
    n, n_rules = JOBS[level]
    while True:
        rules = _random_rules(rng, n, n_rules)
        key = count_orders(n, rules)
        if SMALLEST_COUNT[level] <= key <= LARGEST_COUNT:
            break
    jobs = [LETTERS[i] for i in rng.permutation(len(LETTERS))[:n]]
    told = [f"{jobs[a]} before {jobs[b]}" for a, b in rules]
    stem = f"{n} jobs, {', '.join(sorted(jobs))}, are done one after another. These rules hold (not"
    stem += f" always directly before): {', '.join(told)}. In how many orders can the jobs be done?"
    wrong = [count_orders(n, rules[:-1]), count_orders(n, rules[1:]), key // 2]
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _random_rules(rng: np.random.Generator, n: int, n_rules: int) -> list[tuple[int, int]]:
    """Return up to `n_rules` rules of a random partial order, none implied by two others."""
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    chosen = {pairs[i] for i in rng.permutation(len(pairs))[:n_rules]}
    plain = [
        (a, b)
        for a, b in sorted(chosen)
        if not any((a, c) in chosen and (c, b) in chosen for c in range(a + 1, b))
    ]
    return [plain[i] for i in rng.permutation(len(plain))]


VARIANTS: dict[int, tuple[Generator, ...]] = dict.fromkeys(
    N_PEOPLE, (_draw_place, _draw_place, _draw_jobs)
)


def draw_orderings(rng: np.random.Generator, level: int) -> Draft:
    """Draw an order to be found from clues, or orders to be counted.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (five people, plain clues) to 5 (nine people, comparisons only; fourteen jobs).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
