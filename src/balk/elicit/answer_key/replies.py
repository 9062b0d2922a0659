"""Messages of a sheet -> the rows of the table; the same for the scorer and for old logs."""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant

from balk.design.answer_key.sheets import Entry, Sheet
from balk.elicit.answer_key.asking import turns
from balk.elicit.replies import CUT_OFF, read_message
from balk.measure.answer_key.grading import read_grade
from balk.measure.answer_key.marks import read_marks, read_score
from balk.measure.answer_key.numbers import REACHED
from balk.measure.answer_key.workings import Working, read_working
from balk.measure.mark import is_right
from balk.records import Outcome, Reading

Row = dict[str, Any]
Replies = Mapping[str, ChatMessageAssistant]
"""Turn -> the reply in it."""

MARKS = ("right", "wrong")
VERDICTS = ("yes", "no")


def read_sheet(messages: Sequence[ChatMessage], sheet: Sheet, failure: str = "") -> list[Row]:
    """Return one row for each question of a sheet, in the order asked.

    Parameters
    ----------
    messages : sequence of ChatMessage
        The conversation as logged.
    sheet : Sheet
        What was asked.
    failure : str, optional
        Why it broke off; questions without a reply have failed for this reason.
    """
    replies = _replies(messages, sheet)
    read = {
        "knowledge": _read_answers,
        "screening": _read_verdicts,
        "self_score": _read_self_score,
        "marking": _read_marking,
        "workings": _read_workings,
        "false_answers": _read_one_by_one,
        "grading": _read_grades,
    }[sheet.stage]
    whole = [_frame(sheet, position) for position in range(1, sheet.n_questions + 1)]
    for row, found in zip(whole, read(sheet, replies), strict=True):
        row.update(found)
        if row["outcome"] == Outcome.FAILED:
            row["reason"] = failure or "the call never came back"
    return whole


def _frame(sheet: Sheet, position: int) -> Row:
    entry = sheet.entries[position - 1]
    return {
        "stage": sheet.stage,
        "form": sheet.form,
        "key_type": sheet.key_type,
        "chosen": sheet.chosen,
        "framing": sheet.framing,
        "layout": sheet.layout,
        "batch": sheet.index,
        "position": position,
        "puzzle_id": entry.puzzle.id,
        "family": entry.puzzle.family,
        "level": entry.puzzle.level,
        "marking": entry.puzzle.marking,
        "key": entry.puzzle.key,
        "shown": entry.shown,
        "style": entry.style,
        "is_shown_true": entry.is_shown_true,
        "outcome": Outcome.FAILED.value,
        "reason": "",
        "answer": None,
        "is_right": None,
        "said_right": None,
        "claimed": None,
        "working": None,
        "graded": None,
        "quote": "",
    }


def _read_answers(sheet: Sheet, replies: Replies, turn: str = "sheet") -> list[Row]:
    if turn not in replies:
        return [{}] * sheet.n_questions
    readings = read_message(replies[turn], sheet.reply_format())
    return [
        _answered(reading, entry) for reading, entry in zip(readings, sheet.entries, strict=True)
    ]


def _answered(reading: Reading, entry: Entry) -> Row:
    is_there = reading.outcome is Outcome.ATTEMPT and reading.answer is not None
    answer = reading.answer if is_there else None
    return _told(reading) | {
        "answer": answer,
        "is_right": _mark(answer, entry),
    }


def _told(reading: Reading) -> Row:
    return {
        "outcome": reading.outcome.value,
        "reason": reading.reason,
        "quote": reading.quote,
    }


def _mark(answer: str | None, entry: Entry) -> bool | None:
    return None if answer is None else is_right(answer, entry.puzzle.key, entry.puzzle.marking)


def _read_said(
    sheet: Sheet, replies: Replies, words: tuple[str, str], turn: str = "sheet"
) -> list[Row]:
    """Read one of two words for each question."""
    if turn not in replies:
        return [{}] * sheet.n_questions
    readings = read_message(replies[turn], sheet.reply_format())
    return [
        _told(reading) | {"said_right": said}
        for reading, said in zip(readings, read_marks(readings, words), strict=True)
    ]


def _read_verdicts(sheet: Sheet, replies: Replies) -> list[Row]:
    return _read_said(sheet, replies, VERDICTS)


