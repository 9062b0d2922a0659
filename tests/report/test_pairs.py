"""Two subjects of a study against each other, as base against tuned."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from balk import pipeline
from balk.cli import main
from balk.measure.decisions import read_table

BASE, TUNED = "balk-sim/rational", "balk-sim/threshold"


@pytest.fixture(scope="module")
def paired(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("paired") / "report.html"
    done = CliRunner().invoke(main, ["report", str(folder), "--out", str(out), *pair(BASE, TUNED)])
    assert done.exit_code == 0, done.output
    return out


def pair(first: str, second: str) -> tuple[str, str, str]:
    return ("--pair", first, second)


def numbers(page: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((page.parent / "pairs.json").read_text())
    return held


def lead(page: Path) -> str:
    return page.read_text().partition('<p class="lead">')[2].partition("</p>")[0]


def test_the_second_less_the_first_is_what_both_skipped(folder: Path, paired: Path) -> None:
    decisions = read_table(folder / "decisions.parquet", "decisions").filter(
        protocol="batch", lifelines=6
    )
    skips = dict(
        decisions.group_by("subject")
        .agg((pl.col("outcome") == "S").sum() / pl.col("exam_id").n_unique())
        .iter_rows()
    )
    (found,) = (
        row
        for row in numbers(paired)["comparisons"]
        if (row["name"], row["measure"]) == ("pairs", "skips_per_exam")
        and (row["protocol"], row["lifelines"]) == ("batch", [6])
    )
    assert (found["subject"], found["reference"]["subject"]) == (TUNED, BASE)
    assert found["estimate"]["value"] == pytest.approx(skips[TUNED] - skips[BASE])
    assert found["estimate"]["value"] > 0


def test_the_report_opens_with_the_pair_and_with_its_place_in_a_file(paired: Path) -> None:
    told = lead(paired)
    assert told.index(TUNED) < told.index(BASE)
    assert 'data-at="pairs#/comparisons/' in told
    assert 'id="pairs"' in paired.read_text()
    assert f"--pair {BASE} {TUNED}</code>" in paired.read_text()


def test_a_condition_of_one_dose_is_told_once(folder: Path, tmp_path: Path) -> None:
    decisions = read_table(folder / "decisions.parquet", "decisions")
    one_dose = decisions.filter(pl.col("lifelines").is_null() | (pl.col("lifelines") == 6))
    (tmp_path / "study.json").write_text(json.dumps({"pairs": [[BASE, TUNED]]}))
    pipeline.finish(one_dose, tmp_path)
    page = pipeline.report(tmp_path, with_files=False).read_text()
    section = page.partition('id="pairs"')[2].partition("<section")[0]
    assert section.count("/comparisons/") > 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    pooled = [i for i, one in enumerate(summary["comparisons"]) if one["name"] == "pairs_pooled"]
    assert pooled
    assert not [i for i in pooled if f'"summary#/comparisons/{i}/' in section]


def test_pairs_that_the_study_names_are_told_after_the_answer_itself(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "study.json").write_text(json.dumps({"pairs": [[BASE, TUNED]]}))
    pipeline.finish(read_table(folder / "decisions.parquet", "decisions"), tmp_path)
    told = lead(pipeline.report(tmp_path, with_files=False))
    assert told.index("subjects skip") < told.index("skips differ by")


def test_all_other_numbers_are_those_of_the_study(folder: Path, paired: Path) -> None:
    study = json.loads((folder / "summary.json").read_text())
    held = numbers(paired)
    assert held | {"comparisons": []} == study | {"comparisons": []}
    others = [row for row in held["comparisons"] if not row["name"].startswith("pairs")]
    assert others == study["comparisons"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (pair(BASE, "balk-sim/treshold"), "Did you mean 'balk-sim/threshold'?"),
        (pair(BASE, BASE), "name two subjects"),
    ],
    ids=["unknown", "one"],
)
def test_a_pair_that_is_none_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, wrong: tuple[str, ...], said: str
) -> None:
    for where in (("--out", str(tmp_path / "report.html")), ("--bundle", str(tmp_path / "site"))):
        done = CliRunner().invoke(main, ["report", str(folder), *where, *wrong])
        assert done.exit_code == 2
        assert said in done.output
    assert not list(tmp_path.iterdir())


def test_pairs_of_several_studies_are_the_ones_that_are_named(folder: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    pipeline.finish(read_table(folder / "decisions.parquet", "decisions"), later)
    names = (f"{BASE} in {folder.name}", f"{TUNED} in later")
    out = tmp_path / "out" / "report.html"
    pipeline.compare([folder, later], out, with_files=False, pairs=[names])
    found = json.loads((out.parent / "comparison.json").read_text())["comparisons"]
    assert {
        (row["reference"]["subject"], row["subject"]) for row in found if row["name"] == "pairs"
    } == {names}
    assert TUNED in lead(out)
