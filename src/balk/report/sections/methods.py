"""How it was done, with what, how to do it again and how to cite it."""

from markupsafe import Markup

from balk.report.blocks import Cell, Paragraph, Section, Table
from balk.report.material import Material

TOLD = Markup(
    "An exam is the unit of replication and of clustering. Every condition asks the same forms, "
    "so that conditions are compared question by question. A right answer earns one point; wrong "
    "answers and lifelines cost what the condition says, by default nothing. A reply that cannot "
    "be read never becomes an attempt, a wrong answer or a skip. A skip forgoes a chance to gain; "
    "it says nothing about feelings."
)


def section(material: Material) -> Section:
    """Return the section."""
    rows: list[list[Cell]] = [[name, value] for name, value in material.facts.items()]
    return Section(
        "methods",
        "Methods",
        [Paragraph(TOLD), Table("methods", Markup("Versions and origin"), ["what", "value"], rows)],
    )
