"""What stands beside the page, and what a notebook shows."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import altair as alt

import balk
from balk import pipeline
from balk.report import figures


def test_every_figure_is_a_picture_in_two_formats(folder: Path) -> None:
    drawn = {path.stem for path in (folder / "figures").glob("*.svg")}
    assert {"sheet_batch", "sheet_realtime", "dose_batch", "skips", "ranking"} <= drawn
    for name in drawn:
        svg = (folder / "figures" / f"{name}.svg").read_text()
        assert svg.startswith("<svg")
        assert "currentColor" not in svg
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_every_table_of_the_page_is_a_csv_file_with_numbers_in_full(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    for path in (folder / "tables").glob("*.csv"):
        assert path.stem == "decisions" or f'id="table-{path.stem}"' in page
    with (folder / "tables" / "skips.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    summary = json.loads((folder / "summary.json").read_text())
    contrasts = [c for s in summary["subjects"] for c in s["contrasts"]]
    assert len(rows) == len(contrasts)
    for row, contrast in zip(rows, contrasts, strict=True):
        points = contrast["net_points_given_away"]
        assert float(row["points given away"]) == points["value"]
        assert float(row["points given away, high"]) == points["high"]
        assert int(row["exams"]) > 0


def test_a_page_alone_can_be_had(folder: Path, tmp_path: Path) -> None:
    pipeline.report(folder, tmp_path / "alone.html", with_files=False)
    assert [path.name for path in tmp_path.iterdir()] == ["alone.html"]


def test_charts_can_be_had_and_restyled(folder: Path, tmp_path: Path) -> None:
    charts = balk.read_results(folder).charts()
    assert {"dose_batch", "ranking", "skips"} <= set(charts)
    charts["dose_batch"].configure_view(fill="ivory").save(tmp_path / "own.svg")
    assert "ivory" in (tmp_path / "own.svg").read_text()


def test_the_public_charts_are_functions_that_return_charts() -> None:
    assert set(figures.__all__) >= {"dose_response", "forest", "calibration"}
    rows = [{"panel": "a", "row": "b", "value": 1.0, "low": 0.0, "high": 2.0}]
    assert isinstance(figures.forest(rows, "skips"), alt.TopLevelMixin)


def test_a_notebook_shows_the_answers_and_no_script(folder: Path) -> None:
    shown = balk.read_results(folder)._repr_html_()
    assert "balk-sim/threshold" in shown
    assert "<script" not in shown
    assert f"balk report {folder}" in shown
    assert len(shown) < 20_000


def test_results_are_shown_in_a_line_where_there_is_no_markup(folder: Path) -> None:
    """A notebook keeps the plain text of what it shows, and a console prints it."""
    assert repr(balk.read_results(folder)) == (
        f"<Results in {folder}: 96 exams of balk-sim/rational, balk-sim/threshold>"
    )


def test_a_report_imports_no_inspect(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from balk import pipeline; "
        f"pipeline.report(Path({str(folder)!r}), Path({str(tmp_path / 'r.html')!r})); "
        "print([name for name in sys.modules if name.startswith('inspect_ai')])"
    )
    done = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