def _read_self_score(sheet: Sheet, replies: Replies) -> list[Row]:
    if sheet.form == "count":
        return _read_count(sheet, replies)
    if sheet.form == "list":
        return _read_said(sheet, replies, MARKS)
    marks = _read_said(sheet, replies, MARKS, "marks")
    answers = _read_answers(sheet, replies, "answers")
    # What was answered is told of the answer; the mark beside it has words of its own.
    return [
        mark | answer | {"quote": mark.get("quote", answer.get("quote", ""))}
        for mark, answer in zip(marks, answers, strict=True)
    ]


def _read_count(sheet: Sheet, replies: Replies) -> list[Row]:
    message = replies.get("sheet")
    if message is None:
        return [{}] * sheet.n_questions
    is_cut = _finish(message) in CUT_OFF
    claimed = None if is_cut else read_score(message.text, sheet.n_questions)
    unread = Outcome.TRUNCATED if is_cut else Outcome.UNPARSED
    row = {
        "outcome": (unread if claimed is None else Outcome.ATTEMPT).value,
        "reason": "no count could be read" if claimed is None else "",
        "claimed": claimed,
        "quote": " ".join(message.text[-200:].split())[-80:],
    }
    return [row] * sheet.n_questions


def _read_marking(sheet: Sheet, replies: Replies) -> list[Row]:
    marks = _read_said(sheet, replies, MARKS)
    return [
        mark | {"answer": entry.given, "is_right": _mark(entry.given, entry)}
        for mark, entry in zip(marks, sheet.entries, strict=True)
    ]


def _read_workings(sheet: Sheet, replies: Replies) -> list[Row]:
    rows: list[Row] = []
    for position, entry in enumerate(sheet.entries, start=1):
        message = replies.get(f"question {position}")
        if message is None:
            rows.append({})
            continue
        read = read_working(
            message.text,
            sheet.reply_format(position),
            entry.shown or "",
            entry.puzzle.marking,
            is_truncated=_finish(message) in CUT_OFF,
        )
        is_true_reached = entry.is_shown_true and read.kind is Working.RATIONALISED
        (reading,) = read_message(message, sheet.reply_format(position))
        rows.append(
            _told(reading)
            | {
                "answer": read.answer,
                "is_right": _mark(read.answer, entry),
                "working": REACHED if is_true_reached else read.kind.value,
                "quote": read.quote,
            }
        )
    return rows


def _read_one_by_one(sheet: Sheet, replies: Replies) -> list[Row]:
    rows: list[Row] = []
    for position, entry in enumerate(sheet.entries, start=1):
        message = replies.get(f"question {position}")
        if message is None:
            rows.append({})
            continue
        (reading,) = read_message(message, sheet.reply_format(position))
        rows.append(_answered(reading, entry))
    return rows


def _read_grades(sheet: Sheet, replies: Replies) -> list[Row]:
    rows: list[Row] = []
    for position, entry in enumerate(sheet.entries, start=1):
        message = replies.get(f"question {position}")
        if message is None:
            rows.append({})
            continue
        grade = read_grade(message.text, entry.given or "")
        is_reached = entry.is_shown_true and grade.kind is Working.RATIONALISED
        kind = REACHED if is_reached else grade.kind.value if grade.kind else None
        rows.append(
            {
                "outcome": (Outcome.ATTEMPT if grade.kind else Outcome.UNPARSED).value,
                "reason": grade.reason,
                "graded": kind,
                "quote": grade.quote[:80],
            }
        )
    return rows


def _replies(messages: Sequence[ChatMessage], sheet: Sheet) -> dict[str, ChatMessageAssistant]:
    """Return the subject's replies by turn, which they are taken for in their order.

    A sample that Inspect put together again after a kill has the words of a reply and not its
    metadata, so that no turn is known by these.
    """
    talk = [m for m in messages if m.role != "system"]
    said = [m for m in talk[len(sheet.before) :] if isinstance(m, ChatMessageAssistant)]
    return dict(zip(turns(sheet), said, strict=False))


def _finish(message: ChatMessageAssistant) -> str:
    facts: dict[str, Any] = (message.metadata or {}).get("balk", {})
    return facts.get("finish_reason") or ""
