"""What stands in the files of a folder of results."""

import zipfile
from collections.abc import Iterator
from pathlib import Path


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file and what it holds; logs, which are archives, unpacked."""
    for path in folder.rglob("*"):
        if path.suffix == ".eval":
            with zipfile.ZipFile(path) as log:
                yield path, b"".join(log.read(name) for name in log.namelist())
        elif path.is_file():
            yield path, path.read_bytes()
