"""Folders of results -> what a report is made of."""

import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk.errors import TableError, unknown
from balk.measure.decisions import Kind, read_table
from balk.report.material import Material, read_node
from balk.report.nodes import Node
from balk.spending import spent_facts

if TYPE_CHECKING:
    import polars as pl

TABLES: tuple[Kind, ...] = ("decisions", "exams", "items")
KEYS = "answer-key"
"""Folder, within that of a run, of what answer keys came to."""

KEY_TABLE = "answer_key.parquet"

PUZZLES = "puzzles.json"
"""File with the text of each puzzle that was asked, by its id."""

VERSIONS = ("balk", "inspect-ai", "polars", "altair")
HASH_CHARS = 16


def read_material(folder: Path, viewer: str | None = None) -> Material:
    """Return what the report of a folder of results is made of.

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
    from balk.design.predictions import PREDICTIONS

    if (folder / KEY_TABLE).exists() and not (folder / "decisions.parquet").exists():
        return _of_keys(folder, viewer)
    decisions, exams, items = (read_table(folder / f"{kind}.parquet", kind) for kind in TABLES)
    study = _json(folder / "study.json")
    name = folder.resolve().name
    return Material(
        name=name,
        decisions=decisions,
        exams=exams,
        items=items,
        summary=read_node(folder / "summary.json"),
        fits=read_node(fits) if (fits := folder / "fits.json").exists() else None,
        study=study,
        facts=dict(_facts(folder, study, decisions, exams)),
        commands=_commands(name),
        stems=_json(folder / PUZZLES),
        predictions=PREDICTIONS,
        others=_others(folder),
        viewer=viewer,
    )


def _others(folder: Path) -> dict[str, Node]:
    """Return what answer keys came to, where they were shown into a folder of the run's own."""
    path = folder / KEYS / "summary.json"
    if not path.exists():
        return {}
    return {"answer_key": replace(read_node(path), file=f"{KEYS}/{path.stem}")}


def _of_keys(folder: Path, viewer: str | None) -> Material:
    """Return what the report is made of where answer keys were shown and no exam was asked."""
    import polars as pl

    from balk.measure.decisions import SCHEMAS

    study, name = _json(folder / "study.json"), folder.resolve().name
    decisions, exams, items = (pl.DataFrame(schema=SCHEMAS[kind]) for kind in TABLES)
    return Material(
        name=name,
        decisions=decisions,
        exams=exams,
        items=items,
        summary=Node({"subjects": []}, "summary"),
        study={"subjects": [{"model": one} for one in study.get("subjects", ())]},
        facts=dict(_facts_of_keys(folder, study)),
        commands=(f"balk report {name}",),
        others={"answer_key": read_node(folder / "summary.json")},
        viewer=viewer,
    )


def _facts_of_keys(folder: Path, study: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _versions()
    yield "study", str(study.get("id", "not known"))
    asked = {key: value for key, value in study.items() if key not in {"id", "subjects"}}
    yield "asked", ", ".join(f"{key} {value}" for key, value in asked.items())
    yield f"{KEY_TABLE}, SHA-256", _digest(folder / KEY_TABLE)


def paired(
    folder: Path, pairs: Sequence[tuple[str, str]], out: Path, viewer: str | None = None
) -> Material:
    """Return what a report is made of in which subjects of a folder are held against each other.

    Parameters
    ----------
    folder : Path
        With the tables and numbers.
    pairs : sequence of (str, str)
        Two subjects each, such as base and tuned: the second less the first is told.
    out : Path
        Folder that gets ``pairs.json``: the numbers of the summary, and those of the pairs.
    viewer : str or None
        As for `read_material`.

    Raises
    ------
    TableError
        If the folder lacks a table, has no such subject, or two of a pair share no question.
    """
    from balk.measure.effects.comparisons import compare

    held = read_material(folder, viewer)
    wanted = _later_less_first(pairs, held.decisions)
    numbers = held.summary.value | {"comparisons": compare(held.decisions, wanted)}
    return replace(
        held, summary=_kept(numbers, out / "pairs.json"), commands=_commands(held.name, pairs)
    )


def _later_less_first(
    pairs: Sequence[tuple[str, str]], decisions: "pl.DataFrame"
) -> list[tuple[str, str]]:
    """Return pairs as they are compared, once they are found to be comparable.

    Raises
    ------
    TableError
        If there is no such subject, a pair is one subject, or two share no form.
    """
    subjects = decisions["subject"].unique().to_list()
    for pair in pairs:
        for name in pair:
            if name not in subjects:
                raise TableError(unknown("subject", name, subjects))
        if pair[0] == pair[1]:
            raise TableError(f"a pair of {pair[0]!r} with itself; name two subjects")
    wanted = [(later, first) for first, later in dict.fromkeys(pairs)]
    _check_shared(decisions, wanted)
    return wanted


def compared(folders: Sequence[Path], out: Path, pairs: Sequence[tuple[str, str]] = ()) -> Material:
    """Return what a report on several studies is made of, and write its numbers beside it.

    A subject of a later study is held against the one of its name in the first; where that has
    none of its name, against each subject of the first, as along a ladder of checkpoints.

    Parameters
    ----------
    folders : sequence of Path
        Results, the reference first.
    out : Path
        Folder that gets ``comparison.json`` and ``comparison_fits.json``.
    pairs : sequence of (str, str)
        Other pairs in place of these, as for `paired`; a subject is called ``NAME in FOLDER``.

    Raises
    ------
    TableError
        If a folder lacks a table, two have the same name, the studies share no question, or there
        is no such subject.
    """
    import polars as pl

    from balk.measure.decisions import ORDER, make_exams
    from balk.measure.effects import summarise
    from balk.measure.items import make_items

    materials = _renamed([read_material(folder) for folder in folders])
    decisions = pl.concat([one.decisions for one in materials], how="diagonal").sort(ORDER)
    wanted = _later_less_first(pairs or _pairs(materials), decisions)
    exams, items = make_exams(decisions), make_items(decisions)
    summary = summarise(decisions, exams, items, pairs=wanted)
    summary["prevalence"] = []  # the same subject twice is no second subject
    fits = [fit for one in materials for fit in (one.fits.value["subjects"] if one.fits else ())]
    first = materials[0]
    return replace(
        first,
        name=" and ".join(one.name for one in materials),
        decisions=decisions,
        exams=exams,
        items=items,
        summary=_kept(summary, out / "comparison.json"),
        fits=_kept({"subjects": fits}, out / "comparison_fits.json") if fits else None,
        study={"subjects": [s for one in materials for s in one.study.get("subjects", ())]},
        facts={
            f"{one.name}: {key}": value for one in materials for key, value in one.facts.items()
        },
        commands=(
            shlex.join(("balk", "report", *(one.name for one in materials), *_named(pairs))),
        ),
        stems={key: stem for one in materials for key, stem in one.stems.items()},
        others={},
    )


def _kept(numbers: dict[str, Any], path: Path) -> Node:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(numbers, indent=1, allow_nan=False) + "\n")
    return read_node(path)


