"""Folders that one run at a time writes into, held by real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from balk.errors import StudyError
from balk.files import only_run

WAITS = """
import fcntl, sys
from pathlib import Path
from balk import files

take = fcntl.flock

def when_told(*how):
    print("opened", flush=True)
    sys.stdin.readline()
    take(*how)

files.fcntl.flock = when_told
with files.only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
"""Opens the lock, and takes it only when it is told to."""


def test_a_run_that_opened_the_lock_while_another_ended_holds_the_folder(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", WAITS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin
        assert other.stdout
        with only_run(tmp_path):
            assert other.stdout.readline() == "opened\n"
        print(file=other.stdin, flush=True)
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StudyError, match="another run is writing"), only_run(tmp_path):
            pass
        print(file=other.stdin, flush=True)
        assert other.wait() == 0
    with only_run(tmp_path):
        pass
