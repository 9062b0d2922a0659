"""Sections -> one self-contained HTML file that runs nothing but its own code."""

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from balk.report.blocks import Cell, Figure, Paragraph, Table
from balk.report.contents import contents
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.answer import answers
from balk.report.shown import estimate, foreign, number

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("balk.report", "assets"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
EMBED = "window.vegaEmbed = vegaEmbed;"


def make_page(material: Material) -> str:
    """Return the report as HTML.

    Its policy lets it load nothing and run two scripts, named by their hashes: the chart library
    and the few lines that start it. Charts are data.
    """
    sections = contents(material)
    figures = [block for part in sections for block in part.blocks if isinstance(block, Figure)]
    scripts = [_chart_library(), _asset("page.js")] if any(one.spec for one in figures) else []
    return _TEMPLATES.get_template("page.html.j2").render(
        material=material,
        answers=list(answers(material)),
        prevalence=material.summary.get("prevalence"),
        sections=sections,
        kind=_kind,
        cell=_cell,
        charts=_as_data({one.name: one.spec for one in figures if one.spec}),
        style=Markup(_asset("style.css")),  # noqa: S704 -- our own file
        scripts=[Markup(script) for script in scripts],  # noqa: S704 -- the same
        policy=_policy(scripts),
        estimate=estimate,
        number=number,
        foreign=foreign,
        markup=Markup,
    )


def _kind(block: object) -> str:
    return {Paragraph: "paragraph", Figure: "figure", Table: "table"}[type(block)]


def _cell(cell: Cell, column: str, table: Table) -> Markup:
    is_percent = column in table.percents
    if cell is None:
        return Markup('<span class="none" title="not known">-</span>')
    if isinstance(cell, Node):
        if isinstance(cell.value, dict):
            return estimate(cell, is_percent=is_percent)
        return number(cell, 2, is_percent=is_percent)
    return Markup("{}").format(cell)


def _policy(scripts: list[str]) -> str:
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _as_data(charts: dict[str, Any]) -> Markup:
    """Return charts as JSON that cannot end the element that it stands in."""
    text = json.dumps(charts, ensure_ascii=True, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 -- escaped just now


@cache
def _asset(name: str) -> str:
    return resources.files("balk.report").joinpath("assets", name).read_text().strip()


@cache
def _chart_library() -> str:
    """Return Vega-Embed with all that it needs, as one script."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle(EMBED)
    return bundle.replace("</script", "<\\/script")
