"""How it was done, with what, how to do it again and how to cite it."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Paragraph, Section, Table
from balk.report.material import Material
from balk.report.shown import foreign

TOLD = Markup(
    "An exam is the unit of replication and of clustering. Every condition asks the same forms, "
    "so that conditions are compared question by question. A right answer earns one point; wrong "
    "answers and lifelines cost what the condition says, by default nothing. A reply that cannot "
    "be read never becomes an attempt, a wrong answer or a skip. A skip forgoes a chance to gain; "
    "it says nothing about feelings."
)
SETTINGS = ("persona", "interface", "temperature", "max_tokens", "model_args")


def section(material: Material) -> Section:
    """Return the section."""
    facts: list[list[Cell]] = [[name, foreign(value)] for name, value in material.facts.items()]
    blocks: list[Block] = [
        Paragraph(TOLD),
        *_subjects(material),
        Table("methods", Markup("Versions, origin and cost"), ["what", "value"], facts),
        *_again(material),
        Paragraph(_citation(material)),
    ]
    return Section("methods", "Methods", blocks)


def _subjects(material: Material) -> Iterator[Table]:
    rows = [_settings(subject) for subject in material.study.get("subjects", ())]
    if rows:
        yield Table(
            "subjects",
            Markup("Who was asked, with which settings"),
            ["model", *(name.replace("_", " ") for name in SETTINGS)],
            rows,
        )


def _settings(subject: dict[str, Any]) -> list[Cell]:
    return [foreign(str(subject["model"])), *(_setting(subject.get(name)) for name in SETTINGS)]


def _setting(value: object) -> Cell:
    return None if value in (None, {}) else foreign(str(value))


def _again(material: Material) -> Iterator[Paragraph]:
    if material.commands:
        lines = Markup("<br>").join(
            Markup("<code>{}</code>").format(one) for one in material.commands
        )
        yield Paragraph(
            Markup("<b>To do it again</b>, in the folder above this one: <br>{}").format(lines)
        )


def _citation(material: Material) -> Markup:
    version = material.facts.get("balk", "")
    return Markup(
        "<b>To cite it</b>: <code>The balk maintainers. balk, version {}, study {}.</code>"
    ).format(version, material.facts.get("study", material.name))
