"""The answer first: across subjects, then a sentence or two on each, hedged by rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from balk.report.figures.dose_strip import Point, dose_strip
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import (
    comparisons_of,
    condition_of,
    dose_response_of,
    focus,
)
from balk.report.sections.pairs import pair_sentences
from balk.report.sections.verdict import verdict
from balk.report.sections.words import agreed
from balk.report.shown import estimate, label, number, rounded

WELL_READ = 0.98
"""Share of questions read below which the answer says so."""

MOST_SKIPS = "skips_per_exam_bounds", "as_skip"

ONE_BY_ONE = {
    "batch": "All at once",
    "realtime": "One by one",
    "isolated": "Each in a conversation of its own",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report says of one subject before anything else.

    Attributes
    ----------
    subject : str
        Whose.
    status : str
        Of the verdict: ``declared``, ``undecided``, ``none fits`` or ``not fitted``.
    verdict : Markup
        Why it skips, as far as that was reached.
    sentences : sequence of Markup
        What came out: in the first protocol, then in each other.
    strip : Markup
        Skips at each dose, in the first protocol, as a picture.
    """

    subject: str
    status: str
    verdict: Markup
    sentences: Sequence[Markup]
    strip: Markup


def lead(material: Material) -> Iterator[Markup]:
    """Yield what is said across subjects, where there are several, and of one against another."""
    if material.is_comparison:
        yield from pair_sentences(material)
    measures = {(one.value["protocol"], one.value["measure"]): one for one in material.prevalence}
    protocol = next(iter(material.protocols), "")
    rate = measures.get((protocol, "skip_rate"))
    points = measures.get((protocol, "net_points_per_exam"))
    if rate is not None and rate.value["n_subjects"] > 1:
        yield _skippers(rate)
    if points is not None and points.value["n_subjects"] > 1:
        yield _givers(points)
    if not material.is_comparison:
        yield from pair_sentences(material)


def _skippers(found: Node) -> Markup:
    above, total = number(found["n_above"], 0), number(found["n_subjects"], 0)
    verb = agreed(found.value["n_above"], "skips", "skip")
    who = (
        Markup("<b>{} of {} subjects {}</b>").format(above, total, verb)
        if found.value["n_above"]
        else Markup("<b>None of {} subjects is shown to skip</b>").format(total)
    )
    told = Markup(
        "{} more than the {} of questions that may pass as lapses, although an attempt can only "
        "gain"
    ).format(who, number(found["threshold"], 0, is_percent=True))
    return told + _open(found)


def _givers(found: Node) -> Markup:
    who = (
        Markup("<b>{} {} shown to give points away</b> where lifelines are offered").format(
            number(found["n_above"], 0), agreed(found.value["n_above"], "is", "are")
        )
        if found.value["n_above"]
        else Markup("<b>None is shown to give points away</b>")
    )
    mean = found["random_effects"]["mean"]
    average = (
        "{} On average over subjects, that costs {} points an exam."
        if mean.value["low"] > 0
        else "{} On average over subjects, {} points an exam are given away, which may be none."
    )
    return Markup(average).format(who + _open(found), estimate(mean))  # noqa: S704 -- of above


def _open(found: Node) -> Markup:
    if not found.value["n_undecided"]:
        return Markup(".")
    return Markup("; for {}, that is open.").format(number(found["n_undecided"], 0))


def answers(material: Material) -> Iterator[Answer]:
    """Yield the answer of each subject that was offered lifelines."""
    top = _most_skips(material)
    for subject in material.subjects:
        asked = [one for one in material.protocols if focus(subject, one)]
        if asked:
            yield _answer(material, subject, asked, top)


def _answer(material: Material, subject: Node, asked: Sequence[str], top: float) -> Answer:
    name = subject.value["subject"]
    fits = [material.fit(name, protocol) for protocol in asked]
    first, *others = [
        _sentence(material, subject, protocol, is_first=not i) for i, protocol in enumerate(asked)
    ]
    told = [
        Markup("{} {}").format(sentence, _verdict_there(fit, fits[0]))
        for sentence, fit in zip(others, fits[1:], strict=True)
    ]
    return Answer(
        subject=name,
        status=fits[0].value["verdict"]["status"] if fits[0] else "not fitted",
        verdict=verdict(fits[0]),
        sentences=[first, *told],
        strip=_strip(subject, asked[0], top),
    )


