"""`balk power`: how many exams it takes to tell the mechanisms apart."""

import json
from pathlib import Path
from typing import Any

import click

from balk.cli.recover import read_doses

COLUMNS = (
    *("indiscriminate", "threshold", "believed_penalty", "use_the_parts"),
    *("selective_parts", "tension", "relative_tension"),
)


@click.command()
@click.argument("study", required=False, type=click.Path(path_type=Path), metavar="[STUDY]")
@click.option("--doses", default="3,10,20", show_default=True, metavar="N,...")
@click.option("--questions", type=click.IntRange(1), default=20, show_default=True)
@click.option("--pool", type=click.IntRange(1), default=40, show_default=True)
@click.option("--plain-exams", type=click.IntRange(1), default=20, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def power(study: Path | None, *, doses: str, questions: int, pool: int, **options: int) -> None:
    """Say how many exams with lifelines each pair of cells needs.

    STUDY is the folder of a run, or its study.json, whose doses and questions are taken; without
    one, the options are.
    """
    from balk.cli.show import console, waiting
    from balk.mechanisms.power import needs, table, what_doses_leave_open
    from balk.mechanisms.truths.designs import Design

    plain = options["plain_exams"]
    asked = read_doses(None, None, doses)
    if study is not None:
        asked, questions, pool, plain = _read(study)
    design = Design(asked, 1, questions, pool, n_baseline=plain)
    with waiting("drawing and fitting"):
        rows = table(needs(design, seed=options["seed"]))
    if caveat := what_doses_leave_open(asked):
        console.print(f"{caveat}\n")
    if not rows:
        return
    console.print(
        f"Exams with {', '.join(map(str, asked))} lifelines, in all, for four declarations in "
        f"five; beside {plain} without lifelines. Rows: what is true. Columns: the rival.\n"
    )
    _show(rows, console)
    console.print(
        "\n-: the same, or not to be told apart by as many as 10,000; a rival that contains the "
        "truth is put aside by its slope.\nSubjects in the middle of the ranges of: balk recover."
    )


def _read(study: Path) -> tuple[tuple[int, ...], int, int, int]:
    """Return doses, questions, pool and plain exams of a study.json."""
    path = study / "study.json" if study.is_dir() else study
    try:
        found = _design(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise click.UsageError(
            f"{path}: no study can be read ({error}); give the folder of a run"
        ) from error
    if not found[0]:
        raise click.UsageError(f"{path}: the study offers no lifelines; give one that does")
    return found


def _design(held: Any) -> tuple[tuple[int, ...], int, int, int]:  # noqa: ANN401 -- any JSON
    asked = held["questions"]
    offered = [dose for block in _list(held["blocks"]) for dose in _list(block["lifelines"])]
    doses = tuple(sorted({_count(dose) for dose in offered if dose}))
    n_exams = _count(asked["exams"]) * _count(held["epochs"])
    return doses, _count(asked["questions"]), _count(asked["pool"]), n_exams * (None in offered)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} seen where a list is wanted")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError(f"{value!r} seen where a whole number >= 1 is wanted")
    return value


def _show(rows: dict[str, Any], console: Any) -> None:  # noqa: ANN401 -- rich's, imported late
    from rich.table import Table

    view = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    view.add_column("truth", no_wrap=True)
    for name in COLUMNS:
        view.add_column(name.replace("_", " "), justify="right")
    for truth, row in rows.items():
        same = row.get("every other")
        cells = [same if same is not None else row.get(name) for name in COLUMNS]
        view.add_row(truth.replace("_", " "), *("-" if n is None else str(n) for n in cells))
    console.print(view)
