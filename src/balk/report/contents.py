"""The order of a careful paper: every section, once."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from balk.report.blocks import Figure, Section
from balk.report.material import Material
from balk.report.sections import (
    answer_key,
    arms,
    browse,
    checks,
    confidence,
    dose,
    failures,
    lock,
    logs,
    methods,
    one_by_one,
    pairs,
    payoffs,
    probes,
    reading,
    sheet,
    skips,
    which,
    why,
)

if TYPE_CHECKING:
    import altair as alt

SECTIONS: tuple[Callable[[Material], Section | None], ...] = (
    sheet.section,
    pairs.section,
    reading.section,
    skips.section,
    dose.section,
    which.section,
    confidence.section,
    one_by_one.section,
    payoffs.section,
    arms.section,
    why.section,
    checks.section,
    answer_key.section,
    probes.section,
    failures.section,
    lock.section,
    browse.section,
    logs.section,
    methods.section,
)
"""After the answer, in this order; a section that has nothing to say is left out."""

OF_KEYS: tuple[Callable[[Material], Section | None], ...] = (answer_key.section, methods.section)
"""The same, where answer keys were shown and no exam was asked."""


def contents(material: Material) -> list[Section]:
    """Return the sections that have something to say."""
    made = (make(material) for make in (SECTIONS if material.has_exams else OF_KEYS))
    return [section for section in made if section is not None and section.blocks]


def charts(material: Material) -> "dict[str, alt.TopLevelMixin]":
    """Return the charts of a report by name."""
    return {
        block.name: block.chart
        for part in contents(material)
        for block in part.blocks
        if isinstance(block, Figure) and block.chart is not None
    }
