"""Which mechanism predicts the skips best, and how sure one can be."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.ranking import ranking
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.verdict import verdict
from balk.report.shown import foreign, label, number

MOST_WORDS = 20_000
"""Characters of a verdict in words; it names the subject, who may be called anything."""


def section(material: Material) -> Section:
    """Return the section."""
    if material.fits is None:
        text = Markup(
            "Mechanisms were not fitted. <code>balk fit {}</code> compares them, and the next "
            "report has the verdicts."
        ).format(material.name)
        return Section("why", "Why does it skip?", [Paragraph(text)])
    fits = list(material.fits["subjects"])
    blocks: list[Block] = [_words(fit) for fit in fits]
    ranked = [row for fit in fits for row in _ranked(fit)]
    if ranked:
        blocks.append(_figure(ranked))
    table = Table(
        "mechanisms",
        Markup("All mechanisms: nats behind the best, with standard error over exams and items"),
        ["subject", "protocol", "cell", "how many x which", "nats behind", "se", "parameters"],
        [row for fit in fits for row in _rows(fit)],
        is_folded=True,
    )
    return Section("why", "Why does it skip?", [*blocks, table])


def _words(fit: Node) -> Paragraph:
    """Return the verdict in a line, which opens into the paragraph that `balk fit` prints."""
    name = Markup("{}, {}").format(foreign(fit.value["subject"]), fit.value["protocol"])
    summary = Markup("{}: {}").format(name, verdict(fit))
    return Paragraph(foreign(fit.value["words"], MOST_WORDS), summary=summary)


def _figure(rows: list[dict[str, Any]]) -> Figure:
    caption = Markup(
        "How far each mechanism is <b>behind the best</b> in predicting exams it has not seen "
        "(nats); bars are two standard errors over exams and items to each side. A mechanism is "
        "declared only where every rival's bar is clear of 0."
    )
    best = [f"{row['panel']}: {row['mechanism']}" for row in rows if row["behind"] == 0]
    return Figure("ranking", caption, f"Best: {'; '.join(best)}.", ranking(rows))


def _ranked(fit: Node) -> Iterator[dict[str, Any]]:
    for cell in fit.value["cells"]:
        yield {
            "panel": f"{label(fit.value['subject'])}, {fit.value['protocol']}",
            "mechanism": cell["mechanism"].replace("_", " "),
            "law": cell["mechanism"].split(" x ")[0].replace("_", " "),
            "behind": cell["behind"],
            "low": max(cell["behind"] - 2 * cell["behind_se"], 0.0),
            "high": cell["behind"] + 2 * cell["behind_se"],
        }


def _rows(fit: Node) -> Iterator[list[Cell]]:
    for cell in fit["cells"]:
        yield [
            foreign(fit.value["subject"]),
            fit.value["protocol"],
            cell.value["cell"],
            cell.value["mechanism"].replace("_", " "),
            number(cell["behind"], 1),
            number(cell["behind_se"], 1),
            number(cell["n_parameters"], 0),
        ]
