"""Figures, drawn once: for the page and for the files beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from balk.report.blocks import Figure, Section
from balk.report.figures.draw import dressed, svg_of


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure as a picture.

    Attributes
    ----------
    svg : str
        Without JavaScript.
    spec : dict or None
        As a Vega-Lite chart; None where it is drawn by hand.
    """

    svg: str
    spec: dict[str, Any] | None = None


def draw(sections: Sequence[Section]) -> dict[str, Drawn]:
    """Return the pictures of all figures by name."""
    return {
        block.name: _drawn(block)
        for part in sections
        for block in part.blocks
        if isinstance(block, Figure)
    }


def _drawn(figure: Figure) -> Drawn:
    if figure.chart is None:
        return Drawn(figure.svg)
    spec = dressed(figure.chart)
    return Drawn(svg_of(spec), spec)
