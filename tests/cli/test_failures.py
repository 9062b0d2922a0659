"""What the end of a run says of calls that failed."""

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from balk.cli import main
from balk.cli.failures import show_failed_probes


def test_failed_probes_are_counted_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    failed = "payoff: read; advice: failed (other: went dead); reasons: failed (timeout)"
    show_failed_probes(pl.DataFrame({"probes": [failed, "advice: failed (timeout)", None]}))
    (line,) = capsys.readouterr().out.strip().splitlines()
    assert "1 reasons, 2 advice. Their exams stand" in line


@pytest.mark.parametrize("probes", ["payoff: read", None])
def test_no_line_tells_of_probes_where_none_failed(
    probes: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    show_failed_probes(pl.DataFrame({"probes": [probes]}, schema={"probes": pl.String}))
    assert capsys.readouterr().out == ""


def test_tables_made_again_name_the_folder_that_their_logs_are_in(tmp_path: Path) -> None:
    asked = (
        *("run", "--model", "balk-sim/tension", "--lifelines", "none,2", "--protocol", "batch"),
        *("--exams", "2", "--questions", "4", "--pool", "8", "--level", "1-2", "--no-report"),
    )
    logs = tmp_path / "run" / "logs"
    runs = ((*asked, "--out", tmp_path / "run"), ("table", logs, "--out", tmp_path / "again"))
    for arguments in runs:
        done = CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert f"inspect view --log-dir {logs}" in done.output
