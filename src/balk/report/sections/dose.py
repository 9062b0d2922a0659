"""How skips grow with the lifelines offered."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.dose_response import dose_response
from balk.report.figures.draw import dressed, svg_of
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.shown import foreign, number

NOTE = Markup(
    "A slope of 1 is use in proportion to the offer, 0 is use that the offer does not touch. A "
    "slope above 0 refutes nothing by itself: a fixed threshold that few lifelines cut short has "
    "one too."
)


def section(material: Material) -> Section | None:
    """Return the section, or None where no subject was offered lifelines."""
    blocks: list[Block] = []
    for protocol in material.protocols:
        found = list(_responses(material, protocol))
        if found:
            blocks += [_figure(material, protocol, found), _table(protocol, found)]
    if not blocks:
        return None
    return Section("dose", "More lifelines, more skips?", [*blocks, Paragraph(NOTE, "note")])


def _responses(material: Material, protocol: str) -> Iterator[tuple[Node, Node]]:
    for subject in material.subjects:
        response = subject["dose_response"].first(
            arm="lifelines", penalty=0.0, price=0.0, protocol=protocol
        )
        if response:
            yield subject, response


def _figure(material: Material, protocol: str, found: list[tuple[Node, Node]]) -> Figure:
    rows = [row for pair in found for row in _rows(material, *pair)]
    spec = dressed(dose_response(rows))
    n_exams = {dose.value["n_exams"] for _, response in found for dose in response["doses"]}
    exams = "to ".join(f"{n} " for n in sorted({min(n_exams), max(n_exams)}))
    caption = Markup(
        "<b>{}</b>: lifelines used in an exam, by lifelines offered; {}exams a point, bars are "
        "95 % intervals clustered by exam. Shaded: where 95 % of replicates of the preferred "
        "mechanism lie, where one was fitted."
    ).format(protocol, exams)
    return Figure(f"dose_{protocol}", svg_of(spec), caption, _finding(found), spec)


def _rows(material: Material, subject: Node, response: Node) -> Iterator[dict[str, Any]]:
    name = subject.value["subject"]
    fit = material.fit(name, response.value["protocol"])
    curve = fit.value.get("price_curve") or [] if fit else []
    bands = {round(one["lifelines"]): one["skips"] for one in curve if one.get("skips")}
    for dose in response.value["doses"]:
        skips, band = dose["skips_per_exam"], bands.get(dose["lifelines"], {})
        if skips:
            yield {
                "panel": name,
                "lifelines": dose["lifelines"],
                "skips": skips["value"],
                "low": skips["low"],
                "high": skips["high"],
                "band_low": band.get("low"),
                "band_high": band.get("high"),
            }


def _finding(found: list[tuple[Node, Node]]) -> str:
    told = [
        f"{subject.value['subject']} "
        + ", ".join(
            f"{dose['skips_per_exam']['value']:.1f} at {dose['lifelines']}"
            for dose in response.value["doses"]
            if dose["skips_per_exam"]
        )
        for subject, response in found
    ]
    return f"Skips in an exam by lifelines offered: {'; '.join(told)}."


def _table(protocol: str, found: list[tuple[Node, Node]]) -> Table:
    doses = sorted({dose["lifelines"] for _, response in found for dose in response.value["doses"]})
    rows: list[list[Cell]] = []
    for subject, response in found:
        by_dose = {dose.value["lifelines"]: dose for dose in response["doses"]}
        skips = [by_dose[dose].get("skips_per_exam") if dose in by_dose else None for dose in doses]
        rows.append(
            [foreign(subject.value["subject"]), *skips, response.get("slope"), _p(response)]
        )
    return Table(
        f"dose_{protocol}",
        Markup("{}: skips in an exam, by lifelines offered, with 95 % intervals").format(protocol),
        ["subject", *map(str, doses), "log-log slope", "p of proportional use"],
        rows,
    )


def _p(response: Node) -> Cell:
    p = response.get("proportional", "p")
    return number(p, 3) if p else None
