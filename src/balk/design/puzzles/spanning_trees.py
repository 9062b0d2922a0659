"""Spanning trees, walks and matchings of graphs that the stem describes.

Chains of cycles and bundles of parallel paths have a formula; graphs given by their edges do not.
Spanning trees come from Kirchhoff's determinant (exact whole numbers), with prescribed edges
contracted and forbidden ones left out.
What makes it hard: a ten-by-ten determinant, a dozen steps of a walk on as many vertices, or a
case distinction over thousands of edge sets.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import prod

import numpy as np

from balk.design.puzzles.drafts import Draft, Generator, check_level, near_misses

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIZES = {3: (6, 3), 4: (8, 5), 5: (11, 10)}
"""Vertices, and edges beyond a cycle through all of them."""
SMALLEST_KEY = {3: 10, 4: 60, 5: 1_000}
LARGEST_KEY = 999_999_999

Edge = tuple[int, int]


def determinant(matrix: Sequence[Sequence[int]]) -> int:
    """Return the exact determinant of a whole-number matrix (Bareiss 1968)."""
    rows, sign, last = [list(row) for row in matrix], 1, 1
    for k in range(len(rows) - 1):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        head = rows[k]
        for row in rows[k + 1 :]:
            factor = row[k]
            for j in range(k + 1, len(rows)):
                row[j] = (head[k] * row[j] - factor * head[j]) // last
        last = head[k]
    return sign * rows[-1][-1] if rows else 1


def count_trees(n: int, edges: Sequence[Edge], required: Sequence[Edge] = ()) -> int:
    """Return the number of spanning trees of a graph, parallel edges told apart.

    Parameters
    ----------
    n : int
        Vertices 0 to n - 1.
    edges : sequence of (int, int)
        Pairs of different vertices.
    required : sequence of (int, int)
        Members of `edges`, without a cycle among them, that the tree must contain.
    """
    label = list(range(n))
    for u, v in required:
        label = [label[u] if old == label[v] else old for old in label]
    places = {old: i for i, old in enumerate(dict.fromkeys(label))}
    laplacian = [[0] * len(places) for _ in places]
    for u, v in ((places[label[a]], places[label[b]]) for a, b in edges):
        if u != v:  # an edge inside a contracted vertex is in no tree
            for i, j, amount in ((u, u, 1), (v, v, 1), (u, v, -1), (v, u, -1)):
                laplacian[i][j] += amount
    return determinant([row[1:] for row in laplacian[1:]])


def count_walks(n: int, edges: Sequence[Edge], start: int, end: int, length: int) -> int:
    """Return the number of walks of a length from one vertex to another."""
    neighbours: list[list[int]] = [[] for _ in range(n)]
    for u, v in edges:
        neighbours[u].append(v)
        neighbours[v].append(u)
    ways = [int(vertex == start) for vertex in range(n)]
    for _ in range(length):
        ways = [sum(ways[other] for other in near) for near in neighbours]
    return ways[end]


def count_matchings(n: int, edges: Sequence[Edge]) -> list[int]:
    """Return the numbers of sets of 0, 1, 2, ... edges of which no two share a vertex."""
    neighbours = [0] * n
    for u, v in edges:
        neighbours[u] |= 1 << v
        neighbours[v] |= 1 << u
    known: dict[int, list[int]] = {0: [1]}

    def inside(free: int) -> list[int]:
        """Return the numbers of matchings within a set of vertices, by size."""
        if free not in known:
            first = (free & -free).bit_length() - 1
            rest = free & (free - 1)
            total = [*inside(rest), 0]
            partners = neighbours[first] & rest
            for partner in (p for p in range(first + 1, n) if partners >> p & 1):
                for size, count in enumerate(inside(rest & ~(1 << partner))):
                    total[size + 1] += count
            known[free] = total if total[-1] else total[:-1]
        return known[free]

    return inside((1 << n) - 1)


def _listed(words: Sequence[object]) -> str:
    shown = [str(word) for word in words]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _draw_chain(rng: np.random.Generator, _level: int) -> Draft:
    lengths = rng.integers(3, 21, 4).tolist()
    key = prod(lengths)
    stem = (
        f"A graph is a chain of 4 cycles with {_listed(lengths)} edges, in this order: each cycle"
    )
    stem += " shares exactly one vertex with the next one, these shared vertices are all different,"
    stem += " and nothing else is shared. How many spanning trees does it have?"
    wrong = (sum(lengths), prod(length - 1 for length in lengths), key // lengths[0])
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _draw_bundle(rng: np.random.Generator, level: int) -> Draft:
    """Draw parallel paths, or a ring of parallel edges: all products that leave one factor out."""
    n, longest = {1: (3, 60), 2: (4, 25)}[level]
    sizes = rng.integers(2, longest, n).tolist()
    key = sum(prod(sizes) // size for size in sizes)
    if rng.integers(2):
        stem = f"Two vertices are joined by {n} paths with {_listed(sizes)} edges that have nothing"
        stem += " but their two ends in common. How many spanning trees does this graph have?"
    else:
        names = [LETTERS[i] for i in rng.permutation(len(LETTERS))[:n]]
        ring = pairwise([*names, names[0]])
        roads = [f"{size} between {a} and {b}" for size, (a, b) in zip(sizes, ring, strict=True)]
        stem = (
            f"{n} towns are joined by direct roads: {_listed(roads)}. In how many ways can {n - 1}"
        )
        stem += " of these roads be chosen so that every town can be reached from every other?"
    wrong = (prod(sizes), sum(sizes), key - prod(sizes[1:]), key + prod(sizes))
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _random_graph(rng: np.random.Generator, n: int, extra: int) -> list[Edge]:
    """Return a cycle through all vertices and `extra` chords, all at random."""
    around = rng.permutation(n).tolist()
    cycle = {(min(pair), max(pair)) for pair in pairwise([*around, around[0]])}
    chords = [pair for pair in combinations(range(n), 2) if pair not in cycle]
    chosen = sorted(cycle) + [chords[i] for i in rng.permutation(len(chords))[:extra]]
    return [chosen[i] for i in rng.permutation(len(chosen))]


def _described(rng: np.random.Generator, level: int) -> tuple[str, list[str], list[Edge]]:
    """Return a graph in words, the names of its vertices, and its edges."""
    n, extra = SIZES[level]
    edges = _random_graph(rng, n, extra + int(rng.integers(3)))
    names = [LETTERS[i] for i in rng.permutation(len(LETTERS))[:n]]
    shown = ", ".join(f"{names[u]}-{names[v]}" for u, v in edges)
    text = f"A graph has the vertices {_listed(sorted(names))} and the edges {shown}."
    return text, names, edges


def _draw_trees(rng: np.random.Generator, level: int) -> Draft:
    """Draw a graph whose spanning trees are counted; one edge in and one out at the top."""
    while True:
        text, names, edges = _described(rng, level)
        n, first, second = len(names), edges[0], edges[1]
        has_rule = level == 5 and bool(rng.integers(2))  # noqa: PLR2004 - the top level
        whole, with_first = count_trees(n, edges), count_trees(n, edges, [first])
        without_second = [edge for edge in edges if edge != second]
        key = count_trees(n, without_second, [first]) if has_rule else whole
        if SMALLEST_KEY[level] <= key <= LARGEST_KEY:
            break
    stem = f"{text} How many spanning trees"
    if has_rule:
        kept, lost = (f"{names[u]}-{names[v]}" for u, v in (first, second))
        stem += f" of it contain the edge {kept} but not the edge {lost}?"
    else:
        stem += " does it have?"
    wrong = (with_first, count_trees(n, without_second), whole, whole - with_first)
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _draw_walks(rng: np.random.Generator, level: int) -> Draft:
    length = {3: 5, 4: 7, 5: 10}[level] + int(rng.integers(3))
    while True:
        text, names, edges = _described(rng, level)
        n = len(names)
        start, end = 0, int(rng.integers(2))
        key = count_walks(n, edges, start, end, length)
        if SMALLEST_KEY[level] <= key <= LARGEST_KEY:
            break
    back = f"return to {names[0]} at the end" if end == start else f"end in {names[1]}"
    stem = (
        f"{text} A walk may use vertices and edges repeatedly, in either direction. How many walks"
    )
    stem += f" of exactly {length} steps start in {names[0]} and {back}?"
    wrong = [count_walks(n, edges, start, 1 - end, length)]
    wrong += [count_walks(n, edges, start, end, other) for other in (length - 1, length + 1)]
    wrong += [count_walks(n, edges[1:], start, end, length)]
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=0))


def _draw_matchings(rng: np.random.Generator, level: int) -> Draft:
    while True:
        text, names, edges = _described(rng, level)
        counts = count_matchings(len(names), edges)
        size = int(rng.integers(level - 1, level + 1))
        key = counts[size] if size < len(counts) else 0
        if max(20, SMALLEST_KEY[level] // 10) <= key <= LARGEST_KEY:
            break
    stem = (
        f"{text} In how many ways can {size} of the edges be chosen so that no two of them share a"
    )
    stem += " vertex?"
    fewer = count_matchings(len(names), edges[1:])
    wrong = [*fewer[size : size + 1], counts[size - 1], *counts[size + 1 : size + 2], key + size]
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


VARIANTS: dict[int, tuple[Generator, ...]] = {
    1: (_draw_chain, _draw_bundle),
    2: (_draw_bundle,),
    3: (_draw_trees, _draw_walks, _draw_matchings),
    4: (_draw_trees, _draw_walks, _draw_matchings),
    5: (_draw_trees, _draw_walks, _draw_matchings),
}


def draw_spanning_trees(rng: np.random.Generator, level: int) -> Draft:
    """Draw a graph whose spanning trees, walks or matchings are to be counted.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (one product) to 5 (eleven vertices, some twenty edges).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
