"""The whole path on one screen: a study is asked, read, counted and told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk import __version__
from balk.errors import StudyError, TableError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from balk.design.study import Study
    from balk.elicit.run import Progress
    from balk.measure.decisions import Kind

TABLES: "tuple[Kind, ...]" = ("decisions", "exams", "items")


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


def run(
    study: "Study",
    folder: Path,
    *,
    max_connections: int,
    listener: "Callable[[Progress], None] | None" = None,
) -> Results:
    """Ask a study's questions, as far as they have not been asked, and write its tables."""
    from balk.elicit.run import open_models, run_study

    models = open_models(study)
    keep_study(study, folder)
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


def report(folder: Path, out: Path | None = None) -> Path:
    """Write the report of a folder of results, from its tables alone, and return its path.

    Raises
    ------
    TableError
        If the folder lacks a table or its numbers.
    """
    path = out or folder / "report.html"
    path.write_text(report_page(folder))
    return path


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
    from balk.measure.decisions import read_table
    from balk.report.material import Material, read_node
    from balk.report.page import make_page

    decisions, exams, items = (read_table(folder / f"{kind}.parquet", kind) for kind in TABLES)
    return make_page(
        Material(
            name=folder.resolve().name,
            decisions=decisions,
            exams=exams,
            items=items,
            summary=read_node(folder / "summary.json"),
            fits=read_node(fits) if (fits := folder / "fits.json").exists() else None,
            facts=_facts(folder),
            viewer=viewer,
        )
    )


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


def _facts(folder: Path) -> dict[str, str]:
    """Return where the numbers of a folder come from."""
    path = folder / "study.json"
    study = json.loads(path.read_text()) if path.exists() else {}
    return {"balk": __version__, "study": str(study.get("id", "not known"))}


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
