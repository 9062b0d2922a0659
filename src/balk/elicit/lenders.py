"""Exams whose verdicts others are told: read from finished logs once, and kept.

What was borrowed is written beside the logs before anything is asked with it, so that a run that
is taken up again tells the same.
"""

import json
from pathlib import Path

import polars as pl

from balk.design.study import Cell, Study
from balk.elicit.logs import read_columns
from balk.elicit.verdicts import borrow
from balk.measure.decisions import make_decisions

Told = dict[str, list[str]]
"""Name of a cell -> what each of its exams is told."""


def read_told(folder: Path) -> Told | None:
    """Return what was borrowed earlier, or None where nothing was yet."""
    path = folder / "told.json"
    return json.loads(path.read_text()) if path.exists() else None


def keep_told(study: Study, folder: Path, logs: str) -> Told:
    """Borrow for every cell that tells the verdicts of others, and write it down.

    Raises
    ------
    StudyError
        If the exams to borrow from have no verdict at all.
    """
    decisions = make_decisions(read_columns(logs))
    told = {cell.name: _borrowed(study, cell, decisions) for cell in study.cells() if cell.lender}
    draft = folder / "told.json.part"
    draft.write_text(json.dumps(told, sort_keys=True) + "\n")
    draft.replace(folder / "told.json")
    return told


def _borrowed(study: Study, cell: Cell, decisions: pl.DataFrame) -> list[str]:
    asked, lender = study.exams(cell), cell.lender
    assert lender is not None  # noqa: S101 -- for the type checker
    held = decisions.filter(
        pl.col("subject") == cell.subject.name,
        pl.col("arm") == lender.arm.name,
        pl.col("penalty").eq_missing(lender.arm.penalty),
        pl.col("price") == lender.arm.price,
        pl.col("lifelines").eq_missing(lender.lifelines),
        protocol=lender.protocol,
        epoch=1,
    ).sort("position")
    seen = {
        index: held.filter(form_id=exam.form.id)["is_right"].drop_nulls().to_list()
        for index, exam in enumerate(asked)
    }
    verdicts = cell.condition.arm.verdicts
    return borrow(verdicts, seen, asked[0].n_questions, study.questions.seed)
