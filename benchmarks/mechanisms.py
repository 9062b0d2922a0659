"""The mechanisms against known truths: `make recovery` runs all of it, a name runs a part.

Every figure is written to benchmarks/mechanisms.json with the day it was measured.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from balk.mechanisms.beliefs import Belief
from balk.mechanisms.compare import preferred
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import fit
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.observed import Observed
from balk.mechanisms.posterior import Posterior
from balk.mechanisms.recover import MECHANISM, recovery
from balk.mechanisms.stopping import Rule, next_step
from balk.mechanisms.truths.cells import TRUTHS
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed
from balk.mechanisms.truths.outside import OUTSIDE
from balk.mechanisms.verdict import fit_grid, judge

RESULTS = Path(__file__).with_name("mechanisms.json")
SEVEN_DOSES = Design((1, 2, 3, 5, 10, 15, 20), 10)
JOBS = os.cpu_count() or 1
N_DATASETS = 200


def bench_recovery() -> dict[str, Any]:
    """Return how often truths are recovered in 70 exams over seven doses, outsiders too."""
    return recovery(SEVEN_DOSES, (*TRUTHS, *OUTSIDE), N_DATASETS, seed=1, jobs=JOBS)


def bench_one_dose() -> dict[str, Any]:
    """Return what is said of 40 exams at B = 10 alone."""
    design = Design((10,), 40)
    return _parallel(_one_dose, [(design, name, i) for name in TRUTHS for i in range(20)])


def _one_dose(task: tuple[Design, str, int]) -> str:
    design, name, index = task
    judged = judge(_exams(name, design, (2, index)))
    one_dose = any(reason.startswith("one dose") for reason in judged.reasons)
    return f"{judged.status}, one dose" if one_dose else judged.status


def bench_estimates() -> dict[str, Any]:
    """Return bias, coverage and efficiency of slopes over 4,000 data sets, values known exactly.

    The standard error of an efficiency is that of a variance of nearly normal estimates.
    """
    names = [name for name, truth in TRUTHS.items() if truth.selection != "none"]
    found = {}
    for name in names:
        tasks = [(name, index) for index in range(N_ESTIMATES)]
        with _pool() as pool:
            rows = np.array(list(pool.map(_estimate, tasks, chunksize=20)))
        truth, value, se, bound = rows.T
        found[name] = {
            "slope": float(truth[0]),
            "bias": float((value.mean() - truth[0]) / truth[0]),
            "bias_se": float(value.std() / np.sqrt(value.size) / truth[0]),
            "coverage": float((np.abs(value - truth) < 1.959964 * se).mean()),
            "efficiency": float((bound**2).mean() / value.var()),
            "efficiency_se": float((bound**2).mean() / value.var() * np.sqrt(2 / value.size)),
        }
    return found


def _estimate(task: tuple[str, int]) -> tuple[float, float, float, float]:
    """Return the true slope, its estimate and standard error, and the Cramer-Rao bound."""
    name, index = task
    drawn = _middle(name, SEVEN_DOSES, (3, index))
    known = {
        "confidence": _known(drawn.confidence),
        "accuracy": _known(drawn.accuracy),
    }
    exams = Exams.of(drawn.observed, known)
    mechanism = next(m for m in make_grid() if m.name == MECHANISM[name])
    fitted = fit(mechanism, exams)
    truth = drawn.parameters["slope"]
    at_truth = np.array([p.fitted(drawn.parameters[p.name]) for p in mechanism.parameters])
    posterior = Posterior(mechanism, exams)
    information = np.zeros((at_truth.size, at_truth.size))
    rng = np.random.default_rng((4, index))
    for _ in range(N_BOUND):  # scores of replicates at the truth: their spread is the information
        skips = posterior.draw(at_truth, np.zeros(0), rng)
        fresh = Posterior(mechanism, _with(exams, skips))
        scores = fresh.at(at_truth).scores
        information += scores.T @ scores / N_BOUND
    bound = np.sqrt(np.linalg.inv(information).diagonal())
    slope = mechanism.names.index("slope")
    return truth, fitted.values["slope"], fitted.ses["slope"], float(bound[slope])


N_BOUND = 20
N_ESTIMATES = 4000


def bench_instrument() -> dict[str, Any]:
    """Return how often truths are recovered from what simulated subjects write."""
    script = Path(__file__).with_name("instrument.py")
    done = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, str(script)], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def bench_speed() -> dict[str, Any]:
    """Return CPU seconds of the whole grid at 2,000 exams, and how one fit scales."""
    grid = make_grid()
    exams = _many(2000)
    fit_grid(_many(70), grid)
    start = time.process_time()
    preferred(fit_grid(exams, grid))
    whole = time.process_time() - start
    cap = next(m for m in grid if m.name == "cap x confidence")
    sizes, seconds = (1000, 10_000, 100_000), []
    for size in sizes:
        some = _many(size)
        start = time.process_time()
        fit(cap, some)
        seconds.append(time.process_time() - start)
    slopes = [
        np.log(b / a) / np.log(m / n)
        for (a, b), (n, m) in zip(pairwise(seconds), pairwise(sizes), strict=True)
    ]
    return {
        "grid_2000_exams_cpu_s": whole,
        "allowed_s": 6,
        "fit_cpu_s": dict(zip(map(str, sizes), seconds, strict=True)),
        "scaling_exponents": [float(slope) for slope in slopes],
        "wanted_exponent": 1.1,
    }


def bench_sequential() -> dict[str, Any]:
    """Return exams to a verdict under the sequential rule, plain ones counted, per truth."""
    n = 100
    found: dict[str, Any] = {}
    for name in TRUTHS:
        with _pool() as pool:
            rows = list(pool.map(_sequence, [(name, index) for index in range(n)], chunksize=2))
        totals = np.array([row[0] for row in rows])
        declared = [row for row in rows if row[1] == "declared"]
        right = sum(row[2] == MECHANISM[name] for row in declared)
        found[name] = {
            "mean": float(totals.mean()),
            "quantiles_10_50_90": np.quantile(totals, [0.1, 0.5, 0.9]).tolist(),
            "most": int(totals.max()),
            "declared": len(declared) / n,
            "right_when_declared": right / len(declared) if declared else None,
            "right": float(np.mean([row[2] == MECHANISM[name] for row in rows])),
            "ends": dict(Counter(row[3] for row in rows).most_common()),
            "fixed": _fixed(name, len(declared) / n),
        }
    return {"rule": asdict(Rule()), "n_datasets": n, "truths": found}


def _sequence(task: tuple[str, int]) -> tuple[int, str, str, str]:
    """Return exams asked, status, mechanism preferred, and why it ended."""
    name, index = task
    rule = Rule()
    design = Design((*rule.doses, rule.middle), 90, n_baseline=rule.most_plain)
    observed = _drawn(name, design, (5, index))
    places = {dose: np.flatnonzero(observed.lifelines == dose) for dose in (-1, *design.doses)}
    asked = {-1: rule.first_plain, rule.middle: 0} | dict.fromkeys(rule.doses, rule.first_offered)
    while True:
        which = np.sort(np.concatenate([places[dose][:n] for dose, n in asked.items()]))
        step = next_step(observed.take(which), rule)
        if step.action == "stop" and step.verdict is not None:
            verdict = step.verdict
            why = step.why.split(":")[0].split(" after")[0]
            return step.n_exams, verdict.status, verdict.chosen.mechanism.name, why
        if step.action == "check":
            asked[rule.middle] = rule.n_check
        else:
            asked[-1] = min(asked[-1] + rule.more_plain, rule.most_plain)
            asked |= {dose: asked[dose] + rule.more_offered for dose in rule.doses}


def _fixed(name: str, declared: float) -> dict[str, Any]:
    """Return the smallest fixed design, on three doses, that declares as often."""
    tried = {}
    for per_dose in (6, 10, 14, 20, 28, 40, 60):
        design = Design((3, 10, 20), per_dose)
        with _pool() as pool:
            tasks = [(design, name, index) for index in range(40)]
            rows = list(pool.map(_fixed_one, tasks, chunksize=2))
        n_exams = 3 * per_dose + design.n_baseline
        tried[str(n_exams)] = float(np.mean(rows))
        if tried[str(n_exams)] >= declared:
            return {"n_exams": n_exams, "declared_at": tried}
    return {"n_exams": None, "declared_at": tried}


def _fixed_one(task: tuple[Design, str, int]) -> bool:
    design, name, index = task
    judged = judge(_exams(name, design, (6, index)), is_quick=True)
    return judged.status == "declared" and judged.chosen.mechanism.name == MECHANISM[name]


def bench_numpyro() -> dict[str, Any]:
    """Return the speed of a fit over NUTS on the identical likelihood, and how they agree."""
    script = Path(__file__).with_name("nuts.py")
    done = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, str(script)], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _exams(name: str, design: Design, key: tuple[int, ...]) -> Exams:
    observed = _drawn(name, design, key)
    return Exams.of(observed, beliefs_of(observed))


def _drawn(name: str, design: Design, key: tuple[int, ...]) -> Observed:
    stream = np.random.SeedSequence(key[0], spawn_key=(list(TRUTHS).index(name), *key[1:]))
    return draw_observed(name, design, np.random.default_rng(stream)).observed


def _middle(name: str, design: Design, key: tuple[int, ...]) -> Any:  # noqa: ANN401 -- a Drawn
    ranges = dict(TRUTHS[name].ranges) | dict(TRUTHS[name].world)
    fixed = {parameter: (low + high) / 2 for parameter, (low, high) in ranges.items()}
    return draw_observed(name, design, np.random.default_rng(key), **fixed)


def _known(values: np.ndarray[Any, Any]) -> Belief:
    return Belief(np.log(values / (1 - values)), np.zeros(values.size))


def _with(exams: Exams, skips: np.ndarray[Any, Any]) -> Exams:
    from dataclasses import replace

    return replace(exams, is_skip=skips)


def _many(n_exams: int) -> Exams:
    """Return exams of a threshold subject, seven doses, about as many as are asked for."""
    design = Design(SEVEN_DOSES.doses, -(-n_exams // len(SEVEN_DOSES.doses)))
    return _exams("threshold", design, (7,)).take(slice(0, n_exams))


def _parallel(work: Callable[[Any], str], tasks: list[Any]) -> dict[str, Any]:
    with _pool() as pool:
        return dict(Counter(pool.map(work, tasks, chunksize=4)).most_common())


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(JOBS, mp_context=get_context("spawn"))


BENCHES: dict[str, Callable[[], dict[str, Any]]] = {
    "speed": bench_speed,
    "estimates": bench_estimates,
    "one_dose": bench_one_dose,
    "recovery": bench_recovery,
    "sequential": bench_sequential,
    "instrument": bench_instrument,
    "numpyro": bench_numpyro,
}


def main() -> None:
    """Run the benches that are named, or all but NumPyro's, which is not installed by default."""
    names = sys.argv[1:] or [name for name in BENCHES if name != "numpyro"]
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in names:
        start = time.perf_counter()
        measured = BENCHES[name]()
        measured["measured"] = datetime.now(UTC).date().isoformat()
        measured["wall_s"] = round(time.perf_counter() - start)
        results[name] = measured
        print(name, json.dumps(measured, indent=1))
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
