"""Folders that are not as one would have them: logs elsewhere, torn files, other studies."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from balk import pipeline
from balk.design.lock import make_lock
from balk.design.study import Questions, Study
from balk.measure.parse import PARSER_VERSION
from fake_provider import FakeProvider, exam_taker, serve


def study(exams: int = 3, **changes: object) -> Study:
    settings: dict[str, object] = {
        "lifelines": (None, 2),
        "protocols": ("batch",),
        "questions": Questions(
            puzzles="balk:divisor_counts", pool=8, questions=4, exams=exams, levels=(1,)
        ),
    }
    return Study.crossed(("openai-api/fake/small",), **settings | changes)  # type: ignore[arg-type]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    with serve(exam_taker) as fake:
        monkeypatch.setenv("FAKE_API_KEY", "k")
        monkeypatch.setenv("FAKE_BASE_URL", fake.url)
        yield fake


def locked(asked: Study) -> pipeline.Terms:
    return pipeline.Terms(lock=make_lock(asked, PARSER_VERSION))


@pytest.mark.usefixtures("provider")
def test_a_lock_holds_wherever_the_logs_are(tmp_path: Path) -> None:
    folder, logs = tmp_path / "out", str(tmp_path / "elsewhere" / "logs")
    results = pipeline.run(study(), folder, logs=logs, terms=locked(study()))
    assert results.summary["lock"]["deviations"] == []
    assert json.loads((folder / "deviations.json").read_text())["lock"]
