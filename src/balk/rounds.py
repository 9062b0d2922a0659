"""Asking in rounds until a verdict is reached: `balk run --until-decided`."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from balk.errors import StudyError
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.stopping import Rule, Step, next_step
from balk.pipeline import Results, finish, run, write_stems

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
    _check(study)
    ended = [_subject(part, folder, rule, max_connections, tell) for part in _subjects(study)]
    results = finish(pl.concat([one.decisions for one in ended]), folder)
    _keep_puzzles_of_rounds(folder)
    return results, ended


def _keep_puzzles_of_rounds(folder: Path) -> None:
    """Write the text of every puzzle that was asked in any round into the folder of results."""
    from balk.reports import PUZZLES

    kept = [json.loads(path.read_text()) for path in (folder / "rounds").glob(f"*/*/{PUZZLES}")]
    write_stems({puzzle: stem for stems in kept for puzzle, stem in stems.items()}, folder)


def first_round(study: "Study", rule: Rule | None = None) -> "list[Study]":
    """Return what the first round asks, dose by dose, of all subjects and protocols.

    Raises
    ------
    StudyError
        If the study has arms other than `lifelines`.
    """
    _check(study)
    return [_part(study, dose, (0, n)) for dose, n in _wanted_first(rule or Rule()).items()]


def _check(study: "Study") -> None:
    specs = {condition.arm.spec for condition in study.conditions()}
    if not specs <= {"none", "lifelines"}:
        raise StudyError(
            f"arms are {', '.join(sorted(specs))}; --until-decided asks arm 'lifelines' alone"
        )
    if any(block.probes for block in study.blocks):
        raise StudyError("--until-decided asks no probes; leave them out, or ask them apart")
    make_grid()  # a plug-in that cannot be used shows before money is spent


def _subjects(study: "Study") -> Iterator["Study"]:
    """Yield a study of each subject and protocol alone."""
    protocols = dict.fromkeys(condition.protocol for condition in study.conditions())
    for subject, protocol in product(study.subjects, protocols):
        block = study.blocks[0].but(protocols=(protocol,), exams=None)
        yield study.but(subjects=(subject,), blocks=(block,))


def _subject(
    study: "Study", folder: Path, rule: Rule, max_connections: int, tell: Tell | None
) -> Ended:
    import polars as pl

    from balk.mechanisms.tables import read_groups

    (subject,), (block,) = study.subjects, study.blocks
    name = "-".join((subject.name, *block.protocols)).replace("/", "_")
    wanted = _wanted_first(rule)
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


def _wanted_first(rule: Rule) -> dict[int | None, int]:
    """Return how many exams of each dose the first round asks."""
    return {None: rule.first_plain} | dict.fromkeys(rule.doses, rule.first_offered)


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

    results = run(_part(study, dose, forms), folder, max_connections=max_connections)
    where = f"../{folder.parent.parent.name}/{folder.parent.name}/{folder.name}/logs/"
    return results.decisions.with_columns(log=pl.lit(where) + pl.col("log"))


def _part(study: "Study", dose: int | None, forms: tuple[int, int]) -> "Study":
    """Return the study of some forms at one dose."""
    first, last = forms
    questions = study.questions.but(first_form=first, exams=last - first)
    block = study.blocks[0].but(lifelines=(dose,))
    return study.but(questions=questions, blocks=(block,))
