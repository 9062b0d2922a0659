"""Skip whatever one would skip anyway, until the lifelines run out."""

from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.symmetric import Floats


class Cap(CountLaw):
    """K* ~ e_k exp(k (alpha + u)) without a limit, and k = min(K*, B).

    K* counts n independent choices with log-odds alpha + u + a_i, so that with selection by
    confidence, a_i = -slope c_i, a question is skipped where c_i is below alpha / slope.

    Parameter: `alpha`, log-odds of skipping a question of log-weight 0; any number, about -4 to 4
    without a selection (known truths: logistic(alpha) 0.35 to 0.6, so -0.6 to 0.4), about 0 to
    slope with one (known truths: alpha / slope 0.2 to 0.45, so 1 to 5.4).

    Dose signature: the mean rises with B while B binds, then saturates at E[K*].

    In turn: the log-odds of a skip are alpha + u + a_t while a lifeline is left. The law of the
    count is the same; of more questions wanted than lifelines, those skipped are the first, where
    in batch any subset of B is possible in proportion to its weight.

    Source: docs/fits.md; K* is the Poisson-binomial law, Chen & Liu (1997).
    """

    name = "cap"
    parameters = (Parameter("alpha", "log-odds of skipping a question of log-weight 0", 0.0, 5.0),)
    is_capped = True

    def log_terms(
        self, k: Floats, lifelines: Floats, n_questions: Floats, **values: float | Floats
    ) -> Floats:
        """Return k alpha: every count up to n is possible before the cap."""
        return k * values["alpha"] + 0 * (lifelines + n_questions)

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
        """Return alpha: neither what is used nor what is left plays a part."""
        return values["alpha"] + 0 * (used + lifelines + unseen + n_questions)

    def d_hazard(
        self,
        used: Floats,
        lifelines: Floats,
        unseen: Floats,
        n_questions: Floats,
        **_: float | Floats,
    ) -> dict[str, Floats]:
        """Return d / d alpha."""
        return {"alpha": 1 + 0 * (used + lifelines + unseen + n_questions)}


LAW = Cap()
