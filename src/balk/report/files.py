"""The report as files: the page, and every figure and table beside it."""

import csv
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import polars as pl
from markupsafe import Markup

from balk.report.blocks import Cell, Section, Table
from balk.report.contents import contents
from balk.report.drawn import Drawn, draw
from balk.report.figures.draw import png_of, printed
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.page import page_of

ENDS = ("value", "low", "high")
LOOKED_THROUGH = (
    *("subject", "arm", "penalty", "price", "protocol", "lifelines", "form_id", "epoch"),
    *("position", "puzzle_id", "family", "level", "outcome", "reason", "answer", "key", "is_right"),
    *("confidence", "provenance", "quote", "log", "sample_uuid"),
)
"""Columns of tables/decisions.csv; the Parquet file has all."""

_ONE_NUMBER = re.compile(r'<data value="([^"]*)"[^>]*>[^<]*</data>')
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def write_report(material: Material, path: Path, *, with_files: bool = True) -> Path:
    """Write the page, and beside it figures/ as SVG and PNG and tables/ as CSV.

    Parameters
    ----------
    material : Material
        What is told.
    path : Path
        The page.
    with_files : bool, default True
        Whether figures and tables are written too.
    """
    sections = contents(material)
    drawn = draw(sections)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page_of(material, sections, drawn), encoding="utf-8")
    if with_files:
        write_figures(drawn, path.parent / "figures")
        write_tables(sections, path.parent / "tables")
        write_decisions(material.decisions, path.parent / "tables" / "decisions.csv")
    return path


def write_figures(drawn: dict[str, Drawn], folder: Path) -> None:
    """Write every figure as SVG and as PNG."""
    folder.mkdir(exist_ok=True)
    for name, one in drawn.items():
        svg = printed(one.svg)
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(png_of(svg))


def write_tables(sections: Sequence[Section], folder: Path) -> None:
    """Write every table as CSV, an estimate as three columns."""
    folder.mkdir(exist_ok=True)
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table):
                _write_table(block, folder / f"{block.name}.csv")


def _write_table(table: Table, path: Path) -> None:
    wide = [_is_estimate([row[i] for row in table.rows]) for i in range(len(table.columns))]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            name
            for column, is_wide in zip(table.columns, wide, strict=True)
            for name in ([column, f"{column}, low", f"{column}, high"] if is_wide else [column])
        )
        for row in table.rows:
            writer.writerow(
                part
                for cell, is_wide in zip(row, wide, strict=True)
                for part in _parts(cell, is_wide=is_wide)
            )


def _is_estimate(column: Sequence[Cell]) -> bool:
    return any(isinstance(cell, Node) and isinstance(cell.value, dict) for cell in column)


def _parts(cell: Cell, *, is_wide: bool) -> Iterator[object]:
    if isinstance(cell, Node) and isinstance(cell.value, dict):
        yield from (cell.value[end] for end in ENDS)
        return
    yield _plain(cell)
    if is_wide:
        yield from ("", "")


def _plain(cell: Cell) -> object:
    """Return a cell without markup; a number in full."""
    if isinstance(cell, Node):
        return cell.value
    if not isinstance(cell, Markup):
        return _inert(cell) if isinstance(cell, str) else cell
    number = _ONE_NUMBER.fullmatch(str(cell))
    return unescape(number[1]) if number else _inert(cell.striptags())


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


def write_decisions(decisions: pl.DataFrame, path: Path) -> None:
    """Write the decisions as CSV, texts so that no spreadsheet takes one for a formula."""
    shown = decisions.select(LOOKED_THROUGH)
    text = pl.selectors.string()
    active = text.str.slice(0, 1).is_in(list(_ACTIVE))
    shown.with_columns(
        pl.when(active).then(pl.lit("'") + text).otherwise(text).name.keep()
    ).write_csv(path)
