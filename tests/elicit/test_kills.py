"""Runs that are killed, interrupted, crowded or torn: the same command goes on, and pays once."""

import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from balk import pipeline
from balk.design.study_file import read_study
from balk.errors import StudyError
from fake_provider import exam_taker
from faulty_provider import never, serve_faulty
from killable import (
    CONNECTIONS,
    MODELS,
    decisions_of,
    environment,
    finish,
    n_kept,
    start,
    unbroken,
    wait_until,
    write_study,
)


@pytest.mark.parametrize(
    ("n_exams", "n_kills"),
    [(18, 1), pytest.param(300, 5, marks=[pytest.mark.slow, pytest.mark.timeout(600)])],
    ids=["few", "many"],
)
def test_kills_cost_the_calls_in_flight_and_nothing_else(
    n_exams: int, n_kills: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_study(tmp_path, exams=n_exams // 6)
    out = tmp_path / "killed"
    rng = np.random.default_rng(20_251)
    at = np.sort(rng.choice(np.arange(4, n_exams - 6), n_kills, replace=False))
    lost: list[int] = []
    with serve_faulty(exam_taker, delay_s=0.05) as provider:
        for n_calls in at:
            process = start(study, out, provider)
            wait_until(lambda: provider.n_calls >= n_calls + sum(lost), process)  # noqa: B023 -- called in the loop
            process.send_signal(signal.SIGKILL)
            process.communicate()
            lost.append(provider.n_calls - n_kept(out) - sum(lost))
        said = finish(start(study, out, provider))
    assert all(0 <= n <= CONNECTIONS * len(MODELS) for n in lost), lost
    assert provider.n_calls == n_exams + sum(lost)
    whole, ideal = unbroken(study, tmp_path / "whole", monkeypatch)
    assert ideal.n_calls == n_exams
    assert decisions_of(out).equals(whole), said
    assert not (out / "replies").exists()


@pytest.mark.parametrize(
    "which", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM]
)
def test_an_interruption_says_how_to_go_on(
    which: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = write_study(tmp_path, exams=4), tmp_path / "out"
    with serve_faulty(exam_taker, delay_s=3) as provider:
        process = start(study, out, provider)
        wait_until(lambda: provider.n_calls >= CONNECTIONS + 1, process)
        process.send_signal(which)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 130, said
    assert "the same command goes on" in said
    assert "Traceback" not in said
    decisions, _ = unbroken(study, out, monkeypatch)
    assert set(decisions["outcome"]) == {"A", "S"}
    assert len(decisions) == 6 * 4 * 4


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    study, out = write_study(tmp_path, exams=2), tmp_path / "out"
    with serve_faulty(exam_taker, delay_s=0.2) as provider:
        first = start(study, out, provider)
        wait_until(lambda: provider.n_calls > 0, first)
        first.send_signal(signal.SIGSTOP)
        try:
            second = start(study, out, provider)
            said = second.communicate(timeout=60)[0]
        finally:
            first.send_signal(signal.SIGCONT)
        assert second.returncode == 2
        assert "another run is writing into" in said
        finish(first)


def test_an_exam_in_real_time_goes_on_at_the_question_it_was_cut_off_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_late(number: int, model: str) -> str:
        del model
        return "400 odd" if number >= 14 else ""

    study = write_study(tmp_path, exams=1, protocol="realtime")
    whole, ideal = unbroken(study, tmp_path / "whole", monkeypatch)
    for schedule, is_whole in ((fails_late, False), (never, True)):
        with serve_faulty(exam_taker, schedule) as provider:
            for name, value in environment(provider).items():
                monkeypatch.setenv(name, value)
            pipeline.run(read_study(study), tmp_path / "out", max_connections=CONNECTIONS)
        assert decisions_of(tmp_path / "out").equals(whole) == is_whole
    assert ideal.n_calls == 6 * 4
    assert provider.n_calls == 6 * 4 - 14


TORN: dict[str, Callable[[bytes], bytes]] = {
    "study.json": lambda whole: whole[: len(whole) // 2],
    "told.json.part": lambda _: b'{"half',
    "logs/eval-set.json": lambda whole: whole[: len(whole) // 2],
    "logs/logs.json": lambda _: b"",
}


@pytest.mark.parametrize("n_left", [0, -1])
def test_files_that_were_half_written_do_not_stop_a_run(
    n_left: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = write_study(tmp_path, exams=2), tmp_path / "out"
    whole, _ = unbroken(study, out, monkeypatch)
    log = next((out / "logs").glob("*.eval"))
    log.write_bytes(log.read_bytes()[:n_left])
    for name, tear in TORN.items():
        path = out / name
        path.write_bytes(tear(path.read_bytes() if path.exists() else b""))
    again, provider = unbroken(study, out, monkeypatch)
    assert again.equals(whole)
    assert provider.n_calls == 2  # those of the log that is lost: its replies were forgotten


def test_another_study_is_refused_by_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = write_study(tmp_path, exams=1), tmp_path / "out"
    unbroken(study, out, monkeypatch)
    other = read_study(study)
    other = other.but(questions=other.questions.but(seed=7))
    with pytest.raises(StudyError, match=r"differs in questions\.seed \(0 there, 7 asked for\)"):
        pipeline.run(other, out, max_connections=1)
    more = read_study(study)
    faster = more.but(subjects=tuple(one.but(max_connections=9) for one in more.subjects))
    assert faster.id == more.id  # how many calls are in flight may change
