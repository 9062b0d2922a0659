"""The commands about mechanisms, as a person types them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from balk import pipeline
from balk.cli import main
from balk.cli.summary import show_summary
from balk.design.study import Questions, Study
from balk.measure.decisions import read_table, write_table


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    study = Study.crossed(
        ("balk-sim/threshold", "balk-sim/rational"),
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


ODD_NAME = "[red]a :cat: [/x] b\\"
"""A subject's name that is no markup and holds no emoji."""


def renamed(run_folder: Path, folder: Path) -> pl.DataFrame:
    """Return the decisions of the rational subject under an odd name, and write them."""
    decisions = read_table(run_folder / "decisions.parquet")
    decisions = decisions.filter(subject="balk-sim/rational").with_columns(subject=pl.lit(ODD_NAME))
    write_table(decisions, folder / "decisions.parquet", "decisions")
    return decisions


def test_a_name_with_brackets_is_shown_by_fit_as_it_is(run_folder: Path, tmp_path: Path) -> None:
    renamed(run_folder, tmp_path)
    assert f"\n{ODD_NAME}, batch\n" in invoke("fit", str(tmp_path))


def test_a_name_with_brackets_is_shown_in_the_numbers_of_a_run_as_it_is(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_summary(pipeline.finish(renamed(run_folder, tmp_path), tmp_path / "[bold]"))
    printed = capsys.readouterr().out
    assert printed.count(f"\n{ODD_NAME} ") == 2
    assert f"Files in {tmp_path}/[bold]\n" in printed
    assert re.search(r" 0\.\d \[", printed)  # intervals keep their own brackets


def test_fit_of_a_table_without_exams_says_so_and_writes_nothing(
    run_folder: Path, tmp_path: Path
) -> None:
    empty = read_table(run_folder / "decisions.parquet").clear()
    write_table(empty, tmp_path / "decisions.parquet", "decisions")
    result = CliRunner().invoke(main, ["fit", str(tmp_path)])
    assert result.exit_code == 2
    assert "decisions.parquet holds no exams" in result.output
    assert not (tmp_path / "fits.json").exists()


@pytest.mark.parametrize("missing", ["nowhere", "a-file"])
@pytest.mark.parametrize("command", ["fit", "recover", "parse"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_computed(
    command: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("balk.mechanisms.analysis.analyse", "balk.mechanisms.recover.recovery"):
        monkeypatch.setattr(name, pytest.fail)
    (tmp_path / "a-file").write_text('{"id": 1, "text": "Answer: B"}\n')
    tables = {"fit": [str(tmp_path)], "recover": [], "parse": [str(tmp_path / "a-file")]}
    out = str(tmp_path / missing / "out.json")
    result = CliRunner().invoke(main, [command, *tables[command], "--out", out])
    assert result.exit_code == 2
    assert "no folder that can be written into" in result.output
    assert {path.name for path in tmp_path.iterdir()} == {"a-file"}


def test_fit_looks_at_its_default_file_before_it_computes(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("balk.mechanisms.analysis.analyse", pytest.fail)
    renamed(run_folder, tmp_path)
    (tmp_path / "fits.json").mkdir()
    result = CliRunner().invoke(main, ["fit", str(tmp_path)])
    assert result.exit_code == 2
    assert "cannot be written over" in result.output


@pytest.mark.parametrize("command", ["recover", "power"])
def test_a_seed_below_zero_is_refused(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--seed", "-1"])
    assert result.exit_code == 2
    assert "-1 is not in the range" in result.output


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


STUDY = {
    "blocks": [{"lifelines": [None, 3, 10]}],
    "questions": {"questions": 20, "pool": 40, "exams": 12},
    "epochs": 1,
}


@pytest.mark.parametrize(
    "held",
    [
        [],
        3,
        None,
        STUDY | {"blocks": [{"lifelines": "3,10"}]},
        STUDY | {"blocks": [{"lifelines": [3, "10"]}]},
        STUDY | {"blocks": [{"lifelines": [3, -1]}]},
        STUDY | {"blocks": {}},
        STUDY | {"questions": []},
        STUDY | {"questions": {"questions": 20.5, "pool": 40, "exams": 12}},
        STUDY | {"epochs": None},
        STUDY | {"epochs": 0},
    ],
    ids=str,
)
def test_power_of_a_file_that_is_no_study_is_one_clear_line(held: object, tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text(json.dumps(held))
    result = CliRunner().invoke(main, ["power", str(tmp_path)])
    assert result.exit_code == 2
    assert "no study can be read" in result.output
    assert "give the folder of a run" in result.output


def test_power_counts_plain_exams_only_where_a_study_asks_some(tmp_path: Path) -> None:
    for lifelines, told in (([None, 3, 20], "beside 12 without"), ([3, 20], "beside 0 without")):
        (tmp_path / "study.json").write_text(
            json.dumps(STUDY | {"blocks": [{"lifelines": lifelines}]})
        )
        assert told in invoke("power", str(tmp_path))


def test_power_of_one_dose_promises_no_number() -> None:
    output = invoke("power", "--doses", "3")
    assert "nothing is ever declared" in output
    assert "threshold" not in output


def test_power_of_two_doses_promises_nothing_but_rational() -> None:
    output = invoke("power", "--doses", "3,20")
    assert "nothing but rational is ever declared" in output
    rows = [line.split()[0] for line in output.splitlines() if re.search(r" \d+$", line)]
    assert rows == ["rational"]


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


def test_a_dry_run_until_decided_shows_the_first_round_and_asks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "run", pytest.fail)
    monkeypatch.setattr("balk.rounds.run", pytest.fail)
    models = ["--model", "balk-sim/rational", "--model", "balk-sim/tension"]
    asked = ["run", *models, "--protocol", "batch", "--until-decided", "--dry-run"]
    output = invoke(*asked, "--out", str(tmp_path / "[red]"))
    assert [line[:8] for line in output.splitlines() if " exams of 20" in line] == [
        "24 exams",  # two subjects, 12 exams without lifelines each
        "12 exams",  # 6 each with 3 lifelines
        "12 exams",  # and with 20
    ]
    assert all(f"Lifelines left: {dose}\n" in output for dose in (3, 20))
    assert f"Results: {tmp_path}/[red]\n" in output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("is_dry", [False, True])
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--lifelines", "none,5"), "--lifelines with --until-decided"),
        (("--exams", "20"), "--exams with --until-decided"),  # the default, but asked for
        (("--lifelines", "5", "--exams", "3"), "--lifelines and --exams with --until-decided"),
        (("--arm", "penalty"), "asks arm 'lifelines' alone"),
    ],
)
def test_until_decided_refuses_what_it_chooses_itself(
    options: tuple[str, ...], named: str, *, is_dry: bool, tmp_path: Path
) -> None:
    asked = ["run", "--model", "balk-sim/rational", "--until-decided", *options]
    out = tmp_path / "out"
    result = CliRunner().invoke(main, [*asked, "--out", str(out), *["--dry-run"] * is_dry])
    assert result.exit_code == 2
    assert named in result.output
    assert not out.exists()


@pytest.mark.parametrize("command", [("run", "--exams", "1"), ("table", ".")])
def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_asked(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    out = str(tmp_path / "a-file" / "results")
    result = CliRunner().invoke(main, [*command, "--out", out])
    assert result.exit_code == 2
    assert "no folder that can be written into" in result.output