def _renamed(materials: Sequence[Material]) -> list[Material]:
    """Return studies whose subjects carry the study's name, so that none has two subjects' exams.

    Raises
    ------
    TableError
        If two studies have the same name.
    """
    names = [one.name for one in materials]
    if len(set(names)) < len(names):
        raise TableError(
            f"two folders are named {', '.join(sorted(names))}; rename one, since its name is how "
            "its subjects are told apart"
        )
    return [_of_study(one) for one in materials]


def _of_study(material: Material) -> Material:
    import polars as pl

    def named(subject: str) -> str:
        return f"{subject} in {material.name}"

    fits = material.fits and Node(
        {
            "subjects": [
                f | {"subject": named(f["subject"])} for f in material.fits.value["subjects"]
            ]
        },
        material.fits.file,
    )
    decisions = material.decisions.with_columns(
        subject=pl.col("subject") + pl.lit(f" in {material.name}"),
        exam_id=pl.lit(f"{material.name}/") + pl.col("exam_id"),
        log=pl.lit(f"{material.name}/logs/") + pl.col("log"),
    )
    return replace(material, decisions=decisions, fits=fits)


def _pairs(materials: Sequence[Material]) -> list[tuple[str, str]]:
    """Return which subject of a later study is held against which of the first: that one first."""
    first, *others = materials
    reference = first.decisions["subject"].unique().sort().to_list()
    pairs = []
    for other in others:
        for subject in other.decisions["subject"].unique().sort().to_list():
            own = subject.removesuffix(f" in {other.name}") + f" in {first.name}"
            against = [own] if own in reference else reference
            pairs += [(one, subject) for one in against]
    return pairs


def _check_shared(decisions: "pl.DataFrame", pairs: Sequence[tuple[str, str]]) -> None:
    """Raise `TableError` where two subjects that are held against each other share no form."""
    forms = {name: set(own["form_id"].unique()) for (name,), own in decisions.group_by("subject")}
    for first, second in pairs:
        if not forms[first] & forms[second]:
            raise TableError(
                f"{first} and {second} share no exam form, so their questions cannot be paired; "
                "ask both with the same puzzles, pool, levels and seed"
            )


def _facts(
    folder: Path, study: Mapping[str, Any], decisions: "pl.DataFrame", exams: "pl.DataFrame"
) -> Iterator[tuple[str, str]]:
    yield from _versions()
    yield "study", str(study.get("id", "not known"))
    asked = study.get("questions", {})
    if asked:
        told = ", ".join(f"{name} {value}" for name, value in asked.items())
        yield "questions", told
    yield "decisions.parquet, SHA-256", _digest(folder / "decisions.parquet")
    days = sorted({str(log).rpartition("/")[2][:10] for log in decisions["log"].unique()})
    yield "asked", days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    yield "exams", f"{len(exams):,}"
    yield "decisions", f"{len(decisions):,}"
    yield "tokens of replies", f"{exams['output_tokens'].sum() or 0:,}"
    yield from spent_facts(folder)


def _versions() -> Iterator[tuple[str, str]]:
    for package in VERSIONS:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_CHARS]


def _commands(name: str, pairs: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    return (
        shlex.join(("balk", "run", f"{name}/study.json", "--out", name)),
        shlex.join(("balk", "table", f"{name}/logs", "--out", name)),
        shlex.join(("balk", "fit", name)),
        shlex.join(("balk", "report", name, *_named(pairs))),
    )


def _named(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [word for pair in pairs for word in ("--pair", *pair)]


def _json(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds; nothing where there is none, or half of one."""
    try:
        held = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}
