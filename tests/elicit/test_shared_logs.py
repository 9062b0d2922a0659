"""Logs that two runs with different folders of results would write at once."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from balk import pipeline
from balk.design.study import Questions, Study
from balk.elicit.shared_logs import NOTE, only_writer
from balk.errors import StudyError

BUCKET = "memory://bucket/logs"


@pytest.fixture
def bucket() -> Iterator[str]:
    yield BUCKET
    assert not notes()


@pytest.fixture(params=["folder", "bucket"])
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "logs")
    return str(request.getfixturevalue("bucket"))


def refused(words: str) -> pytest.RaisesExc[StudyError]:
    return pytest.raises(StudyError, match=words)


def notes() -> list[str]:
    return [name for name in fsspec.filesystem("memory").find("/bucket") if NOTE in name]


def test_two_runs_with_different_results_do_not_write_the_same_logs(
    logs: str, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    with only_writer(logs, one):
        for _ in range(2):  # being refused once lets nobody in
            with refused("another run.*another --logs"), only_writer(logs, other):
                pass
    with only_writer(logs, other):
        pass


def test_a_killed_run_is_taken_over_by_the_same_command_and_by_no_other(
    bucket: str, tmp_path: Path
) -> None:
    killed = only_writer(bucket, tmp_path / "one")
    killed.__enter__()
    with (
        refused(f"into {tmp_path}/one on .*remove .running-"),
        only_writer(bucket, tmp_path / "other"),
    ):
        pass
    assert len(notes()) == 1
    with only_writer(bucket, tmp_path / "one"):
        pass
    assert not notes()
    with only_writer(bucket, tmp_path / "other"):
        pass


def test_a_run_is_refused_while_another_writes_its_logs(tmp_path: Path) -> None:
    study = Study.crossed(
        ("balk-sim/tension",),
        lifelines=(2,),
        protocols=("batch",),
        questions=Questions(pool=8, questions=4, exams=1, levels=(1,)),
    )
    first, second = tmp_path / "first", tmp_path / "second"
    with (
        only_writer(str(first / "logs"), first),
        refused("first/logs; wait .* give another --logs"),
    ):
        pipeline.run(study, second, logs=str(first / "logs"))
    assert not (second / "study.json").exists()
    assert pipeline.run(study, second, logs=str(first / "logs")).exams.height == 1
