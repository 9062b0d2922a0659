"""Speed, as ratios and CPU seconds measured in one run; figures go to benchmarks/results.json.

`python benchmarks/bench.py` runs everything; names given as arguments run only those.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
N_TRIVIAL = 1000
N_EXAMS = 1000
N_TABLE_EXAMS = 5000


def bench_puzzles() -> dict[str, Any]:
    """Generate 1,000 level-5 puzzles."""
    from balk.design.puzzles.bank import make_puzzles

    start = time.process_time()
    make_puzzles(1000, seed=12345)
    return {"cpu_s": time.process_time() - start, "allowed_s": 20}


def bench_start() -> dict[str, Any]:
    """CPU that `balk --help` and `balk --version` take, the best of five."""
    return {
        flag: min(_cpu_of([sys.executable, "-m", "balk.cli", flag])[0] for _ in range(5))
        for flag in ("--help", "--version")
    } | {"allowed_s": 0.4}


def bench_parser() -> dict[str, Any]:
    """Read 1 MB replies of hostile shapes."""
    from balk.measure.parse import parse_reply
    from balk.records import ReplyFormat

    reply_format = ReplyFormat(n_questions=20, exit_word="LIFELINE", lifelines=10)
    shapes = ("|", "{", "<think>", "Q1: answer: ", "9", "(", "\\boxed{", "LIFELINE ", "- \n", "* [")
    seconds = {}
    for shape in shapes:
        text = shape * (1_000_000 // len(shape))
        start = time.process_time()
        parse_reply(text, reply_format)
        seconds[shape] = round(time.process_time() - start, 3)
    return {"cpu_s": seconds, "slowest_s": max(seconds.values()), "allowed_s": 1}


def bench_overhead() -> dict[str, Any]:
    """Batch exams a second with an instant subject, against a trivial one-call Inspect task."""
    with tempfile.TemporaryDirectory() as folder:
        rates = {}
        for name, n in (("trivial", N_TRIVIAL), ("exams", N_EXAMS)):
            rates[name] = n / _instant(name, n, f"{folder}/{name}")
    return {
        "trivial_per_s": rates["trivial"],
        "exams_per_s": rates["exams"],
        "ratio": rates["exams"] / rates["trivial"],
        "wanted_ratio": 0.65,
    }


def bench_table() -> dict[str, Any]:
    """5,000 finished exams (100,000 decisions) from sample summaries to Parquet."""
    from balk.measure.decisions import read_table

    with tempfile.TemporaryDirectory() as folder:
        _instant("exams", N_TABLE_EXAMS, f"{folder}/logs")
        command = [
            sys.executable,
            "-m",
            "balk.cli",
            "table",
            f"{folder}/logs",
            "--out",
            f"{folder}/t",
        ]
        cpu_s, peak_mb = _cpu_of(command)
        n_decisions = len(read_table(Path(folder, "t", "decisions.parquet")))
        if n_decisions != N_TABLE_EXAMS * 20:
            raise SystemExit(f"the table holds {n_decisions} decisions")
    return {
        "decisions": n_decisions,
        "cpu_s": cpu_s,
        "allowed_s": 6,
        "peak_mb": peak_mb,
        "allowed_mb": 600,
    }


def bench_report() -> dict[str, Any]:
    """Write the report, figures and tables of 5,000 exams: simulated ones, repeated as epochs."""
    with tempfile.TemporaryDirectory() as folder:
        _repeated(Path(folder))
        cpu_s, peak_mb = _cpu_of([sys.executable, "-m", "balk.cli", "report", folder])
        page_mb = Path(folder, "report.html").stat().st_size / 1e6
    return {
        "exams": N_TABLE_EXAMS,
        "cpu_s": cpu_s,
        "allowed_s": 8,
        "page_mb": page_mb,
        "allowed_mb": 3,
        "peak_mb": peak_mb,
    }


def _repeated(folder: Path) -> None:
    """Write the results of a simulated study, its exams repeated as epochs."""
    import polars as pl

    from balk import pipeline
    from balk.cli.asked import SIMULATED
    from balk.design.study import Questions, Study
    from balk.mechanisms.analysis import analyse

    study = Study.crossed(SIMULATED, questions=Questions(exams=5))
    once = pipeline.run(study, folder, max_connections=20)
    fits = analyse(once.decisions, once.items)
    (folder / "fits.json").write_text(json.dumps(fits, allow_nan=False))
    epochs = range(1, N_TABLE_EXAMS // len(once.exams) + 1)
    repeats = [
        once.decisions.with_columns(
            epoch=pl.lit(epoch, pl.Int16), exam_id=pl.col("exam_id") + pl.lit(f"-{epoch}")
        )
        for epoch in epochs
    ]
    pipeline.finish(pl.concat(repeats), folder)


def _instant(what: str, n: int, folder: str) -> float:
    """Return the seconds that `n` samples of a task in instant.py take, in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("instant.py")), what, str(n), folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- our own script
    return float(done.stdout.strip().splitlines()[-1])


def _cpu_of(command: list[str]) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory in MB of a command."""
    process = subprocess.Popen(  # noqa: S603 -- the same
        command, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with status {status}")
    unit = 1024 if platform.system() == "Linux" else 1024**2
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit


def bench_throughput() -> dict[str, Any]:
    """Batch exams a second over HTTP: ideal, as the CPU allows, and achieved."""
    import throughput

    return throughput.measure()


BENCHES: dict[str, Callable[[], dict[str, Any]]] = {
    "puzzles": bench_puzzles,
    "start": bench_start,
    "parser": bench_parser,
    "overhead": bench_overhead,
    "table": bench_table,
    "throughput": bench_throughput,
    "report": bench_report,
}


def main() -> None:
    """Run the benches that are named, or all."""
    names = sys.argv[1:] or list(BENCHES)
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in names:
        measured = BENCHES[name]()
        results[name] = measured
        print(name, json.dumps(measured, indent=1))
    results["measured"] = datetime.now(UTC).date().isoformat()
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
