"""A small finished study, as a report reads it."""

import json
from pathlib import Path

from balk import pipeline
from balk.design.study import Questions, Study
from balk.mechanisms.analysis import analyse

SUBJECTS = ("balk-sim/rational", "balk-sim/threshold")


def make_folder(folder: Path) -> Path:
    """Ask two simulated subjects a small study, fit it, and return its folder."""
    study = Study.crossed(
        SUBJECTS,
        lifelines=(None, 2, 6),
        protocols=("batch", "realtime"),
        questions=Questions(pool=16, questions=8, exams=8),
    )
    results = pipeline.run(study, folder, max_connections=8)
    fits = analyse(results.decisions, results.items)
    (folder / "fits.json").write_text(json.dumps(fits, allow_nan=False))
    return folder
