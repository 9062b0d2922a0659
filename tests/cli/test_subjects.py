"""Who can be asked: `balk subjects`, `balk doctor`, and `balk run` with a panel."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from balk.cli import main
from balk.design.panel_file import PANELS, read_panel
from balk.design.providers import PROVIDERS

MINE = """
about: Two that are there, one that is not, and one of which nobody knows.
subjects:
  - balk-sim/tension
  - {model: balk-sim/rational, label: Calm, notes: It never skips.}
  - {model: openai/gpt-4.1, label: Far away, notes: It takes a key.}
  - {model: somebody-elses/model, label: Unknown}
"""
SMALL = ("--lifelines", "none,2", "--protocol", "batch", "--exams", "2", "--questions", "4",
         "--pool", "8", "--level", "1-2")  # fmt: skip


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_AUTH_TOKEN", "_BASE_URL", "HF_TOKEN")):
            monkeypatch.delenv(name)


@pytest.fixture
def mine(tmp_path: Path) -> str:
    (tmp_path / "mine.yaml").write_text(MINE)
    return "mine.yaml"


@pytest.fixture
def three(tmp_path: Path) -> str:
    (tmp_path / "three.yaml").write_text(MINE.partition("  - {model: somebody")[0])
    return "three.yaml"


def balk(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def state(output: str, name: str) -> str:
    """Return what the last line that begins with a name says of it."""
    lines = [line for line in output.splitlines() if line.startswith(f"  {name}  ")]
    return lines[-1].split("  ")[-1].strip()


def test_every_subject_of_every_panel_is_listed_and_every_note_where_one_panel_is_named() -> None:
    done = balk("subjects")
    for name in PANELS:
        panel = read_panel(name)
        assert f"{name}: {panel.about}" in done.output
        for entry in panel.subjects:
            assert entry.name in done.output
            assert entry.notes[:20] not in done.output
        told = " ".join(balk("subjects", "--panel", name).output.split())
        assert all(" ".join(entry.notes.split()) in told for entry in panel.subjects)


def test_who_is_usable_and_what_the_others_lack_is_said(
    mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = balk("subjects", "--panel", mine).output
    assert state(before, "balk-sim/tension") == state(before, "Calm") == "usable"
    assert state(before, "Far away") == "lacks the environment variable OPENAI_API_KEY"
    assert state(before, "Unknown").startswith("balk cannot tell")
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-value")
    after = balk("subjects", "--panel", mine).output
    assert state(after, "Far away") == "usable"
    assert "secret-value" not in after


def test_a_label_does_not_hide_which_model_in_which_persona_is_asked() -> None:
    told = balk("subjects", "--panel", "essay").output
    assert "openai/gpt-6-sol+monday" in told
    assert "(completion)" in told


def test_a_panel_that_is_not_there_is_refused_with_those_that_are() -> None:
    done = balk("subjects", "--panel", "esay")
    assert done.exit_code == 2
    assert "Did you mean 'essay'" in done.output


def test_subjects_and_doctor_do_not_import_inspect() -> None:
    code = (
        "import sys\n"
        "from balk.cli import main\n"
        "try: main([sys.argv[1]])\n"
        "except SystemExit as end: assert not end.code\n"
        "slow = {'inspect_ai', 'polars', 'openai', 'anthropic'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    for command in ("subjects", "doctor"):
        done = subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", code, command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout


def test_the_doctor_and_the_subjects_know_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variable in (("openai", "OPENAI_API_KEY"), ("deepseek", "DEEPSEEK_API_KEY")):
        assert state(balk("doctor").output, name) == f"lacks the environment variable {variable}"
        monkeypatch.setenv(variable, "a-secret-value")
        assert state(balk("doctor").output, name) == f"ready: {variable} is set"
    listed = balk("doctor").output
    assert all(f"  {name} " in listed for name in PROVIDERS)


def test_a_run_whose_subjects_cannot_all_be_asked_is_refused_with_the_way_out(three: str) -> None:
    done = balk("run", "--panel", three, *SMALL, "--out", "out")
    assert done.exit_code == 2
    assert "1 of 3 subjects cannot be asked" in done.output
    assert "Far away lacks the environment variable OPENAI_API_KEY" in done.output
    assert "add --usable to ask the other 2" in done.output
    assert not Path("out").exists()


def test_only_those_that_are_usable_are_asked_and_the_others_named(three: str) -> None:
    done = balk("run", "--panel", three, *SMALL, "--usable", "--out", "out")
    assert done.exit_code == 0, done.output
    assert "Left out: Far away lacks the environment variable OPENAI_API_KEY" in done.output
    asked = pl.read_parquet("out/exams.parquet")["subject"].unique()
    assert set(asked) == {"balk-sim/tension", "Calm"}


def test_where_nobody_is_usable_there_is_no_other_way_out() -> None:
    done = balk("run", "--model", "openai/gpt-4.1", *SMALL, "--usable")
    assert done.exit_code == 2
    assert "1 of 1 subject cannot be asked" in done.output
    assert "--usable" not in done.output.partition("Error")[2]


def test_a_dry_run_says_who_could_not_be_asked_and_shows_the_prompts(three: str) -> None:
    done = balk("run", "--panel", three, *SMALL, "--dry-run")
    assert done.exit_code == 0
    assert "Not usable now: Far away" in done.output
    assert "Lifelines left: 2" in done.output
    assert "3 subjects x 2 conditions" in done.output


def test_panels_and_models_are_asked_together(three: str) -> None:
    done = balk("run", "--panel", three, "--panel", "simulated", "--dry-run", *SMALL)
    assert done.exit_code == 2  # balk-sim/tension is in both
    assert "names something twice" in done.output
    both = balk("run", "--panel", three, "--model", "balk-sim/position", "--dry-run", *SMALL)
    assert "4 subjects x 2 conditions" in both.output


@pytest.mark.parametrize(
    "given", [("--temperature", "0.5"), ("-M", "slope=2"), ("--persona", "monday"), ("--logprobs",)]
)
def test_how_models_are_asked_is_not_said_over_a_panels_head(
    given: tuple[str, ...], three: str
) -> None:
    done = balk("run", "--panel", three, *given, "--dry-run")
    assert done.exit_code == 2
    assert f"{given[0]} goes with --model" in done.output


def test_a_temperature_may_be_none_and_must_be_a_number_otherwise() -> None:
    simulated = ("run", "--model", "balk-sim/tension", *SMALL, "--dry-run")
    assert balk(*simulated, "--temperature", "none").exit_code == 0
    refused = balk(*simulated, "--temperature", "warm")
    assert refused.exit_code == 2
    assert "'warm' is no number" in refused.output


def test_settings_of_reasoning_come_through_the_command_line() -> None:
    simulated = ("run", "--model", "balk-sim/tension", *SMALL, "--dry-run")
    ids = [
        balk(*simulated, *more).output.partition("Results: ")[2].splitlines()[0]
        for more in ((), ("--reasoning-effort", "low"), ("--reasoning-tokens", "9"))
    ]
    assert len(set(ids)) == 3
    refused = balk(*simulated, "--reasoning-effort", "huge")
    assert "reasoning_effort is 'huge'" in refused.output
