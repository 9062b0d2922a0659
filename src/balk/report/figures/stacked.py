"""Shares of a whole as bars side by side, a row a subject, each named where it has room."""

from collections.abc import Iterator, Mapping
from typing import Any

import altair as alt

from balk.report.figures.panels import Rows, frame, tip

WIDTH = 460
STEP = 26
CHAR = 6.6
"""Width of a letter of a label, in pixels."""

LIGHT, DARK = "#ffffff", "#1c2126"
READABLE = 0.18
"""Luminance of a colour below which white is read better on it than black."""


def stacked(
    rows: Rows, title: str, colours: Mapping[str, str], *, most: float = 1.0
) -> alt.LayerChart | alt.FacetChart:
    """Return the chart: a bar a row, its parts in the order of their colours.

    Parameters
    ----------
    rows : sequence of mapping
        `row`, `part`, `share` (0 to 1) and `n`, how many that is.
    title : str
        What the whole is.
    colours : mapping of str to str
        Part -> its colour.
    most : float, default 1
        Where the scale ends.
    """
    placed = list(_placed(rows, colours, most))
    base = alt.Chart(
        frame(placed, ("row", "part", "told", "ink"), ("start", "end", "middle", "share", "n"))
    )
    named = {row["part"] for row in placed if row["part"] in row["told"]}
    held = [part for part in colours if any(row["part"] == part for row in placed)]
    legend = None if named >= set(held) else alt.Legend(title=None)
    y = alt.Y("row:N", title=None, sort=None, axis=alt.Axis(labelLimit=260, ticks=False))
    x = alt.X(
        "start:Q",
        title=title,
        scale=alt.Scale(domain=[0, most]),
        axis=alt.Axis(format="%", tickCount=5),
    )
    bars = base.mark_bar(height=STEP - 8).encode(
        x=x,
        x2="end:Q",
        y=y,
        color=alt.Color(
            "part:N",
            scale=alt.Scale(domain=held, range=[colours[part] for part in held]),
            legend=legend,
        ),
        tooltip=[
            tip("row", "subject", ""),
            tip("part", "what", ""),
            tip("share", "share", ".1%"),
            tip("n", "how many", ".0f"),
        ],
    )
    labels = base.mark_text(fontSize=11).encode(
        x="middle:Q", y=y, text="told:N", color=alt.Color("ink:N", scale=None)
    )
    return alt.layer(bars, labels, width=WIDTH, height=alt.Step(STEP))


def _placed(rows: Rows, colours: Mapping[str, str], most: float) -> Iterator[dict[str, Any]]:
    """Yield each part with where it begins and ends, and what is written on it."""
    for name in dict.fromkeys(row["row"] for row in rows):
        end = 0.0
        parts = {row["part"]: row for row in rows if row["row"] == name}
        for part in (one for one in colours if one in parts):
            start, end = end, end + parts[part]["share"]
            yield {
                **parts[part],
                "start": start,
                "end": end,
                "middle": (start + end) / 2,
                "told": _told(part, end - start, most),
                "ink": LIGHT if _luminance(colours[part]) < READABLE else DARK,
            }


def _told(part: str, share: float, most: float) -> str:
    """Return name and share of a part, or as much of them as it has room for."""
    room = share / most * WIDTH / CHAR
    percent = f"{share:.0%}"
    return next((told for told in (f"{part} {percent}", percent) if len(told) + 1 < room), "")


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1, as WCAG defines it."""
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)  # noqa: PLR2004 -- the definition's
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
