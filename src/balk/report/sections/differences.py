"""Comparisons as rows of a chart and of a table."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Cell, Table
from balk.report.nodes import Node
from balk.report.sections.rows import ends
from balk.report.sections.words import agreed, arm_words
from balk.report.shown import foreign, label, number

MEASURES = {
    "skips_per_exam": "skips an exam",
    "points_given_away_per_exam": "points given away",
}
VERDICTS = {
    "equivalent": "shown to be small",
    "different": "different",
    "undecided": "open",
}
"""Verdict of an equivalence test -> the same in words."""

SIGNS = {"+": "more", "0": "as many", "-": "fewer"}
"""Sign of a difference in skips -> the same in words."""

COLUMNS = (
    *("subject", "condition", "of", "pairs of exams", "difference", "p", "p (Holm)"),
    "is it small?",
)


def difference_row(node: Node, row: str) -> dict[str, Any]:
    """Return a comparison as a row of a chart, under its subject."""
    return {"panel": label(node.value["subject"]), "row": row} | ends(node["estimate"])


def differences_table(
    name: str, caption: Markup, found: Sequence[Node], *, is_against_doses: bool = False
) -> Table:
    """Return comparisons as a table that is opened by a click.

    Parameters
    ----------
    name, caption, found
        Of the table, and its rows.
    is_against_doses : bool, default False
        Whether the two sides differ in lifelines, so that both have to be told.
    """
    rows = [_row(node, against=_against(node) if is_against_doses else "") for node in found]
    return Table(name, caption, COLUMNS, rows, is_folded=True)


def _against(node: Node) -> str:
    return f" less {doses_words(node.value['reference']['lifelines'])}"


def doses_words(lifelines: Sequence[int | None]) -> str:
    """Return numbers of lifelines in words, several where they are pooled."""
    if not any(lifelines):
        return "no lifelines"
    told = ", ".join("none" if one is None else str(one) for one in lifelines)
    is_one = list(lifelines) == [1]
    return f"{told} {agreed(1 if is_one else 0, 'lifeline', 'lifelines')}"


def side_words(side: dict[str, Any]) -> str:
    """Return arm, lifelines and protocol of a side of a comparison."""
    parts = [arm_words(side), doses_words(side["lifelines"]), side["protocol"]]
    return ", ".join(part for part in parts if part)


def seen(node: Node) -> str:
    """Return whether a comparison shows more skips, as many or fewer, or leaves that open."""
    if node.value["estimate"]["low"] > 0:
        return SIGNS["+"]
    if node.value["estimate"]["high"] < 0:
        return SIGNS["-"]
    is_small = (node.value["equivalence"] or {}).get("verdict") == "equivalent"
    return SIGNS["0"] if is_small else "open"


def _row(node: Node, *, against: str) -> list[Cell]:
    p, adjusted = node.get("p"), node.get("p_holm")
    return [
        foreign(node.value["subject"]),
        side_words(node.value) + against,
        MEASURES[node.value["measure"]],
        number(node["n_pairs"], 0),
        node["estimate"],
        number(p, 4) if p else None,
        number(adjusted, 4) if adjusted else None,
        _small(node),
    ]


def _small(node: Node) -> Cell:
    """Return whether a difference is shown to be small, with the bounds that show it."""
    found = node.get("equivalence")
    if found is None:
        return None
    return Markup("{}: [{}, {}] against a margin of {}").format(
        VERDICTS[found.value["verdict"]],
        number(found["low"], 2),
        number(found["high"], 2),
        number(found["margin"], 1),
    )
