"""What a section of a report holds: paragraphs, figures and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from balk.report.nodes import Node

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of finished markup."""

    text: Markup
    kind: str = ""
    """Class in the page; ``note`` for what is said in small print."""
    summary: Markup | None = None
    """What is seen of a paragraph that is opened by a click."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption.

    Attributes
    ----------
    name : str
        Of its files, and its place in the page.
    caption : Markup
        What is shown, with units, n and kind of interval.
    finding : str
        What the picture shows, in a sentence, for those who do not see it.
    chart : altair chart or None
        The picture as a chart, which may be restyled; None where it is drawn by hand.
    svg : str
        The picture as a file; empty where the chart is drawn into it.
    body : Markup or None
        What the page shows in place of it, such as panels that wrap on a narrow screen.
    """

    name: str
    caption: Markup
    finding: str
    chart: "alt.TopLevelMixin | None" = None
    svg: str = ""
    body: Markup | None = None


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
    decimals : int or None
        Digits after the point of numbers that have no interval; None for two.
    is_folded : bool
        Whether it is opened by a click, where a figure shows the same.
    """

    name: str
    caption: Markup
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    percents: frozenset[str] = frozenset()
    decimals: int | None = None
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Browser:
    """A table of decisions that is made in the page, a part at a time.

    Attributes
    ----------
    name : str
        Its place in the page.
    caption : Markup
        What the rows are, and how many.
    """

    name: str
    caption: Markup


Block = Paragraph | Figure | Table | Browser


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
