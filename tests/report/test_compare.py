"""Studies against each other: the same subjects on the same questions, paired."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from balk import pipeline
from balk.cli import main
from balk.errors import TableError
from balk.measure.decisions import read_table


@pytest.fixture(scope="module")
def later(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study again, in which one subject skips where it had attempted."""
    out = tmp_path_factory.mktemp("later") / "later-study"
    decisions = read_table(folder / "decisions.parquet", "decisions")
    is_more = (
        (pl.col("subject") == "balk-sim/rational")
        & (pl.col("lifelines") == 6)
        & (pl.col("position") <= 4)
    )
    again = decisions.with_columns(
        outcome=pl.when(is_more).then(pl.lit("S")).otherwise("outcome"),
        is_right=pl.when(~is_more).then("is_right"),
    )
    pipeline.finish(again, out)
    return out


@pytest.fixture(scope="module")
def compared(folder: Path, later: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("comparison") / "new" / "report.html"
    return pipeline.compare([folder, later], out)


def test_a_subject_is_paired_with_itself_in_the_first_study(compared: Path) -> None:
    numbers = json.loads((compared.parent / "comparison.json").read_text())
    pairs = {
        (row["subject"], row["reference"]["subject"])
        for row in numbers["comparisons"]
        if row["name"] == "pairs"
    }
    assert pairs == {
        (f"{name} in later-study", f"{name} in small-study")
        for name in ("balk-sim/rational", "balk-sim/threshold")
    }


def test_the_difference_is_that_of_the_two_studies(compared: Path) -> None:
    numbers = json.loads((compared.parent / "comparison.json").read_text())
    found = {
        (row["subject"], row["protocol"]): row["estimate"]["value"]
        for row in numbers["comparisons"]
        if (row["name"], row["measure"], row["lifelines"]) == ("pairs", "skips_per_exam", [6])
    }
    assert found["balk-sim/rational in later-study", "batch"] == pytest.approx(4)
    assert found["balk-sim/threshold in later-study", "batch"] == pytest.approx(0)


def test_the_page_opens_with_how_they_differ(compared: Path) -> None:
    page = compared.read_text()
    lead = page.partition('<p class="lead">')[2].partition("</p>")[0]
    assert "balk-sim/rational in later-study" in lead
    assert 'data-at="comparison#/comparisons/' in lead
    assert "prevalence" not in lead
    assert 'id="pairs"' in page


def test_a_ladder_is_held_against_every_subject_of_its_foot(
    folder: Path, later: Path, tmp_path: Path
) -> None:
    """Checkpoints have names of their own."""
    step = tmp_path / "step-2"
    shutil.copytree(later, step)
    decisions = read_table(step / "decisions.parquet", "decisions")
    one = decisions.filter(subject="balk-sim/rational").with_columns(subject=pl.lit("step-2"))
    pipeline.finish(one, step)
    out = pipeline.compare([folder, step], tmp_path / "out" / "report.html", with_files=False)
    numbers = json.loads((out.parent / "comparison.json").read_text())
    against = {r["reference"]["subject"] for r in numbers["comparisons"] if r["name"] == "pairs"}
    assert against == {"balk-sim/rational in small-study", "balk-sim/threshold in small-study"}


def test_studies_that_share_no_question_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    decisions = read_table(folder / "decisions.parquet", "decisions")
    pipeline.finish(decisions.with_columns(form_id=pl.col("form_id") + "x"), other)
    with pytest.raises(TableError, match=r"share no exam form.*same puzzles"):
        pipeline.compare([folder, other], tmp_path / "out.html")
    assert not (tmp_path / "comparison.json").exists()


def test_two_folders_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("logs"))
    done = CliRunner().invoke(main, ["report", str(folder), str(tmp_path / folder.name)])
    assert done.exit_code == 2
    assert "rename one" in done.output
