"""Keys against lists of edge sets and walks, for graphs read back from the stem."""

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.puzzles.drafts import Draft
from balk.design.puzzles.spanning_trees import (
    count_matchings,
    count_trees,
    count_walks,
    determinant,
    draw_spanning_trees,
)

Edges = list[tuple[int, int]]
N = 6
graphs = st.lists(st.sampled_from(list(combinations(range(N), 2))), max_size=11, unique=True)


def trees(n: int, edges: Edges) -> list[Edges]:
    """Return every set of n - 1 edges that connects all vertices, parallel edges told apart."""
    found = []
    for chosen in combinations(edges, n - 1):
        label = list(range(n))
        for u, v in chosen:
            label = [label[u] if old == label[v] else old for old in label]
        if len(set(label)) == 1:
            found.append(list(chosen))
    return found


def walks(edges: Edges, start: int, end: int, length: int) -> int:
    """Count walks by taking every step there is."""
    if length == 0:
        return int(start == end)
    nexts = [b for u, v in edges for a, b in ((u, v), (v, u)) if a == start]
    return sum(walks(edges, near, end, length - 1) for near in nexts)


def matchings(edges: Edges, size: int) -> int:
    return sum(
        len({vertex for edge in chosen for vertex in edge}) == 2 * size
        for chosen in combinations(edges, size)
    )


@given(edges=graphs)
def test_kirchhoff_counts_the_trees_that_a_search_finds(edges: Edges) -> None:
    assert count_trees(N, edges) == len(trees(N, edges))


@given(edges=graphs.filter(bool))
def test_trees_through_an_edge_are_those_a_search_finds(edges: Edges) -> None:
    found = sum(edges[0] in tree for tree in trees(N, edges))
    assert count_trees(N, edges, [edges[0]]) == found


@given(edges=graphs, length=st.integers(0, 5))
def test_walks_are_counted_as_taking_every_step_does(edges: Edges, length: int) -> None:
    assert count_walks(N, edges, 0, 1, length) == walks(edges, 0, 1, length)


@given(edges=graphs)
def test_matchings_of_every_size_are_those_a_search_finds(edges: Edges) -> None:
    counts = count_matchings(N, edges)
    assert [*counts, 0] == [matchings(edges, size) for size in range(len(counts) + 1)]


def test_determinant_of_a_matrix_that_needs_row_swaps() -> None:
    assert determinant([[0, 2, 1], [3, 0, 0], [0, 0, 5]]) == -30


@pytest.mark.parametrize("n", [2, 5, 9])
def test_complete_graph_has_the_number_of_trees_that_cayley_found(n: int) -> None:
    assert count_trees(n, list(combinations(range(n), 2))) == n ** (n - 2)


def graph_of(stem: str) -> tuple[list[str], Edges]:
    """Return the vertices and the edges that a stem lists."""
    head, _, rest = stem.partition(" and the edges ")
    names = re.findall(r"\b[A-Z]\b", head.replace("A graph", ""))
    listed = re.findall(r"([A-Z])-([A-Z])", rest.partition(".")[0])
    return names, [(names.index(a), names.index(b)) for a, b in listed]


def answer_by_search(stem: str) -> int:
    names, edges = graph_of(stem)
    if "walks" in stem:
        length = int(re.findall(r"exactly (\d+) steps", stem)[0])
        start, end = re.findall(r"start in ([A-Z]) and (?:return to|end in) ([A-Z])", stem)[0]
        return walks(edges, names.index(start), names.index(end), length)
    if "share a vertex" in stem:
        return matchings(edges, int(re.findall(r"can (\d+) of", stem)[0]))
    return len(trees(len(names), edges))


@pytest.mark.parametrize(
    ("level", "seed"), [(3, s) for s in range(15)] + [(4, s) for s in range(6)]
)
def test_key_is_what_a_search_through_the_stem_finds(level: int, seed: int) -> None:
    draft = draw_spanning_trees(np.random.default_rng([1, seed]), level)
    assert int(draft.key) == answer_by_search(draft.stem)


def parallel(stem: str) -> tuple[int, Edges]:
    """Return the vertices and edges of a chain of cycles, a bundle of paths or a ring of roads."""
    edges: Edges = []
    if "direct roads" in stem:
        sizes = [int(size) for size in re.findall(r"(\d+) between", stem)]
        n = len(sizes)
        return n, [(i, (i + 1) % n) for i, size in enumerate(sizes) for _ in range(size)]
    kind, listed = re.findall(r"(paths|cycles) with (.+?) edges", stem)[0]
    last, fresh = 0, 2 if kind == "paths" else 1
    for size in map(int, re.findall(r"\d+", listed)):
        inner = list(range(fresh, fresh + size - 1))
        edges += pairwise([0, *inner, 1] if kind == "paths" else [last, *inner, last])
        last, fresh = inner[0], fresh + size - 1
    return fresh, edges


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_formula_agrees_with_kirchhoff_on_the_graph_of_the_stem(level: int, seed: int) -> None:
    draft = draw_spanning_trees(np.random.default_rng([2, seed]), level)
    n, edges = parallel(draft.stem)
    assert int(draft.key) == count_trees(n, edges)


def draw_with(words: str, seed: int) -> Draft:
    rng = np.random.default_rng([3, seed])
    draft = draw_spanning_trees(rng, 5)
    while words not in draft.stem:
        draft = draw_spanning_trees(rng, 5)
    return draft


def trees_in_floats(n: int, edges: Edges) -> int:
    """Return the number of trees as the product of the Laplacian's eigenvalues over n."""
    laplacian = np.zeros((n, n))
    for u, v in edges:
        laplacian[[u, v], [u, v]] += 1
        laplacian[[u, v], [v, u]] -= 1
    return round(float(np.prod(np.linalg.eigvalsh(laplacian)[1:])) / n)


@pytest.mark.parametrize("seed", range(5))
def test_trees_with_one_edge_in_and_one_out_are_a_difference_of_two_counts(seed: int) -> None:
    draft = draw_with("but not the edge", seed)
    names, edges = graph_of(draft.stem)
    found = re.findall(r"the edge ([A-Z])-([A-Z])", draft.stem)
    kept, lost = ((names.index(a), names.index(b)) for a, b in found)
    allowed = [edge for edge in edges if edge != lost]
    others = [edge for edge in allowed if edge != kept]
    expected = trees_in_floats(len(names), allowed) - trees_in_floats(len(names), others)
    assert int(draft.key) == expected


@pytest.mark.parametrize("seed", range(5))
def test_walks_of_the_top_level_are_entries_of_a_matrix_power(seed: int) -> None:
    draft = draw_with("walks", seed)
    names, edges = graph_of(draft.stem)
    steps = np.zeros((len(names), len(names)), dtype=np.int64)
    for u, v in edges:
        steps[[u, v], [v, u]] = 1
    length = int(re.findall(r"exactly (\d+) steps", draft.stem)[0])
    start, end = re.findall(r"start in ([A-Z]) and (?:return to|end in) ([A-Z])", draft.stem)[0]
    power = np.linalg.matrix_power(steps, length)
    assert int(draft.key) == power[names.index(start), names.index(end)]


@pytest.mark.parametrize("seed", range(3))
def test_matchings_of_the_top_level_are_those_a_search_finds(seed: int) -> None:
    draft = draw_with("share a vertex", seed)
    assert int(draft.key) == answer_by_search(draft.stem)
