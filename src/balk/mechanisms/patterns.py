"""How likely what was seen is, given how many questions were skipped.

Given k skips, the set S has probability exp(sum_{i in S} a_i) / e_k(exp a). Where some decisions
are not known, the sets that agree with what was seen are summed: those with t of the questions in
doubt contribute e_t of these questions alone.
"""

from dataclasses import dataclass

import numpy as np

from balk.mechanisms.exams import Exams
from balk.mechanisms.observed import Ints
from balk.mechanisms.recursion import Elementary, elementary
from balk.mechanisms.symmetric import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Patterns of E exams under K possible counts.

    Attributes
    ----------
    log_p : array of shape (K, E)
        Log-probability of the pattern given the count, less the sum of a over the skips seen.
    rows, columns, sizes : array of shape (C,)
        Where, in exams in doubt, a count is possible: its row, its exam, and its number of skips
        among the questions in doubt.
    doubtful : array of shape (D,)
        Exams in doubt.
    in_doubt : Elementary or None
        Polynomials of the questions in doubt, of the exams in doubt alone.
    """

    log_p: Floats
    rows: Ints
    columns: Ints
    sizes: Ints
    doubtful: Ints
    in_doubt: Elementary | None

    @classmethod
    def of(cls, exams: Exams, log_weights: Floats, log_e: Floats) -> "Patterns":
        """Return the patterns; `log_e` has shape (K, E)."""
        log_p = np.full(log_e.shape, -np.inf)
        every = np.arange(len(exams))
        log_p[exams.n_skips, every] = -log_e[exams.n_skips, every]
        doubtful = np.flatnonzero(exams.is_gap.any(axis=0))
        if not doubtful.size:
            none = np.empty(0, dtype=np.int64)
            return cls(log_p, none, none, none, doubtful, None)
        gaps = exams.is_gap[:, doubtful]
        in_doubt = elementary(np.where(gaps, log_weights[:, doubtful], -np.inf))
        most = np.minimum(exams.lifelines, exams.n_questions)[doubtful]
        sizes = np.arange(len(gaps) + 1)[:, np.newaxis]
        seen = exams.n_skips[doubtful]
        sizes, local = np.nonzero((sizes <= gaps.sum(axis=0)) & (sizes + seen <= most))
        rows, columns = sizes + seen[local], doubtful[local]
        log_p[rows, columns] = in_doubt.log_e[sizes, local] - log_e[rows, columns]
        return cls(log_p, rows, columns, sizes, doubtful, in_doubt)

    def pull_back(self, d_log_p: Floats, d_weights: Floats) -> None:
        """Add to dL / da, of shape (n, E), what flows through the questions in doubt."""
        if self.in_doubt is None:
            return
        d_sizes = np.zeros(self.in_doubt.log_e.shape)
        d_sizes[self.sizes, np.searchsorted(self.doubtful, self.columns)] = d_log_p[
            self.rows, self.columns
        ]
        d_weights[:, self.doubtful] += self.in_doubt.pull_back(d_sizes)
