"""Each further lifeline is harder to take, by how much of the offer is already used."""

import numpy as np

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats


class RelativeCost(CountLaw):
    """k proportional to e_k exp(k u - kappa k^2 / B), k <= min(B, n); with B = 0, k = 0.

    Parameter: `kappa`, cost of using up the whole offer, per lifeline, > 0, about 0.2 to 5 (known
    truths: 1.5 to 3); the k-th lifeline costs kappa (2 k - 1) / B logits. There is no alpha, as in
    `Cost`.

    Dose signature: the mean keeps rising with B, but less than in proportion.

    In turn: the log-odds of a skip after k are u + a_t - kappa (2 k + 1) / B, as in `Cost`, with
    the same in common with the batch form and the same difference.

    Source: docs/fits.md, the other reading of the essay's "tension".
    """

    name = "relative_cost"
    parameters = (
        Parameter("kappa", "cost per lifeline of using the whole offer", 0.0, 1.5, "log"),
    )

    def log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Floats:
        """Return -kappa k^2 / B, impossible above min(B, n)."""
        possible = k <= np.minimum(lifelines, n_questions)
        return np.where(possible, -values["kappa"] * k**2 / np.maximum(lifelines, 1), -np.inf)

    def d_log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **_: float | Floats
    ) -> dict[str, Floats]:
        """Return d / d kappa."""
        return {"kappa": -(k**2) / np.maximum(lifelines, 1) + 0 * n_questions}

    def hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **values: float | Floats,
    ) -> Floats:
        """Return -kappa (2 k + 1) / B, the cost of a lifeline after k."""
        cost = values["kappa"] * (2 * used + 1) / np.maximum(lifelines, 1)
        return -cost + 0 * (unseen + n_questions)

    def d_hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **_: float | Floats,
    ) -> dict[str, Floats]:
        """Return d / d kappa."""
        by_kappa = -(2 * used + 1) / np.maximum(lifelines, 1)
        return {"kappa": by_kappa + 0 * (unseen + n_questions)}


LAW = RelativeCost()
