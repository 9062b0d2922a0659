"""Whether the preferred mechanism could have produced what was seen."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Section, Table
from balk.report.figures.checks import checks
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.words import agreed
from balk.report.shown import foreign, label, number

STILL = 1e-9


def section(material: Material) -> Section | None:
    """Return the section, or None where no mechanism was checked."""
    fits = [
        fit for fit in (material.fits["subjects"] if material.fits else ()) if fit.get("checks")
    ]
    rows = [row for fit in fits for row in _statistics(fit)]
    if not rows:
        return None
    caption = Markup(
        "<b>Replicates of the exams</b>, drawn from the mechanism preferred: each tick is one "
        "statistic of the exams, such as mean skips at a dose, against the range that holds 95 % "
        "of replicates. Of many ticks a few lie outside by chance; the p of the table counts that."
    )
    odd = sorted({row["fit"] for row in rows if abs(row["place"]) > 1})
    finding = f"Statistics outside their range: {'; '.join(odd) or 'none'}."
    blocks: list[Block] = [
        Figure("checks", caption, finding, checks(rows)),
        Table(
            "checks",
            Markup("Checks, and doses that were held out of the fit"),
            ["subject", "protocol", "mechanism", "p", "oddest statistic", "held out"],
            [_row(fit) for fit in fits],
            is_folded=True,
        ),
    ]
    return Section("checks", "Could it have produced what was seen?", blocks)


def _statistics(fit: Node) -> Iterator[dict[str, Any]]:
    for one in fit.value["checks"]["statistics"]:
        if None not in one.values() and one["high"] - one["low"] > STILL:
            middle, half = (one["low"] + one["high"]) / 2, (one["high"] - one["low"]) / 2
            yield {
                "fit": f"{label(fit.value['subject'])}, {fit.value['protocol']}",
                "statistic": one["name"],
                "place": (one["seen"] - middle) / half,
                **{key: one[key] for key in ("seen", "low", "high")},
            }


def _row(fit: Node) -> list[Cell]:
    return [
        foreign(fit.value["subject"]),
        fit.value["protocol"],
        fit.value["verdict"]["mechanism"].replace("_", " "),
        number(fit["checks"]["p"], 3),
        fit.value["checks"]["oddest"] or "none",
        _held_out(fit),
    ]


def _held_out(fit: Node) -> Cell:
    told = [
        Markup("{} {}: {} skips predicted, {} seen, p {}").format(
            number(one["dose"], 0),
            agreed(one.value["dose"], "lifeline", "lifelines"),
            number(one["predicted"], 1),
            number(one["seen"], 1),
            number(one["p"], 3),
        )
        for one in fit["held_out"]
    ]
    return Markup("; ").join(told) if told else None
