"""The Inspect task of every stage: one sample is one sheet."""

from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState

from balk.design.answer_key import wording
from balk.design.answer_key.sheets import Sheet, Stage, read_sheets
from balk.design.answer_key.study import (
    AnswerKeyStudy,
    knowledge_sheets,
    make_misses,
    screening_sheets,
    self_score_sheets,
)
from balk.design.personas import PERSONAS
from balk.design.subjects import Effort
from balk.elicit.answer_key.asking import answer_sheet
from balk.elicit.answer_key.replies import read_sheet
from balk.elicit.subjects.key_table import remember
from balk.errors import StudyError, SubjectError, unknown

TASK = "answer_key"
TASK_VERSION = 1

_HELD: dict[str, list[Sheet]] = {}
"""Hash -> sheets that this process has made; tasks name them by it."""


def hold(sheets: list[Sheet]) -> str:
    """Keep sheets for a task of this process and return the hash by which it names them."""
    name = wording.wording_hash(sheets)
    _HELD[name] = sheets
    return name


@task(name=TASK)
def answer_key(  # noqa: PLR0913, PLR0917 -- every argument is part of the task's identity
    stage: Stage = "self_score",
    sheets: str | None = None,
    puzzles: str = "balk",
    level: int = 5,
    n_puzzles: int = 100,
    seed: int = 0,
    share: float = 0.5,
    temperature: float | None = 1.0,
    max_tokens: int = 32_000,
    persona: str = "plain",
    reasoning_effort: Effort | None = None,
    reasoning_tokens: int | None = None,
    label: str | None = None,
) -> Task:
    """Put one stage of the answer-key experiment to a subject, one sample a sheet.

    Parameters
    ----------
    stage : str
        ``knowledge``, ``screening`` and ``self_score`` stand alone, with near misses for false
        keys; ``marking``, ``workings``, ``grading`` and ``false_answers`` need `sheets`.
    sheets : str, optional
        A file of sheets, such as `balk answer-key` keeps beside its logs, or the hash of sheets
        that this process holds. Then `puzzles` to `share` say nothing more.
    puzzles, level, n_puzzles, seed, share
        As in `balk.design.answer_key.study.AnswerKeyStudy`.
    temperature : float, optional
        Sampling temperature; none is sent where it is None.
    max_tokens : int
        Most tokens in one reply.
    persona : str
        Named system prompt; ``plain`` sends none.
    reasoning_effort : str, optional
        How hard to think, for models that reason.
    reasoning_tokens : int, optional
        Most tokens to think with.
    label : str, optional
        Name of the subject in the table.

    Raises
    ------
    StudyError
        If the sheets are not there, a stage without sheets needs earlier ones, or a persona is
        unknown.
    """
    if persona not in PERSONAS:
        raise StudyError(unknown("persona", persona, PERSONAS))
    if sheets is None:
        study = AnswerKeyStudy(
            subjects=("any",),
            puzzles=puzzles,
            levels=(level,),
            n_puzzles=n_puzzles,
            seed=seed,
            share=share,
        )
        asked = _alone(study, stage)
    else:
        asked = _named(sheets)
    remember(entry.puzzle for sheet in asked for entry in sheet.entries)
    return Task(
        name=f"{TASK}_{stage}",
        dataset=MemoryDataset([make_sample(sheet, label, persona) for sheet in asked], name=stage),
        solver=answer_sheet(),
        scorer=sheet_scorer(),
        config=GenerateConfig(
            temperature=temperature,
            max_tokens=max_tokens,
            reasoning_effort=reasoning_effort,
            reasoning_tokens=reasoning_tokens,
        ),
        version=TASK_VERSION,
    )


def _named(sheets: str) -> list[Sheet]:
    if sheets in _HELD:
        return _HELD[sheets]
    try:
        text = Path(sheets).read_text()
    except OSError as error:
        raise StudyError(
            f"{sheets} names no sheets ({error}); give a file such as OUT/sheets/workings.json"
        ) from error
    return read_sheets(text, sheets)


def _alone(study: AnswerKeyStudy, stage: Stage) -> list[Sheet]:
    """Return the sheets of a stage that needs no earlier one."""
    puzzles = study.draw_puzzles()
    misses = make_misses(puzzles, study.seed)
    if stage == "knowledge":
        return knowledge_sheets(study, puzzles)
    if stage == "screening":
        return screening_sheets(study, puzzles, misses)
    if stage == "self_score":
        return self_score_sheets(study, puzzles, misses, set())
    raise StudyError(
        f"stage {stage!r} is made from the logs of an earlier one; run `balk answer-key`, or give "
        "its sheets: -T sheets=OUT/sheets/STAGE.json"
    )


def make_sample(sheet: Sheet, label: str | None, persona: str = "plain") -> Sample:
    """Return the sample of a sheet, with all that is needed to read its replies again."""
    first = (
        wording.question(sheet, 1) if wording.is_one_by_one(sheet) else wording.first_text(sheet)
    )
    system = PERSONAS[persona]
    messages: list[ChatMessage] = [ChatMessageSystem(content=system)] if system else []
    messages += [_message(role, text) for role, text in sheet.before]
    messages.append(ChatMessageUser(content=first))
    return Sample(
        id=sheet.name,
        input=messages,
        target=[entry.puzzle.key for entry in sheet.entries],
        metadata={"exam": {"sheet": sheet.name}, "sheet": sheet.to_dict(), "label": label},
    )


def _message(role: str, text: str) -> ChatMessage:
    if role not in {"user", "assistant"}:
        raise SubjectError(f"a conversation cannot be continued from role {role!r}")
    return ChatMessageUser(content=text) if role == "user" else ChatMessageAssistant(content=text)


@scorer(metrics={"*": [mean()]})
def sheet_scorer() -> Scorer:
    """Score a sheet: how many of its questions say what, from messages and metadata alone."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 -- Inspect's signature
        rows = read_sheet(state.messages, Sheet.from_dict(state.metadata["sheet"]))
        value: dict[str, str | int | float | bool | None] = {
            "n_questions": len(rows),
            "n_right": _count(rows, "is_right"),
            "n_said_right": _count(rows, "said_right"),
        }
        return Score(value=value, answer="".join(str(row["outcome"]) for row in rows))

    return score


def _count(rows: list[dict[str, Any]], name: str) -> int:
    return sum(row[name] is True for row in rows)
