"""Keys against every permutation, with the clues read back from the stem one sentence at a time."""

import re
from collections.abc import Callable
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.orderings import all_places, count_orders, draw_clues, draw_orderings
from balk.records import Puzzle

Test = Callable[[list[int], list[int]], bool]
"""Places of the people a clue names, and the numbers in it -> whether the clue is true."""

READINGS: dict[str, Test] = {
    "^Either": lambda at, _: (at[0] < at[1]) != (at[2] < at[3]),
    "^More people": lambda at, _: abs(at[0] - at[1]) > abs(at[2] - at[3]),
    "^Nobody comes": lambda at, _: abs(at[0] - at[1]) == 1,
    r"^Exactly \d+ p": lambda at, k: abs(at[0] - at[1]) == k[0] + 1,
    "^An odd number": lambda at, _: abs(at[0] - at[1]) % 2 == 0,
    "^An even number": lambda at, _: abs(at[0] - at[1]) % 2 == 1,
    "as much as": lambda at, _: at[0] + at[1] == at[2] + at[3],
    "less than": lambda at, k: at[0] + at[1] + k[0] == at[2] + at[3],
    "more than": lambda at, k: at[0] + at[1] == at[2] + at[3] + k[0],
    "add up to": lambda at, k: at[0] + at[1] == k[0],
    "multiple": lambda at, k: abs(at[0] - at[1]) % k[0] == 0,
    "somewhere between": lambda at, _: min(at[1:]) < at[0] < max(at[1:]),
    "somewhere before": lambda at, _: at[0] < at[1],
    "neighbouring": lambda at, _: abs(at[0] - at[1]) == 1,
    "is odd": lambda at, _: at[0] % 2 == 1,
    "is even": lambda at, _: at[0] % 2 == 0,
    "has place": lambda at, k: at[0] == k[0],
}


def read(clue: str, names: list[str]) -> Callable[[tuple[int, ...]], bool]:
    """Return a printed clue as a test of everybody's places."""
    who = [names.index(word) for word in re.findall(r"\w+", clue) if word in names]
    numbers = [int(n) for n in re.findall(r"\d+", clue.replace("(0 is even) ", ""))]
    test = next(test for words, test in READINGS.items() if re.search(words, clue))
    return lambda places: test([places[person] for person in who], numbers)


def who_can_be_there(stem: str) -> set[str]:
    """Return everybody whom some order that fits all clues puts in the place asked for."""
    names = re.findall(r"They are ([\w, ]+)\.", stem)[0].split(", ")
    place = int(re.findall(r"Who has place (\d+)\?", stem)[0])
    told = stem[stem.index("They are") : stem.index(" Who has")].split(". ")[1:]
    clues = [read(clue.rstrip("."), names) for clue in told if "Before means" not in clue]
    fitting = [
        places
        for places in permutations(range(1, len(names) + 1))
        if all(clue(places) for clue in clues)
    ]
    return {names[places.index(place)].lower() for places in fitting}


def orders_by_search(n: int, rules: list[tuple[int, int]]) -> int:
    return sum(
        all(order.index(a) < order.index(b) for a, b in rules) for order in permutations(range(n))
    )


@pytest.mark.parametrize(
    ("level", "seed"), [(k, s) for k in (1, 2, 3) for s in range(15)] + [(4, 0), (4, 1), (4, 2)]
)
def test_name_is_the_only_one_that_the_clues_allow(level: int, seed: int) -> None:
    rng = np.random.default_rng([2, seed])
    draft = draw_orderings(rng, level)
    while draft.marking != "word":
        draft = draw_orderings(rng, level)
    assert who_can_be_there(draft.stem) == {draft.key}


@pytest.mark.parametrize("seed", range(2))
def test_name_of_the_top_level_is_the_only_one_too(seed: int) -> None:
    rng = np.random.default_rng([3, seed])
    draft = draw_orderings(rng, 5)
    while draft.marking != "word":
        draft = draw_orderings(rng, 5)
    assert who_can_be_there(draft.stem) == {draft.key}


@pytest.mark.parametrize(("level", "seed"), [(k, s) for k in (1, 2) for s in range(10)] + [(3, 0)])
def test_number_of_orders_is_the_one_a_search_finds(level: int, seed: int) -> None:
    rng = np.random.default_rng([4, seed])
    draft = draw_orderings(rng, level)
    while draft.marking != "number":
        draft = draw_orderings(rng, level)
    jobs = re.findall(r"\b[A-Z]\b", draft.stem.partition(" are done")[0])
    told = re.findall(r"([A-Z]) before ([A-Z])", draft.stem)
    rules = [(jobs.index(a), jobs.index(b)) for a, b in told]
    assert int(draft.key) == orders_by_search(len(jobs), rules)


@given(
    rules=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]),
        max_size=8,
    )
)
def test_orders_under_rules_are_counted_as_a_search_does(rules: list[tuple[int, int]]) -> None:
    assert count_orders(6, rules) == orders_by_search(6, rules)


def test_jobs_without_rules_can_be_done_in_any_order() -> None:
    assert count_orders(10, []) == factorial(10)


@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_every_order_is_listed_once(n: int) -> None:
    rows = [tuple(row) for row in all_places(n).T.tolist()]
    assert sorted(rows) == list(permutations(range(1, n + 1)))


@pytest.mark.parametrize("seed", range(10))
def test_no_clue_is_idle(seed: int) -> None:
    rng = np.random.default_rng([5, seed])
    orders = all_places(6)
    clues = draw_clues(rng, orders[:, 100 + seed], ("before", "gap", "between", "sum"))
    truths = np.array([clue.holds(orders) for clue in clues])
    for i in range(len(clues)):
        assert np.delete(truths, i, axis=0).all(axis=0).sum() > 1


def test_name_and_number_puzzles_both_make_records() -> None:
    rng = np.random.default_rng(6)
    drafts = [draw_orderings(rng, 2) for _ in range(20)]
    kinds = {Puzzle(d.stem, d.key, d.marking, "orderings", 2).marking for d in drafts}
    assert kinds == {"word", "number"}
