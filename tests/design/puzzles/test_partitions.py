"""Keys against lists of every way, written down one by one and then struck out by the rules."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.partitions import (
    ANY,
    EVEN,
    ODD,
    count_compositions,
    count_groupings,
    count_partitions,
    draw_partitions,
)

small_parts = st.sets(st.integers(1, 6), min_size=1, max_size=4).map(sorted)
parities = st.sampled_from([ANY, EVEN, ODD])
Pair = tuple[int, int]


def payments(total: int, coins: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield how often each coin is used, for every way to pay a total."""
    for used in product(*(range(total // coin + 1) for coin in coins)):
        if sum(n * coin for n, coin in zip(used, coins, strict=True)) == total:
            yield used


def sequences(total: int, parts: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield every sequence of parts with a sum."""
    if total == 0:
        yield ()
    for part in parts:
        if part <= total:
            yield from ((part, *rest) for rest in sequences(total - part, parts))


def groupings(members: list[int]) -> Iterator[list[list[int]]]:
    """Yield every division of the members into groups."""
    if not members:
        yield []
        return
    first, others = members[0], members[1:]
    for n_joined in range(len(others) + 1):
        for joined in combinations(others, n_joined):
            left = [m for m in others if m not in joined]
            yield from ([[first, *joined], *rest] for rest in groupings(left))


def suits(n_parts: int, parity: int) -> bool:
    return parity == ANY or n_parts % 2 == parity


@given(total=st.integers(0, 24), parts=small_parts, limit=st.integers(0, 4), parity=parities)
def test_partitions_are_counted_as_the_list_of_payments_is(
    total: int, parts: list[int], limit: int, parity: int
) -> None:
    found = [p for p in payments(total, parts) if suits(sum(p), parity)]
    fitting = [p for p in found if not limit or p[0] <= limit]
    most = [limit, *[0] * (len(parts) - 1)]
    assert count_partitions(total, parts, most, parity) == len(fitting)


@given(
    total=st.integers(1, 11),
    parts=small_parts,
    banned=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=4),
    parity=parities,
)
def test_compositions_are_counted_as_the_list_of_sequences_is(
    total: int, parts: list[int], banned: list[Pair], parity: int
) -> None:
    fitting = [
        s
        for s in sequences(total, parts)
        if suits(len(s), parity) and not any(p in banned for p in pairwise(s))
    ]
    assert count_compositions(total, parts, banned, parity) == len(fitting)


pairs_of_six = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] < p[1]), max_size=3
)


@given(
    sizes=st.sets(st.integers(1, 5), min_size=1, max_size=4).map(sorted),
    together=pairs_of_six,
    apart=pairs_of_six,
)
def test_groupings_are_counted_as_the_list_of_divisions_is(
    sizes: list[int], together: list[Pair], apart: list[Pair]
) -> None:
    fitting = [
        groups
        for groups in groupings(list(range(6)))
        if all(len(group) in sizes for group in groups)
        and all(any({a, b} <= set(group) for group in groups) for a, b in together)
        and not any({a, b} <= set(group) for a, b in apart for group in groups)
    ]
    assert count_groupings(6, sizes, together, apart) == len(fitting)


def numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)]


def pairs(text: str, link: str) -> list[Pair]:
    return [(int(a), int(b)) for a, b in re.findall(rf"(\d+) {link} (\d+)", text)]


def ways_of_stem(stem: str) -> int:
    """Return how many ways the words of a stem describe, by listing them."""
    parity = EVEN if re.search(r"\beven\b", stem) else ODD if re.search(r"\bodd\b", stem) else ANY
    if "pays" in stem:
        total, coins = numbers(stem)[0], numbers(stem.partition("using")[0])[1:]
        limits = {coin: n for n, coin in pairs(stem, "coins of")}
        return sum(
            suits(sum(used), parity)
            and all(n <= limits.get(coin, n) for n, coin in zip(used, coins, strict=True))
            for used in payments(total, coins)
        )
    if "sequences" in stem:
        parts, total = (
            numbers(stem.partition(", repetition")[0]),
            int(re.findall(r"sum (\d+)", stem)[0]),
        )
        banned = pairs(stem, "directly before")
        return sum(
            suits(len(s), parity) and not any(p in banned for p in pairwise(s))
            for s in sequences(total, parts)
        )
    return groups_of_stem(stem)


def groups_of_stem(stem: str) -> int:
    who, _, rules = stem.removeprefix("In how many ways can the").partition(" be divided")
    names = re.findall(r"[A-Z]\w+", who)
    sizes = numbers(re.findall(r"groups of (.+) members", rules)[0])
    friends, rivals = (
        [{names.index(a), names.index(b)} for a, b in re.findall(r"([A-Z]\w+) and (\w+)", half)]
        for half in rules.split(" but ")
    )
    return sum(
        all(len(group) in sizes for group in groups)
        and all(any(pair <= set(group) for group in groups) for pair in friends)
        and not any(pair <= set(group) for pair in rivals for group in groups)
        for groups in groupings(list(range(len(names))))
    )


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_key_counts_the_ways_that_the_stem_describes(level: int, seed: int) -> None:
    draft = draw_partitions(np.random.default_rng([2, seed]), level)
    assert int(draft.key) == ways_of_stem(draft.stem)


@pytest.mark.parametrize(("level", "words"), [(3, "pays"), (3, "sequences"), (3, "groups of")])
def test_key_counts_the_ways_of_a_middle_level_too(level: int, words: str) -> None:
    rng = np.random.default_rng(14)
    draft = draw_partitions(rng, level)
    while words not in draft.stem or int(draft.key) > 20_000 or "the 10 people" in draft.stem:
        draft = draw_partitions(rng, level)
    assert int(draft.key) == ways_of_stem(draft.stem)


def test_a_parity_of_the_terms_is_said_and_meant() -> None:
    rng = np.random.default_rng(3)
    draft = draw_partitions(rng, 4)
    while "terms is" not in draft.stem or int(draft.key) > 5_000:
        draft = draw_partitions(rng, 4)
    assert int(draft.key) == ways_of_stem(draft.stem)
