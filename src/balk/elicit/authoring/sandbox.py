"""Runs a check that a stranger wrote: without network, files, other processes or much of anything.

The code runs in namespaces of its own (mounts, processes, network, IPC, host name; users too where
the caller is not root) on a file system that holds the interpreter and the system's libraries,
read-only, and one small folder in memory. It has no capabilities and cannot gain any; processor
time, memory, processes, open files and file size are limited, and the whole tree is killed at the
time limit, or with whoever started it. Where the system allows no namespaces nothing is run.
"""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Literal

TIME_LIMIT_S = 10.0
CPU_S = 5
MEMORY_BYTES = 256 << 20  # of each process
N_PROCESSES = 8
FILE_BYTES = 1 << 20
N_FILES = 64
OUTPUT_BYTES = 10_000
NOBODY = 65534
TOOLS = ("unshare", "setpriv", "prlimit", "pivot_root", "mount", "sh")

Status = Literal["done", "failed", "stopped", "not run"]

_ENTER = """
set -eu
mount -t tmpfs -o size=8m,mode=755 tmpfs "$1"
cd "$1"
mkdir usr python work old
for name in bin sbin lib lib64; do
  if [ -L "/$name" ]; then ln -s "usr/$name" "$name"
  elif [ -d "/$name" ]; then mkdir "$name"; mount --bind "/$name" "$name"
    mount -o remount,bind,ro "$name"; fi
done
mount --bind /usr usr && mount -o remount,bind,ro usr
mount --bind "$2" python && mount -o remount,bind,ro python
mount -t tmpfs -o size=4m,mode=777 tmpfs work
mount -o remount,bind,ro "$1"
pivot_root . old
cd /work
"$3" -I -S -c '
import ctypes, os
DETACH = 2
os._exit(ctypes.CDLL(None).umount2(b"/old", DETACH) and 1)
'
shift 3
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What became of a check.

    Attributes
    ----------
    status : {"done", "failed", "stopped", "not run"}
        Whether it ended by itself and without an error; ``not run`` where it cannot be run safely.
    output : str
        What it printed.
    reason : str
        Why it is not done; empty where it is.
    """

    status: Status
    output: str = ""
    reason: str = ""


def run_check(code: str, *, time_limit_s: float = TIME_LIMIT_S) -> CheckRun:
    """Run Python code that prints a key, if that can be done safely here.

    Parameters
    ----------
    code : str
        The code as its author wrote it.
    time_limit_s : float
        Seconds after which it is killed with everything that it started.
    """
    if not can_run():
        return CheckRun("not run", reason="this system allows no namespaces, so nothing was run")
    return _run(code, time_limit_s)


@cache
def can_run() -> bool:
    """Return whether this system can run checks: tried once, with a harmless one."""
    if not sys.platform.startswith("linux") or not all(map(shutil.which, TOOLS)):
        return False
    return _run("print(6 * 7)", TIME_LIMIT_S) == CheckRun("done", "42")


def _run(code: str, time_limit_s: float) -> CheckRun:
    with tempfile.TemporaryDirectory(prefix="balk-check-") as folder:
        process = subprocess.Popen(  # noqa: S603 -- in the sandbox that this module is about
            [*_command(folder), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            close_fds=True,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONHASHSEED": "0"},
        )
        try:
            return _watch(process, code, time_limit_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()


def _command(folder: str) -> list[str]:
    """Return what enters the namespaces, leaves all rights behind and starts the interpreter."""
    python = Path(sys.base_prefix)
    executable = Path("/python/bin") / f"python{sys.version_info.major}.{sys.version_info.minor}"
    is_root = os.geteuid() == 0
    spaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"]
    users = [] if is_root else ["--user", "--map-root-user"]
    # The limit on processes does not bind root, so root becomes nobody.
    who = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if is_root else []
    dies_with_parent = "--pdeathsig=KILL"
    rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", dies_with_parent]
    limits = [
        f"--cpu={CPU_S}",
        f"--as={MEMORY_BYTES}",
        f"--nproc={N_PROCESSES}",
        f"--fsize={FILE_BYTES}",
        f"--nofile={N_FILES}",
        "--core=0",
    ]
    return [
        *(
            "setpriv",
            dies_with_parent,
            "unshare",
            *users,
            *spaces,
            "sh",
            "-c",
            _ENTER,
            "sh",
            folder,
            str(python),
            str(executable),
        ),
        *("prlimit", *limits, "setpriv", *who, *rights),
        *(str(executable), "-I", "-S", "-B", "-Wignore"),
    ]


def _watch(process: "subprocess.Popen[bytes]", code: str, time_limit_s: float) -> CheckRun:
    """Feed the code, collect a bounded output, and say how it ended."""
    assert process.stdin  # noqa: S101 -- for the type checker
    assert process.stdout  # noqa: S101
    with suppress(BrokenPipeError):
        process.stdin.write(code.encode(errors="replace"))
        process.stdin.close()
    deadline = time.monotonic() + time_limit_s
    output, is_ended = _read(process.stdout, deadline)
    text = output[:OUTPUT_BYTES].decode(errors="replace").strip()
    if len(output) > OUTPUT_BYTES:
        return CheckRun("stopped", text, f"it printed more than {OUTPUT_BYTES} bytes")
    if not is_ended:
        return CheckRun("stopped", text, f"it ran longer than {time_limit_s:g} s")
    try:
        code_of_exit = process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return CheckRun("stopped", text, f"it ran longer than {time_limit_s:g} s")
    if code_of_exit == 0:
        return CheckRun("done", text)
    last = text.splitlines()[-1] if text else f"exit code {code_of_exit}"
    return CheckRun("failed", text, last)


def _read(pipe: IO[bytes], deadline: float) -> tuple[bytes, bool]:
    """Return what is printed until the end, the deadline or too much, and whether it ended."""
    found = b""
    with selectors.DefaultSelector() as ready:
        ready.register(pipe, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not ready.select(left):
                break
            piece = os.read(pipe.fileno(), 65_536)
            if not piece:
                return found, True
            found += piece
            if len(found) > OUTPUT_BYTES:
                return found, False
    return found, False
