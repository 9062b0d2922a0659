"""Build the figure of the README from a run on simulated subjects (`make example`)."""

import sys
import tempfile
from pathlib import Path

from balk import pipeline
from balk.design.study import Questions, Study
from balk.report.exam_sheet import exam_sheet

SUBJECTS = ("balk-sim/rational", "balk-sim/use_the_parts", "balk-sim/tension")
FIGURE = Path(__file__).parents[1] / "docs" / "figures" / "exam-sheet.png"


def main() -> None:
    """Run the study and write the figure."""
    study = Study.crossed(SUBJECTS, protocols=("batch",), questions=Questions(exams=16))
    with tempfile.TemporaryDirectory() as folder:
        results = pipeline.run(study, Path(folder), max_connections=20)
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    exam_sheet(results.decisions, SUBJECTS, "batch").save(FIGURE, scale_factor=2)
    sys.stdout.write(f"{FIGURE.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
