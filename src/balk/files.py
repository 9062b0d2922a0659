"""Files that are whole or not there, and folders that one run at a time writes into."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from balk.errors import StudyError

LOCK = ".lock"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it."""
    draft = path.with_name(path.name + ".part")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Hold a folder of results against other runs; the system lets go when the process ends.

    Raises
    ------
    StudyError
        If another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StudyError(
                f"another run is writing into {folder}; wait until it ends, or give another --out"
            ) from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
