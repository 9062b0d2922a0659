"""One mechanism fitted by balk and sampled by NumPyro's NUTS, on the identical posterior.

Needs NumPyro, which nothing else of balk does: ``uv pip install numpyro``. Prints one line of
JSON: seconds of both, their ratio, and how far apart their means are in posterior SDs.
"""

import json
import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

from balk.mechanisms.beliefs import Belief
from balk.mechanisms.derived import profile_height
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit
from balk.mechanisms.mechanism import Mechanism, make_grid
from balk.mechanisms.posterior import Posterior
from balk.mechanisms.quadrature import N_NODES, rule
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed

N_CHAINS, N_WARMUP, N_DRAWS = 1, 300, 700
jax.config.update("jax_enable_x64", True)  # noqa: FBT003 -- jax's signature


def main() -> None:
    """Time both and compare."""
    exams, mechanism = _exams(), next(m for m in make_grid() if m.name == "cap x confidence")
    fit(mechanism, exams)  # the first call imports and caches
    start = time.perf_counter()
    fitted = fit(mechanism, exams)
    ours = time.perf_counter() - start
    log_posterior = _make(mechanism, exams)
    _check(log_posterior, mechanism, exams, fitted.fitted)
    start = time.perf_counter()
    draws = _sample(log_posterior, mechanism)
    theirs = time.perf_counter() - start
    means = np.append(fitted.fitted[:-1], _mean_log_sigma(fitted, exams))
    gaps = np.abs(means - draws.mean(axis=0)) / draws.std(axis=0)
    found = {
        "n_exams": len(exams),
        "fit_s": ours,
        "nuts_s": theirs,
        "nuts": f"{N_CHAINS} chains of {N_WARMUP} warm-up and {N_DRAWS} kept",
        "ratio": theirs / ours,
        "wanted_ratio": 1000,
        "means_apart_in_sd": dict(zip(mechanism.names, gaps.tolist(), strict=True)),
        "allowed_sd": 0.2,
    }
    sys.stdout.write(json.dumps(found) + "\n")


def _mean_log_sigma(fitted: Fit, exams: Exams) -> float:
    """Return the mean of log sigma over its profile, which is skewed: its peak is not its mean."""
    middle, sd = float(fitted.fitted[-1]), fitted.ses["sigma"]
    grid = np.linspace(middle - 6 * sd, middle + 4 * sd, 41)
    prior = fitted.mechanism.parameters[-1]
    heights = np.array([profile_height(fitted, exams, x) for x in grid])
    heights -= 0.5 * ((grid - prior.prior_mean) / prior.prior_sd) ** 2
    weights = np.exp(heights - heights.max())
    return float(grid @ weights / weights.sum())


def _exams() -> Exams:
    drawn = draw_observed(
        "threshold",
        Design((1, 2, 3, 5, 10, 15, 20), 40),
        np.random.default_rng(8),
        sigma=0.5,
    )
    c = drawn.confidence
    known = {"confidence": Belief(np.log(c / (1 - c)), np.zeros(c.size))}
    return Exams.of(drawn.observed, known)


def _make(mechanism: Mechanism, exams: Exams) -> Any:  # noqa: ANN401 -- a jitted function
    """Return the log posterior in JAX, written from the equations."""
    items = exams.items()
    parts = [mechanism.selection, *mechanism.nuisances]
    design = jnp.asarray(np.stack([part.direction(items) for part in parts]))
    skipped, counts = jnp.asarray(exams.is_skip), jnp.asarray(exams.n_skips)
    lifelines = jnp.asarray(np.minimum(exams.lifelines, exams.n_questions)).astype(int)
    n, n_exams = exams.is_skip.shape
    z, weights = (jnp.asarray(part) for part in rule(N_NODES))
    means = jnp.asarray([p.prior_mean for p in mechanism.parameters])
    sds = jnp.asarray([p.prior_sd for p in mechanism.parameters])
    k = jnp.arange(n + 1.0)

    def log_posterior(fitted: Any) -> Any:  # noqa: ANN401 -- traced arrays
        alpha, slopes, log_sigma = fitted[0], fitted[1:-1], fitted[-1]
        a = jnp.tensordot(slopes, design, axes=1)

        def take(log_e: Any, weight: Any) -> Any:  # noqa: ANN401 -- traced arrays
            raised = jnp.logaddexp(log_e[1:], log_e[:-1] + weight)
            return jnp.concatenate([log_e[:1], raised]), None

        empty = jnp.full((n + 1, n_exams), -1e30).at[0].set(0.0)
        log_e, _ = jax.lax.scan(take, empty, a)
        u = jnp.exp(log_sigma) * z
        terms = log_e[:, :, None] + k[:, None, None] * (alpha + u)
        shown = jnp.minimum(k[:, None].astype(int), lifelines[None, :]) == counts[None, :]
        seen = jax.nn.logsumexp(jnp.where(shown[:, :, None], terms, -1e30), axis=0)
        log_pi = seen - jax.nn.logsumexp(terms, axis=0)
        log_p = jax.nn.logsumexp(log_pi + jnp.log(weights), axis=1)
        own = jnp.where(skipped, a, 0.0).sum(axis=0) - log_e[counts, jnp.arange(n_exams)]
        return (log_p + own).sum() - 0.5 * (((fitted - means) / sds) ** 2).sum()

    return jax.jit(log_posterior)


def _check(log_posterior: Any, mechanism: Mechanism, exams: Exams, fitted: Any) -> None:  # noqa: ANN401 -- as above
    """Stop unless both posteriors differ by a constant alone."""
    ours = Posterior(mechanism, exams)
    moved = fitted + 0.1
    gap = (ours.at(fitted).value - float(log_posterior(fitted))) - (
        ours.at(moved).value - float(log_posterior(moved))
    )
    if abs(gap) > 1e-6:  # noqa: PLR2004 -- rounding
        raise SystemExit(f"the posteriors differ by {gap}")


def _sample(log_posterior: Any, mechanism: Mechanism) -> Any:  # noqa: ANN401 -- as above
    def model() -> None:
        fitted = numpyro.sample(
            "fitted",
            dist.ImproperUniform(dist.constraints.real_vector, (), (len(mechanism.names),)),
        )
        numpyro.factor("posterior", log_posterior(fitted))

    sampler = MCMC(
        NUTS(
            model,
            init_strategy=numpyro.infer.init_to_value(
                values={"fitted": jnp.zeros(len(mechanism.names))}
            ),
        ),
        num_warmup=N_WARMUP,
        num_samples=N_DRAWS,
        num_chains=N_CHAINS,
        chain_method="sequential",
        progress_bar=False,
    )
    sampler.run(jax.random.PRNGKey(0))
    return np.asarray(sampler.get_samples()["fitted"])


if __name__ == "__main__":
    main()
