"""The command as a person uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import rich
from click.testing import CliRunner, Result

from balk.cli import main
from balk.cli.asked import read_argument

SMALL = (
    "run", "--model", "balk-sim/tension", "--lifelines", "none,2", "--protocol", "batch",
    "--exams", "2", "--questions", "4", "--pool", "8", "--level", "1-2",
)  # fmt: skip


def balk(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_a_run_writes_its_tables_and_says_where(tmp_path: Path) -> None:
    out = tmp_path / "results"
    done = balk(*SMALL, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert {path.name for path in out.iterdir()} == {
        ".lock",
        "logs",
        "study.json",
        "spent.json",
        "decisions.parquet",
        "exams.parquet",
        "items.parquet",
        "summary.json",
        "puzzles.json",
        "fits.json",
        "report.html",
        "figures",
        "tables",
    }
    assert f"Report: {out / 'report.html'}" in done.output
    assert "balk-sim/tension" in done.output
    assert len(pl.read_parquet(out / "decisions.parquet")) == 2 * 2 * 4


def test_a_run_without_a_report_writes_neither_fits_nor_pictures(tmp_path: Path) -> None:
    done = balk(*SMALL, "--no-report", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert not names & {"fits.json", "report.html", "figures", "tables"}
    assert "summary.json" in names


def test_a_run_with_nothing_left_to_ask_says_so_in_its_own_words(tmp_path: Path) -> None:
    command = (*SMALL, "--no-report", "--out", str(tmp_path / "out"))
    first, again = balk(*command), balk(*command)
    line = "Nothing was left to ask; the tables are made again from the logs.\n"
    assert line not in first.output
    assert line in again.output
    assert first.output.splitlines()[-9:] == again.output.splitlines()[-9:]
    for done in (first, again):
        assert "all tasks" not in done.output  # as Inspect would say
    assert not rich.get_console().quiet  # whoever else writes in this process is heard


def test_the_command_in_the_report_asks_the_very_study_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    balk(*SMALL, "--no-report", "--out", str(out))
    again = balk("run", str(out / "study.json"), "--out", str(out), "--no-report")
    assert again.exit_code == 0, again.output
    assert "holds another study" not in again.output


def test_every_puzzle_that_was_asked_is_kept_with_its_text(tmp_path: Path) -> None:
    out = tmp_path / "out"
    balk(*SMALL, "--no-report", "--out", str(out))
    stems = json.loads((out / "puzzles.json").read_text())
    asked = pl.read_parquet(out / "decisions.parquet")
    assert set(asked["puzzle_id"]) <= set(stems)
    assert {len(stems[one]) for one in asked["puzzle_id"]} == set(asked["stem_chars"])


def test_a_folder_that_holds_another_study_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text('{"id": "another"}')
    done = balk(*SMALL, "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "holds another study" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["study.json"]


def test_a_run_that_is_refused_leaves_no_folder_behind(tmp_path: Path) -> None:
    wrong = balk(*SMALL, "--model", "balk-sim/tenson", "--out", str(tmp_path / "out"))
    assert wrong.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_dry_run_shows_the_first_prompts_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = balk(*SMALL, "--dry-run")
    assert done.exit_code == 0
    assert "4 exams" in done.output
    assert "Lifelines left: 2" in done.output
    assert not list(tmp_path.iterdir())


def test_the_default_folder_is_a_function_of_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, again, other = (
        balk(*SMALL, "--dry-run", *more).output for more in ((), (), ("--seed", "1"))
    )
    assert first == again
    assert "Results: runs/" in first
    folders = [[line for line in told.splitlines() if "Results" in line] for told in (first, other)]
    assert folders[0] != folders[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--arm", "penalties"), "Did you mean 'penalty'"),
        (("--persona", "sunday"), "Did you mean 'monday'"),
        (("--level", "9"), "level is '9'"),
        (("--lifelines", "few"), "lifelines is 'few'"),
        (("--questions", "50"), "needs a pool"),
        (("--puzzles", "no-such-file.jsonl"), "no-such-file.jsonl"),
        (("--seed", "-1"), "seed is -1"),
        (("--model", "balk-sim/tenson"), "tension"),
        (("-M", "kappa"), "KEY=VALUE"),
        (("-M", "api_key=sk-1"), "environment variable"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = balk(*SMALL, "--out", str(tmp_path / "out"), *arguments)
    assert done.exit_code == 2
    assert message in done.output.replace("\n", " ")
    assert "Traceback" not in done.output


def test_puzzles_come_as_json_lines_without_keys_unless_asked() -> None:
    (hidden,) = balk("puzzles", "--n", "1", "--family", "tilings").output.splitlines()
    (shown,) = balk("puzzles", "--n", "1", "--family", "tilings", "--keys").output.splitlines()
    assert "key" not in json.loads(hidden)
    assert json.loads(shown)["key"]
    assert json.loads(shown)["stem"] == json.loads(hidden)["stem"]


def test_replies_made_elsewhere_are_read(tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    replies.write_text('{"id": 1, "text": "Final answer: E"}\n{"id": 2, "text": "Answer: B"}\n')
    out = tmp_path / "out.jsonl"
    choices = ("--exit-word", "E", "--choices", "A,B,C,D,E")
    done = balk("parse", str(replies), *choices, "--out", str(out))
    assert "2 replies read (attempt 1, skip 1)" in done.output
    assert [json.loads(line)["outcome"] for line in out.read_text().splitlines()] == [
        "skip",
        "attempt",
    ]


def test_the_doctor_names_keys_and_never_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-value")
    done = balk("doctor")
    assert "OPENAI_API_KEY is set" in done.output
    assert "a-secret-value" not in done.output


def test_help_and_version_do_not_import_what_is_slow() -> None:
    code = (
        "import sys\n"
        "from balk.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'inspect_ai', 'polars', 'numpy', 'scipy', 'pydantic'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("wanted", "got"), [(None, "1"), ("2", "2")])
def test_a_fit_has_one_thread_for_its_small_matrices_unless_told_otherwise(
    wanted: str | None, got: str
) -> None:
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    code = "import os, balk.cli; print(os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=others | ({"OPENBLAS_NUM_THREADS": wanted} if wanted else {}),
    )  # fmt: skip
    assert done.stdout.strip() == got


def test_model_arguments_are_numbers_where_they_look_like_numbers() -> None:
    assert read_argument("slope=4.5") == ("slope", 4.5)
    assert read_argument("base_url=http://127.0.0.1/v1") == ("base_url", "http://127.0.0.1/v1")


def test_output_has_no_colour_codes_where_there_is_no_terminal(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", "balk.cli", *SMALL, "--out", str(tmp_path / "o")],
        capture_output=True, text=True, check=True, env=os.environ | {"TERM": "dumb"},
    )  # fmt: skip
    assert "\x1b" not in done.stdout
    assert "hooks enabled" not in done.stdout + done.stderr


def test_probes_are_told_before_and_after_a_run(tmp_path: Path) -> None:
    asked = (*SMALL, "--probe", "payoff", "--probe", "reasons", "--probe", "follow_up")
    dry = balk(*asked, "--dry-run", "--out", str(tmp_path / "dry"))
    assert "at most 8 for probes (payoff, reasons, follow_up)" in dry.output
    assert "Lifelines are cancelled." in dry.output
    done = balk(*asked, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "After the exam" in done.output
    assert "100%" in done.output
    assert "After the exam" not in balk(*SMALL, "--out", str(tmp_path / "plain")).output


def test_a_probe_that_is_not_known_or_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    wrong = balk(*SMALL, "--probe", "follow-up", "--out", str(tmp_path / "out"))
    assert wrong.exit_code == 2
    assert "Did you mean 'follow_up'?" in wrong.output
    document = balk(
        *SMALL, "--interface", "completion", "--probe", "reasons", "--out", str(tmp_path / "out")
    )
    assert document.exit_code == 2
    assert "answers no question about itself" in " ".join(document.output.split())
    assert not list(tmp_path.iterdir())


def test_rounds_ask_no_probes(tmp_path: Path) -> None:
    asked = ("run", "--model", "balk-sim/tension", "--protocol", "batch", "--until-decided")
    done = balk(*asked, "--probe", "advice", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "--until-decided asks no probes" in done.output
