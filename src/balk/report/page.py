"""Sections -> one self-contained HTML file that runs nothing but its own code."""

import base64
import hashlib
import json
import shlex
from collections.abc import Sequence
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

from balk.report.blocks import Browser, Cell, Figure, Paragraph, Section, Table
from balk.report.chosen import chosen_rows
from balk.report.contents import contents
from balk.report.drawn import Drawn, draw
from balk.report.embedded import embedded, packed
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.head import answers, lead
from balk.report.sections.sheet import panels
from balk.report.shown import MOST_CHARS, estimate, foreign, label, number

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("balk.report", "assets"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
SCRIPTS = ("decisions", "charts", "sheet", "table")
"""Files of scripts, in the order that they run in."""

EMBED = "window.vegaEmbed = vegaEmbed;"
KINDS = {Paragraph: "paragraph", Figure: "figure", Table: "table", Browser: "browser"}


def make_page(material: Material) -> str:
    """Return the report as HTML.

    Its policy lets it load nothing and run only its own scripts, named by their hashes: the chart
    library, unpacked when the first chart comes into view, and the few lines that start charts,
    sheets and the table. All else is data.
    """
    return page_of(material, contents(material))


def page_of(
    material: Material, sections: Sequence[Section], drawn: dict[str, Drawn] | None = None
) -> str:
    """Return the page of some sections; `drawn` are their figures, where that is done already."""
    drawn = drawn or draw(sections)
    charts = {name: one.spec for name, one in drawn.items() if one.spec}
    library = _chart_library() if charts else ""
    scripts = [_asset(f"{name}.js") for name in SCRIPTS if charts or name != "charts"]
    return _TEMPLATES.get_template("page.html.j2").render(
        material=material,
        lead=list(lead(material)),
        answers=list(answers(material)),
        sections=sections,
        drawn=drawn,
        kind=lambda block: KINDS[type(block)],
        cell=_cell,
        is_text=_is_text,
        chosen_rows=chosen_rows,
        charts=packed(json.dumps(charts, separators=(",", ":"))) if charts else "",
        library=_packed_library() if charts else "",
        decisions=embedded(
            material.held,
            material.stems,
            {panel.name: panel.indices() for panel in panels(material)},
        ),
        style=Markup(_asset("style.css")),  # noqa: S704 -- our own file
        scripts=[Markup(script) for script in scripts],  # noqa: S704 -- the same
        policy=_policy([library, *scripts] if charts else scripts),
        estimate=estimate,
        number=number,
        foreign=foreign,
        label=label,
        markup=Markup,
    )


def make_fragment(material: Material, folder: str) -> str:
    """Return the answers alone as HTML that a notebook shows: no script, nothing to load.

    Parameters
    ----------
    material : Material
        What is told.
    folder : str
        Where all else is.
    """
    return _TEMPLATES.get_template("fragment.html.j2").render(
        report=shlex.join(("balk", "report", folder)),
        lead=list(lead(material)),
        answers=list(answers(material)),
        foreign=foreign,
    )


def _cell(cell: Cell, column: str, table: Table) -> Markup:
    is_percent = column in table.percents
    if cell is None:
        return Markup('<span class="none" title="not known">-</span>')
    if isinstance(cell, Node):
        if isinstance(cell.value, dict):
            return estimate(cell, is_percent=is_percent)
        decimals = 2 if table.decimals is None else table.decimals
        return number(cell, decimals, is_percent=is_percent)
    if isinstance(cell, Markup | int) or _is_plain(cell):
        return Markup("{}").format(cell)
    return foreign(cell)


def _is_plain(text: str) -> bool:
    """Return whether a text can be shown as it is: short, all seen, from left to right."""
    return text.isascii() and text.isprintable() and len(text) <= MOST_CHARS


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str) and "<data " not in cell


def _policy(scripts: list[str]) -> str:
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return resources.files("balk.report").joinpath("assets", name).read_text().strip()


@cache
def _chart_library() -> str:
    """Return Vega-Embed with all that it needs, as one script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle(EMBED)
    return bundle.strip()


@cache
def _packed_library() -> str:
    return packed(_chart_library())
