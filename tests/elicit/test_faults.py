"""Providers that fail, through the real clients, over HTTP: failures cost calls, never data."""

import zipfile
from pathlib import Path

import polars as pl
import pytest

from balk import pipeline
from balk.design.study import Questions, Study
from balk.elicit import calls
from balk.elicit.calls import Patience
from fake_provider import exam_taker
from faulty_provider import RETRYABLE, FaultyProvider, Schedule, never, one_in_five, serve_faulty

WHERE = ["log", "sample_uuid"]
HASTE = Patience(timeout_s=1.5, first_wait_s=0.05)
KEY = "key-that-must-not-leak"


def study_of(*models: str, exams: int, questions: int = 4) -> Study:
    return Study.crossed(
        models,
        interface="completion" if "completions" in models[0] else "chat",
        lifelines=(None, 2),
        protocols=("batch",),
        questions=Questions(
            puzzles="balk:divisor_counts",
            pool=8,
            questions=questions,
            exams=exams,
            levels=(1,),
        ),
    )


def point_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAKE", "OPENAI", "ANTHROPIC"):
        monkeypatch.setenv(f"{name}_API_KEY", KEY)
        base = url.removesuffix("/v1") if name == "ANTHROPIC" else url
        monkeypatch.setenv(f"{name}_BASE_URL", base)


def ask(
    study: Study,
    folder: Path,
    schedule: Schedule,
    monkeypatch: pytest.MonkeyPatch,
    patience: Patience = HASTE,
) -> tuple[pl.DataFrame, FaultyProvider]:
    with serve_faulty(exam_taker, schedule) as provider:
        point_at(provider.url, monkeypatch)
        results = pipeline.run(study, folder, max_connections=8, patience=patience)
    return results.decisions, provider


