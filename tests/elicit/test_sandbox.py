"""Checks that misbehave are stopped, see nothing and change nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from balk.elicit.authoring import sandbox
from balk.elicit.authoring.sandbox import CheckRun, can_run, run_check

needs_namespaces = pytest.mark.skipif(not can_run(), reason="no namespaces on this system")


@needs_namespaces
def test_a_check_prints_its_key() -> None:
    code = "from math import comb\nprint(sum(comb(5, i) for i in range(6)))"
    assert run_check(code) == CheckRun("done", "32")


@needs_namespaces
def test_an_error_is_a_failure_with_its_last_line() -> None:
    run = run_check("print(1/0)")
    assert (run.status, run.reason) == ("failed", "ZeroDivisionError: division by zero")


@needs_namespaces
@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time\ntime.sleep(60)",
        "import os, time\nos.setsid()\nwhile True: time.sleep(1)",
        "import os, time\nif os.fork(): os._exit(0)\nos.setsid()\ntime.sleep(60)",
        "while True: print('x' * 1000)",
        "import os\nfor _ in range(64): os.fork()\nimport time\ntime.sleep(60)",
        "x = []\nwhile True: x.append(bytearray(1 << 24))",
        "open('big', 'wb').write(b'x' * (8 << 20))",
    ],
    ids=["loops", "sleeps", "leads", "leaves", "prints", "forks", "hoards", "fills"],
)
def test_a_check_that_does_not_end_or_takes_too_much_is_no_key(code: str) -> None:
    run = run_check(code, time_limit_s=2)
    assert run.status in {"stopped", "failed"} or run == CheckRun("done", "")
    assert not _left_behind()


def _left_behind() -> list[str]:
    """Return the processes whose parent tree was a check."""
    found = subprocess.run(
        ["ps", "-eo", "args"],  # noqa: S607 -- the system's own
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in found.stdout.splitlines() if line.startswith("/python/bin/")]


@needs_namespaces
def test_forks_are_bounded() -> None:
    code = (
        "import os\nn = 0\n"
        "try:\n    while n < 500:\n        if os.fork() == 0:\n            os.read(0, 1)\n"
        "            import time\n            time.sleep(60)\n        n += 1\n"
        "except OSError:\n    pass\nprint(n)"
    )
    run = run_check(code, time_limit_s=5)
    assert int(run.output) <= sandbox.N_PROCESSES


@needs_namespaces
@pytest.mark.parametrize(
    "code",
    [
        "print(open('/etc/passwd').read())",
        "import os\nprint(os.listdir('/root'))",
        "import os\nprint(os.listdir('/home'))",
        "import os\nprint(os.listdir('/proc'))",
        "import os\nprint(os.listdir('/old') or 1/0)",
        f"print(open({__file__!r}).read())",
        "open('/usr/mine', 'w')",
        "open('/python/mine', 'w')",
        "import os\nos.kill(os.getppid(), 9) if os.getppid() else 1/0",
        "import os\nos.setuid(0) if os.getuid() else 1/0\nopen('/etc/passwd')",
        "import os\nos.chroot('/work')",
        "import socket\nsocket.create_connection(('1.1.1.1', 53), timeout=1)",
        "import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)",
    ],
)
def test_nothing_outside_its_folder_can_be_read_written_or_reached(code: str) -> None:
    run = run_check(code, time_limit_s=5)
    assert run.status == "failed"


@needs_namespaces
def test_nothing_of_the_environment_is_told() -> None:
    assert run_check("import os\nprint(sorted(os.environ))").output.count("KEY") == 0


@needs_namespaces
def test_what_it_writes_is_gone(tmp_path: Path) -> None:
    run = run_check("open('note', 'w').write('x')\nimport os\nprint(os.listdir('.'))")
    assert run == CheckRun("done", "['note']")
    assert run_check("import os\nprint(os.listdir('.'))").output == "[]"
    assert not list(tmp_path.iterdir())


def test_without_namespaces_nothing_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    monkeypatch.setattr(sandbox, "can_run", lambda: False)
    run = run_check(f"open({str(mark)!r}, 'w')")
    assert run.status == "not run"
    assert not mark.exists()


def test_no_tools_means_that_checks_cannot_be_run() -> None:
    code = "from balk.elicit.authoring.sandbox import can_run; print(can_run())"
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code],
        env=os.environ | {"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
