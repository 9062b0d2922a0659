"""The whole path on one screen: a study is asked, read, counted and told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk.errors import StudyError, TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import altair as alt
    import polars as pl

    from balk.design.study import Study
    from balk.elicit.run import Progress


@dataclass(frozen=True, slots=True)
class Results:
    """What a study came to.

    Attributes
    ----------
    folder : Path
        Where the tables are.
    decisions, exams, items : polars.DataFrame
        The tables.
    summary : dict
        The model-free numbers, as in ``summary.json``.
    """

    folder: Path
    decisions: "pl.DataFrame"
    exams: "pl.DataFrame"
    items: "pl.DataFrame"
    summary: dict[str, Any]

    def charts(self) -> "dict[str, alt.TopLevelMixin]":
        """Return the charts of the report by name, to restyle at will."""
        from balk.report.contents import charts
        from balk.reports import read_material

        return charts(read_material(self.folder))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the answer for each subject, and where the report is."""
        from balk.report.page import make_fragment
        from balk.reports import read_material

        return make_fragment(read_material(self.folder))


def read_results(folder: Path) -> Results:
    """Return what a study came to, from the tables in its folder.

    Raises
    ------
    TableError
        If the folder lacks a table or its numbers.
    """
    from balk.reports import read_material

    held = read_material(folder)
    return Results(folder, held.decisions, held.exams, held.items, held.summary.value)


def run(
    study: "Study",
    folder: Path,
    *,
    max_connections: int = 20,
    listener: "Callable[[Progress], None] | None" = None,
) -> Results:
    """Ask a study's questions, as far as they have not been asked, and write its tables."""
    from balk.elicit.run import open_models, run_study

    models = open_models(study)
    keep_study(study, folder)
    keep_puzzles(study, folder)
    run_study(study, models, folder / "logs", max_connections=max_connections, listener=listener)
    return tabulate(str(folder / "logs"), folder)


def keep_study(study: "Study", folder: Path) -> None:
    """Write what is asked into the folder of results.

    Raises
    ------
    StudyError
        If the folder holds the results of another study; they are left alone.
    """
    path = folder / "study.json"
    if path.exists() and json.loads(path.read_text())["id"] != study.id:
        raise StudyError(
            f"{folder} holds another study; give another --out, "
            "or repeat the command that it was made with"
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"id": study.id} | study.model_dump(mode="json"), indent=1) + "\n")


def keep_puzzles(study: "Study", folder: Path) -> None:
    """Write the text of every puzzle that is asked into the folder of results."""
    from balk.reports import PUZZLES

    one_of_each = {cell.condition: cell for cell in study.cells()}.values()
    forms = [exam.form for cell in one_of_each for exam in study.exams(cell)]
    stems = {puzzle.id: puzzle.stem for form in forms for puzzle in form.puzzles}
    (folder / PUZZLES).write_text(json.dumps(stems, indent=1, sort_keys=True) + "\n")


def report(folder: Path, out: Path | None = None, *, with_files: bool = True) -> Path:
    """Write the report of a folder of results, from its tables alone, and return its path.

    Parameters
    ----------
    folder : Path
        With the tables and numbers.
    out : Path, optional
        The page; by default report.html in the folder.
    with_files : bool, default True
        Whether every figure and table is written beside it too, into figures/ and tables/.

    Raises
    ------
    TableError
        If the folder lacks a table or its numbers.
    """
    from balk.report.files import write_report
    from balk.reports import read_material

    return write_report(read_material(folder), out or folder / "report.html", with_files=with_files)


def compare(folders: "Sequence[Path]", out: Path, *, with_files: bool = True) -> Path:
    """Write the report that holds studies against the first of them, and return its path.

    Raises
    ------
    TableError
        If a folder lacks a table or its numbers, or the studies share no question.
    """
    from balk.report.files import write_report
    from balk.reports import compared

    return write_report(compared(folders, out.parent), out, with_files=with_files)


def report_page(folder: Path, viewer: str | None = None) -> str:
    """Return the report of a folder of results as HTML.

    Parameters
    ----------
    folder : Path
        With the tables and numbers.
    viewer : str or None
        Address of Inspect View on the folder's logs, which the report then links to.

    Raises
    ------
    TableError
        If the folder lacks a table or its numbers.
    """
    from balk.report.page import make_page
    from balk.reports import read_material

    return make_page(read_material(folder, viewer))


def bundle(folder: Path, out: Path) -> Path:
    """Write the report and Inspect View on its logs as a static site, and return its first page.

    Raises
    ------
    TableError
        If the site's folder is there already, or the results lack a table or their logs.
    """
    from balk.elicit.viewer import write_viewer

    if out.exists():
        raise TableError(f"{out} is there already; name a folder that is not, or remove it first")
    page = report_page(folder, viewer="viewer/index.html")
    write_viewer(folder / "logs", out / "viewer")
    path = out / "index.html"
    path.write_text(page)
    return path


def tabulate(logs: str, folder: Path, *, reparse: bool = False) -> Results:
    """Write the tables and numbers of a folder of finished logs; no model is called."""
    from balk.elicit.logs import read_columns
    from balk.measure.decisions import make_decisions

    return finish(make_decisions(read_columns(logs, reparse=reparse)), folder)


def finish(decisions: "pl.DataFrame", folder: Path) -> Results:
    """Write the tables and numbers that follow from the decisions."""
    from balk.measure.decisions import ORDER, make_exams, write_table
    from balk.measure.effects import summarise
    from balk.measure.items import make_items

    decisions = decisions.sort(ORDER)
    exams, items = make_exams(decisions), make_items(decisions)
    summary = summarise(decisions, exams, items)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(decisions, folder / "decisions.parquet", "decisions")
    write_table(exams, folder / "exams.parquet", "exams")
    write_table(items, folder / "items.parquet", "items")
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    return Results(folder, decisions, exams, items, summary)
