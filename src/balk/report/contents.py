"""The order of a careful paper: every section, once."""

from collections.abc import Callable

from balk.report.blocks import Section
from balk.report.material import Material
from balk.report.sections import (
    arms,
    browse,
    checks,
    confidence,
    dose,
    elsewhere,
    failures,
    logs,
    methods,
    one_by_one,
    pairs,
    payoffs,
    reading,
    sheet,
    skips,
    which,
    why,
)

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
    elsewhere.answer_key,
    elsewhere.probes,
    failures.section,
    elsewhere.deviations,
    browse.section,
    logs.section,
    methods.section,
)
"""After the answer, in this order; a section that has nothing to say is left out."""


def contents(material: Material) -> list[Section]:
    """Return the sections that have something to say."""
    made = (make(material) for make in SECTIONS)
    return [section for section in made if section is not None and section.blocks]
