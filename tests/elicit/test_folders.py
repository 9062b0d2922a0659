"""Folders that are not as one would have them: logs elsewhere, torn files, other studies."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai.log import list_eval_logs, read_eval_log, write_eval_log

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


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of three exams."""
    folder = tmp_path_factory.mktemp("asked")
    with pytest.MonkeyPatch.context() as patched, serve(exam_taker) as fake:
        patched.setenv("FAKE_API_KEY", "k")
        patched.setenv("FAKE_BASE_URL", fake.url)
        pipeline.run(study(lifelines=(2,)), folder)
    return folder


def test_of_a_limit_and_an_interruption_after_it_the_log_with_more_exams_counts(
    asked: Path, tmp_path: Path
) -> None:
    log = read_eval_log(list_eval_logs(str(asked / "logs"))[0])
    assert log.samples
    assert log.results
    for name, status, n in (("1.eval", "success", 1), ("2.eval", "cancelled", 3)):
        results = log.results.model_copy(update={"completed_samples": n})
        changed = {
            "status": status,
            "samples": log.samples[:n],
            "results": results if status == "success" else None,
        }
        write_eval_log(log.model_copy(update=changed), str(tmp_path / name))
    assert pipeline.tabulate(str(tmp_path), tmp_path / "tables").exams.height == 3
