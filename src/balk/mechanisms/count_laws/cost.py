"""Each further lifeline is harder to take than the one before, whatever was offered."""

import numpy as np

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats


class Cost(CountLaw):
    """k proportional to e_k exp(k u - kappa k^2), k <= min(B, n).

    Parameter: `kappa`, growth of the cost of a lifeline with the number taken, > 0, about 0.02 to
    1.5 (known truths: 0.4 to 1.2); the k-th lifeline costs kappa (2 k - 1) logits. There is no
    alpha: the pull to skip is that of a question of log-weight 0, even odds.

    Dose signature: the mean saturates early, where the marginal cost 2 kappa k meets the pull,
    long before all lifelines are used.

    In turn: the log-odds of a skip after k are u + a_t - kappa (2 k + 1), the cost of one lifeline
    more. In batch these are the log-odds of one more skip given all the others; in turn nobody
    knows the others that are still to come, so that the first lifelines go sooner and the mean is
    another. That it saturates early is the same.

    Source: docs/fits.md, one reading of the essay's "tension".
    """

    name = "cost"
    parameters = (
        Parameter("kappa", "growth of a lifeline's cost, in logits", np.log(0.1), 1.5, "log"),
    )

    def log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Floats:
        """Return -kappa k^2, impossible above min(B, n)."""
        possible = k <= np.minimum(lifelines, n_questions)
        return np.where(possible, -values["kappa"] * k**2, -np.inf)

    def d_log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **_: float | Floats
    ) -> dict[str, Floats]:
        """Return d / d kappa."""
        return {"kappa": -(k**2) + 0 * (lifelines + n_questions)}

    def hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **values: float | Floats,
    ) -> Floats:
        """Return -kappa (2 k + 1), the cost of a lifeline after k."""
        return -values["kappa"] * (2 * used + 1) + 0 * (lifelines + unseen + n_questions)

    def d_hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **_: float | Floats,
    ) -> dict[str, Floats]:
        """Return d / d kappa."""
        return {"kappa": -(2 * used + 1) + 0 * (lifelines + unseen + n_questions)}


LAW = Cost()
