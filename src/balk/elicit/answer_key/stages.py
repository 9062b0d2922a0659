"""What each stage asks of each subject, from the finished logs of the stages before it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from balk.design.answer_key.keys import with_given
from balk.design.answer_key.near_misses import Miss, near_miss
from balk.design.answer_key.plan import asks_workings
from balk.design.answer_key.sheets import Entry, Layout, Sheet, make_sheets
from balk.design.answer_key.study import AnswerKeyStudy, make_misses
from balk.elicit.answer_key.logs import Graded, Held
from balk.errors import PuzzleError
from balk.measure.mark import is_right
from balk.records import Puzzle

MAX_CHARS = 80  # of a wrong answer that an author wrote


def misses_of(
    study: AnswerKeyStudy, puzzles: Sequence[Puzzle], written: Sequence[Held]
) -> dict[str, Miss]:
    """Return the wrong answer of every puzzle: the author's where it is one, else a near miss.

    An author's answer serves if it can be read, is marked wrong, and is not long. A puzzle that
    has neither is left out.
    """
    if not written:
        return make_misses(list(puzzles), study.seed)
    by_puzzle = {row["puzzle_id"]: row for held in written for row in held.rows}
    misses = {}
    for puzzle in puzzles:
        answer = by_puzzle.get(puzzle.id, {}).get("answer")
        if answer is not None and _serves(answer, puzzle):
            misses[puzzle.id] = Miss(answer, "author")
            continue
        with suppress(PuzzleError):
            misses[puzzle.id] = near_miss(puzzle, study.seed)
    return misses


def _serves(answer: str, puzzle: Puzzle) -> bool:
    is_wrong = is_right(answer, puzzle.key, puzzle.marking) is False
    return is_wrong and len(answer) <= MAX_CHARS


def accepted_ids(screened: Sequence[Held]) -> set[str]:
    """Return the puzzles whose false key a subject called right at screening."""
    return {
        row["puzzle_id"]
        for held in screened
        for row in held.rows
        if held.sheet.key_type == "false"
        and held.sheet.framing == "plain"
        and row["said_right"] is True
    }


def marking_sheets(scored: Sequence[Held]) -> list[Sheet]:
    """Return the sheets on which a subject marks the answers that it wrote, as somebody's."""
    sheets = []
    for held in scored:
        if held.sheet.form != "commit":
            continue
        entries = tuple(
            with_given(entry, row["answer"])
            for entry, row in zip(held.sheet.entries, held.rows, strict=True)
            if row["answer"] is not None
        )
        if entries:
            sheets.append(replace(held.sheet, stage="marking", entries=entries))
    return sheets


def working_sheets(scored: Sequence[Held], layout: Layout) -> list[Sheet]:
    """Return the sheets that ask how answers are reached, after those sheets that do."""
    sheets = []
    for held in scored:
        if not asks_workings(held.sheet):
            continue
        is_count = held.sheet.form == "count"
        entries = numbered(held.sheet) if is_count else _claimed(held)
        if entries:
            chosen = "accepted" if is_count else "claimed"
            sheets.append(_working_sheet(held, tuple(entries), chosen, layout))
    return sheets


def _claimed(held: Held) -> list[Entry]:
    return [
        entry
        for entry, row in zip(numbered(held.sheet), held.rows, strict=True)
        if row["said_right"] is True
    ]


def numbered(sheet: Sheet) -> list[Entry]:
    """Return a sheet's entries with the numbers under which they were asked."""
    return [replace(entry, number=place) for place, entry in enumerate(sheet.entries, start=1)]


def _working_sheet(held: Held, entries: tuple[Entry, ...], chosen: str, layout: Layout) -> Sheet:
    before = held.texts if layout == "together" else ()
    return replace(
        held.sheet,
        stage="workings",
        entries=entries,
        chosen=chosen,  # type: ignore[arg-type]
        layout=layout,
        before=before,
    )


def grading_sheets(shown: Sequence[Held], size: int) -> dict[str, list[Sheet]]:
    """Return the sheets that put workings to a grader, by the subject whose workings they are."""
    by_subject: dict[str, list[Entry]] = {}
    for held in shown:
        replies = held.replies()
        for entry, working in zip(held.sheet.entries, replies, strict=False):
            by_subject.setdefault(held.subject, []).append(with_given(entry, working))
    pattern = Sheet("grading", 0, ())
    return {name: make_sheets(pattern, entries, size) for name, entries in by_subject.items()}


def grades_of(graded: Sequence[Held]) -> dict[Graded, str | None]:
    """Return the grader's class of each working."""
    return {
        (held.subject, entry.puzzle.id, entry.shown, entry.given or ""): row["graded"]
        for held in graded
        for entry, row in zip(held.sheet.entries, held.rows, strict=True)
    }
