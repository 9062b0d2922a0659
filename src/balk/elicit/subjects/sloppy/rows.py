"""From what is meant to rows, and from rows to the body of a reply, in one pass or two."""

from collections.abc import Sequence

import numpy as np

from balk.elicit.subjects.sloppy.cells import draft_cell, write_cell
from balk.elicit.subjects.sloppy.chances import happens, pick
from balk.elicit.subjects.sloppy.layouts import Layout, Row, asked_lines
from balk.elicit.subjects.sloppy.truth import Intent, Plan
from balk.records import ReplyFormat

P_BARE = 0.08
P_CAREFUL = 0.15
P_AGAIN = 0.3
DECIDED = {Intent.ATTEMPT, Intent.SKIP, Intent.CONFLICT}
"""What may replace a first try; whether a blank takes an answer back is anyone's guess."""
PASSES = {
    "": 0.7,
    "second pass": 0.09,
    "second look at some": 0.09,
    "line twice": 0.06,
    "question beyond the exam": 0.06,
}


def draw_rows(
    reply_format: ReplyFormat, plan: Plan, rng: np.random.Generator
) -> tuple[list[Row], list[str]]:
    """Return a row for each question that is not left out, and the sins in its cell."""
    rows, sins = [], []
    is_bare, is_careful = happens(rng, P_BARE), happens(rng, P_CAREFUL)
    for index, (intent, answer) in enumerate(zip(plan.intents, plan.answers, strict=True)):
        if intent is Intent.MISSING:
            sins.append("missing line")
            continue
        cell = write_cell(intent, answer, reply_format.exit_word, rng, is_careful=is_careful)
        sins += [cell.sin] if cell.sin else []
        rows.append(_row(reply_format, index, cell.text, rng, is_bare=is_bare))
    return rows, sins


def draw_body(
    layout: Layout,
    rows: Sequence[Row],
    reply_format: ReplyFormat,
    plan: Plan,
    rng: np.random.Generator,
) -> tuple[str, tuple[str, ...]]:
    """Return the laid out rows, at times after a first try, and the sin committed."""
    if not rows:
        return "", ()
    text = layout(rows, rng).text()
    decided = [row for row in rows if plan.intents[row.number - reply_format.first] in DECIDED]
    sin = str(rng.choice(list(PASSES), p=list(PASSES.values())))
    if sin in {"second pass", "second look at some"} and not decided:
        return text, ()
    if sin == "second pass":
        first = _first_try(layout, rows, _drafts(decided, plan, reply_format, rng), rng)
        text = f"{first}\n\nSecond pass over all questions, these lines are final:\n\n{text}"
    elif sin == "second look at some":
        again = [row for row in decided if happens(rng, P_AGAIN)] or [decided[0]]
        first = _first_try(layout, rows, _drafts(again, plan, reply_format, rng), rng)
        second = layout(again, rng).text()
        text = f"{first}\n\nOn a second look I correct some of these:\n\n{second}"
    elif sin == "line twice":
        text = f"{text}\n{asked_lines([pick(rng, rows)], rng).text()}"
    elif sin == "question beyond the exam":
        text = f"{text}\n{line_beyond(reply_format)}"
    return text, (sin,) if sin else ()


def line_beyond(reply_format: ReplyFormat) -> str:
    """Return a line for a question that was not asked."""
    number = reply_format.first + reply_format.n_questions
    return f"Q{number}: difficulty 3, confidence 60%, answer: 8"


def _first_try(
    layout: Layout, rows: Sequence[Row], drafts: Sequence[Row], rng: np.random.Generator
) -> str:
    """Return all rows laid out, with drafts in the place of those that will be corrected."""
    tries = {draft.number: draft for draft in drafts}
    return layout([tries.get(row.number, row) for row in rows], rng).text()


def _drafts(
    rows: Sequence[Row], plan: Plan, reply_format: ReplyFormat, rng: np.random.Generator
) -> list[Row]:
    indices = [row.number - reply_format.first for row in rows]
    cells = [draft_cell(plan.answers[index], reply_format.exit_word, rng) for index in indices]
    return [
        _row(reply_format, index, cell, rng) for index, cell in zip(indices, cells, strict=True)
    ]


def _row(
    reply_format: ReplyFormat,
    index: int,
    cell: str,
    rng: np.random.Generator,
    *,
    is_bare: bool = False,
) -> Row:
    asked = () if is_bare else reply_format.fields
    difficulty, confidence = int(rng.integers(1, 11)), int(rng.integers(0, 101))
    return Row(
        reply_format.first + index,
        cell,
        difficulty if "difficulty" in asked else None,
        confidence if "confidence" in asked else None,
    )
