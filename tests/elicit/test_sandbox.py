"""Checks that misbehave are stopped, see nothing and change nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import balk
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
        "for n in range(99): open(str(n), 'wb').write(b'x' * (1 << 20))",
        (
            "import signal, time\nfor n in range(1, 32):\n    if n not in {9, 19}:\n"
            "        signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(1)"
        ),
        (
            "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
            "        os.close(1)\n        time.sleep(60)"
        ),
    ],
    ids=[
        *("loops", "sleeps", "leads", "leaves", "prints", "forks", "hoards", "fills"),
        *("fills the disk", "ignores signals", "forks twice"),
    ],
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
        "open('/mine', 'w')",
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


KILLED = """
from balk.elicit.authoring.sandbox import can_run, run_check
print(can_run(), flush=True)
run_check("import time\\ntime.sleep(600)", time_limit_s=600)
"""


@needs_namespaces
def test_a_check_does_not_outlive_a_run_that_is_killed() -> None:
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, env=_paths(), stdout=subprocess.PIPE) as process:  # noqa: S603 -- our own interpreter
        assert process.stdout
        assert process.stdout.readline() == b"True\n"
        before = _left_behind()
        _wait(lambda: len(_left_behind()) > len(before))
        process.send_signal(signal.SIGKILL)
    _wait(lambda: _left_behind() == before)


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _paths() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(balk.__file__).parents[1])}


# `env` has lost the rights of root, which setpriv still has when it starts it.
BECOME = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env")
WITHOUT = ("unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c")
ENTER = (
    "echo 0 > /proc/sys/user/max_user_namespaces && "
    'exec setpriv --ambient-caps=-all --inh-caps=-all "$@"'
)
CHECKED = """
import json, os, sys
from dataclasses import astuple
from balk.elicit.authoring.sandbox import can_run, run_check
runs = [astuple(run_check(code, time_limit_s=3)) for code in json.load(sys.stdin)]
print(json.dumps([os.geteuid(), can_run(), runs]))
"""


@cache
def _user_python() -> str | None:
    """Return an interpreter that an ordinary user can start, and that can start a check."""
    if os.geteuid() != 0:
        return sys.executable
    for python in (sys.executable, shutil.which("python3", path="/usr/bin")):
        command = [*BECOME, python or "", "-c", "from balk.elicit.authoring import sandbox"]
        if python and subprocess.run(command, env=_paths(), capture_output=True).returncode == 0:  # noqa: S603, PLW1510 -- our own
            return python
    return None


def as_user(*codes: str, enter: tuple[str, ...] = ()) -> tuple[bool, list[CheckRun]]:
    """Run checks as an ordinary user, and tell whether that can be done."""
    python = _user_python()
    if python is None:
        pytest.skip("no interpreter that an ordinary user can start")
    command = [*(BECOME if os.geteuid() == 0 else ()), *enter, python, "-B", "-c", CHECKED]
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        command, input=json.dumps(codes), env=_paths(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    user, can, runs = json.loads(done.stdout)
    assert user != 0
    return can, [CheckRun(*run) for run in runs]


def test_an_ordinary_user_runs_checks_as_safely_as_root() -> None:
    hostile = (
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\ntime.sleep(60)",
        "import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)",
        "open('/mine', 'w')",
        "open('/usr/mine', 'w')",
        "print(open('/etc/passwd').read())",
        "import os\nprint(os.listdir('/old')[0])",
        "import os\nos.chroot('/work')",
        "x = []\nwhile True: x.append(bytearray(1 << 24))",
    )
    can, (first, *runs) = as_user("print(6 * 7)", *hostile)
    if not can:
        pytest.skip("no namespaces for an ordinary user on this system")
    assert first == CheckRun("done", "42")
    assert {run.status for run in runs} <= {"stopped", "failed"}
    assert not _left_behind()


def test_a_user_who_may_make_no_namespaces_runs_no_check(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    mark = tmp_path / "ran"
    probe = subprocess.run(  # noqa: S603 -- the system's own tools
        [*(BECOME if os.geteuid() == 0 else ()), *WITHOUT, ENTER, "sh", "true"],
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        pytest.skip("an ordinary user cannot be kept from namespaces here")
    can, (run,) = as_user(f"open({str(mark)!r}, 'w')", enter=(*WITHOUT, ENTER, "sh"))
    assert not can
    assert run.status == "not run"
    assert not mark.exists()


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
