"""`balk answer-key` and `balk author` as a person uses them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from balk.cli import main

SMALL = ("answer-key", "--puzzles", "8", "--batch", "4", "--source", "balk:divisor_counts")


def balk(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_it_says_what_was_claimed_accepted_and_shown_and_where_the_files_are(
    tmp_path: Path,
) -> None:
    out = tmp_path / "results"
    done = balk(*SMALL, "--model", "balk-key/rationalising", "--out", str(out))
    assert done.exit_code == 0, done.output
    for words in ("Claimed right", "deference", "rationalised", "balk-key/rationalising", str(out)):
        assert words in done.output
    assert json.loads((out / "summary.json").read_text())["unfinished"] is None
    assert "Does it claim points that it did not earn?" in (out / "report.html").read_text()


def test_a_dry_run_shows_every_first_prompt_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = balk(*SMALL, "--dry-run")
    assert done.exit_code == 0, done.output
    for words in ("knowledge", "screening-false-all-plain", "self_score-count-mixed", "ANSWER KEY"):
        assert words in done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--share", "2"), "share is 2"),
        (("--level", "7"), "level"),
        (("--source", "nothing"), "unknown puzzle source"),
        (("--model", "balk-key/honst"), "Did you mean 'honest'"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    option: tuple[str, str], words: str, tmp_path: Path
) -> None:
    done = balk(*SMALL, *option, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert words in done.output
    assert not (tmp_path / "out").exists()


def test_the_author_says_how_many_puzzles_are_confirmed_and_why_others_are_not(
    tmp_path: Path,
) -> None:
    out = tmp_path / "puzzles.jsonl"
    done = balk("author", "--n", "6", "--level", "2", "--out", str(out))
    assert done.exit_code == 0, done.output
    n = len(out.read_text().splitlines())
    assert f"{n} of 6 puzzles confirmed" in done.output
    wrong = balk("author", "--out", str(tmp_path / "puzzles.txt"))
    assert wrong.exit_code == 2
    assert ".jsonl" in wrong.output


NO_NETWORK = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")))


def can_be_cut_off() -> bool:
    """Tell whether this system can take the network away from a process."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*NO_NETWORK, "true"], check=False).returncode == 0  # noqa: S603 -- the system's own


@pytest.mark.skipif(not can_be_cut_off(), reason="no network namespaces on this system")
@pytest.mark.parametrize("domain", ["maths", "logic", "ethics"])
def test_the_simulated_author_works_without_a_network(domain: str, tmp_path: Path) -> None:
    out = tmp_path / "puzzles.jsonl"
    command = [sys.executable, "-m", "balk.cli", "author", "--n", "3", "--domain", domain]
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [*NO_NETWORK, *command, "--out", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert out.read_text()


def test_a_dry_run_says_how_many_calls_an_order_takes_and_asks_nothing(tmp_path: Path) -> None:
    out = tmp_path / "puzzles.jsonl"
    told = balk(
        "author", "--n", "6", "--calibrate", "balk-key/honest", "--dry-run", "--out", str(out)
    )
    assert told.exit_code == 0
    assert "balk-key/author: 6 calls" in told.output
    assert "balk-key/solver: 0 to 12 calls" in told.output
    assert "balk-key/honest: 0 to 30 calls" in told.output
    assert "Write one puzzle of maths" in told.output
    assert not list(tmp_path.iterdir())


def test_a_limit_ends_both_commands_with_a_code_of_its_own_and_the_way_on(tmp_path: Path) -> None:
    keys, out = tmp_path / "keys", tmp_path / "puzzles.jsonl"
    limit = ("--token-limit", "300")
    told = balk(*SMALL, "--model", "balk-key/honest", *limit, "--out", str(keys))
    assert told.exit_code == 3
    assert "Stopped by --token-limit 300" in told.output
    assert "with a higher limit asks the rest" in told.output
    told = balk("author", "--n", "4", *limit, "--max-connections", "1", "--out", str(out))
    assert told.exit_code == 3
    assert "in stage author" in told.output
    assert not out.exists()


def test_a_panel_is_asked_but_for_those_who_take_no_turns(tmp_path: Path) -> None:
    panel = tmp_path / "panel.yaml"
    panel.write_text(
        "subjects:\n  - {model: balk-key/honest, label: Honest, persona: monday}\n"
        "  - {model: vllm-completions/any, label: Base, interface: completion}\n"
    )
    told = balk(*SMALL, "--panel", str(panel), "--out", str(tmp_path / "out"))
    assert told.exit_code == 0, told.output
    assert "Left out: Base" in told.output
    assert "Honest" in told.output
