"""What a penalty for a wrong answer, or a price of a lifeline, does to skipping."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.payoff_curve import payoff_curve
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.rows import skip_ends
from balk.report.shown import foreign, label

PAYOFFS = {
    "penalty": "cost of a wrong answer",
    "price": "cost of a lifeline",
}
NOTE = Markup(
    "A penalty is the positive control: where a wrong answer costs points, skipping can pay, and a "
    "subject that heeds payoffs skips more."
)


def section(material: Material) -> Section | None:
    """Return the section, or None where neither was announced."""
    blocks: list[Block] = [
        figure
        for payoff in PAYOFFS
        for protocol in material.protocols
        for figure in _figures(material, payoff, protocol)
    ]
    if not blocks:
        return None
    return Section(
        "payoffs",
        "What a penalty or a price does",
        [*blocks, *_weights(material), Paragraph(NOTE, "note")],
    )


def _figures(material: Material, payoff: str, protocol: str) -> Iterator[Figure]:
    rows = [row for subject in material.subjects for row in _rows(subject, payoff, protocol)]
    if rows:
        caption = Markup(
            "<b>{}</b>: lifelines used in an exam, by {}; as many lifelines offered; bars are 95 % "
            "intervals, clustered by exam."
        ).format(protocol, PAYOFFS[payoff])
        chart = payoff_curve(rows, PAYOFFS[payoff])
        yield Figure(f"{payoff}_{protocol}", caption, _finding(rows), chart)


def _rows(subject: Node, payoff: str, protocol: str) -> list[dict[str, Any]]:
    """Return the points of a subject, at the dose that most costs were announced at."""
    found: dict[int, dict[float, Node]] = {}
    for condition in subject["conditions"].where(protocol=protocol):
        held = condition.value
        is_plain = held["arm"] == "lifelines" and not held["penalty"] and not held["price"]
        is_told = held["lifelines"] and condition.get("skips_per_exam")
        if is_told and held[payoff] is not None and (is_plain or held["arm"] == payoff):
            found.setdefault(held["lifelines"], {})[held[payoff]] = condition
    most = max(found.values(), key=len, default={})
    if len(most) < 2:  # noqa: PLR2004 -- a curve has two points
        return []
    panel = label(subject.value["subject"])
    return [
        {"panel": panel, "points": cost, **skip_ends(condition)}
        for cost, condition in sorted(most.items())
    ]


def _finding(rows: list[dict[str, Any]]) -> str:
    told = []
    for panel in dict.fromkeys(row["panel"] for row in rows):
        own = [row for row in rows if row["panel"] == panel]
        told.append(f"{panel} from {own[0]['skips']:.1f} to {own[-1]['skips']:.1f}")
    return f"Skips in an exam, from no cost to the highest: {', '.join(told)}."


def _weights(material: Material) -> Iterator[Table]:
    """Yield what an announced point weighs, from the joint fit."""
    rows: list[list[Cell]] = []
    for fit in material.fits["subjects"] if material.fits else ():
        weight = fit.get("penalties", "parameters", "penalty_weight")
        if weight:
            rows.append(
                [
                    foreign(fit.value["subject"]),
                    fit.value["protocol"],
                    fit.value["penalties"]["mechanism"].replace("_", " "),
                    fit.value["penalties"]["status"],
                    weight,
                    fit.get("penalties", "derived", "own_penalty"),
                ]
            )
    if rows:
        yield Table(
            "penalty_weights",
            Markup(
                "What an announced point weighs (points under a threshold, logits elsewhere), and "
                "the penalty that it skips by on its own, from a joint fit, with 95 % intervals"
            ),
            ["subject", "protocol", "mechanism", "status", "weight of a point", "own penalty"],
            rows,
            is_folded=True,
        )
