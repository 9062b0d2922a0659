"""Asking in rounds until a verdict is reached: `balk run --until-decided`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from balk.errors import StudyError
from balk.mechanisms.stopping import Rule, Step, next_step
from balk.pipeline import Results, finish, run

if TYPE_CHECKING:
    import polars as pl

    from balk.design.study import Study

Tell = Callable[[str, Step], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the asking of one subject ended.

    Attributes
    ----------
    subject : str
        Model, persona and protocol.
    step : Step
        The last step, which says why.
    decisions : polars.DataFrame
        All of its decisions.
    """

    subject: str
    step: Step
    decisions: "pl.DataFrame"


def run_until_decided(
    study: "Study",
    folder: Path,
    *,
    max_connections: int,
    rule: Rule | None = None,
    tell: Tell | None = None,
) -> tuple[Results, list[Ended]]:
    """Ask each subject of a study, round by round, until its verdict or futility.

    Parameters
    ----------
    study : Study
        Subjects, protocols and questions; its lifelines and number of exams are the rule's.
    folder : Path
        Of the results; every round has a folder of its own in ``rounds/``, and resumes.
    max_connections : int
        Calls in flight.
    rule : Rule, optional
        When to stop.
    tell : callable, optional
        Told after each round.

    Raises
    ------
    StudyError
        If the study has arms other than `lifelines`.
    """
    import polars as pl

    rule = rule or Rule()
    if study.arms != ("lifelines",):
        raise StudyError(f"arms are {study.arms}; --until-decided asks arm 'lifelines' alone")
    ended = [_subject(part, folder, rule, max_connections, tell) for part in _subjects(study)]
    return finish(pl.concat([one.decisions for one in ended]), folder), ended


def _subjects(study: "Study") -> Iterator["Study"]:
    """Yield a study of each model, persona and protocol alone."""
    for model, persona, protocol in product(study.models, study.personas, study.protocols):
        yield replace(study, models=(model,), personas=(persona,), protocols=(protocol,))


def _subject(
    study: "Study", folder: Path, rule: Rule, max_connections: int, tell: Tell | None
) -> Ended:
    import polars as pl

    from balk.mechanisms.tables import read_groups

    name = "-".join((*study.models, *study.personas, *study.protocols)).replace("/", "_")
    wanted: dict[int | None, int] = {None: rule.first_plain}
    wanted |= dict.fromkeys(rule.doses, rule.first_offered)
    asked: dict[int | None, int] = {}
    parts: list[pl.DataFrame] = []
    n_round = 0
    while True:
        n_round += 1
        for dose, n in wanted.items():
            own = folder / "rounds" / name / f"{n_round:02d}-{dose or 'none'}"
            if n > asked.get(dose, 0):
                parts.append(_ask(study, dose, (asked.get(dose, 0), n), own, max_connections))
        asked = dict(wanted)
        decisions = pl.concat(parts)
        step = next_step(read_groups(decisions)[0].observed, rule)
        if tell:
            tell(name, step)
        if step.action == "stop":
            return Ended(name, step, decisions)
        wanted = _next(wanted, rule, step)


def _next(wanted: dict[int | None, int], rule: Rule, step: Step) -> dict[int | None, int]:
    """Return how many exams of each dose are wanted after a step."""
    if step.action == "check":
        return wanted | {rule.middle: rule.n_check}
    more = {dose: wanted[dose] + rule.more_offered for dose in rule.doses}
    plain = wanted[None]
    return wanted | more | {None: max(plain, min(plain + rule.more_plain, rule.most_plain))}


def _ask(
    study: "Study", dose: int | None, forms: tuple[int, int], folder: Path, max_connections: int
) -> "pl.DataFrame":
    """Return the decisions on some forms at one dose."""
    import polars as pl

    first, last = forms
    questions = replace(study.questions, first_form=first, exams=last - first)
    part = replace(study, lifelines=(dose,), questions=questions)
    results = run(part, folder, max_connections=max_connections)
    where = f"../{folder.parent.parent.name}/{folder.parent.name}/{folder.name}/logs/"
    return results.decisions.with_columns(log=pl.lit(where) + pl.col("log"))
