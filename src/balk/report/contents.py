"""The order of a careful paper: every section, once."""

from collections.abc import Callable

from balk.report.blocks import Section
from balk.report.material import Material
from balk.report.sections import dose, failures, logs, methods, reading, sheet, skips, why

SECTIONS: tuple[Callable[[Material], Section | None], ...] = (
    sheet.section,
    reading.section,
    skips.section,
    dose.section,
    why.section,
    failures.section,
    logs.section,
    methods.section,
)
"""After the answer, in this order; a section that has nothing to say is left out."""


def contents(material: Material) -> list[Section]:
    """Return the sections that have something to say."""
    made = (make(material) for make in SECTIONS)
    return [section for section in made if section is not None and section.blocks]
