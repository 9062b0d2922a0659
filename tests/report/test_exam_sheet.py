from pathlib import Path

import polars as pl
import pytest

from balk.errors import TableError
from balk.report.exam_sheet import exam_sheet, sheet_cells


def decisions() -> pl.DataFrame:
    rows = []
    for exam, (lifelines, outcomes) in enumerate([(None, "AAA"), (2, "SAO")]):
        for position, outcome in enumerate(outcomes, start=1):
            rows.append(
                {
                    "subject": "s",
                    "protocol": "batch",
                    "lifelines": lifelines,
                    "exam_id": f"e{exam}",
                    "form_id": "f",
                    "epoch": 1,
                    "position": position,
                    "puzzle_id": f"p{position}",
                    "outcome": outcome,
                    "is_right": position == 3 if outcome == "A" else None,
                }
            )
    return pl.DataFrame(rows, schema_overrides={"is_right": pl.Boolean})


def test_questions_stand_from_the_easiest_to_the_hardest() -> None:
    cells = sheet_cells(decisions(), ["s"], "batch")
    offered = cells.filter(pl.col("lifelines") == "2 lifelines").sort("place")
    assert offered["what"].to_list() == ["asked with none left", "skipped", "wrong"]


def test_every_question_is_one_cell(tmp_path: Path) -> None:
    assert len(sheet_cells(decisions(), ["s"], "batch")) == 6
    exam_sheet(decisions(), ["s"], "batch").save(tmp_path / "sheet.svg")
    assert "<svg" in (tmp_path / "sheet.svg").read_text()


def test_a_subject_without_exams_is_named_with_those_that_have_some() -> None:
    with pytest.raises(TableError, match="no exam of x in batch; the table has s"):
        exam_sheet(decisions(), ["x"], "batch")
