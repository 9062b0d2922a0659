"""Where a design cannot answer its question, said before anything is asked."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from balk.design.arms import FALSE_VERDICTS, SAME_NAME, Arm
from balk.design.choices import LETTERS
from balk.design.exams import Condition
from balk.design.study import Study, most_tokens

FEWEST_ATTEMPTS = 10
"""Exams without lifelines that each puzzle should be in, so that its accuracy is known."""

ROOM_TO_REASON = 32_000
"""Tokens of a reply below which a model that reasons may be cut off; panels give twice this."""

FEWEST_PAIRS = 6
"""Pairs of exams of which the signs can reach the 5 % level: ``2 ** (1 - n) <= 0.05``."""

DOSES_FOR_HELD_OUT = 3
"""Doses of which the middle one can be held out and predicted."""


def cautions(study: Study) -> list[str]:
    """Return in sentences what a design leaves open; none if nothing is missed."""
    several = dict.fromkeys(tuple(study.conditions(one).items()) for one in study.subjects)
    said = (told for look in LOOKS for asked in several for told in look(study, dict(asked)))
    return list(dict.fromkeys(said))


Asked = dict[Condition, int]


def _doses(_: Study, asked: Asked) -> Iterator[str]:
    by_protocol: dict[str, set[int]] = defaultdict(set)
    for condition in asked:
        if condition.lifelines and condition.arm.spec == "lifelines":
            by_protocol[condition.protocol].add(condition.lifelines)
    for protocol, doses in by_protocol.items():
        if len(doses) == 1:
            yield (
                f"{protocol}: {min(doses)} is the only number of lifelines, and one dose tells no "
                "mechanism from another; offer three"
            )
        elif len(doses) < DOSES_FOR_HELD_OUT:
            yield (
                f"{protocol}: with lifelines {', '.join(map(str, sorted(doses)))} no middle dose "
                "can be held out, so that no mechanism is declared; offer a third between them"
            )


def _attempts(study: Study, asked: Asked) -> Iterator[str]:
    offered = {condition.protocol for condition in asked if condition.lifelines}
    for protocol in sorted(offered):
        plain = next((c for c in asked if _is_plain(c) and c.protocol == protocol), None)
        if plain is None:
            yield (
                f"{protocol}: no exams without lifelines, so that points given away are not known; "
                "add lifelines 'none' in arm lifelines"
            )
            continue
        fewest = _fewest(study, asked[plain])
        if fewest < FEWEST_ATTEMPTS:
            yield (
                f"{protocol}: some puzzle is in {fewest} exams without lifelines, and below "
                f"{FEWEST_ATTEMPTS} its accuracy is hardly known; ask more exams, or draw from a "
                "smaller pool"
            )


def _fewest(study: Study, n_exams: int) -> int:
    forms = study.questions.make_forms()[:n_exams]
    seen = Counter(puzzle.id for form in forms for puzzle in form.puzzles)
    return study.epochs * (min(seen.values()) if len(seen) == study.questions.pool else 0)


def _flips(study: Study, asked: Asked) -> Iterator[str]:
    """Yield where no test of signs can reach the 5 % level, however exams come out."""
    sizes = {study.epochs * n for condition, n in asked.items() if condition.lifelines}
    for n in sorted(n for n in sizes if n < FEWEST_PAIRS):
        yield (
            f"{n} exams in a condition: where all of them differ the same way, p is still "
            f"{2.0 ** (1 - n):.2g}, so that no two conditions are told apart; ask {FEWEST_PAIRS} "
            "or more"
        )


def _counterparts(_: Study, asked: Asked) -> Iterator[str]:
    """Yield arms without the plain exam that shows what they change."""
    specs = {(c.arm.spec, c.lifelines, c.protocol) for c in asked}
    for condition in asked:
        arm, place = condition.arm, (condition.lifelines, condition.protocol)
        named = f"arm {arm.spec}, lifelines {condition.lifelines}, {condition.protocol}"
        has_same_name = arm.setting and (SAME_NAME, *place) in specs
        if not condition.lifelines or arm.inert or has_same_name:
            continue
        if ("lifelines", *place) not in specs:
            yield (
                f"{named}: arm lifelines is not asked with as many, so that nothing shows what the "
                "arm changes; add it"
            )
        elif arm.setting:
            yield (
                f"{named}: against arm lifelines both the setting and the name of the way out "
                f"change; add arm {SAME_NAME}, under which the name is the same"
            )


def _penalties(_: Study, asked: Asked) -> Iterator[str]:
    for arm in dict.fromkeys(condition.arm for condition in asked if condition.lifelines):
        if arm.penalty and arm.break_even <= _floor(arm):
            yield (
                f"arm {arm.spec}: a skip never pays, however little one knows (a wrong answer "
                f"costs {arm.penalty:g}, a lifeline {arm.price:g}), so that it is no positive "
                "control; raise the penalty"
            )


def _floor(arm: Arm) -> float:
    return 1 / len(LETTERS) if arm.choices else 0.0


def _feedback(_: Study, asked: Asked) -> Iterator[str]:
    told = [c for c in asked if c.protocol == "realtime" and c.arm.verdicts in FALSE_VERDICTS]
    silent = {c.lifelines for c in asked if c.arm.spec == "feedback=none"}
    for condition in told:
        if condition.lifelines not in silent:
            offered = "none" if condition.lifelines is None else condition.lifelines
            yield (
                f"arm {condition.arm.spec}, lifelines {offered}: what is told is to be held "
                "against nothing told; add arm feedback=none with as many"
            )


def _reasoning(study: Study, asked: Asked) -> Iterator[str]:
    """Yield subjects whose reasoning alone may take what a whole reply may."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject in (one for one in study.subjects if one.is_reasoning):
        room = {
            c.protocol: most_tokens(subject, c.protocol, study.questions.questions) for c in asked
        }
        short = [f"{n:,} tokens in {p}" for p, n in room.items() if n < ROOM_TO_REASON]
        if short:
            found[", ".join(short)].append(subject.name)
    for room_told, names in found.items():
        yield (
            f"{', '.join(names)}: known to think before a reply, which may take {room_told}, "
            f"thoughts included, so that exams may end cut off; give max_tokens, as the panels do "
            f"({2 * ROOM_TO_REASON:,})"
        )


def _is_plain(condition: Condition) -> bool:
    return condition.lifelines is None and condition.arm.spec == "none"


LOOKS: tuple[Callable[[Study, Asked], Iterator[str]], ...] = (
    _doses,
    _attempts,
    _flips,
    _counterparts,
    _penalties,
    _feedback,
    _reasoning,
)
