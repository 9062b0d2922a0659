"""Every rendering through the real clients, over HTTP, against a server on 127.0.0.1."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from balk import pipeline
from balk.design.study import Questions, Study
from balk.records import Interface, Protocol
from fake_provider import FakeProvider, exam_taker, serve
from file_contents import contents

INTERFACES: tuple[Interface, ...] = ("chat", "completion")
PROTOCOLS: tuple[Protocol, ...] = ("batch", "realtime", "isolated")
MODELS = {
    "chat": "openai-api/fake/small",
    "completion": "openai-api-completions/fake/small",
}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    with serve(exam_taker) as fake:
        monkeypatch.setenv("FAKE_API_KEY", "key-that-must-not-leak")
        monkeypatch.setenv("FAKE_BASE_URL", fake.url)
        yield fake


def sit(interface: Interface, protocol: Protocol, folder: Path) -> pl.DataFrame:
    study = Study.crossed(
        (MODELS[interface],),
        interface=interface,
        lifelines=(None, 2),
        protocols=(protocol,),
        questions=Questions(
            puzzles="balk:divisor_counts", pool=8, questions=6, exams=2, levels=(1,)
        ),
        temperature=0.7,
    )
    return pipeline.run(study, folder, max_connections=4).decisions


@pytest.mark.parametrize(("interface", "protocol"), list(itertools.product(INTERFACES, PROTOCOLS)))
def test_every_rendering_is_asked_and_read_over_http(
    interface: Interface, protocol: Protocol, provider: FakeProvider, tmp_path: Path
) -> None:
    decisions = sit(interface, protocol, tmp_path)

    outcomes = {
        lifelines: {"".join(exam["outcome"]) for _, exam in group.group_by("exam_id")}
        for (lifelines,), group in decisions.sort("exam_id", "position").group_by("lifelines")
    }
    # Even questions ask for a lifeline, and there are two: the third such question overdraws.
    assert outcomes == {None: {"AAAAAA"}, 2: {"ASASAO"}}
    assert set(decisions.filter(pl.col("outcome") == "A")["answer"]) == {"7"}
    assert decisions["confidence"].to_list() == pytest.approx([0.3] * len(decisions))

    per_exam = 1 if protocol == "batch" else 6
    assert len(provider.requests) == 2 * 2 * per_exam
    for path, body in provider.requests:
        assert path == ("/v1/completions" if interface == "completion" else "/v1/chat/completions")
        assert body["temperature"] == 0.7
        assert body["max_tokens"] >= 64
        assert ("stop" in body) == (interface == "completion")


def test_a_realtime_document_grows_by_what_was_answered(
    provider: FakeProvider, tmp_path: Path
) -> None:
    sit("completion", "realtime", tmp_path)
    documents = [body["prompt"] for _, body in provider.requests if "Lifelines" in body["prompt"]]
    by_exam: dict[str, list[str]] = {}
    for document in documents:
        by_exam.setdefault(document.partition("Q1:")[0], []).append(document)
    assert len(by_exam) == 2
    for grown in by_exam.values():
        in_order = sorted(grown, key=len)
        for shorter, longer in itertools.pairwise(in_order):
            assert longer.startswith(shorter + " difficulty 6, confidence 30%, answer: ")
        assert "skipped with a lifeline" in in_order[-1]
        assert "no lifeline was left" not in in_order[-1]  # that is told after the last question


def test_a_realtime_conversation_holds_every_result(provider: FakeProvider, tmp_path: Path) -> None:
    sit("chat", "realtime", tmp_path)
    longest = max((body["messages"] for _, body in provider.requests), key=len)
    assert [message["role"] for message in longest] == ["user", "assistant"] * 5 + ["user"]
    assert all("The right answer is" in message["content"] for message in longest[2::2])


def test_an_isolated_question_comes_without_history_but_with_the_lifelines_left(
    provider: FakeProvider, tmp_path: Path
) -> None:
    sit("chat", "isolated", tmp_path)
    assert all(len(body["messages"]) == 1 for _, body in provider.requests)
    left = sorted(
        line
        for _, body in provider.requests
        for line in body["messages"][0]["content"].splitlines()
        if line.startswith("Lifelines left")
    )
    assert left == sorted(
        ["Lifelines left: 2"] * 4 + ["Lifelines left: 1"] * 4 + ["Lifelines left: 0"] * 4
    )


def test_the_key_stands_in_no_file(provider: FakeProvider, tmp_path: Path) -> None:
    assert provider.url
    sit("chat", "batch", tmp_path)
    assert not [
        path for path, content in contents(tmp_path) if b"key-that-must-not-leak" in content
    ]
