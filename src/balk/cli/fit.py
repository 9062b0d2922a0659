"""`balk fit`: which explanation predicts the skips, and how sure that is."""

import json
import os
from pathlib import Path
from typing import Any

import click

from balk.cli.out import check_file, file_to_write
from balk.errors import TableError

N_SHOWN = 5
"""Mechanisms shown of each ranking, beside the one that is preferred."""


@click.command()
@click.argument("tables", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    metavar="FITS.json",
    help="File that the fits are written to. Default: fits.json beside the table.",
)
def fit(tables: tuple[Path, ...], out: Path | None) -> None:
    """Fit the rival mechanisms to the folder of a run; never calls a model.

    DIR is a folder with decisions.parquet, or the file itself, after which items.parquet may be
    named.
    """
    decisions, items = _paths(tables)
    path = out or decisions.with_name("fits.json")
    show_fits(write_fits(decisions, items, path, jobs=os.cpu_count() or 1), path)


def write_fits(
    decisions: Path, items: Path | None, out: Path | None = None, *, jobs: int = 1
) -> dict[str, Any]:
    """Fit the mechanisms to a table, write them, and return them."""
    from balk.cli.show import waiting
    from balk.measure.decisions import read_table
    from balk.mechanisms.analysis import analyse

    frame = read_table(decisions, "decisions")
    item_frame = read_table(items, "items") if items else None
    if frame.is_empty():
        raise TableError(f"{decisions} holds no exams; give the table of a run that asked some")
    path = out or decisions.with_name("fits.json")
    check_file(path)
    with waiting("fitting mechanisms"):
        fits = analyse(frame, item_frame, jobs=jobs)
    path.write_text(json.dumps(fits, indent=1, allow_nan=False) + "\n")
    return fits


def _paths(tables: tuple[Path, ...]) -> tuple[Path, Path | None]:
    """Return decisions.parquet and, where there is one, items.parquet."""
    if len(tables) == 1 and tables[0].is_dir():
        items = tables[0] / "items.parquet"
        return tables[0] / "decisions.parquet", items if items.exists() else None
    if len(tables) > 2:  # noqa: PLR2004 -- decisions and items
        raise click.UsageError(f"{len(tables)} tables; give a folder, or decisions and items")
    return tables[0], tables[1] if len(tables) > 1 else None


def show_fits(fits: dict[str, Any], path: Path) -> None:
    """Print each verdict in words, and the ranking that it rests on."""
    from rich.text import Text

    from balk.cli.show import console

    for entry in fits["subjects"]:
        console.print(Text.assemble("\n", (entry["subject"], "bold"), f", {entry['protocol']}"))
        console.print(entry["words"])
        if entry["cells"]:
            console.print(_ranking(entry))
    console.print(f"\nFits in {path}", soft_wrap=True)


def _ranking(entry: dict[str, Any]) -> Any:  # noqa: ANN401 -- rich is imported where it is shown
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("cell", "how many x which"):
        table.add_column(name, no_wrap=True)
    for name in ("nats behind", "se"):
        table.add_column(name, justify="right")
    preferred = entry["verdict"]["mechanism"]
    for place, cell in enumerate(entry["cells"]):
        if place >= N_SHOWN and cell["mechanism"] != preferred:
            continue
        table.add_row(
            cell["cell"] if cell["cell"] != cell["mechanism"] else "",
            cell["mechanism"].replace("_", " "),
            f"{cell['behind']:.1f}",
            f"{cell['behind_se']:.1f}",
        )
    return table
