"""Skips and points given away in every condition."""

from collections.abc import Iterator
from typing import Any

import altair as alt
from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.forest import forest
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import condition_of
from balk.report.sections.rows import ends
from balk.report.sections.words import condition_words
from balk.report.shown import foreign, label, number

NOTE = Markup(
    "Points given away: points without lifelines less points with them, on the same questions. "
    "Points forgone: what the skipped questions would have earned, by how often the subject gets "
    "each right without lifelines. Where nothing was seen, the bound is exact at the level of "
    "exams."
)
COLUMNS = (
    *("subject", "condition", "exams", "skips an exam", "exams with a skip", "exams using all"),
    *("points given away", "points forgone"),
)


def section(material: Material) -> Section | None:
    """Return the section, or None where no lifeline was offered."""
    pairs = [(subject, one) for subject in material.subjects for one in subject["contrasts"]]
    if not pairs:
        return None
    table = Table(
        "skips",
        Markup("All numbers of the conditions with lifelines"),
        COLUMNS,
        [_row(*pair) for pair in pairs],
        percents=frozenset({"exams with a skip", "exams using all"}),
        is_folded=True,
    )
    blocks: list[Block] = [_figure(pairs), table, Paragraph(NOTE, "note")]
    return Section("skips", "Skips and points", blocks)


def _figure(pairs: list[tuple[Node, Node]]) -> Figure:
    skips, points = list(_skips(pairs)), list(_points(pairs))
    above = sorted({row["panel"] for row in points if row["low"] > 0})
    left = forest(skips, "skips in an exam")
    is_same = [_named(row) for row in skips] == [_named(row) for row in points]
    right = forest(points, "points given away in an exam", is_labelled=not is_same)
    return Figure(
        "skips",
        Markup(
            "<b>Skips, and points given away, in an exam</b>, by condition; bars are 95 % "
            "intervals, clustered by exam, for points by puzzle too. How many exams each rests "
            "on is in the table below."
        ),
        f"Points given away, beyond the interval, in some condition: "
        f"{', '.join(above) or 'by no subject'}.",
        alt.hconcat(left, right, spacing=28) if points else left,
    )


def _skips(pairs: list[tuple[Node, Node]]) -> Iterator[dict[str, Any]]:
    for subject, contrast in pairs:
        skips = condition_of(subject, contrast).get("skips_per_exam")
        if skips:
            yield _place(subject, contrast) | ends(skips)


def _points(pairs: list[tuple[Node, Node]]) -> Iterator[dict[str, Any]]:
    for subject, contrast in pairs:
        points = contrast.get("net_points_given_away")
        if points:
            yield _place(subject, contrast) | ends(points)


def _named(row: dict[str, Any]) -> tuple[str, str]:
    return row["panel"], row["row"]


def _place(subject: Node, contrast: Node) -> dict[str, Any]:
    return {"panel": label(subject.value["subject"]), "row": condition_words(contrast.value)}


def _row(subject: Node, contrast: Node) -> list[Cell]:
    condition = condition_of(subject, contrast)
    return [
        foreign(subject.value["subject"]),
        condition_words(condition.value),
        number(condition["n_exams"], 0),
        condition.get("skips_per_exam"),
        condition.get("share_with_skip"),
        condition.get("share_using_all"),
        contrast.get("net_points_given_away"),
        contrast.get("forgone_points", "estimate"),
    ]
