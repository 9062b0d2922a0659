"""A badly written reply whose meaning is known: the core of the sloppy subject, without Inspect.

It is written from the prompts' side alone and knows nothing of the parser, so that the two
cannot share a mistake. A careful reader can take every reply in only one way:

- what stands in the answer's place counts, talk around the lines does not;
- what is corrected counts as corrected, and a second pass counts over the first;
- an answer and a lifeline side by side, with nothing to choose by, are a conflict;
- a word for skipping that was not announced leaves the question blank;
- in a reply cut off for length, an unfinished last line says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from balk.elicit.subjects.sloppy.chances import happens, pick
from balk.elicit.subjects.sloppy.frames import AFTER, BEFORE, P_FRAME, TEMPLATE, Scene, draw_frames
from balk.elicit.subjects.sloppy.layouts import (
    ANSWER_LAST,
    LAYOUTS,
    ONE_QUESTION,
    Sheet,
    asked_lines,
)
from balk.elicit.subjects.sloppy.rows import draw_body, draw_rows, line_beyond
from balk.elicit.subjects.sloppy.thinking import draw_thinking, unfinished
from balk.elicit.subjects.sloppy.truth import Intent, Plan, draw_plan
from balk.errors import ReplyError
from balk.records import ReplyFormat

KINDS = {"whole": 0.9, "cut": 0.05, "cut in thought": 0.015, "refusal": 0.02, "empty": 0.015}
P_ENDING = 0.08
REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I cannot assist with this request.",
    "I must decline to take part in this exam, as it goes against my guidelines.",
)


@dataclass(frozen=True, slots=True)
class SloppyReply:
    """A reply and what it means.

    Attributes
    ----------
    text : str
        As the subject sends it, without the prefix of the format.
    outcomes : str
        One letter of `Outcome` for each question asked.
    answers : tuple of str or None
        Canonical answer of each attempt, None for every other outcome.
    is_truncated : bool
        Whether it was cut off for length.
    layout : str
        Name of the layout, or of the kind of reply that has none.
    sins : tuple of str
        Names of what was done to it.
    """

    text: str
    outcomes: str
    answers: tuple[str | None, ...]
    is_truncated: bool
    layout: str
    sins: tuple[str, ...]


def write_sloppy(
    reply_format: ReplyFormat, answers: Sequence[str], rng: np.random.Generator
) -> SloppyReply:
    """Return a badly written reply with its truth.

    Parameters
    ----------
    reply_format : ReplyFormat
        What the prompt asks for.
    answers : sequence of str
        What an attempt at each question would answer, in canonical form.
    rng : numpy.random.Generator
        Decides everything; the same state gives the same reply.

    Raises
    ------
    ReplyError
        If there is not one answer for each question asked.
    """
    n_questions = reply_format.n_questions
    if len(answers) != n_questions:
        raise ReplyError(f"{len(answers)} answers for {n_questions} questions; give one for each")
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    if reply_format.prefix:
        write = _write_cut_document if kind.startswith("cut") else _write_document
        return _without_prefix(write(reply_format, answers, rng), reply_format.prefix)
    if kind == "whole":
        return _write_whole(reply_format, answers, rng)
    if kind == "cut":
        return _write_cut(reply_format, answers, rng)
    return _write_wordless(kind, reply_format, answers, rng)


def _write_whole(
    reply_format: ReplyFormat, answers: Sequence[str], rng: np.random.Generator
) -> SloppyReply:
    """Return a whole reply with lines, in any layout and any frame."""
    plan = draw_plan(reply_format, answers, rng, may_leave_out=True)
    layouts = ONE_QUESTION if reply_format.n_questions == 1 else LAYOUTS
    layout = pick(rng, list(layouts))
    rows, cell_sins = draw_rows(reply_format, plan, rng)
    body, body_sins = draw_body(layouts[layout], rows, reply_format, plan, rng)
    scene = Scene(reply_format, plan)
    thinking = draw_thinking(scene, rng)
    before, after = draw_frames(BEFORE, scene, rng), draw_frames(AFTER, scene, rng)
    parts = [*thinking.values(), *before.values(), body, *after.values()]
    text, ending = _ended("\n\n".join(part for part in parts if part), rng)
    sins = (*cell_sins, *body_sins, *thinking, *before, *after, *ending)
    return _reply(text, plan, reply_format, layout, sins)


def _write_cut(
    reply_format: ReplyFormat, answers: Sequence[str], rng: np.random.Generator
) -> SloppyReply:
    """Return lines that stop somewhere."""
    plan = draw_plan(reply_format, answers, rng, may_leave_out=False)
    layout = pick(rng, list(ANSWER_LAST))
    rows, sins = draw_rows(reply_format, plan, rng)
    before = draw_frames(BEFORE, Scene(reply_format, plan), rng)
    n_whole = int(rng.integers(len(rows)))
    sheet = _cut(ANSWER_LAST[layout](rows, rng), n_whole, rng)
    text = "\n\n".join([*before.values(), sheet])
    return _truncated(_reply(text, plan, reply_format, layout, (*sins, *before)), n_whole)


def _write_document(
    reply_format: ReplyFormat, answers: Sequence[str], rng: np.random.Generator
) -> SloppyReply:
    """Return the lines of a document, which has no blank line and may go on too long."""
    plan = draw_plan(reply_format, answers, rng, may_leave_out=True)
    rows, sins = draw_rows(reply_format, plan, rng)
    lines = list(asked_lines(rows, rng).lines)
    if reply_format.n_questions > 1:
        more = {
            "template echoed": TEMPLATE,
            "question beyond the exam": line_beyond(reply_format),
            "line twice": pick(rng, lines),
        }
        too_much = [sin for sin in more if happens(rng, P_FRAME)]
        lines += [more[sin] for sin in too_much]
        sins += too_much
    return _reply("\n".join(lines), plan, reply_format, "document", sins)


def _write_cut_document(
    reply_format: ReplyFormat, answers: Sequence[str], rng: np.random.Generator
) -> SloppyReply:
    """Return the lines of a document that stop somewhere."""
    plan = draw_plan(reply_format, answers, rng, may_leave_out=False)
    rows, sins = draw_rows(reply_format, plan, rng)
    n_whole = int(rng.integers(len(rows)))
    text = _cut(asked_lines(rows, rng), n_whole, rng)
    return _truncated(_reply(text, plan, reply_format, "document", sins), n_whole)


def _write_wordless(
    kind: str, reply_format: ReplyFormat, answers: Sequence[str], rng: np.random.Generator
) -> SloppyReply:
    """Return a reply without any line: a refusal, nothing, or thinking that was cut off."""
    plan = Plan((Intent.MISSING,) * len(answers), tuple(answers))
    if kind == "refusal":
        reply = _reply(pick(rng, REFUSALS), plan, reply_format, kind, ())
        return replace(reply, outcomes="R" * len(answers))
    if kind == "empty":
        return _reply(pick(rng, ("", "\n", "  \n\n")), plan, reply_format, kind, ())
    text = unfinished(Scene(reply_format, plan), rng)
    return _truncated(_reply(text, plan, reply_format, kind, ()), n_whole=0)


def _reply(
    text: str, plan: Plan, reply_format: ReplyFormat, layout: str, sins: Sequence[str]
) -> SloppyReply:
    outcomes = plan.outcomes(reply_format.lifelines)
    return SloppyReply(
        text, outcomes, plan.attempted(), is_truncated=False, layout=layout, sins=tuple(sins)
    )


def _cut(sheet: Sheet, n_whole: int, rng: np.random.Generator) -> str:
    """Return whole lines with their line ends, and at most the beginning of the next one."""
    whole = "".join(f"{line}\n" for line in (*sheet.head, *sheet.lines[:n_whole]))
    following = sheet.lines[n_whole]
    return whole + following[: int(rng.integers(0, max(1, len(following) - 1)))]


def _truncated(reply: SloppyReply, n_whole: int) -> SloppyReply:
    n_lost = len(reply.outcomes) - n_whole
    return replace(
        reply,
        outcomes=reply.outcomes[:n_whole] + "T" * n_lost,
        answers=(*reply.answers[:n_whole], *(None,) * n_lost),
        is_truncated=True,
        sins=(*reply.sins, "cut"),
    )


def _without_prefix(reply: SloppyReply, prefix: str) -> SloppyReply:
    """Return what follows the prefix; a reply that was cut within it is empty."""
    return replace(reply, text=reply.text[len(prefix) :])


def _ended(text: str, rng: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    """Return the text with other line ends or with spaces at times."""
    if happens(rng, P_ENDING):
        return text.replace("\n", "\r\n"), ("carriage returns",)
    if happens(rng, P_ENDING):
        return text.replace("\n", "  \n") + "\n\n", ("trailing spaces",)
    return text, ()
