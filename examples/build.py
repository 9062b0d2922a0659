"""Build what the README shows: a figure, and the report of the built-in study (`make example`).

Both come from fixed seeds. Logs, which are named by the time of the run and at random, are
numbered within their day, so that on one day the same code makes the same bytes again.
"""

import json
import sys
import tempfile
from pathlib import Path

import polars as pl

from balk import pipeline
from balk.design.study import Questions, Study
from balk.design.study_file import BUILT_IN, read_study
from balk.mechanisms.analysis import analyse
from balk.report.exam_sheet import exam_sheet

SUBJECTS = ("balk-sim/rational", "balk-sim/use_the_parts", "balk-sim/tension")
DOCS = Path(__file__).parents[1] / "docs"
FIGURE = DOCS / "figures" / "exam-sheet.png"
REPORT = DOCS / "example" / "report.html"
DAY_CHARS = len("2026-01-31")


def main() -> None:
    """Write the figure and the report."""
    with tempfile.TemporaryDirectory() as folder:
        make_figure(Path(folder) / "figure", FIGURE)
        make_report(Path(folder) / "built-in", REPORT)
    for path in (FIGURE, REPORT):
        sys.stdout.write(f"{path.relative_to(DOCS.parent)}, {path.stat().st_size / 1e6:.1f} MB\n")


def make_figure(folder: Path, path: Path) -> None:
    """Ask three simulated subjects, and draw what became of every question."""
    study = Study.crossed(SUBJECTS, protocols=("batch",), questions=Questions(exams=16))
    results = pipeline.run(study, folder, max_connections=20)
    path.parent.mkdir(parents=True, exist_ok=True)
    exam_sheet(results.decisions, SUBJECTS, "batch").save(path, scale_factor=2)


def make_report(folder: Path, path: Path, study: Study | None = None) -> None:
    """Ask the built-in study, compare the mechanisms, and write the report."""
    asked = study or read_study(BUILT_IN)
    decisions = pipeline.run(asked, folder, max_connections=20).decisions
    results = pipeline.finish(without_times(decisions), folder)
    fits = analyse(results.decisions, results.items)
    (folder / "fits.json").write_text(json.dumps(fits, indent=1, allow_nan=False) + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    pipeline.report(folder, path, with_files=False)


def without_times(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions with logs of a day and their samples numbered as the table has them."""
    return decisions.with_columns(
        log=pl.format("{}-{}.eval", pl.col("log").str.head(DAY_CHARS), pl.col("log").rle_id() + 1),
        sample_uuid=pl.col("sample_uuid").rle_id().cast(pl.String),
    )


if __name__ == "__main__":
    main()
