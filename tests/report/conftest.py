from pathlib import Path

import pytest

from balk import pipeline
from report.material_made import make_folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small finished study, with its report."""
    made = make_folder(tmp_path_factory.mktemp("report") / "small-study")
    pipeline.report(made)
    return made
