"""Inspect View on the logs of a study: as a server, and as files for a static site."""

import subprocess
import sys
import tempfile
from pathlib import Path

from balk.errors import TableError

# A process of its own, as its users start it: the viewer is not imported, and ends with it.
VIEW = (sys.executable, "-m", "inspect_ai", "view")


def start_viewer(logs: Path, host: str, port: int) -> "subprocess.Popen[bytes]":
    """Start Inspect View on a folder of logs; replies are shown as plain text.

    Raises
    ------
    TableError
        If the folder holds no logs.
    """
    check_logs(logs)
    where = ("--log-dir", str(logs.absolute()), "--host", host, "--port", str(port))
    return subprocess.Popen(  # noqa: S603 -- our own interpreter, arguments apart
        (*VIEW, "start", *where, "--no-trust-content", "--display", "none"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to handle
    )


def write_viewer(logs: Path, out: Path) -> None:
    """Write Inspect View with a copy of the logs into a new folder.

    The viewer names the folder that its logs came from; it is given a temporary one, so that no
    path of this machine is shared.

    Raises
    ------
    TableError
        If the folder holds no logs, or they cannot be copied.
    """
    check_logs(logs)
    with tempfile.TemporaryDirectory() as temporary:
        link = Path(temporary) / "logs"
        link.symlink_to(logs.absolute())
        done = subprocess.run(  # noqa: S603 -- our own interpreter, arguments apart
            (*VIEW, "bundle", "--log-dir", str(link), "--output-dir", str(out.absolute())),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise TableError(
            f"{logs}: Inspect View cannot be written beside them: {_last(done.stderr)}"
        )


def check_logs(logs: Path) -> None:
    """Raise `TableError` unless a folder holds logs."""
    if not any(logs.glob("*.eval")):
        raise TableError(f"{logs} holds no logs (*.eval); give the folder that `balk run` wrote")


def _last(text: str) -> str:
    return text.strip().rpartition("\n")[2]
