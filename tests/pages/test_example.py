"""The example report: committed, small enough to be sent, and the same bytes when made again."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from balk.design.study import Questions, Study
from pages.blocks import ROOT, links

MOST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = spec_from_file_location("build", ROOT / "examples" / "build.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_same_study_makes_the_same_report(build: ModuleType, tmp_path: Path) -> None:
    study = Study.crossed(
        ("balk-sim/tension",),
        lifelines=(None, 2),
        protocols=("batch",),
        questions=Questions(pool=8, questions=4, exams=4),
    )
    pages = [tmp_path / name / "report.html" for name in ("first", "second")]
    for page in pages:
        build.make_report(page.parent / "small", page, study)
    first, second = (page.read_bytes() for page in pages)
    assert first == second


def test_the_report_of_the_built_in_study_is_there_and_linked() -> None:
    page = ROOT / "docs" / "example" / "report.html"
    assert page.stat().st_size < MOST_BYTES
    assert "docs/example/report.html" in links(ROOT / "README.md")
    assert "example/report.html" in links(ROOT / "docs" / "index.md")
