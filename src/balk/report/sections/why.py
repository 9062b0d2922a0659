"""Which mechanism predicts the skips best, and how sure one can be."""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Paragraph, Section, Table
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.shown import foreign, number

BEST = 6
"""Mechanisms of each subject that are listed; fits.json has all."""


def section(material: Material) -> Section:
    """Return the section."""
    if material.fits is None:
        text = Markup(
            "Mechanisms were not fitted. <code>balk fit {}</code> compares them, and the next "
            "report has the verdicts."
        ).format(material.name)
        return Section("why", "Why does it skip?", [Paragraph(text)])
    blocks: list[Block] = [
        Paragraph(
            Markup("<b>{}, {}.</b> {}").format(
                foreign(fit.value["subject"]), fit.value["protocol"], fit.value["words"]
            )
        )
        for fit in material.fits["subjects"]
    ]
    rows = [row for fit in material.fits["subjects"] for row in _rows(fit)]
    table = Table(
        "mechanisms",
        Markup(
            "The {} best mechanisms of each subject: nats behind the best, with standard error "
            "over exams and items"
        ).format(BEST),
        ["subject", "protocol", "cell", "how many x which", "nats behind", "se", "parameters"],
        rows,
    )
    return Section("why", "Why does it skip?", [*blocks, table])


def _rows(fit: Node) -> Iterator[list[Cell]]:
    for cell in list(fit["cells"])[:BEST]:
        yield [
            foreign(fit.value["subject"]),
            fit.value["protocol"],
            cell.value["cell"],
            cell.value["mechanism"].replace("_", " "),
            number(cell["behind"], 1),
            number(cell["behind_se"], 1),
            number(cell["n_parameters"], 0),
        ]
