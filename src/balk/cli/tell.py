"""What follows on the tables of a run: fits where mechanisms can be fitted, and the report."""

import os
from pathlib import Path

from balk.errors import EstimateError, MechanismError, TableError


def fit_what_can_be(folder: Path) -> None:
    """Fit the mechanisms to a folder's exams with lifelines; say so where they cannot be."""
    from balk.cli.fit import write_fits
    from balk.cli.show import console

    tables = folder / "decisions.parquet", folder / "items.parquet"
    try:
        write_fits(*tables, jobs=os.cpu_count() or 1)
    except (TableError, MechanismError, EstimateError) as error:
        console.print(f"Mechanisms were not fitted: {error}")


def report_on(folder: Path) -> None:
    """Write the report of a folder and say where it is."""
    from balk import pipeline
    from balk.cli.show import console, waiting

    with waiting("writing the report"):
        path = pipeline.report(folder)
    console.print(f"Report: {path}", soft_wrap=True)
