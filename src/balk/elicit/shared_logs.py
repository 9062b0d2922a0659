"""Logs that one run at a time writes, wherever they are.

A folder of logs on this machine is locked like a folder of results. A bucket knows no locks: there
every run leaves a note of its own and then looks for notes of others. Of two that begin at once, at
least one sees the other. A killed run leaves its note; it stops runs with other folders of results,
and is taken over by the next run with the same one, which no other can hold.
"""

import hashlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import fsspec
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from balk.errors import StudyError
from balk.files import only_run

NOTE = ".running-"
"""How the name of a run's note begins."""


@contextmanager
def only_writer(logs: str, folder: Path) -> Iterator[None]:
    """Hold a folder or URL of logs against runs with another folder of results.

    Parameters
    ----------
    logs : str
        Where the logs are.
    folder : Path
        Of the results, which this run holds already.

    Raises
    ------
    StudyError
        If another run writes there.
    """
    files, path = fsspec.core.url_to_fs(logs)
    if isinstance(files, LocalFileSystem):
        with only_run(Path(path), "--logs"):
            yield
        return
    note = f"{path.rstrip('/')}/{NOTE}{_name(folder)}"
    files.pipe_file(note, json.dumps(_whose(folder)).encode())
    try:
        _refuse_others(files, path, note, logs)
        yield
    finally:
        with suppress(OSError):  # the next run with this folder takes the note over
            files.rm_file(note)


def _refuse_others(files: AbstractFileSystem, path: str, own: str, logs: str) -> None:
    files.invalidate_cache()
    own_name = own.rpartition("/")[2]
    for found in files.ls(path, detail=False):
        name = found.rpartition("/")[2]
        if name.startswith(NOTE) and name != own_name:
            raise StudyError(
                f"{logs} is being written by another run{_told(files, found)}; wait until it ends, "
                "or give another --logs. If it was killed, run its command again, or remove "
                f"{name} there"
            )


def _told(files: AbstractFileSystem, note: str) -> str:
    """Return what a note says of its run, as far as it can be read."""
    try:
        held = json.loads(files.cat_file(note))
        return f", into {held['folder']} on {held['host']}, since {held['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _whose(folder: Path) -> dict[str, str]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"folder": str(folder.absolute()), "host": socket.gethostname(), "since": since}


def _name(folder: Path) -> str:
    """Return the same name for the same folder of results on the same machine, and for no other."""
    facts = f"{socket.gethostname()}\x1f{folder.resolve()}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
