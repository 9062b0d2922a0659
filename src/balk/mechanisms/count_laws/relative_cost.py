"""Each further lifeline is harder to take, by how much of the offer is already used."""

from numpy.typing import ArrayLike

from balk.mechanisms.count_laws import cost
from balk.mechanisms.count_laws.arguments import checked_lifelines
from balk.mechanisms.symmetric import Floats


def log_pi(log_e: Floats, n_lifelines: int, u: ArrayLike, *, kappa: float) -> Floats:
    """Return log P(k | B, u) proportional to e_k exp(k u - kappa k^2 / B), k <= B.

    Parameters
    ----------
    log_e : array of shape (..., n + 1)
        Log elementary symmetric polynomials of all n questions.
    n_lifelines : int
        Lifelines offered, B >= 0; with B = 0 no lifeline is used.
    u : array broadcastable to (...)
        Exam effect, in logits.
    kappa : float
        Cost of using up the whole offer, per lifeline, >= 0, about 0.2 to 5; the k-th
        lifeline costs kappa (2k - 1) / B logits.

    Returns
    -------
    array of shape (..., B + 1)
        Log-probabilities; ``-inf`` for k > n.

    Notes
    -----
    Dose signature: the mean keeps rising with B, but less than in proportion.
    Source: DESIGN section 7, the other reading of the essay's "tension".

    Raises
    ------
    MechanismError
        If `kappa` is negative or `n_lifelines` is.
    """
    checked_lifelines(n_lifelines)
    return cost.log_pi(log_e, n_lifelines, u, kappa=kappa / max(n_lifelines, 1))
