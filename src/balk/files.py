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
def only_run(folder: Path, option: str = "--out") -> Iterator[None]:
    """Hold a folder against other runs; the system lets go when the process ends.

    The lock is on an empty file that stays there: if it were removed, a run that had just opened
    it would hold a file that no other run can see.

    Parameters
    ----------
    folder : Path
        Of results, or of logs.
    option : str
        Which option names another.

    Raises
    ------
    StudyError
        If another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StudyError(
                f"another run is writing into {folder}; wait until it ends, or give another "
                f"{option}"
            ) from error
        yield
