"""How skips grow with the lifelines offered."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Block, Cell, Figure, Paragraph, Section, Table
from balk.report.figures.dose_response import dose_response
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import comparisons_of, dose_response_of
from balk.report.sections.differences import differences_table
from balk.report.sections.rows import skip_ends
from balk.report.sections.words import agreed
from balk.report.shown import foreign, label, number

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
            blocks += [
                _figure(material, protocol, found),
                _table(material, protocol, found),
                *_steps(material, protocol),
            ]
    if not blocks:
        return None
    return Section("dose", "More lifelines, more skips?", [*blocks, Paragraph(NOTE, "note")])


def _responses(material: Material, protocol: str) -> Iterator[tuple[Node, Node]]:
    for subject in material.subjects:
        response = dose_response_of(subject, protocol)
        if response:
            yield subject, response


def _figure(material: Material, protocol: str, found: list[tuple[Node, Node]]) -> Figure:
    rows = [row for pair in found for row in (*_seen(*pair), *_bands(material, *pair))]
    n_exams = [dose["n_exams"] for _, response in found for dose in response["doses"]]
    fewest, most = (pick(n_exams, key=lambda node: node.value) for pick in (min, max))
    exams = number(fewest, 0)
    if fewest.value != most.value:
        exams = Markup("{} to {}").format(exams, number(most, 0))
    caption = Markup(
        "<b>{}</b>: lifelines used in an exam, by lifelines offered; {} {} a point, bars are "
        "95 % intervals clustered by exam. Shaded, where mechanisms were fitted: where 95 % of "
        "replicates of as many exams lie under the best mechanism of each kind."
    ).format(protocol, exams, agreed(most.value, "exam", "exams"))
    return Figure(f"dose_{protocol}", caption, _finding(found), dose_response(rows))


def _seen(subject: Node, response: Node) -> Iterator[dict[str, Any]]:
    for dose in response["doses"]:
        if dose.get("skips_per_exam"):
            yield {
                "panel": label(subject.value["subject"]),
                "lifelines": dose.value["lifelines"],
                **skip_ends(dose),
            }


def _bands(material: Material, subject: Node, response: Node) -> Iterator[dict[str, Any]]:
    fit = material.fit(subject.value["subject"], response.value["protocol"])
    for cell in fit.value["cells"] if fit else ():
        for row in cell.get("dose_curve") or ():
            yield {
                "panel": label(subject.value["subject"]),
                "lifelines": row["lifelines"],
                "law": cell["mechanism"].split(" x ")[0].replace("_", " "),
                "band_low": row["skips"]["low"],
                "band_high": row["skips"]["high"],
            }


def _finding(found: list[tuple[Node, Node]]) -> str:
    told = [
        f"{label(subject.value['subject'])} "
        + ", ".join(
            f"{dose['skips_per_exam']['value']:.1f} at {dose['lifelines']}"
            for dose in response.value["doses"]
            if dose["skips_per_exam"]
        )
        for subject, response in found
    ]
    return f"Skips in an exam by lifelines offered: {'; '.join(told)}."


def _table(material: Material, protocol: str, found: list[tuple[Node, Node]]) -> Table:
    doses = sorted({dose["lifelines"] for _, response in found for dose in response.value["doses"]})
    rows: list[list[Cell]] = []
    for subject, response in found:
        by_dose = {dose.value["lifelines"]: dose for dose in response["doses"]}
        skips = [by_dose[dose].get("skips_per_exam") if dose in by_dose else None for dose in doses]
        name = subject.value["subject"]
        span = _span(material, protocol, name)
        rows.append([foreign(name), *skips, span, response.get("slope"), _p(response)])
    return Table(
        f"dose_{protocol}",
        Markup("{}: skips in an exam, by lifelines offered, with 95 % intervals").format(protocol),
        ["subject", *map(str, doses), "most less fewest", "log-log slope", "p of proportional use"],
        rows,
    )


def _span(material: Material, protocol: str, subject: str) -> Cell:
    """Return skips with the most lifelines less those with the fewest, on the same questions."""
    wanted = {"arm": "lifelines", "protocol": protocol, "subject": subject}
    found = comparisons_of(material, "dose_range", measure="skips_per_exam", **wanted)
    return next((node["estimate"] for node in found), None)


def _steps(material: Material, protocol: str) -> Iterator[Table]:
    wanted = {"arm": "lifelines", "protocol": protocol}
    names = ("dose_range", "doses")
    found = [node for name in names for node in comparisons_of(material, name, **wanted)]
    if found:
        caption = Markup(
            "{}: the most lifelines less the fewest, then each number of lifelines less the next "
            "lower one, on the same questions"
        ).format(protocol)
        yield differences_table(f"dose_steps_{protocol}", caption, found, is_against_doses=True)


def _p(response: Node) -> Cell:
    p = response.get("proportional", "p")
    return number(p, 4) if p else None
