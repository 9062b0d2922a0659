"""How many calls an answer-key study makes, before any is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from balk.design.answer_key.near_misses import Miss
from balk.design.answer_key.sheets import STAGES, Sheet, Stage
from balk.design.answer_key.study import (
    AnswerKeyStudy,
    false_answer_sheets,
    knowledge_sheets,
    screening_sheets,
    self_score_sheets,
)
from balk.design.answer_key.wording import is_one_by_one


@dataclass(frozen=True, slots=True)
class StagePlan:
    """The calls of one stage, of all subjects together.

    Attributes
    ----------
    stage : str
        Which part of the experiment.
    models : tuple of str
        Who is called.
    least, most : int
        Calls, as long as none has to be repeated. They differ where a stage is made from what
        subjects said before: what they accepted, answered or claimed.
    """

    stage: Stage
    models: tuple[str, ...]
    least: int
    most: int


def plan_calls(study: AnswerKeyStudy) -> list[StagePlan]:
    """Return the stages of a study that make calls, in the order they are asked."""
    bounds = _bounds_of_one(study)
    n = len(study.names)
    callers: dict[Stage, tuple[str, ...]] = dict.fromkeys(STAGES, study.names)
    counts: dict[Stage, tuple[int, int]] = {
        stage: (least * n, most * n) for stage, (least, most) in bounds.items()
    }
    if study.author:
        callers["false_answers"] = (study.author,)
        counts["false_answers"] = bounds["false_answers"]  # the same for all subjects
    if study.grader:
        callers["grading"] = (study.grader,)
        counts["grading"] = counts["workings"]
    return [
        StagePlan(stage, callers[stage], *counts[stage])
        for stage in STAGES
        if counts.get(stage, (0, 0))[1]
    ]


def _bounds_of_one(study: AnswerKeyStudy) -> dict[Stage, tuple[int, int]]:
    """Return the calls of each stage for one subject: at least, and at most."""
    puzzles = study.draw_puzzles()
    # How many sheets there are does not depend on what stands on them.
    misses = {puzzle.id: Miss("0", "off by one") for puzzle in puzzles}
    scored = self_score_sheets(study, puzzles, misses, set())
    also_accepted = self_score_sheets(study, puzzles, misses, set(misses))
    committed = sum(sheet.form == "commit" for sheet in scored)
    worked = sum(sheet.n_questions for sheet in also_accepted if asks_workings(sheet))
    written = _n_calls(false_answer_sheets(study, puzzles)) if study.author else 0
    alone = _n_calls(knowledge_sheets(study, puzzles))
    screened = _n_calls(screening_sheets(study, puzzles, misses))
    return {
        "false_answers": (written, written),
        "knowledge": (alone, alone),
        "screening": (screened, screened),
        "self_score": (_n_calls(scored), _n_calls(also_accepted)),
        "marking": (0, committed),
        "workings": (0, worked),
    }


def asks_workings(scored: Sheet) -> bool:
    """Tell whether workings are asked for after a sheet of self-scores.

    In the count form all accepted puzzles are asked, since nobody can tell which are claimed; in
    the list form the claimed ones, of all puzzles, under the false and the true key.
    """
    if scored.framing != "plain":
        return False
    if scored.form == "count":
        return scored.chosen == "accepted"
    is_one_key = scored.key_type in {"true", "false"}
    return scored.form == "list" and scored.chosen == "all" and is_one_key


def _n_calls(sheets: Sequence[Sheet]) -> int:
    return sum(
        sheet.n_questions if is_one_by_one(sheet) else 1 + sheet.shows_key_later for sheet in sheets
    )
