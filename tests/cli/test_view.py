"""`balk view`: a real process that serves on this machine and ends when asked to."""

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from balk.cli import main
from balk.cli.view import HOST, free_port, page_served

SMALL = (
    *("run", "--model", "balk-sim/tension", "--lifelines", "none,2", "--protocol", "batch"),
    *("--exams", "2", "--questions", "4", "--pool", "8", "--level", "1-2"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("view") / "small"
    done = CliRunner().invoke(main, (*SMALL, "--out", str(made)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return made


def get(url: str, host: str | None = None) -> str:
    headers = {"Host": host} if host else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text


@contextmanager
def viewed(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str, str]]:
    """Run `balk view` and yield the process, and the addresses of report and viewer."""
    command = (sys.executable, "-m", "balk.cli", "view", str(folder), "--no-browser")
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        report, viewer, _ = (process.stdout.readline().strip() for _ in range(3))
        yield process, report.removeprefix("Report: "), viewer.removeprefix("Inspect View: ")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_report_and_viewer_are_served_until_the_process_is_asked_to_end(
    asked: signal.Signals, folder: Path
) -> None:
    with viewed(folder) as (process, report, viewer):
        page = get(report)
        assert "balk report" in page
        assert f'<a href="{viewer}#/logs/' in page
        assert "Inspect View" in get(viewer)
        process.send_signal(asked)
        said, complaint = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said == "Stopped.\n"
    assert not complaint
    for address in (report, viewer):
        with pytest.raises(urllib.error.URLError):
            get(address)


def test_a_page_is_served_under_this_machines_names_alone() -> None:
    with page_served("<p>the page</p>") as address:
        assert get(address) == "<p>the page</p>"
        for url, host in ((address + "other", None), (address, "elsewhere.example")):
            with pytest.raises(urllib.error.HTTPError):
                get(url, host)


def test_another_port_is_chosen_where_the_usual_one_is_taken() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


def test_a_folder_without_logs_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    done = CliRunner().invoke(main, ("view", str(tmp_path), "--no-browser"))
    assert done.exit_code == 2
    assert "holds no logs" in done.output
