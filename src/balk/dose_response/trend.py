"""Does the number of skips move with the number of lifelines at all? A permutation test."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod

import numpy as np
from numpy.typing import ArrayLike

from balk.dose_response.counts import Counts, Floats
from balk.errors import EstimateError

SEED = 20_252
"""Of the shuffles: fixed, so that a table has one p."""

MOST_EXACT = 20_000
"""Arrangements up to which each is counted; 14 forms at two doses have 16,384."""

MOST_SHUFFLES = 9_999
"""Shuffles where there are more; at p = 0.05 the Monte Carlo standard error is 0.003."""

FEWEST_SHUFFLES = 1_999

MOST_MOVES = 5_000_000
"""Exams times shuffles, which is what they cost."""

TIE = 1e-9
"""Statistics that differ by a smaller share of their size are equal."""


@dataclass(frozen=True, slots=True)
class TrendTest:
    """What shuffling the doses says of a trend.

    Attributes
    ----------
    p : float
        Two-sided: twice the smaller of the two tails, which hold the arrangement seen.
    p_se : float
        Monte Carlo standard error of p; 0 where every arrangement was counted.
    n_arrangements : int
        Arrangements counted, or shuffles drawn.
    within : str
        ``form`` where doses were exchanged between exams on the same form, ``all`` where no form
        was given at two doses and they were exchanged between all exams.
    """

    p: float
    p_se: float
    n_arrangements: int
    within: str


def trend_test(
    lifelines: ArrayLike, skips: ArrayLike, forms: ArrayLike, *, seed: int = SEED
) -> TrendTest:
    """Return a test of whether skips rise or fall with lifelines, exact where that is feasible.

    The null: on a given form the number of skips has nothing to do with the lifelines offered.
    The statistic sums skips x log lifelines. Anyone who is at times stopped by the limit breaks
    this null, so a small p says that the offer matters, not that more is used because more is
    offered.

    Parameters
    ----------
    lifelines, skips : array of shape (n_exams,)
        As in `balk.dose_response.log_slope`. Exams with 0 lifelines, where no skip is possible,
        are left out.
    forms : array of shape (n_exams,)
        Label of each exam's form; the doses of its exams are exchangeable.
    seed : int, default 20252
        Same data and seed, same p.

    Raises
    ------
    EstimateError
        If there are no two doses above 0, or the counts are not possible.
    """
    counts = Counts.of(lifelines, skips, forms)
    if counts.doses.size < 2:  # noqa: PLR2004 -- a trend needs two
        raise EstimateError(f"no trend over {counts.doses.size} dose(s) above 0; give two or more")
    is_shared = np.unique(np.stack([counts.clusters, counts.dose_codes]), axis=1).shape[1]
    within = "form" if is_shared > counts.clusters.max() + 1 else "all"
    groups = counts.clusters if within == "form" else np.zeros_like(counts.clusters)
    blocks = _blocks(groups, counts.log_doses[counts.dose_codes], counts.skips)
    seen = sum(float((doses * used).sum()) for doses, used in blocks)
    n_exact = prod(factorial(doses.shape[1]) ** len(doses) for doses, _ in blocks)
    if n_exact <= MOST_EXACT:
        tail = _tail(_every_sum(blocks), seen)
        return TrendTest(min(2 * tail, 1.0), 0.0, n_exact, within)
    n = int(np.clip(MOST_MOVES // counts.skips.size, FEWEST_SHUFFLES, MOST_SHUFFLES))
    drawn = np.concatenate(list(_shuffled_sums(blocks, n, np.random.default_rng(seed))))
    tail = _tail(np.append(drawn, seen), seen)
    p_se = float(2 * np.sqrt(tail * (1 - tail) / n))
    return TrendTest(min(2 * tail, 1.0), p_se, n, within)


Block = tuple[Floats, Floats]
"""Log doses and skips of the forms with equally many exams, each of shape (n_forms, n_exams)."""


def _blocks(groups: ArrayLike, doses: Floats, skips: Floats) -> list[Block]:
    codes = np.asarray(groups)
    order = np.lexsort((skips, doses, codes))  # the order in which exams came has no effect
    codes, doses, skips = codes[order], doses[order], skips[order]
    sizes = np.bincount(codes)
    return [
        (
            doses[sizes[codes] == size].reshape(-1, size),
            skips[sizes[codes] == size].reshape(-1, size),
        )
        for size in np.unique(sizes)
    ]


def _every_sum(blocks: list[Block]) -> Floats:
    """Return the statistic of every arrangement."""
    sums = np.zeros(1)
    for all_doses, all_skips in blocks:
        orders = np.array(list(permutations(range(all_doses.shape[1]))))
        for doses, skips in zip(all_doses, all_skips, strict=True):
            sums = np.add.outer(sums, doses[orders] @ skips).ravel()
    return sums


def _shuffled_sums(blocks: list[Block], n: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield the statistic of n random arrangements, in portions that fit into memory."""
    portion = max(1, 1_000_000 // sum(doses.size for doses, _ in blocks))
    for start in range(0, n, portion):
        sums = np.zeros(min(portion, n - start))
        for doses, skips in blocks:
            shuffled = rng.permuted(np.broadcast_to(doses, (sums.size, *doses.shape)), axis=2)
            sums += np.einsum("rfe,fe->r", shuffled, skips)
        yield sums


def _tail(sums: Floats, seen: float) -> float:
    """Return the smaller share of arrangements at least as extreme as the one seen."""
    slack = TIE * (1 + abs(seen))
    return float(min(np.mean(sums <= seen + slack), np.mean(sums >= seen - slack)))
