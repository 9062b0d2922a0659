"""A subject at a glance: a few numbers with their intervals, small enough to stand in a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 210, 78
LEFT, RIGHT, TOP, BOTTOM = 0, 24, 10, 15


@dataclass(frozen=True, slots=True)
class Point:
    """A number with its interval, such as skips in an exam at a number of lifelines.

    Attributes
    ----------
    name : str
        What stands below it.
    told : str
        The number as it is written beside it.
    value, low, high : float
        Where it is drawn.
    """

    name: str
    told: str
    value: float
    low: float
    high: float


def dose_strip(points: Sequence[Point], most: float, finding: str) -> Markup:
    """Return the strip as SVG in the page's colours.

    Parameters
    ----------
    points : sequence of Point
        From left to right, such as from few lifelines to many.
    most : float
        Top of the scale, the same for all strips of a report.
    finding : str
        What is to be seen, for those who do not see it.
    """
    floor = HEIGHT - BOTTOM
    marks = [f'<path class="floor" d="M0 {floor}h{WIDTH}"/>']
    for i, point in enumerate(points):
        x = LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / len(points)
        low, y, high = (
            _height(one, most) for one in (point.low, point.value, min(point.high, most))
        )
        marks += [
            f'<path class="bar" d="M{x:.1f} {low:.1f}V{high:.1f}"/>',
            f'<path class="mean" d="M{x - 7:.1f} {y:.1f}h14"/>',
            f'<text x="{x + 11:.1f}" y="{min(y + 4, floor - 3):.1f}">{escape(point.told)}</text>',
            f'<text class="dose" x="{x:.1f}" y="{HEIGHT - 3}">{escape(point.name)}</text>',
        ]
    return Markup(
        '<svg class="strip" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-label="{finding}">{marks}</svg>'
    ).format(w=WIDTH, h=HEIGHT, finding=finding, marks=Markup("".join(marks)))  # noqa: S704 -- numbers


def _height(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - max(value, 0) / most * (HEIGHT - TOP - BOTTOM)
