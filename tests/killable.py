"""Studies in a process of their own, asked of a fake provider, so that they can be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from balk import pipeline
from balk.design.study_file import read_study
from balk.measure.decisions import read_table
from fake_provider import exam_taker
from faulty_provider import FaultyProvider, serve_faulty

WHERE = ["log", "sample_uuid"]
MODELS = ("openai-api/fake/small", "openai-api/fake/large", "openai/gpt-4o")
CONNECTIONS = 4


def write_study(folder: Path, exams: int, protocol: str = "batch") -> Path:
    study = {
        "subjects": list(MODELS),
        "questions": {
            "puzzles": "balk:divisor_counts",
            "levels": 1,
            "pool": 8,
            "questions": 4,
            "exams": exams,
        },
        "blocks": [{"arms": "lifelines", "lifelines": ["none", 2], "protocols": protocol}],
    }
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(study))
    return path


def environment(provider: FaultyProvider) -> dict[str, str]:
    urls = {f"{service}_BASE_URL": provider.url for service in ("FAKE", "OPENAI")}
    return urls | {f"{service}_API_KEY": "no-secret" for service in ("FAKE", "OPENAI")}


def start(study: Path, out: Path, provider: FaultyProvider, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "balk.cli", "run", str(study), "--out", str(out)]
    return subprocess.Popen(  # noqa: S603 -- our own interpreter
        [*command, "--max-connections", str(CONNECTIONS), *more],
        env=os.environ | environment(provider),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(is_so: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while not is_so():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.002)


def finish(process: "subprocess.Popen[str]") -> str:
    said = process.communicate()[0]
    assert process.returncode == 0, said
    return said


def n_kept(out: Path) -> int:
    """Return how many replies are on disk whole."""
    lines = [
        line
        for path in (out / "replies").glob("*.jsonl")
        for line in path.read_text().splitlines()
        if line.endswith("]")
    ]
    return len(lines)


def unbroken(
    study: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[pl.DataFrame, FaultyProvider]:
    with serve_faulty(exam_taker) as provider:
        for name, value in environment(provider).items():
            monkeypatch.setenv(name, value)
        pipeline.run(read_study(study), out, max_connections=CONNECTIONS)
    return decisions_of(out), provider


def decisions_of(out: Path) -> pl.DataFrame:
    return read_table(out / "decisions.parquet", "decisions").drop(WHERE)
