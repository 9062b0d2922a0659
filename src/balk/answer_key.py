"""The answer-key experiment on one screen: each stage is made from the finished logs before it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk.errors import StudyError
from balk.files import only_run, write_whole

if TYPE_CHECKING:
    import polars as pl

    from balk.design.answer_key.study import AnswerKeyStudy
    from balk.design.limits import Limits
    from balk.elicit.answer_key.logs import Graded, Held
    from balk.elicit.answer_key.run import Asker, Listener, UnfinishedError


@dataclass(frozen=True, slots=True)
class AnswerKeyResults:
    """What an answer-key study came to.

    Attributes
    ----------
    folder : Path
        Where everything is.
    table : polars.DataFrame
        One row for every puzzle, key and stage.
    summary : dict
        Every number, as in ``summary.json``.
    unfinished : UnfinishedError or None
        Which stage did not come to its end, and why; None where all did.
    """

    folder: Path
    table: "pl.DataFrame"
    summary: dict[str, Any]
    unfinished: "UnfinishedError | None" = None


def run(
    study: "AnswerKeyStudy",
    folder: Path,
    *,
    max_connections: int,
    listener: "Listener | None" = None,
    limits: "Limits | None" = None,
) -> AnswerKeyResults:
    """Ask what has not been asked, stage by stage, and write table and numbers.

    Raises
    ------
    StudyError
        If the folder is another study's, a limit cannot be reckoned, or false answers cannot be
        had.
    """
    from balk.elicit.answer_key.run import Asker, UnfinishedError

    asker = Asker(study, folder, max_connections, listener, limits)
    if limits:
        limits.check_models(study.models)
    asker.open()
    check_study(study, folder)
    held: list[Held] = []
    with only_run(folder):
        keep_study(study, folder)
        try:
            grades = _ask_stages(asker, held)
        except UnfinishedError as error:
            return tabulate(held, {}, folder, unfinished=error)
        results = tabulate(held, grades, folder)
        asker.close()
    return results


def _ask_stages(asker: "Asker", held: "list[Held]") -> "dict[Graded, str | None]":
    """Ask stage after stage; what subjects answered goes to `held`."""
    from balk.design.answer_key import study as design
    from balk.elicit.answer_key import stages

    study = asker.study
    puzzles = study.draw_puzzles()
    written = _written(asker, design.false_answer_sheets(study, puzzles))
    misses = stages.misses_of(study, puzzles, written)
    puzzles = [puzzle for puzzle in puzzles if puzzle.id in misses]
    if not puzzles:
        raise StudyError(
            f"{study.author} wrote no wrong answer that can be used, and near misses of these keys "
            "cannot be made; give another --author, or puzzles with distractors"
        )
    held += asker.ask_all("knowledge", design.knowledge_sheets(study, puzzles))
    screened = asker.ask_all("screening", design.screening_sheets(study, puzzles, misses))
    held += screened
    scored = asker.ask_each(
        "self_score",
        {
            name: design.self_score_sheets(study, puzzles, misses, stages.accepted_ids(own))
            for name, own in _by_subject(screened).items()
        },
    )
    held += scored
    by_subject = _by_subject(scored)
    held += asker.ask_each(
        "marking", {name: stages.marking_sheets(own) for name, own in by_subject.items()}
    )
    shown = asker.ask_each(
        "workings",
        {name: stages.working_sheets(own, study.layout) for name, own in by_subject.items()},
    )
    held += shown
    if not study.grader:
        return {}
    sheets = stages.grading_sheets(shown, study.batch)
    return stages.grades_of(asker.ask_one("grading", study.grader, sheets))


def _written(asker: "Asker", sheets: Sequence[Any]) -> "list[Held]":
    author = asker.study.author
    return asker.ask_one("false_answers", author, {author: sheets}) if author else []


def _by_subject(held: "Sequence[Held]") -> "dict[str, list[Held]]":
    found: dict[str, list[Held]] = {}
    for one in held:
        found.setdefault(one.subject, []).append(one)
    return found


def check_study(study: "AnswerKeyStudy", folder: Path) -> None:
    """Raise where puzzles or wrong answers cannot be made, or a folder holds another study."""
    from balk.design.answer_key.study import make_misses

    identity = study.id
    if not study.author:
        make_misses(study.draw_puzzles(), study.seed)
    try:
        held = json.loads((folder / "study.json").read_text())
    except (OSError, ValueError):
        return  # none yet, or half a file: the logs themselves still tell another study apart
    if held.get("id") != identity:
        raise StudyError(
            f"{folder} holds another study; give another --out, "
            "or repeat the command that it was made with"
        )


def keep_study(study: "AnswerKeyStudy", folder: Path) -> None:
    """Write what is asked into the folder of results."""
    asked = {"id": study.id} | study.model_dump(mode="json")
    write_whole(folder / "study.json", json.dumps(asked, indent=1) + "\n")


def tabulate(
    held: "Sequence[Held]",
    grades: "Mapping[Graded, str | None]",
    folder: Path,
    *,
    unfinished: "UnfinishedError | None" = None,
) -> AnswerKeyResults:
    """Write table and numbers of answered sheets; no model is called."""
    from balk.elicit.answer_key.logs import columns_of, with_grades
    from balk.measure.answer_key.numbers import summarise_answer_key
    from balk.measure.answer_key.table import make_answer_key, write_answer_key

    table = make_answer_key(columns_of(with_grades(held, grades)))
    summary = summarise_answer_key(table) | {"unfinished": unfinished and unfinished.stage}
    write_answer_key(table, folder / "answer_key.parquet")
    write_whole(folder / "summary.json", json.dumps(summary, indent=1) + "\n")
    return AnswerKeyResults(folder, table, summary, unfinished)
