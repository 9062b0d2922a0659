"""Numbers that other parts of balk write beside the exams, shown where they are found.

Each stands in a file of its own name in the folder of results (``answer_key.json``), or under its
own key in summary.json or in one of its subjects.
"""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.blocks import Block, Section
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.listed import listed
from balk.report.shown import foreign


def answer_key(material: Material) -> Section | None:
    """Return what came of the answer-key exam, or None where it was not asked."""
    return _section(material, "answer_key", "Does it claim points it did not earn?")


def deviations(material: Material) -> Section | None:
    """Return where the study left its plan, or None where no plan was locked."""
    found = _section(material, "lock", "The plan, and what left it")
    return found or _section(material, "deviations", "The plan, and what left it")


def _section(material: Material, name: str, title: str) -> Section | None:
    blocks: list[Block] = [
        table
        for i, (caption, node) in enumerate(_found(material, name), start=1)
        if (table := listed(f"{name}_{i}", caption, node)) is not None
    ]
    return Section(name.replace("_", "-"), title, blocks) if blocks else None


def _found(material: Material, name: str) -> Iterator[tuple[Markup, Node]]:
    if name in material.others:
        yield Markup("From {}.json").format(name), material.others[name]
    whole = material.summary.get(name)
    if whole:
        yield Markup("All subjects"), whole
    for subject in material.subjects:
        own = subject.get(name)
        if own:
            yield foreign(subject.value["subject"]), own
