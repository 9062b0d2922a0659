"""How well a score tells two kinds of questions apart, within exams, with a two-way interval."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtrit

from balk.estimates import clustered_ratio
from balk.measure.effects.codes import Codes, codes_of
from balk.records import Estimate

Floats = NDArray[np.float64]

METHOD = "two-way cluster-robust t, logit scale"


def within_exam_auc(rows: pl.DataFrame) -> Estimate | None:
    """Return the chance that a hit scores above a miss of the same exam, ties counting half.

    Every pair of a hit and a miss within an exam counts alike. An exam of hits or misses alone
    says nothing, and what differs between exams (lifelines, length, how one of them went) cannot
    pass for what differs between questions.

    Exams and puzzles are both samples. The variance adds that of clustering pairs by exam to that
    of clustering them by puzzle (a pair belongs to both of its puzzles), takes off that of
    clustering by question, which both hold, and is never below the larger of the two. The
    interval is Student's t on the logit scale with the smaller number of clusters less 1 degrees
    of freedom; where exams do not differ, or puzzles are too few, the bound of `balk.estimates`.

    Parameters
    ----------
    rows : DataFrame
        One row a question: ``exam_id``, ``puzzle_id``, ``score`` (a number), ``is_hit`` (bool).

    Returns
    -------
    Estimate or None
        Of the questions in exams that have both; None where no exam has.

    References
    ----------
    Obuchowski (1997), doi:10.2307/2533958, for the clustered curve; Cameron, Gelbach & Miller
    (2011), doi:10.1198/jbes.2010.07136, for two ways.
    """
    exams, puzzles = codes_of(rows["exam_id"]), codes_of(rows["puzzle_id"])
    hits = rows["is_hit"].to_numpy()
    if hits.all() or not hits.any():
        return None
    wins, pairs = _compared(exams, rows["score"].to_numpy(), hits)
    kept = pairs > 0
    if not kept.any():
        return None
    wins, pairs = wins[kept], pairs[kept]
    exams, puzzles = exams[kept], puzzles[kept]
    by_exam = clustered_ratio(wins, pairs, exams, within=(0.0, 1.0), unit="decisions")
    n_puzzles = np.unique(puzzles).size
    if by_exam.se is None or n_puzzles == 1:
        return by_exam
    excess, n_pairs = wins - by_exam.value * pairs, float(pairs.sum()) / 2
    # Summed over an exam, each pair counts twice; over a puzzle, once in each of its puzzles.
    by_puzzle = _se(excess, puzzles, n_pairs)
    by_question = _se(excess, np.arange(excess.size), n_pairs)
    rest = by_exam.se**2 + by_puzzle**2 - by_question**2
    se = max(by_exam.se, by_puzzle, max(rest, 0.0) ** 0.5)
    return _on_logits(by_exam, se, min(by_exam.n_clusters, n_puzzles))


def _compared(exams: Codes, scores: Floats, hits: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return how many comparisons of each question a hit wins, and how many there are.

    A question is compared with those of the other kind in its exam; a tie is half a win.
    """
    ties = _tie_codes(exams, scores)
    hits_below, n_hits = _below(hits, ties, exams)
    misses_below, n_misses = _below(~hits, ties, exams)
    return np.where(hits, misses_below, n_hits - hits_below), np.where(hits, n_misses, n_hits)


def _tie_codes(exams: Codes, scores: Floats) -> Codes:
    """Return numbers from 0 that questions of one exam and score share, by exam, then score."""
    order = np.lexsort((scores, exams))
    is_new = (np.diff(exams[order]) != 0) | (np.diff(scores[order]) != 0)
    codes = np.empty(order.size, dtype=np.int64)
    codes[order] = np.append(0, np.cumsum(is_new))
    return codes


def _below(kind: NDArray[np.bool_], ties: Codes, exams: Codes) -> tuple[Floats, Floats]:
    """Return how many of a kind score below each question of their exam, and how many are in it."""
    in_tie = np.bincount(ties, kind).astype(np.float64)
    in_exam = np.bincount(exams, kind).astype(np.float64)
    up_to_tie, before_exam = np.cumsum(in_tie) - in_tie / 2, np.cumsum(in_exam) - in_exam
    return up_to_tie[ties] - before_exam[exams], in_exam[exams]


def _se(excess: Floats, clusters: Codes, n_pairs: float) -> float:
    sums = np.bincount(np.unique(clusters, return_inverse=True)[1], excess)
    variance = sums.size / (sums.size - 1) * np.square(sums).sum()
    return float(np.sqrt(variance) / n_pairs)


def _on_logits(by_exam: Estimate, se: float, n_clusters: int) -> Estimate:
    value = by_exam.value
    half = float(stdtrit(n_clusters - 1, (1 + by_exam.level) / 2)) * se / (value * (1 - value))
    low, high = (float(expit(logit(value) + side * half)) for side in (-1, 1))
    return replace(by_exam, low=low, high=high, se=se, n_clusters=n_clusters, method=METHOD)