@pytest.mark.parametrize(
    "model", ["openai-api/fake/small", "openai/gpt-4o", "openai-api-completions/fake/small"]
)
@pytest.mark.parametrize(
    "n_exams", [40, pytest.param(200, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_one_call_in_five_that_fails_leaves_the_table_as_it_is(
    model: str, n_exams: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_of(model, exams=n_exams // 2)
    faultless, ideal = ask(study, tmp_path / "faultless", never, monkeypatch)
    faulty, provider = ask(study, tmp_path / "faulty", one_in_five, monkeypatch)
    assert faulty.drop(WHERE).equals(faultless.drop(WHERE))
    assert "F" not in faulty["outcome"]
    assert ideal.n_calls == n_exams
    assert provider.n_calls <= 1.3 * n_exams
    n_ways = len([how for how in RETRYABLE if provider.failed[how]])
    assert n_ways == min(len(RETRYABLE), provider.n_calls // 5)


def key_of_one_refused(number: int, model: str) -> str:
    return "401 wrong key" if model == "locked" else one_in_five(number, model)


def everything_in(folder: Path) -> bytes:
    content = b""
    for path in folder.rglob("*"):
        if path.suffix == ".eval":
            with zipfile.ZipFile(path) as log:
                content += b"".join(log.read(name) for name in log.namelist())
        elif path.is_file():
            content += path.read_bytes()
    return content


THREE = ("openai-api/fake/small", "openai-api/fake/locked", "openai/gpt-4o")


def test_a_refused_key_stops_its_subject_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_of(*THREE, exams=8)
    faultless, ideal = ask(study, tmp_path / "faultless", never, monkeypatch)
    decisions, provider = ask(study, tmp_path / "faulty", key_of_one_refused, monkeypatch)
    locked = pl.col("model") == "openai-api/fake/locked"
    others = decisions.filter(~locked).drop(WHERE)
    assert others.equals(faultless.filter(~locked).drop(WHERE))
    refused = decisions.filter(locked)
    assert len(refused) == 16 * 4  # no exam vanishes
    assert set(refused["outcome"]) == {"F"}
    assert refused["reason"].str.starts_with("refused_key: 401 wrong key").all()
    assert provider.by_model["locked"] <= 8  # those that were in flight when the first came back
    assert ideal.by_model["locked"] == 16
    assert KEY.encode() not in everything_in(tmp_path)  # the server repeats the key in its error

    mended, again = ask(study, tmp_path / "faulty", never, monkeypatch)
    assert mended.drop(WHERE).equals(faultless.drop(WHERE))
    assert again.by_model == {"locked": 16}


WAYS = {
    "429": "rate_limit",
    "500": "server_error",
    "529 overloaded": "server_error",
    "hang": "timeout",
    "cut": "connection",
    "malformed": "malformed",
    "empty": "empty",
    "401": "refused_key",
    "403 no access": "refused_key",
    "404 no such model": "unknown_model",
    "402 pay first": "no_credit",
    "429 insufficient_quota": "rate_limit",
    "400 maximum context length is 8": "too_long",
    "400 content filter": "filtered",
    "400 odd": "refused_request",
    "413 too much": "too_long",
}


@pytest.mark.parametrize(
    ("how", "model"),
    [(how, "openai-api/fake/small") for how in WAYS]
    + [(how, "openai/gpt-4o") for how in ("hang", "cut", "malformed", "401", "403 no access")],
)
def test_a_call_that_never_succeeds_is_a_row_with_its_reason(
    how: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 0.5 if WAYS[how] == "timeout" else 60
    patience = Patience(max_retries=1, timeout_s=longest, first_wait_s=0.01)
    study = study_of(model, exams=1)
    decisions, _ = ask(study, tmp_path, lambda *_: how, monkeypatch, patience)
    assert set(decisions["outcome"]) == {"F"}
    assert {reason.partition(":")[0] for reason in decisions["reason"]} == {WAYS[how]}
    assert all("\n" not in reason and len(reason) < 200 for reason in decisions["reason"])
    assert KEY.encode() not in everything_in(tmp_path)


@pytest.mark.parametrize("how", ["401", "403 no", "400 odd", "404 no model", "429", "529 busy"])
def test_anthropic_errors_come_to_the_same_reasons_without_the_key(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = Patience(max_retries=1, timeout_s=5, first_wait_s=0.01)
    study = study_of("anthropic/claude-fable-5", exams=1)
    decisions, provider = ask(study, tmp_path, lambda *_: how, monkeypatch, patience)
    wanted = {"401": "refused_key", "403": "refused_key", "400": "refused_request"}
    wanted |= {"404": "unknown_model", "429": "rate_limit", "529": "server_error"}
    assert {reason.partition(":")[0] for reason in decisions["reason"]} == {wanted[how[:3]]}
    assert provider.n_calls <= 2 * 2  # a retry each, and none of the client's own
    assert KEY.encode() not in everything_in(tmp_path)


def test_the_same_command_asks_exactly_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_late(number: int, model: str) -> str:
        del model
        return "500" if number >= 30 else ""

    study = study_of("openai-api/fake/small", exams=20)
    patience = Patience(max_retries=0)
    faultless, _ = ask(study, tmp_path / "faultless", never, monkeypatch)
    first, _ = ask(study, tmp_path / "faulty", fails_late, monkeypatch, patience)
    n_failed = first.filter(pl.col("outcome") == "F")["exam_id"].n_unique()
    assert n_failed == 10
    second, provider = ask(study, tmp_path / "faulty", never, monkeypatch)
    assert provider.n_calls == n_failed
    assert second.drop(WHERE).equals(faultless.drop(WHERE))
    third, provider = ask(study, tmp_path / "faulty", never, monkeypatch)
    assert provider.n_calls == 0
    assert third.equals(second)


def asks_to_wait(number: int, model: str) -> str:
    del model
    return "429 Retry-After 400" if number < 8 else ""


def test_a_provider_that_asks_to_wait_for_minutes_is_waited_for_and_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    told: list[str] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    study = study_of("openai/gpt-4o", exams=10)
    faultless, _ = ask(study, tmp_path / "faultless", never, monkeypatch)
    monkeypatch.setattr(calls, "sleep", wait)
    patience = Patience(tell=told.append)
    decisions, provider = ask(study, tmp_path / "asked", asks_to_wait, monkeypatch, patience)
    assert decisions.drop(WHERE).equals(faultless.drop(WHERE))
    assert provider.n_calls == 20 + 8
    assert all(400 <= seconds <= 500 for seconds in waited)
    assert len(set(waited)) == len(waited) == 8
    (line,) = told
    assert line.startswith("openai/gpt-4o asks to wait 400 s (rate_limit: 429 slow down)")


def test_a_provider_that_asks_for_more_patience_than_there_is_is_given_up_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, patience = study_of("openai/gpt-4o", exams=1), Patience(longest_asked_s=300)
    decisions, provider = ask(study, tmp_path, asks_to_wait, monkeypatch, patience)
    assert provider.n_calls == 2
    assert set(decisions["reason"]) == {
        "rate_limit: asks to wait 400 s, and --max-wait is 300 s: 429 slow down"
    }
    again, _ = ask(study, tmp_path, never, monkeypatch, patience)
    assert "F" not in again["outcome"]
