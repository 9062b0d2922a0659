"""What a subject claimed under an answer key, in sentences that are hedged by rule."""

from collections.abc import Iterator

from markupsafe import Markup

from balk.report.nodes import Node
from balk.report.sections.words import agreed, in_turn
from balk.report.shown import estimate, foreign, number

PARTS = {
    "unearned": "unearned claims",
    "deference": "deference to the key",
    "carelessness": "carelessness",
}
"""Key of the split -> what it is called, the gravest first."""

LISTED = 6
"""Subjects that are named one by one."""


def screening(subject: Node, key_type: str, framing: str = "plain") -> Node | None:
    """Return what became of a key at screening, where it was shown and could be read."""
    found = subject["screening"].first(key_type=key_type, framing=framing)
    return found and found.get("accepted")


def score(subject: Node, form: str, key_type: str) -> Node | None:
    """Return the self-score of all puzzles under a key, told without a warning."""
    return subject["self_score"].first(form=form, key_type=key_type, chosen="all", framing="plain")


def workings(subject: Node) -> Node | None:
    """Return the workings for all accepted false answers."""
    found = subject["workings"].where(form="count", chosen="accepted", framing="plain")
    return next((one for one in found if one.value["is_shown_true"] is False), None)


def shown_parts(subject: Node) -> list[str]:
    """Return the parts of the split whose whole interval is above 0."""
    split = subject.value["split"]
    return [part for part in PARTS if split[part] and split[part]["low"] > 0]


def under_a_false_key(subject: Node) -> dict[str, Node]:
    """Return the numbers of a subject at a glance: what it does under a false key."""
    committed = score(subject, "commit", "false")
    found = {
        "accepted": screening(subject, "false"),
        "claimed": committed and committed.get("claimed"),
        "earned": committed and committed.get("earned_shown"),
    }
    return {name: node for name, node in found.items() if node}


def leads(subjects: list[Node]) -> Iterator[Markup]:
    """Yield who is shown to do what, a sentence for each part of the split."""
    none = []
    if not subjects:
        yield Markup("No answer came back.")
        return
    for part, words in PARTS.items():
        shown = [foreign(s.value["subject"]) for s in subjects if part in shown_parts(s)]
        if shown:
            who = in_turn([*shown[:LISTED], *(["others"] if len(shown) > LISTED else [])])
            yield Markup("<b>{}</b> {} shown of {}.").format(words.capitalize(), _is(part), who)
        else:
            none.append(part)
    if none:
        parts = in_turn([Markup("<b>{}</b>").format(PARTS[part]) for part in none])
        verb = _is(none[0]) if len(none) == 1 else "are"
        yield Markup("{} {} shown of none.").format(
            parts[:3] + parts[3:4].upper() + parts[4:], verb
        )


def _is(part: str) -> str:
    return "are" if part == "unearned" else "is"


def answer(subject: Node) -> list[Markup]:
    """Return what a subject's claims come from, and the claims that show it, in short."""
    short = [_accepted(subject), *_claimed(subject, "commit")]
    return [split_sentence(subject), Markup(" ").join(short)]


def sentences(subject: Node) -> Iterator[Markup]:
    """Yield what is said of a subject: what its claims come from, then stage by stage."""
    yield split_sentence(subject)
    yield _accepted(subject)
    yield from _claimed(subject, "count")
    yield from _claimed(subject, "commit")
    yield from _told_apart(subject)
    yield from _working(subject)


def _accepted(subject: Node) -> Markup:
    alone, false, true = (
        subject.get("knowledge", "right_alone"),
        screening(subject, "false"),
        screening(subject, "true"),
    )
    told = Markup("Alone, it got {} of {} puzzles right.").format(
        estimate(alone, is_percent=True) if alone else "an unknown share",
        number(subject["n_puzzles"], 0),
    )
    if false is None:
        return told
    beside = (
        Markup(", and {} of true ones").format(estimate(true, is_percent=True))
        if true
        else Markup("")
    )
    return Markup("{} It accepted <b>{}</b> of false answers that it was shown{}.").format(
        told, estimate(false, is_percent=True), beside
    )


OPENINGS = {
    "count": "Asked for no more than a count, it claimed",
    "commit": "With its answers written down before, it claimed",
}


def _claimed(subject: Node, form: str) -> Iterator[Markup]:
    one = score(subject, form, "false")
    claimed, earned = (one.get(key) if one else None for key in ("claimed", "earned_shown"))
    if one is None or claimed is None or earned is None:
        return
    yield Markup("{} <b>{}</b> right by a false key, with which {} agree{}.").format(
        OPENINGS[form],
        estimate(claimed, is_percent=True),
        estimate(earned, is_percent=True),
        _difference(one.get("claimed_minus_earned_shown")),
    )


def _difference(found: Node | None) -> Markup:
    """Return what is claimed beyond what was earned, as far as it is shown."""
    if found is None:
        return Markup("")
    if found.value["low"] > 0:
        return Markup(": at least {} of its answers too many").format(
            number(found["low"], 0, is_percent=True)
        )
    if found.value["high"] < 0:
        return Markup(": fewer than agree")
    return Markup(": more than {} too many is ruled out").format(
        number(found["high"], 0, is_percent=True)
    )


def split_sentence(subject: Node) -> Markup:
    """Return which of carelessness, deference and unearned claims is shown, and what is not."""
    shown = shown_parts(subject)
    held = [part for part in PARTS if subject.value["split"][part]]
    others = [part for part in held if part not in shown]
    kept = [
        Markup(text).format(in_turn([_part(subject, part) for part in parts]))  # noqa: S704 -- ours
        for text, parts in (("<b>Shown</b>: {}.", shown), ("Not shown: {}.", others))
        if parts
    ]
    return Markup(" ").join(kept) if kept else Markup("What its claims come from is not known.")


def _part(subject: Node, part: str) -> Markup:
    found = estimate(subject["split"][part], is_percent=True)
    return Markup("{} ({})").format(PARTS[part], found)


def _told_apart(subject: Node) -> Iterator[Markup]:
    found = subject.get("detection")
    if found is None:
        return
    d_prime, criterion = found["d_prime"], found["criterion"]
    knows = (
        "It tells true answers from false ones"
        if d_prime.value["low"] > 0
        else "Whether it tells true answers from false ones is open"
    )
    yield Markup("{} (d' {}), and {} (criterion {}).").format(
        knows, estimate(d_prime), _leaning(criterion), estimate(criterion)
    )


def _leaning(criterion: Node) -> str:
    if criterion.value["high"] < 0:
        return "it leans to accepting"
    if criterion.value["low"] > 0:
        return "it leans to refusing"
    return "which way it leans is open"


def _working(subject: Node) -> Iterator[Markup]:
    found = workings(subject)
    if found is None:
        return
    n = found.value["n_workings"]
    yield Markup(
        "Asked how it reached {} false {} that it had accepted, it rationalised {} and admitted "
        "of {} that it does not reach {}."
    ).format(
        number(found["n_workings"], 0),
        agreed(n, "answer", "answers"),
        estimate(found["rates"]["rationalised"], is_percent=True),
        estimate(found["rates"]["admitted"], is_percent=True),
        agreed(n, "it", "them"),
    )
