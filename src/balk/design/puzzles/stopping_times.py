"""Expected stopping times and first-arrival probabilities of small Markov chains.

Draws from a bag with replacement, walks on a line, on residues and on described graphs, and
races between colour patterns.
Every question is a system of linear equations with whole-number coefficients.
What makes it hard: setting up the right states (a pattern may overlap itself or a rival), then
solving up to a dozen equations exactly.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np

from balk.design.puzzles.drafts import N_DISTRACTORS, Draft, Generator, check_level, number

COLOURS = ("red", "blue", "green", "white", "black", "yellow", "purple", "orange", "brown", "grey")
THINGS = ("balls", "beads", "tokens", "marbles", "buttons", "chips")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
MOST = 999_999
ZERO = Fraction(0)

Chain = tuple[list[list[int]], list[list[int]]]
"""Ways between transient states, and ways out: ``out[state][end]``."""


def solve(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> list[Fraction]:
    """Return the exact solution of a square system with one solution.

    Fraction-free elimination (Bareiss 1968): every entry stays a whole number.

    Parameters
    ----------
    matrix : sequence of n rows of n int
        Coefficients.
    right : sequence of n int
        Right-hand sides.
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    n, last = len(rows), 1
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        head = rows[k]
        for i in (i for i in range(n) if i != k):
            row, factor = rows[i], rows[i][k]
            rows[i] = [(head[k] * row[j] - factor * head[j]) // last for j in range(n + 1)]
        last = head[k]
    return [Fraction(row[n], row[i]) for i, row in enumerate(rows)]


def expected_steps(chain: Chain) -> list[Fraction]:
    """Return the expected number of steps until the chain ends, from each transient state.

    Parameters
    ----------
    chain : (ways, out)
        ``ways[i][j]`` equally likely ways lead from transient state i to j, ``out[i][e]`` to
        end e; every state reaches some end.
    """
    ways, out = chain
    totals = [sum(row) + sum(ends) for row, ends in zip(ways, out, strict=True)]
    return solve(_laplacian(ways, totals), totals)


def end_probabilities(chain: Chain, end: int) -> list[Fraction]:
    """Return the probability that the chain ends in `end`, from each transient state."""
    ways, out = chain
    totals = [sum(row) + sum(ends) for row, ends in zip(ways, out, strict=True)]
    return solve(_laplacian(ways, totals), [ends[end] for ends in out])


def _laplacian(ways: Sequence[Sequence[int]], totals: Sequence[int]) -> list[list[int]]:
    n = len(ways)
    return [[totals[i] * (i == j) - ways[i][j] for j in range(n)] for i in range(n)]


def pattern_chain(patterns: Sequence[tuple[int, ...]], counts: Sequence[int]) -> Chain:
    """Return the chain of draws with replacement that ends when a pattern appears in a row.

    Parameters
    ----------
    patterns : sequence of tuple of int
        Colours by index; no pattern lies inside another. End e is the e-th pattern.
    counts : sequence of int
        How many things of each colour are in the bag.
    """
    states = list(dict.fromkeys(word[:size] for word in patterns for size in range(len(word))))
    states.sort(key=len)  # the empty history comes first: it is the start
    ways = [[0] * len(states) for _ in states]
    out = [[0] * len(patterns) for _ in states]
    for i, state in enumerate(states):
        for colour, count in enumerate(counts):
            word = (*state, colour)
            tails = [word[start:] for start in range(len(word) + 1)]
            tail = next(tail for tail in tails if tail in patterns or tail in states)
            row, column = (
                (out, patterns.index(tail)) if tail in patterns else (ways, states.index(tail))
            )
            row[i][column] += count
    return ways, out


def graph_chain(edges: Sequence[tuple[int, int]], ends: Sequence[int], n: int) -> Chain:
    """Return the walk on vertices 0 to n - 1 that picks each edge equally and stops at `ends`.

    Transient states are the other vertices in increasing order.
    """
    inner = [vertex for vertex in range(n) if vertex not in ends]
    linked = {(u, v) for u, v in edges} | {(v, u) for u, v in edges}
    ways = [[int((u, v) in linked) for v in inner] for u in inner]
    return ways, [[int((u, end) in linked) for end in ends] for u in inner]


def residue_chain(steps: Sequence[int], modulus: int) -> Chain:
    """Return the running total modulo `modulus`, steps drawn equally; it ends at residue 0.

    Transient state i is residue i + 1.
    """
    ways = [[0] * (modulus - 1) for _ in range(modulus - 1)]
    out = [[0] for _ in range(modulus - 1)]
    for residue in range(1, modulus):
        for step in steps:
            after = (residue + step) % modulus
            if after:
                ways[residue - 1][after - 1] += 1
            else:
                out[residue - 1][0] += 1
    return ways, out


def collect_time(wanted: Sequence[int], total: int) -> Fraction:
    """Return the expected draws with replacement until every wanted colour has been seen.

    Parameters
    ----------
    wanted : sequence of int
        How many things there are of each wanted colour.
    total : int
        Things in the bag, other colours included.
    """
    return sum(
        (
            (-1) ** (size + 1) * Fraction(total, sum(group))
            for size in range(1, len(wanted) + 1)
            for group in combinations(wanted, size)
        ),
        ZERO,
    )


def _misses(key: Fraction, mistakes: Iterable[Fraction]) -> tuple[str, ...]:
    """Return four wrong positive values: likely mistakes first, then slips of the pen."""
    top, bottom = key.numerator, key.denominator
    slips = [key + 1, key - 1, 1 - key, Fraction(top + 1, bottom), Fraction(top, bottom + 1)]
    slips += [Fraction(top + k, bottom + k) for k in range(1, 2 * N_DISTRACTORS)]
    slips += [key + k for k in range(2, 2 * N_DISTRACTORS)]
    limit = 1 if key < 1 else MOST
    fine = [wrong for wrong in (*mistakes, *slips) if wrong != key and 0 < wrong < limit]
    return tuple(map(number, list(dict.fromkeys(fine))[:N_DISTRACTORS]))


def _draft(stem: str, key: Fraction, mistakes: Iterable[Fraction]) -> Draft:
    form = "a reduced fraction" if key < 1 else "a whole number or a reduced fraction"
    return Draft(f"{stem} Give {form}.", number(key), _misses(key, mistakes))


def _is_short(value: Fraction) -> bool:
    return value.denominator <= MOST and 0 < value.numerator <= MOST


def _some(rng: np.random.Generator, words: Sequence[str], n: int) -> list[str]:
    return [words[i] for i in rng.permutation(len(words))[:n]]


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _bag(
    rng: np.random.Generator, n: int, most: int
) -> tuple[tuple[str, str], list[str], list[int]]:
    """Return a repeated draw of n colours in words, its unit, the colours and their counts."""
    colours, things = _some(rng, COLOURS, n), THINGS[int(rng.integers(len(THINGS)))]
    counts: list[int] = rng.integers(1, most + 1, n).tolist()
    held = _listed([f"{count} {c}" for count, c in zip(counts, colours, strict=True)])
    if rng.integers(2):
        text = f"A fair {sum(counts)}-sided die has {held} faces. It is thrown again and again"
        return (text, "throws"), colours, counts
    text = f"A bag holds {held} {things}. Again and again, one of them is drawn at random, its"
    return (f"{text} colour is noted, and it is put back", "draws"), colours, counts


def _draw_first(rng: np.random.Generator, _level: int) -> Draft:
    (scene, unit), (first, second, *_), counts = _bag(rng, 4, 30)
    total, hit, rival = sum(counts), counts[0], counts[1]
    if rng.integers(2):
        stem = f"{scene}, until the colour is {first}."
        stem += f" What is the expected number of {unit}, the last one included?"
        misses = (Fraction(total, hit) - 1, Fraction(total, total - hit), Fraction(total, hit + 1))
        return _draft(stem, Fraction(total, hit), misses)
    stem = f"{scene}, until the colour is {first} or {second}."
    stem += f" What is the probability that this last colour is {first}?"
    misses = (Fraction(rival, hit + rival), Fraction(hit, total), Fraction(hit + rival, total))
    return _draft(stem, Fraction(hit, hit + rival), misses)


def _draw_fair_walk(rng: np.random.Generator, _level: int) -> Draft:
    low: int = rng.integers(-99, 100).item()
    below, above = rng.integers(4, 60, 2).tolist()
    start, high = low + below, low + below + above
    stem = f"A token starts at {start} on the number line and moves one step up or one step down,"
    stem += f" each with probability 1/2, until it is at {low} or at {high}."
    if rng.integers(2):
        stem += " What is the expected number of moves?"
        product = Fraction(below * above)
        wrong = ((below - 1) * above, below * (above + 1), (below + above) ** 2)
        return _draft(stem, product, map(Fraction, wrong))
    stem += f" What is the probability that it ends at {high}?"
    width = below + above
    wrong_ends = (Fraction(above, width), Fraction(below, width + 1), Fraction(below + 1, width))
    return _draft(stem, Fraction(below, width), wrong_ends)


def _draw_collection(rng: np.random.Generator, level: int) -> Draft:
    n_wanted = {2: 2, 3: 3, 4: 4}[level]
    while True:
        (scene, unit), colours, counts = _bag(rng, n_wanted + 2, 12)
        total, wanted = sum(counts), counts[:n_wanted]
        key = collect_time(wanted, total)
        if _is_short(key):
            break
    stem = f"{scene}, until each of {_listed(colours[:n_wanted])} has come up at least once."
    stem += f" What is the expected number of {unit}?"
    alone = [Fraction(total, count) for count in wanted]
    return _draft(stem, key, (max(alone), collect_time(wanted, sum(wanted)), sum(alone, ZERO)))


def _draw_patterns(rng: np.random.Generator, level: int) -> Draft:
    """Wait for one pattern (level 3), or race two (level 4) or three (level 5)."""
    n_patterns, size, most = {3: (1, 4, 6), 4: (2, 4, 3), 5: (3, 5, 3)}[level]
    while True:
        (scene, unit), colours, counts = _bag(rng, 3, most)
        words = list(dict.fromkeys(map(tuple, rng.integers(0, 3, (n_patterns, size)).tolist())))
        if len(words) < n_patterns or any(len(set(word)) == 1 for word in words):
            continue
        chain = pattern_chain(words, counts)
        is_race = n_patterns > 1 and bool(rng.integers(2))
        values = end_probabilities(chain, 0) if is_race else expected_steps(chain)
        if _is_short(values[0]) and values[0] != Fraction(1, n_patterns):
            break
    shown = ["-".join(colours[i] for i in word) for word in words]
    stem = f"{scene}, until {' or '.join(shown)} has come up in consecutive {unit}, in this order."
    question = (
        f"probability that the run is {shown[0]}" if is_race else f"expected number of {unit}"
    )
    wrong = _pattern_mistakes(words, counts, chain) if is_race else values[1:]
    return _draft(f"{stem} What is the {question}?", values[0], wrong)


def _pattern_mistakes(
    words: list[tuple[int, ...]], counts: list[int], chain: Chain
) -> list[Fraction]:
    """Return the rivals' chances, and the chance if only the letters of a pattern mattered."""
    rivals = [end_probabilities(chain, end)[0] for end in range(1, len(words))]
    weights = [int(np.prod([counts[i] for i in word])) for word in words]
    return [Fraction(weights[0], sum(weights)), *rivals]


def _draw_graph_walk(rng: np.random.Generator, level: int) -> Draft:
    n, extra = {4: (6, 2), 5: (10, 6)}[level]
    names = _some(rng, LETTERS, n)
    while True:
        edges = _connected_graph(rng, n, extra)
        is_race = bool(rng.integers(2))
        chain = graph_chain(edges, (n - 2, n - 1) if is_race else (n - 1,), n)
        values = end_probabilities(chain, 0) if is_race else expected_steps(chain)
        if _is_short(values[0]) and values[0].denominator > 2 * n:
            break
    listed = ", ".join(f"{names[u]}-{names[v]}" for u, v in edges)
    stem = f"Rooms {_listed(sorted(names))} are joined by these doors: {listed}. A robot starts in"
    stem += f" {names[0]} and in each step goes through a door of its room, all equally likely,"
    if is_race:
        stem += f" until it is in {names[-2]} or {names[-1]}."
        stem += f" What is the probability that it reaches {names[-2]} before {names[-1]}?"
    else:
        stem += f" until it is in {names[-1]}. What is the expected number of steps?"
    return _draft(stem, values[0], (*([1 - values[0]] if is_race else []), *values[1:]))


def _connected_graph(rng: np.random.Generator, n: int, extra: int) -> list[tuple[int, int]]:
    """Return a random cycle through all vertices with `extra` chords, in random order."""
    around = rng.permutation(n).tolist()
    cycle = {(min(p), max(p)) for p in zip(around, around[1:] + around[:1], strict=True)}
    chords = [pair for pair in combinations(range(n), 2) if pair not in cycle]
    chosen = sorted(cycle) + [chords[i] for i in rng.permutation(len(chords))[:extra]]
    return [chosen[i] for i in rng.permutation(len(chosen))]


def _draw_residues(rng: np.random.Generator, _level: int) -> Draft:
    while True:
        modulus, n_steps = int(rng.integers(9, 13)), 3
        steps = (rng.permutation(399)[:n_steps] + 1).tolist()
        start = int(rng.integers(1, 999))
        if start % modulus == 0 or len({step % modulus for step in steps}) < n_steps:
            continue
        if np.gcd.reduce([modulus, *(step - steps[0] for step in steps)]) > 1:
            continue  # the residue would be settled by the number of rounds
        values = expected_steps(residue_chain(steps, modulus))
        key = values[start % modulus - 1]
        if _is_short(key) and key.denominator > modulus:
            break
    stem = f"A counter shows {start}. In each round one of the numbers {_listed(_words(steps))},"
    stem += " all equally likely, is added to it. What is the expected number of rounds until the"
    stem += f" counter shows a multiple of {modulus} for the first time?"
    return _draft(stem, key, (Fraction(modulus), *values))


def _words(values: Iterable[int]) -> list[str]:
    return [str(value) for value in values]


VARIANTS: dict[int, tuple[Generator, ...]] = {
    1: (_draw_first,),
    2: (_draw_fair_walk, _draw_collection),
    3: (_draw_collection, _draw_patterns),
    4: (_draw_collection, _draw_patterns, _draw_graph_walk),
    5: (_draw_patterns, _draw_graph_walk, _draw_residues),
}


def draw_stopping_times(rng: np.random.Generator, level: int) -> Draft:
    """Draw a question about when, or where, a small random process stops.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (one division) to 5 (about ten exact linear equations).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
