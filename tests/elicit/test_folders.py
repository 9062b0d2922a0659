"""Folders that are not as one would have them: logs elsewhere, torn files, other studies."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import list_eval_logs, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from balk import pipeline
from balk.design.limits import Limits
from balk.design.lock import LOCK_FILE, make_lock
from balk.design.study import Questions, Study
from balk.elicit import kept, torn
from balk.elicit.tasks import lifelines
from balk.elicit.torn import set_aside_torn_logs
from balk.errors import StudyError, TableError
from balk.measure.parse import PARSER_VERSION
from fake_provider import FakeProvider, exam_taker, serve
from faulty_provider import serve_faulty


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


@pytest.mark.usefixtures("provider")
def test_replies_are_kept_while_a_run_lasts_and_no_longer(tmp_path: Path) -> None:
    terms = pipeline.Terms(limits=Limits(tokens=1))
    stopped = pipeline.run(study(), tmp_path, max_connections=1, terms=terms)
    assert stopped.stopped
    before = sorted((tmp_path / "replies").iterdir())
    assert not kept.is_keeping()
    task = lifelines(
        lifelines=2, puzzles="balk:divisor_counts", level=1, pool=8, questions=4, exams=1
    )
    model = get_model("openai-api/fake/small", memoize=False)
    inspect_eval(task, model=model, log_dir=str(tmp_path / "plain"), display="none")
    assert sorted((tmp_path / "replies").iterdir()) == before


def copy_of_logs(asked: Path, to: Path) -> Path:
    return Path(shutil.copytree(asked / "logs", to / "logs"))


@pytest.mark.parametrize("error", [TimeoutError("read timed out"), RuntimeError("access denied")])
def test_a_log_that_could_not_be_fetched_is_not_torn(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    logs = copy_of_logs(asked, tmp_path)
    before = sorted(logs.iterdir())
    monkeypatch.setattr(torn, "read_eval_log", fail)
    with pytest.raises(type(error)):
        set_aside_torn_logs(str(logs))
    assert sorted(logs.iterdir()) == before


HALVES = {"none of it": 0, "its first bytes": 9, "half": 0.5, "all but the end": 0.99}


@pytest.mark.parametrize("share", HALVES.values(), ids=HALVES)
def test_a_torn_log_is_set_aside_and_named(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    logs = copy_of_logs(asked, tmp_path)
    (whole,) = logs.glob("*.eval")
    content = whole.read_bytes()
    whole.write_bytes(content[: int(share if share > 1 else share * len(content))])
    (name,) = set_aside_torn_logs(str(logs))
    assert name.endswith(f"{whole.name}.torn")
    assert whole.name in capsys.readouterr().err
    assert not whole.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn"], ids=["nothing", "half"])
def test_a_torn_log_beside_others_is_left_out_and_named(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    logs = copy_of_logs(asked, tmp_path)
    (logs / "torn.eval").write_bytes(content)
    assert pipeline.tabulate(str(logs), tmp_path / "tables").exams.height == 3
    assert "torn.eval" in capsys.readouterr().err
    for whole in logs.glob("*lifelines*.eval"):
        whole.unlink()
    with pytest.raises(TableError, match="1 crashed before"):
        pipeline.tabulate(str(logs), tmp_path / "tables")


@pytest.mark.usefixtures("provider")
def test_a_lock_that_comes_late_is_refused_wherever_the_logs_are_and_leaves_no_trace(
    tmp_path: Path,
) -> None:
    logs = str(tmp_path / "elsewhere" / "logs")
    pipeline.run(study(), tmp_path / "out", logs=logs)
    for name, where in (("out", logs), ("out", None), ("new", logs)):
        with pytest.raises(StudyError, match="before the lock"):
            pipeline.run(study(), tmp_path / name, logs=where, terms=locked(study()))
        assert not (tmp_path / name / LOCK_FILE).exists()
        assert not (tmp_path / name / "deviations.json").exists()


def test_half_a_list_of_deviations_is_refused_with_the_way_out(
    provider: FakeProvider, tmp_path: Path
) -> None:
    pipeline.run(study(), tmp_path, terms=locked(study()))
    n_calls = len(provider.requests)
    (tmp_path / "deviations.json").write_text('{"lo')
    with pytest.raises(StudyError, match="remove it and run again"):
        pipeline.run(study(), tmp_path)
    assert len(provider.requests) == n_calls


def test_a_torn_study_lets_no_other_study_into_its_folder(
    provider: FakeProvider, tmp_path: Path
) -> None:
    path, other = tmp_path / "study.json", study(exams=4)
    pipeline.run(study(), tmp_path)
    n_calls, whole = len(provider.requests), path.read_text()
    path.write_text(whole[:20])
    with pytest.raises(StudyError, match=r"log of another study .*give another"):
        pipeline.run(other, tmp_path)
    assert path.read_text() == whole[:20]
    with pytest.raises(StudyError, match=r"log of another study .*give another"):
        pipeline.run(other, tmp_path / "new", logs=str(tmp_path / "logs"))
    assert not (tmp_path / "new" / "study.json").exists()
    pipeline.run(study(), tmp_path)
    assert path.read_text() == whole
    assert len(provider.requests) == n_calls


def yoked() -> Study:
    return study(arms=("key=hidden", "feedback=yoked"), protocols=("realtime",), lifelines=(2,))


def test_verdicts_told_are_borrowed_again_where_their_file_was_lost(
    provider: FakeProvider, tmp_path: Path
) -> None:
    asked, path = yoked(), tmp_path / "told.json"
    pipeline.run(asked, tmp_path)
    told, n_calls = path.read_text(), len(provider.requests)
    path.write_text(told[:9])
    pipeline.run(asked, tmp_path)
    assert path.read_text() == told
    pipeline.run(asked, tmp_path / "new", logs=str(tmp_path / "logs"))
    assert len(provider.requests) == n_calls


def test_one_exam_that_fails_and_has_verdicts_to_lend_is_asked_once_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_faulty(exam_taker, lambda number, _: "400 odd" if number == 0 else "") as fake:
        monkeypatch.setenv("FAKE_API_KEY", "k")
        monkeypatch.setenv("FAKE_BASE_URL", fake.url)
        first = pipeline.run(yoked(), tmp_path, max_connections=1)
        assert first.exams["n_failed"].to_list().count(4) == 1
        assert fake.n_calls == 1 + 2 * 4
        assert pipeline.run(yoked(), tmp_path).exams.height == 6
