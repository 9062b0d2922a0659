"""Use a share of whatever is given."""

import numpy as np
from scipy.special import gammaln

from balk.mechanisms.count_laws.foresight import foreseen
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats


class Share(CountLaw):
    """k ~ Binomial(B, logistic(alpha + u)), at most n.

    The questions' weights play no part in how many are skipped. With B > n the law is that of
    min(k, n).

    Parameter: `alpha`, log-odds of using any one lifeline; any number, about -4 to 4.

    Dose signature: the mean is proportional to B, up to B = n.

    In turn: the share is planned over all questions and each skip is counted off, so that where
    all weigh the same and u = 0 everything is as in batch: with m questions to come, k skipped,

        odds(m, k) = sum_j C(m-1, j) w(k+1+j) / sum_j C(m-1, j) w(k+j),
        w(k) = C(B, k) exp(alpha k) / C(n, k),

    and a skip has probability logistic(alpha) B / n at every question before what is used is
    known (so that the mean is B logistic(alpha) whatever n is), left / m as alpha grows, and
    logistic(alpha) where B = n. Weights that differ count relative to their level, so that they
    hardly move the mean; the count then varies less than in batch, for a skip that is missed is
    made up for later. The exam effect moves each decision, and is damped for the same reason.

    Source: docs/fits.md.
    """

    name = "share"
    parameters = (Parameter("alpha", "log-odds of using any one lifeline", 0.0, 5.0),)
    is_elementary = False
    is_capped = True

    def log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Floats:
        """Return log C(B, k) + k alpha, impossible above B."""
        left = lifelines - k
        ways = gammaln(lifelines + 1) - gammaln(k + 1) - gammaln(np.maximum(left, 0) + 1)
        return np.where(left >= 0, ways + k * values["alpha"], -np.inf) + 0 * n_questions

    def d_log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **_: float | Floats
    ) -> dict[str, Floats]:
        """Return d / d alpha."""
        return {"alpha": k + 0 * (lifelines + n_questions)}

    def hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **values: float | Floats,
    ) -> Floats:
        """Return the log-odds by which the batch law is met."""
        return foreseen(self, used, lifelines, unseen, n_questions, **values)


LAW = Share()
