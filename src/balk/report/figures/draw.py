"""Altair chart -> what a page and a file hold: the chart as data, as SVG and as PNG."""

import re
from typing import Any

import altair as alt

from balk.report.figures.palette import FONT, INK
from balk.report.figures.slim import slim

_PLACES = re.compile(r' (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"')
_LONG = re.compile(r"-?\d+\.\d{2,}")
"""Places are told to a tenth of a pixel: half the size, and nobody sees it."""

FAINT = "#88888844"
PRINTED = "#1c2126"
"""What stands for `INK` in a file, which has no page to take it from."""
TITLE_SIZE = 12


def dressed(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart as Vega-Lite data in the report's style, on any background."""
    text = {"labelColor": INK, "titleColor": INK, "labelFont": FONT, "titleFont": FONT}
    spec: dict[str, Any] = chart.to_dict()
    own = spec.get("config", {})
    spec["background"] = None
    spec["config"] = {
        "font": FONT,
        "view": {"stroke": FAINT},
        "axis": text
        | {"gridColor": FAINT, "domainColor": INK, "tickColor": INK, "titleFontWeight": "normal"}
        | {"labelFontSize": 11, "titleFontSize": TITLE_SIZE},
        "header": text | {"titleFontSize": TITLE_SIZE, "labelFontSize": TITLE_SIZE},
        "legend": text | {"titleFontWeight": "normal", "orient": "bottom", "columns": 3},
        "title": {"color": INK, "font": FONT, "fontWeight": "normal", "anchor": "start"},
        "text": {"color": INK, "font": FONT},
        "rule": {"color": INK},
        "mark": {"invalid": "show"},  # nothing is null that is drawn: no layer filters for itself
    }
    spec["config"] |= {key: value for key, value in own.items() if key not in spec["config"]}
    return spec


def svg_of(spec: dict[str, Any]) -> str:
    """Return a chart as SVG that is silent to screen readers.

    What it shows is told by the figure's own text, once, in the place of a label on every mark.
    """
    import vl_convert  # a large library, wanted only where something is drawn

    quiet = spec | {"config": spec["config"] | {"aria": False}}
    svg: str = vl_convert.vegalite_to_svg(quiet)
    return slim(_PLACES.sub(lambda found: _LONG.sub(_short, found[0]), svg))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def printed(svg: str) -> str:
    """Return an SVG that stands alone, in the ink of a page."""
    return svg.replace(INK, PRINTED)


def png_of(svg: str, scale: float = 2.0) -> bytes:
    """Return an SVG as a PNG picture on white."""
    import vl_convert

    on_white = svg.replace("<svg ", '<svg style="background: white" ', 1)
    png: bytes = vl_convert.svg_to_png(on_white, scale=scale)
    return png
