"""`balk answer-key` and `balk author` as a person uses them."""

import json
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
