"""Altair chart -> what a page holds: the chart as data, and the same as SVG."""

from typing import Any

import altair as alt

from balk.report.figures.palette import FONT, INK

FAINT = "#88888844"
TITLE_SIZE = 12


def dressed(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart as Vega-Lite data in the report's style, on any background."""
    text = {"labelColor": INK, "titleColor": INK, "labelFont": FONT, "titleFont": FONT}
    spec: dict[str, Any] = chart.to_dict()
    spec["background"] = None
    spec["config"] = {
        "font": FONT,
        "view": {"stroke": FAINT},
        "axis": text
        | {"gridColor": FAINT, "domainColor": INK, "tickColor": INK, "titleFontWeight": "normal"},
        "header": text | {"titleFontSize": TITLE_SIZE, "labelFontSize": TITLE_SIZE},
        "legend": text | {"titleFontWeight": "normal"},
        "title": {"color": INK, "font": FONT, "fontWeight": "normal", "anchor": "start"},
        "text": {"color": INK, "font": FONT},
    }
    return spec


def svg_of(spec: dict[str, Any]) -> str:
    """Return a chart as SVG that scales with its column and is silent to screen readers.

    What it shows is told by the figure's own text, once, in the place of a label on every mark.
    """
    import vl_convert  # a large library, wanted only where something is drawn

    quiet = spec | {"config": spec["config"] | {"aria": False}}
    svg: str = vl_convert.vegalite_to_svg(quiet)
    return svg


def png_of(svg: str, scale: float = 2.0) -> bytes:
    """Return an SVG as a PNG picture on white."""
    import vl_convert

    png: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return png
