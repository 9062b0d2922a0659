"""What stands at the head of a report: of exams, or where there were none, of answer keys."""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.figures.dose_strip import Point, dose_strip
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections import answer, key_claims
from balk.report.sections.answer import Answer
from balk.report.sections.rows import ends
from balk.report.sections.words import in_turn
from balk.report.shown import label, rounded


def lead(material: Material) -> Iterator[Markup]:
    """Yield what is said across subjects."""
    if material.has_exams:
        return answer.lead(material)
    return key_claims.leads(_subjects(material))


def answers(material: Material) -> Iterator[Answer]:
    """Yield what is said of each subject."""
    if material.has_exams:
        return answer.answers(material)
    return map(_of_key, _subjects(material))


def _subjects(material: Material) -> list[Node]:
    return list(material.others["answer_key"]["subjects"])


def _of_key(subject: Node) -> Answer:
    shown = [key_claims.PARTS[part] for part in key_claims.shown_parts(subject)]
    return Answer(
        subject=subject.value["subject"],
        status="declared" if shown else "undecided",
        verdict=_verdict(shown),
        sentences=key_claims.answer(subject),
        strip=_strip(subject),
    )


def _verdict(shown: list[str]) -> Markup:
    if not shown:
        return Markup("Nothing is shown")
    return Markup("Shown: <b>{}</b>").format(in_turn(shown))


def _strip(subject: Node) -> Markup:
    points = [
        Point(name, rounded(found.value["value"], 0, is_percent=True), **ends(found))
        for name, found in key_claims.under_a_false_key(subject).items()
    ]
    told = ", ".join(f"{point.name} {point.told}" for point in points)
    finding = f"{label(subject.value['subject'])}, under a false key: {told}"
    return dose_strip(points, 1.0, finding) if points else Markup("")
