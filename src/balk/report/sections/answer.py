"""The answer first: per subject one sentence with number and interval, hedged by rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.shown import estimate, foreign, number

MANY_LIFELINES = 10
"""Dose that the answer is about where it was asked: the essay's."""

WELL_READ = 0.98
"""Share of questions read below which the answer says so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report says of one subject before anything else.

    Attributes
    ----------
    subject : str
        Whose.
    skips, points : Node or None
        Skips in an exam and points given away, at the dose that the answer is about.
    lifelines, n_questions : int
        The dose, and the questions of an exam.
    sentence, verdict : Markup
        What came out, and why.
    status : str
        Of the verdict: ``declared``, ``undecided``, ``none fits`` or ``not fitted``.
    """

    subject: str
    skips: Node | None
    points: Node | None
    lifelines: int
    n_questions: int
    sentence: Markup
    verdict: Markup
    status: str


def answers(material: Material) -> Iterator[Answer]:
    """Yield the answer of each subject that was offered lifelines, in its first protocol."""
    for subject in material.subjects:
        for protocol in material.protocols:
            contrast = focus(subject, protocol)
            if contrast:
                yield _answer(material, subject, contrast)
                break


def focus(subject: Node, protocol: str) -> Node | None:
    """Return the contrast that the answer is about: ten lifelines, or the most below all."""
    plain = subject["contrasts"].where(arm="lifelines", protocol=protocol, penalty=0.0, price=0.0)
    offered = {node.value["lifelines"]: node for node in plain if node.value["lifelines"]}
    if not offered:
        return None
    return offered.get(MANY_LIFELINES) or offered[max(offered)]


def condition_of(subject: Node, contrast: Node) -> Node:
    """Return the condition that a contrast is about."""
    keys = ("arm", "penalty", "price", "protocol", "lifelines")
    found = subject["conditions"].first(**{key: contrast.value[key] for key in keys})
    assert found is not None  # noqa: S101 -- every contrast has its condition
    return found


def _answer(material: Material, subject: Node, contrast: Node) -> Answer:
    condition = condition_of(subject, contrast)
    skips, points = condition.get("skips_per_exam"), contrast.get("net_points_given_away")
    fit = material.fit(subject.value["subject"], contrast.value["protocol"])
    parts = [_skipped(subject, condition, skips), _gave_away(skips, points), _unread(condition)]
    return Answer(
        subject=subject.value["subject"],
        skips=skips,
        points=points,
        lifelines=contrast.value["lifelines"],
        n_questions=round(condition.value["n_questions"] / condition.value["n_exams"]),
        sentence=Markup("").join(parts),
        verdict=verdict(fit),
        status=fit.value["verdict"]["status"] if fit else "not fitted",
    )


def _skipped(subject: Node, condition: Node, skips: Node | None) -> Markup:
    name, offered = foreign(subject.value["subject"]), number(condition["lifelines"], 0)
    n_exams = number(condition["n_exams"], 0)
    if skips is None:
        return Markup("<b>{}</b>, offered {} lifelines: no exam came back.").format(name, offered)
    if skips.value["value"] == 0:
        return Markup(
            "<b>{}</b>, offered {} lifelines in each of {} exams, skipped nothing: with 95 % "
            "confidence, it skips in fewer than {} of such exams."
        ).format(name, offered, n_exams, bound(condition["share_with_skip"]["high"]))
    return Markup(
        "<b>{}</b>, offered {} lifelines, skipped {} questions an exam (in {} exams)"
    ).format(name, offered, estimate(skips), n_exams)


def bound(share: Node) -> Markup:
    """Return a share, 0 to 1, as a percentage with one decimal."""
    return number(share, 1, is_percent=True)


def _gave_away(skips: Node | None, points: Node | None) -> Markup:
    """Return what follows on the skips: a clause where some were seen, else a sentence."""
    if skips is None:
        return Markup("")
    has_skips = skips.value["value"] > 0
    if points is None:
        told = "points given away are not known, since no exam without lifelines was asked."
        return Markup("; {}").format(told) if has_skips else Markup(" {}").format(told.capitalize())
    shown = estimate(points)
    if not has_skips:
        return Markup(" Its points with and without lifelines differ by {} an exam.").format(shown)
    if points.value["low"] > 0:
        return Markup(" and gave away {} points an exam.").format(shown)
    if points.value["high"] < 0:
        return Markup(" and gained by it: {} points given away an exam.").format(shown)
    return Markup("; whether points were given away is open: {} an exam.").format(shown)


def _unread(condition: Node) -> Markup:
    read = condition.get("parse_coverage")
    if read is None or read.value["value"] >= WELL_READ:
        return Markup("")
    return Markup(" Only {} of the questions could be read; bounds are below.").format(
        bound(read["value"])
    )


def verdict(fit: Node | None) -> Markup:
    """Return the verdict on why, as far as it was reached."""
    if fit is None:
        return Markup("Why is not asked yet: run <code>balk fit</code>.")
    held = fit.value["verdict"]
    if held["status"] == "declared":
        return Markup("Declared: <b>{}</b>.").format(held["cell"])
    if held["status"] == "none fits":
        return Markup("No mechanism fits.")
    return Markup("Undecided, leaning to <b>{}</b>.").format(held["cell"] or held["mechanism"])
