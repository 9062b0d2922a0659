"""Skips and points given away in every condition."""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.blocks import Cell, Paragraph, Section, Table
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.answer import condition_of
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, number

NOTE = Markup(
    "Points given away: points without lifelines less points with them, on the same questions. "
    "Points forgone: what the skipped questions would have earned, by how often the subject gets "
    "each right without lifelines. Intervals are 95 %, clustered by exam, and for points by puzzle "
    "too; where nothing was seen, the bound is exact at the level of exams."
)
COLUMNS = (
    *("subject", "condition", "exams", "skips an exam", "exams with a skip", "exams using all"),
    *("points given away", "points forgone"),
)


def section(material: Material) -> Section | None:
    """Return the section, or None where no lifeline was offered."""
    rows = [row for subject in material.subjects for row in _rows(subject)]
    if not rows:
        return None
    table = Table(
        "skips",
        Markup("Conditions with lifelines"),
        COLUMNS,
        rows,
        percents=frozenset({"exams with a skip", "exams using all"}),
    )
    return Section("skips", "Skips and points", [table, Paragraph(NOTE, "note")])


def _rows(subject: Node) -> Iterator[list[Cell]]:
    for contrast in subject["contrasts"]:
        condition = condition_of(subject, contrast)
        yield [
            foreign(subject.value["subject"]),
            condition_words(condition.value),
            number(condition["n_exams"], 0),
            condition.get("skips_per_exam"),
            condition.get("share_with_skip"),
            condition.get("share_using_all"),
            contrast.get("net_points_given_away"),
            contrast.get("forgone_points", "estimate"),
        ]
