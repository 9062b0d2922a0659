"""Real replies that may not be redistributed: read where they are, or the test is skipped."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("BALK_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def shared(name: str) -> Path:
    """Return the path of a file, or skip the test where it is absent."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not in BALK_SHARED_DATA or ../shared/data")
    return path
