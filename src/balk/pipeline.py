"""The whole path on one screen: a study is asked, read, counted and told."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk.errors import StudyError, TableError
from balk.files import only_run, write_whole
from balk.registration import check_lock, find_lock, refuse_late_lock, register, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import altair as alt
    import polars as pl

    from balk.design.limits import Limits
    from balk.design.study import Study
    from balk.elicit.calls import Patience
    from balk.elicit.progress import Listener
    from balk.report.material import Material

SHORT = 40


@dataclass(frozen=True, slots=True, repr=False)
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
    stopped : str or None
        The limit that left exams unasked; None if none did.
    """

    folder: Path
    decisions: "pl.DataFrame"
    exams: "pl.DataFrame"
    items: "pl.DataFrame"
    summary: dict[str, Any]
    stopped: str | None = None

    def charts(self) -> "dict[str, alt.TopLevelMixin]":
        """Return the charts of the report by name, to restyle at will."""
        from balk.report.contents import charts
        from balk.reports import read_material

        return charts(read_material(self.folder))

    def __repr__(self) -> str:
        """Return a line; the tables and numbers are too long to be shown unasked."""
        subjects = ", ".join(self.exams["subject"].unique().sort())
        return f"<Results in {self.folder}: {len(self.exams):,} exams of {subjects}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the answer for each subject, and where all else is."""
        from balk.report.page import make_fragment
        from balk.reports import read_material

        return make_fragment(read_material(self.folder), str(self.folder))


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


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a study is asked.

    Attributes
    ----------
    limits : Limits or None
        Where it stops.
    lock : mapping or None
        What it committed itself to; by default the lock in its folder, if there is one.
    may_deviate : bool
        Whether a study that differs from its lock is asked all the same.
    is_provider_batch : bool
        Whether calls go through the provider's batch mode.
    """

    limits: "Limits | None" = None
    lock: "Mapping[str, Any] | None" = None
    may_deviate: bool = False
    is_provider_batch: bool = False


def run(  # noqa: PLR0913 -- what is asked, and how
    study: "Study",
    folder: Path,
    *,
    max_connections: int = 20,
    logs: str | None = None,
    patience: "Patience | None" = None,
    listener: "Listener | None" = None,
    terms: Terms | None = None,
) -> Results:
    """Ask a study's questions, as far as they have not been asked, and write its tables.

    Raises
    ------
    StudyError
        If the folder is another study's, another run writes into it or the logs, the study is not
        the one that was locked, or a limit cannot be reckoned.
    """
    from balk.design.lock import lock_hash
    from balk.elicit.budget import Budget
    from balk.elicit.calls import patient
    from balk.elicit.logs import has_logs
    from balk.elicit.run import Asking, open_models, run_study
    from balk.elicit.shared_logs import only_writer

    terms = terms or Terms()
    if terms.limits:
        terms.limits.check(study)
    models = open_models(study)
    check_folder_of(study, folder)
    lock = terms.lock or find_lock(folder)
    logs = logs or str(folder / "logs")
    found = (
        check_lock(study, folder, lock, may_deviate=terms.may_deviate, has_logs=has_logs(logs))
        if lock
        else []
    )
    with only_run(folder), ExitStack() as held:
        if lock:
            # Again, now that no other run can write here.
            refuse_late_lock(folder, lock, has_logs=has_logs(logs))
        held.enter_context(only_writer(logs, folder))
        if lock:
            register(folder, lock, found)
        # Logs that nothing says the study of may be another's: Inspect tells, once it is asked.
        is_sure = _held_study(folder) is not None or not has_logs(logs)
        if is_sure:
            keep_study(study, folder)
        budget = Budget(folder, terms.limits)
        asking = Asking(budget, lock_hash(lock) if lock else None, terms.is_provider_batch)
        with patient(patience, is_batch=terms.is_provider_batch):
            run_study(
                study,
                models,
                folder,
                logs=logs,
                max_connections=max_connections,
                listener=listener,
                asking=asking,
            )
        if not is_sure:
            keep_study(study, folder)
        results = tabulate(logs, folder, asked_in=folder)
        return replace(results, stopped=budget.stopped)


def keep_study(study: "Study", folder: Path) -> None:
    """Write what is asked, and the text of its puzzles, into the folder of results.

    Raises
    ------
    StudyError
        If the folder holds the results of another study; they are left alone.
    """
    check_folder_of(study, folder)
    folder.mkdir(parents=True, exist_ok=True)
    held = {"id": study.id} | study.model_dump(mode="json")
    write_whole(folder / "study.json", json.dumps(held, indent=1) + "\n")
    keep_puzzles(study, folder)


def check_folder_of(study: "Study", folder: Path) -> None:
    """Refuse a folder of another study.

    Raises
    ------
    StudyError
        If the folder holds the results of another study; they are left alone.
    """
    held = _held_study(folder)
    if held is None or held.get("id") == study.id:
        return
    changed = ", ".join(_changed(held, study.model_dump(mode="json"))) or "prompts or puzzles"
    raise StudyError(
        f"{folder} holds another study, which differs in {changed}; give another --out, "
        "or repeat the command that it was made with"
    )


def _held_study(folder: Path) -> dict[str, Any] | None:
    """Return the study that a folder says it holds; None of none yet, or of half a file."""
    try:
        held = json.loads((folder / "study.json").read_text())
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) else None


def _changed(held: Any, asked: Any, at: str = "") -> "Iterator[str]":  # noqa: ANN401 -- any JSON
    """Yield where two studies differ, with both values where they are short."""
    if isinstance(held, dict) and isinstance(asked, dict):
        for key in (key for key in asked if key not in {"id", "max_connections"}):
            yield from _changed(held.get(key), asked[key], f"{at}.{key}" if at else key)
    elif isinstance(held, list) and isinstance(asked, list) and len(held) == len(asked):
        for i, (one, other) in enumerate(zip(held, asked, strict=True), start=1):
            yield from _changed(one, other, f"{at} {i}")
    elif held != asked:
        yield f"{at} ({_short(held)} there, {_short(asked)} asked for)"


def _short(value: Any) -> str:  # noqa: ANN401 -- any JSON
    text = json.dumps(value)
    return text if len(text) <= SHORT else text[: SHORT - 3] + "..."


def keep_puzzles(study: "Study", folder: Path) -> None:
    """Write the text of every puzzle that is asked into the folder of results."""
    one_of_each = {cell.condition: cell for cell in study.cells()}.values()
    forms = [exam.form for cell in one_of_each for exam in study.exams(cell)]
    write_stems({puzzle.id: puzzle.stem for form in forms for puzzle in form.puzzles}, folder)


def write_stems(stems: "Mapping[str, str]", folder: Path) -> None:
    """Write the text of puzzles, by their ids, into the folder of results."""
    from balk.reports import PUZZLES

    write_whole(folder / PUZZLES, json.dumps(stems, indent=1, sort_keys=True) + "\n")


def report(
    folder: Path,
    out: Path | None = None,
    *,
    with_files: bool = True,
    pairs: "Sequence[tuple[str, str]]" = (),
) -> Path:
    """Write the report of a folder of results, from its tables alone, and return its path.

    Parameters
    ----------
    folder : Path
        With the tables and numbers.
    out : Path, optional
        The page; by default report.html in the folder.
    with_files : bool, default True
        Whether every figure and table is written beside it too, into figures/ and tables/.
    pairs : sequence of (str, str)
        Subjects to hold against each other, such as base and tuned: tuned less base is told. The
        numbers are written to pairs.json beside the page.

    Raises
    ------
    TableError
        If the folder lacks a table or its numbers, or has no such subject.
    """
    from balk.report.files import write_report

    path = out or folder / "report.html"
    return write_report(_material(folder, path.parent, pairs), path, with_files=with_files)


def _material(
    folder: Path, out: Path, pairs: "Sequence[tuple[str, str]]", viewer: str | None = None
) -> "Material":
    from balk.reports import paired, read_material

    return paired(folder, pairs, out, viewer) if pairs else read_material(folder, viewer)


def compare(
    folders: "Sequence[Path]",
    out: Path,
    *,
    with_files: bool = True,
    pairs: "Sequence[tuple[str, str]]" = (),
) -> Path:
    """Write the report that holds studies against the first of them, and return its path.

    Parameters
    ----------
    folders : sequence of Path
        Results, the reference first.
    out : Path
        The page; its numbers are written to comparison.json beside it.
    with_files : bool, default True
        As for `report`.
    pairs : sequence of (str, str)
        Other pairs in place of these, as for `report`; subjects are called ``NAME in FOLDER``.

    Raises
    ------
    TableError
        If a folder lacks a table or its numbers, the studies share no question, or there is no
        such subject.
    """
    from balk.report.files import write_report
    from balk.reports import compared

    return write_report(compared(folders, out.parent, pairs), out, with_files=with_files)


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


def bundle(folder: Path, out: Path, *, pairs: "Sequence[tuple[str, str]]" = ()) -> Path:
    """Write the report and Inspect View on its logs as a static site, and return its first page.

    The site has the figures and tables of the report too.

    Raises
    ------
    TableError
        If the site's folder is there already, or the results lack a table or their logs.
    """
    from balk.elicit.viewer import check_logs, write_viewer
    from balk.report.files import write_report

    if out.exists():
        raise TableError(f"{out} is there already; name a folder that is not, or remove it first")
    check_logs(folder / "logs")
    material = _material(folder, out, pairs, viewer="viewer/index.html")
    write_viewer(folder / "logs", out / "viewer")
    return write_report(material, out / "index.html")


def tabulate(
    logs: str, folder: Path, *, reparse: bool = False, asked_in: Path | None = None
) -> Results:
    """Write the tables and numbers of a folder of finished logs; no model is called.

    Parameters
    ----------
    logs : str
        Folder or URL of the logs.
    folder : Path
        Of the results.
    reparse : bool, default False
        Read every reply again.
    asked_in : Path, optional
        Folder of the run, whose pairs, lock and deviations count; by default that above the logs.
    """
    from balk.elicit.logs import read_columns
    from balk.measure.decisions import make_decisions

    decisions = make_decisions(read_columns(logs, reparse=reparse))
    return finish(decisions, folder, asked_in=asked_in or Path(logs).parent)


def finish(decisions: "pl.DataFrame", folder: Path, *, asked_in: Path | None = None) -> Results:
    """Write the tables and numbers that follow from the decisions.

    Parameters
    ----------
    decisions : DataFrame
        As from `make_decisions`, in any order.
    folder : Path
        Of the results.
    asked_in : Path, optional
        Folder of the run, whose pairs, lock and deviations count; by default that of the results.
    """
    from balk.measure.decisions import ORDER, make_exams, write_table
    from balk.measure.effects import summarise
    from balk.measure.items import make_items

    decisions = decisions.sort(ORDER)
    exams, items = make_exams(decisions), make_items(decisions)
    pairs = _pairs_in(asked_in or folder, set(decisions["subject"]))
    summary = summarise(decisions, exams, items, pairs=pairs)
    folder.mkdir(parents=True, exist_ok=True)
    summary["lock"] = told(asked_in or folder, folder, decisions, exams)
    write_table(decisions, folder / "decisions.parquet", "decisions")
    write_table(exams, folder / "exams.parquet", "exams")
    write_table(items, folder / "items.parquet", "items")
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    return Results(folder, decisions, exams, items, summary)


def _pairs_in(folder: Path, asked: set[str]) -> list[tuple[str, str]]:
    """Return the pairs of a folder's study of which both were asked, the second of each first."""
    held = _held_study(folder) or {}
    pairs = [(first, second) for first, second in held.get("pairs", ())]
    return [(second, first) for first, second in pairs if {first, second} <= asked]
