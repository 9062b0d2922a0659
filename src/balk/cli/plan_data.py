"""The plan of a study as JSON data: what is taken, what can be shown, what is left open."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from balk.design.cautions import cautions
from balk.design.plan import Load, Plan, SubjectPlan
from balk.design.probe_plan import ProbeLoad
from balk.design.study import Study, default_max_tokens
from balk.measure.detectable import (
    Assumed,
    bound_of_none,
    can_reach_level,
    exams_for_bound,
    smallest_points,
    smallest_skips,
)

Data = dict[str, Any]


def plan_data(
    study: Study, plan: Plan, assumed: Assumed, *, bound: float | None, max_connections: int
) -> Data:
    """Return a plan as JSON data.

    Returns
    -------
    dict
        ``subjects``: exams, calls, tokens, cost and price of each, and what ``probes`` take at most
        beside these; ``total``: of all, with
        ``costs`` by currency and ``wall_seconds`` at ``max_connections`` (null where calls go
        through a provider's batch mode, which takes its own time); ``assumptions``, in sentences;
        ``detectable``: for each condition with lifelines, what its exams can show, where
        ``is_inert`` in tokens instead of skips, of which none gives points away; ``assumed``: what
        that rests on; ``cautions``: in sentences, what the design leaves open.
    """
    shown = list(_detectable(study, assumed))
    wall = None if plan.is_provider_batch else plan.wall_seconds
    return {
        "study": study.id,
        "subjects": [_subject(one) for one in plan.subjects],
        "total": {
            **_load(plan.load),
            "costs": plan.costs,
            "probes": _rounded(plan.probes),
            "wall_seconds": wall,
        },
        "max_connections": max_connections,
        "own_connections": any(one.max_connections for one in study.subjects),
        "provider_batch": plan.is_provider_batch,
        "assumptions": _assumptions(study, plan),
        "detectable": shown,
        "assumed": asdict(assumed),
        "cautions": [
            *cautions(study),
            *_of_reasoning(study, plan),
            *_of_effects(shown),
            *_of_bound(study, bound),
        ],
    }


def _subject(one: SubjectPlan) -> Data:
    price = one.price
    return {
        "subject": one.subject.name,
        "model": one.subject.model,
        **_load(one.load),
        "cost": one.cost,
        "probes": {**_rounded(one.probes), "cost": one.probe_cost},
        "price": None if price is None else price.model_dump(mode="json"),
    }


def _load(load: Load) -> Data:
    return {
        "n_exams": load.n_exams,
        "n_calls": load.n_calls,
        "input_tokens": round(load.input_tokens),
        "cached_tokens": round(load.cached_tokens),
        "written_tokens": round(load.written_tokens),
        "output_tokens": round(load.output_tokens),
    }


def _rounded(probes: ProbeLoad) -> Data:
    return {
        "n_calls": probes.n_calls,
        "input_tokens": round(probes.input_tokens),
        "output_tokens": round(probes.output_tokens),
    }


def _assumptions(study: Study, plan: Plan) -> list[str]:
    """Return what the plan rests on, each sentence with its subjects where they differ."""
    protocols = dict.fromkeys(condition.protocol for condition in study.conditions())
    said: dict[str, list[str]] = {}
    for one in plan.subjects:
        for sentence in one.rates.told(protocols):
            said.setdefault(sentence, []).append(one.subject.name)
    told = [
        sentence if len(names) == len(plan.subjects) else f"{', '.join(names)}: {sentence}"
        for sentence, names in said.items()
    ]
    return [*told, *_limits(study), *_probes(plan)]


def _limits(study: Study) -> Iterator[str]:
    """Yield how long replies may be of subjects that do not say so."""
    asked, n_questions = study.conditions(), study.questions.questions
    for interface in dict.fromkeys(one.interface for one in study.subjects if not one.max_tokens):
        most = {c.protocol: default_max_tokens(interface, c.protocol, n_questions) for c in asked}
        told = ", ".join(f"{n:,} tokens in {protocol}" for protocol, n in most.items())
        names = [
            one.name for one in study.subjects if one.interface == interface and not one.max_tokens
        ]
        who = "" if len(names) == len(study.subjects) else f"{', '.join(names)}: "
        yield f"{who}No max_tokens given: a reply may take {told}"


def _probes(plan: Plan) -> Iterator[str]:
    """Yield what probes take beside all else."""
    probes = plan.probes
    if not probes.n_calls:
        return
    costs: dict[str, float] = {}
    for one in plan.subjects:
        if one.price and one.probe_cost:
            currency = one.price.currency
            costs[currency] = costs.get(currency, 0.0) + one.probe_cost
    cost = "".join(f", {currency} {cost:.2f}" for currency, cost in costs.items())
    yield (
        f"Probes: at most {probes.n_calls} calls, {probes.input_tokens:,.0f} tokens of input and "
        f"{probes.output_tokens:,.0f} of output{cost}, in none of the figures above: with every "
        "lifeline used, and a real-time reply for each question that they are about; a grader "
        "is not reckoned"
    )


def _detectable(study: Study, assumed: Assumed) -> Iterator[Data]:
    asked, n_questions = study.conditions(), study.questions.questions
    for condition, n_exams in asked.items():
        if not condition.lifelines:
            continue
        n, arm, most = n_exams * study.epochs, condition.arm, condition.lifelines
        payoffs = (arm.penalty or 0.0, arm.price)
        points = smallest_points(n, n_questions, assumed, most, *payoffs)
        yield {
            "arm": arm.spec,
            "is_inert": arm.inert,
            "lifelines": most,
            "protocol": condition.protocol,
            "n_exams": n,
            "skips_per_exam": smallest_skips(n, n_questions, assumed, most),
            "points_per_exam": None if arm.inert else points,
            "share_with_skip_if_none": bound_of_none(n),
        }


def _of_reasoning(study: Study, plan: Plan) -> Iterator[str]:
    """Yield who is reckoned with replies that are assumed, and thinks before each."""
    protocols = {condition.protocol for condition in study.conditions()}
    names = [
        one.subject.name
        for one in plan.subjects
        if one.subject.is_reasoning and "assumed" in {one.rates.sources[p] for p in protocols}
    ]
    if names:
        yield (
            f"{', '.join(names)}: known to think before a reply, and the tokens and times assumed "
            "of one leave thinking out, so that cost and time may be many times as much; measure "
            "them with --pilot"
        )


def _of_effects(shown: Sequence[Data]) -> Iterator[str]:
    """Yield where the most that the lifelines allow is too little to be found."""
    for name, told in (("skips_per_exam", "skips"), ("points_per_exam", "points given away")):
        lost: dict[tuple[str, int], list[str]] = {}
        for one in shown:
            is_asked = name == "skips_per_exam" or not one["is_inert"]
            if is_asked and one[name] is None and can_reach_level(one["n_exams"]):
                named = f"{one['arm']} {one['lifelines']}"
                lost.setdefault((one["protocol"], one["n_exams"]), []).append(named)
        for (protocol, n), arms in lost.items():
            yield (
                f"{protocol}, {told}: {n} exams alone cannot show even the most that the lifelines "
                f"allow under {', '.join(arms)}; ask more, or offer more lifelines"
            )


def _of_bound(study: Study, bound: float | None) -> Iterator[str]:
    if bound is None:
        return
    needed = exams_for_bound(bound)
    for condition, n_exams in study.conditions().items():
        n = n_exams * study.epochs
        if condition.lifelines and n < needed:
            yield (
                f"arm {condition.arm.spec}, lifelines {condition.lifelines}, {condition.protocol}: "
                f"no skip in {n} exams still allows {bound_of_none(n):.1%} with one; for {bound:g} "
                f"ask {needed}"
            )
