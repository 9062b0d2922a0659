"""The commands about mechanisms, as a person types them."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from balk import pipeline
from balk.cli import main
from balk.design.study import Questions, Study


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    study = Study(
        models=("balk-sim/threshold", "balk-sim/rational"),
        protocols=("batch",),
        questions=Questions(exams=12),
    )
    pipeline.run(study, folder, max_connections=20)
    return folder


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_fit_tells_each_verdict_and_leaves_fits_json(run_folder: Path) -> None:
    output = invoke("fit", str(run_folder))
    fits = json.loads((run_folder / "fits.json").read_text())
    verdicts = {entry["subject"]: entry["verdict"] for entry in fits["subjects"]}
    assert verdicts["balk-sim/rational"]["cell"] == "rational"
    assert verdicts["balk-sim/rational"]["status"] == "declared"
    assert verdicts["balk-sim/threshold"]["cell"] == "threshold"
    assert "rational" in output
    assert "threshold" in output


def test_fit_takes_the_two_tables_and_another_file_to_write(
    run_folder: Path, tmp_path: Path
) -> None:
    tables = run_folder / "decisions.parquet", run_folder / "items.parquet"
    invoke("fit", *map(str, tables), "--out", str(tmp_path / "f.json"))
    assert len(json.loads((tmp_path / "f.json").read_text())["subjects"]) == 2


def test_fit_never_imports_inspect_nor_slow_statistics(run_folder: Path) -> None:
    script = (
        "import sys\nfrom balk.cli import main\n"
        f"main(['fit', {str(run_folder)!r}], standalone_mode=False)\n"
        "print([name for name in ('inspect_ai', 'scipy.stats') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_fit_of_a_folder_without_a_table_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["fit", str(tmp_path)])
    assert result.exit_code == 2
    assert "balk table" in result.output


def test_recover_prints_and_saves_how_often_truths_are_found(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    asked = ["--doses", "3,10,20", "--exams-per-dose", "6", "--datasets", "2", "--jobs", "1"]
    output = invoke("recover", *asked, "--truth", "threshold", "--seed", "3", "--out", str(out))
    found = json.loads(out.read_text())
    assert found["design"]["doses"] == [3, 10, 20]
    assert found["truths"]["threshold"]["n"] == 2
    assert "threshold" in output


def test_recover_of_an_unknown_truth_names_the_known_ones() -> None:
    result = CliRunner().invoke(main, ["recover", "--truth", "treshold"])
    assert result.exit_code == 2
    assert "Did you mean 'threshold'?" in result.output


@pytest.mark.parametrize("doses", ["", "0,3", "three"])
def test_impossible_doses_are_refused(doses: str) -> None:
    assert CliRunner().invoke(main, ["recover", "--doses", doses]).exit_code == 2


def test_power_reads_the_study_of_a_run(run_folder: Path) -> None:
    output = invoke("power", str(run_folder))
    assert "3, 10, 20 lifelines" in output
    assert "beside 12 without" in output


def test_until_decided_stops_at_a_verdict_and_resumes_for_nothing(tmp_path: Path) -> None:
    asked = ["run", "--model", "balk-sim/rational", "--protocol", "batch", "--until-decided"]
    first = invoke(*asked, "--out", str(tmp_path))
    assert "stop: decided" in first
    exams = pl.read_parquet(tmp_path / "exams.parquet")
    assert len(exams) < 100
    assert exams["form_id"].n_unique() > 6
    before = (tmp_path / "decisions.parquet").read_bytes()
    invoke(*asked, "--out", str(tmp_path))
    assert (tmp_path / "decisions.parquet").read_bytes() == before


def test_until_decided_refuses_what_it_cannot_judge(tmp_path: Path) -> None:
    asked = ["run", "--model", "balk-sim/rational", "--until-decided", "--out", str(tmp_path)]
    assert CliRunner().invoke(main, [*asked, "--arm", "penalty"]).exit_code == 2