def _sentence(material: Material, subject: Node, protocol: str, *, is_first: bool) -> Markup:
    contrast = focus(subject, protocol)
    assert contrast is not None  # noqa: S101 -- only such protocols are asked for
    condition = condition_of(subject, contrast)
    skips, points = condition.get("skips_per_exam"), contrast.get("net_points_given_away")
    opening = Markup("{} {} {}").format(
        "Offered" if is_first else f"{ONE_BY_ONE[protocol]}, offered",
        number(condition["lifelines"], 0),
        agreed(condition.value["lifelines"], "lifeline", "lifelines"),
    )
    if skips is None:
        return Markup("{}: no exam came back.").format(opening)
    if skips.value["value"] == 0:
        return _nothing(material, subject, condition, opening)
    told = Markup("{}, it skipped <b>{}</b> questions an exam").format(opening, estimate(skips))
    forgone = contrast.get("forgone_points", "estimate") if is_first else None
    return told + _gave_away(points, forgone) + _unread(condition)


def _nothing(material: Material, subject: Node, condition: Node, opening: Markup) -> Markup:
    """Return a null result as a result: what was ruled out, with the bound."""
    told = Markup(
        "{}, it <b>skipped nothing</b> in {} {}: skips in more than {} of exams are ruled out."
    ).format(
        opening,
        number(condition["n_exams"], 0),
        agreed(condition.value["n_exams"], "exam", "exams"),
        number(condition["share_with_skip"]["high"], 1, is_percent=True),
    )
    wanted = {"subject": subject.value["subject"], "protocol": condition.value["protocol"]}
    pooled = next(
        comparisons_of(material, "net_points_pooled", arm="lifelines", **wanted),
        None,
    )
    ruled = Markup(" {}").format(ruled_out(pooled)) if pooled else Markup("")
    return told + ruled + _unread(condition)


def ruled_out(compared: Node) -> Markup:
    """Return what a comparison of points rules out, over all numbers of lifelines."""
    found, shown = compared["equivalence"], estimate(compared["estimate"])
    if found.value["verdict"] == "equivalent":
        return Markup(
            "Its points change by {} an exam over all doses: shown to be less than {}."
        ).format(shown, number(found["margin"], 1))
    if compared.value["estimate"]["low"] > 0:
        return Markup(
            "Over all doses its score is lower by {} an exam than without lifelines, and not by "
            "what it skipped there."
        ).format(shown)
    return Markup(
        "Points given away over all doses: {} an exam; more than {} is ruled out."
    ).format(shown, number(compared["estimate"]["high"], 2))


def _gave_away(points: Node | None, forgone: Node | None) -> Markup:
    """Return the clause on what the skips cost, and how sure that is."""
    if points is None:
        return Markup("; what that cost is not known: no exam without lifelines was asked.")
    shown = estimate(points)
    if points.value["low"] > 0:
        return Markup(" and gave away <b>{}</b> points.").format(shown)
    if points.value["high"] < 0:
        return Markup(" and gained by it: {} points given away.").format(shown)
    told = Markup("; points given away: {}, which may be none.").format(shown)
    if forgone is None:
        return told
    return Markup("{} By its own accuracy, what it skipped was worth {}.").format(
        told, estimate(forgone)
    )


def _unread(condition: Node) -> Markup:
    read = condition.get("parse_coverage")
    if read is None or read.value["value"] >= WELL_READ:
        return Markup("")
    share, most = number(read["value"], 1, is_percent=True), condition.get(*MOST_SKIPS)
    if most is None:
        return Markup(" Only {} of the questions could be read.").format(share)
    told = Markup(" Only {} of the questions could be read: were the rest skips, it would be {}.")
    return told.format(share, estimate(most))


def _verdict_there(fit: Node | None, first: Node | None) -> Markup:
    """Return the verdict in another protocol, where it is not the same."""
    if fit is None or (first is not None and _same(fit, first)):
        return Markup("")
    return Markup("{} there.").format(verdict(fit))


def _same(fit: Node, other: Node) -> bool:
    one, two = fit.value["verdict"], other.value["verdict"]
    return (one["status"], one["cell"]) == (two["status"], two["cell"])


def _most_skips(material: Material) -> float:
    """Return the top of the scale that all strips share."""
    values: list[float] = [
        min(dose["skips_per_exam"]["high"], dose["skips_per_exam"]["value"] * 2)
        for subject in material.subjects
        for response in subject["dose_response"]
        for dose in response.value["doses"]
        if (response.value["arm"], response.value["protocol"])
        == ("lifelines", material.protocols[0])
        and dose["skips_per_exam"]
    ]
    return max([*values, 1.0])


def _strip(subject: Node, protocol: str, top: float) -> Markup:
    response = dose_response_of(subject, protocol)
    points = [
        Point(
            f"of {dose['lifelines']}",
            rounded(dose["skips_per_exam"]["value"], 1),
            *(dose["skips_per_exam"][key] for key in ("value", "low", "high")),
        )
        for dose in (response.value["doses"] if response else [])
        if dose["skips_per_exam"] and dose["lifelines"]
    ]
    if not points:
        return Markup("")
    told = ", ".join(f"{one.told} {one.name}" for one in points)
    finding = f"{label(subject.value['subject'])}, {protocol}: lifelines used in an exam: {told}"
    return dose_strip(points, top, finding)
