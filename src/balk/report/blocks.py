"""What a section of a report holds: paragraphs, figures and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from balk.report.nodes import Node


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of finished markup."""

    text: Markup
    kind: str = ""
    """Class in the page; ``note`` for what is said in small print."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption.

    Attributes
    ----------
    name : str
        Of its files, and its place in the page.
    svg : str
        The picture without JavaScript.
    caption : Markup
        What is shown, with units, n and kind of interval.
    finding : str
        What the picture shows, in a sentence, for those who do not see it.
    spec : dict or None
        The Vega-Lite chart; None where the picture is drawn without it.
    is_wide : bool
        Whether it may be scrolled sideways on a narrow screen.
    """

    name: str
    svg: str
    caption: Markup
    finding: str
    spec: dict[str, Any] | None = None
    is_wide: bool = False


Cell = str | int | Markup | Node | None
"""A text, a count, markup, a number or estimate of a file, or nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption.

    Attributes
    ----------
    name : str
        Of its file, and its place in the page.
    caption : Markup
        What the rows are, with units.
    columns : sequence of str
        Headings.
    rows : sequence of sequence of Cell
        The first cell of each names the row.
    percents : frozenset of str
        Columns whose shares, 0 to 1, are shown as percentages.
    """

    name: str
    caption: Markup
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    percents: frozenset[str] = frozenset()


Block = Paragraph | Figure | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report.

    Attributes
    ----------
    anchor : str
        Its place in the page.
    title : str
        Its heading.
    blocks : sequence of Block
        What it holds, in order.
    """

    anchor: str
    title: str
    blocks: Sequence[Block]
