"""Exams whose verdicts others are told: read from finished logs once, and kept.

What was borrowed is written beside the logs before anything is asked with it, so that a run that
is taken up again tells the same.
"""

import json
from pathlib import Path

import polars as pl

from balk.design.study import Cell, Study
from balk.elicit.logs import has_logs, read_columns
from balk.elicit.verdicts import borrow
from balk.errors import TableError
from balk.files import write_whole
from balk.measure.decisions import make_decisions

Told = dict[str, list[str]]
"""Name of a cell -> what each of its exams is told."""


def read_told(folder: Path) -> Told:
    """Return what was borrowed earlier; nothing where nothing was yet, or no file can be read."""
    try:
        told: Told = json.loads((folder / "told.json").read_text())
    except (OSError, ValueError):
        return {}
    return told


def all_told(study: Study, told: Told) -> bool:
    """Return whether every cell that tells the verdicts of others knows them."""
    return all(cell.name in told for cell in study.cells() if cell.lender)


def more_told(study: Study, logs: str, told: Told) -> Told:
    """Return what was borrowed, and what else can be from the logs there are.

    What was borrowed before stays. Cells whose lenders did not all come back have to wait.

    Raises
    ------
    StudyError
        If the exams to borrow from have no verdict at all.
    """
    if all_told(study, told) or not has_logs(logs):
        return told
    try:
        decisions = make_decisions(read_columns(logs))
    except TableError:  # no log of an exam yet
        return told
    told = dict(told)
    for cell in study.cells():
        if cell.lender and cell.name not in told:
            held = _held(cell, decisions)
            if held["form_id"].n_unique() == cell.n_exams and "F" not in held["outcome"]:
                told[cell.name] = _borrowed(study, cell, held)
    return told


def write_told(folder: Path, told: Told) -> None:
    """Write down what was borrowed."""
    write_whole(folder / "told.json", json.dumps(told, sort_keys=True) + "\n")


def _held(cell: Cell, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the decisions that a cell borrows from."""
    lender = cell.lender
    assert lender is not None  # noqa: S101 -- for the type checker
    return decisions.filter(
        pl.col("subject") == cell.subject.name,
        pl.col("arm") == lender.arm.name,
        pl.col("penalty").eq_missing(lender.arm.penalty),
        pl.col("price") == lender.arm.price,
        pl.col("lifelines").eq_missing(lender.lifelines),
        protocol=lender.protocol,
        epoch=1,
    ).sort("position")


def _borrowed(study: Study, cell: Cell, held: pl.DataFrame) -> list[str]:
    asked = study.exams(cell)
    seen = {
        index: held.filter(form_id=exam.form.id)["is_right"].drop_nulls().to_list()
        for index, exam in enumerate(asked)
    }
    verdicts = cell.condition.arm.verdicts
    return borrow(verdicts, seen, asked[0].n_questions, study.questions.seed)
