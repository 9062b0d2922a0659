"""Prompt texts of the answer-key experiment: one template file a stage."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import jinja2

from balk.design.answer_key.sheets import Entry, Sheet, content_hash

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("balk.design.answer_key", "prompts"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 -- plain text for a language model, never HTML
    keep_trailing_newline=False,
)
HEAD_CHARS = 6_000
TAIL_CHARS = 6_000


def first_text(sheet: Sheet) -> str:
    """Return what a sheet is opened with, where its questions are asked together."""
    return str(_part(sheet, "opening")(sheet))


def key_text(sheet: Sheet) -> str:
    """Return what follows the answers that were written first: the key, and how to mark by it."""
    return str(_part(sheet, "key")(sheet))


def question(sheet: Sheet, position: int) -> str:
    """Return the text of the question at a place, from 1, where each is asked by itself."""
    entry = sheet.entries[position - 1]
    if sheet.stage == "grading":
        return _grading(sheet, entry)
    return str(_part(sheet, "question")(sheet, sheet.number(position), entry))


def is_one_by_one(sheet: Sheet) -> bool:
    """Tell whether each question of a sheet is asked by itself."""
    return sheet.stage in {"false_answers", "workings", "grading"}


def texts(sheet: Sheet) -> Iterable[str]:
    """Yield every text that a sheet may show."""
    if is_one_by_one(sheet):
        yield from (question(sheet, place) for place in range(1, sheet.n_questions + 1))
        return
    yield first_text(sheet)
    if sheet.shows_key_later:
        yield key_text(sheet)


def wording_hash(sheets: Iterable[Sheet]) -> str:
    """Return a hash of every text that these sheets may show, with their true keys."""
    shown: list[str] = []
    for sheet in sheets:
        shown += [sheet.name, *(text for pair in sheet.before for text in pair), *texts(sheet)]
        shown += [entry.puzzle.id for entry in sheet.entries]
    return content_hash(shown)


@cache
def templates_hash() -> str:
    """Return a hash of the text of every template: another one wherever a word changes."""
    loader = _TEMPLATES.loader
    assert loader is not None  # noqa: S101 -- for the type checker
    return content_hash(
        [loader.get_source(_TEMPLATES, name)[0] for name in loader.list_templates()]
    )


def _grading(sheet: Sheet, entry: Entry) -> str:
    """Return a working between two lines that nobody who wrote it could know."""
    working = entry.given or ""
    fence = content_hash([sheet.name, working, entry.puzzle.stem])
    if len(working) > HEAD_CHARS + TAIL_CHARS:
        n_left = len(working) - HEAD_CHARS - TAIL_CHARS
        middle = f"\n[{n_left} characters left out]\n"
        working = working[:HEAD_CHARS] + middle + working[-TAIL_CHARS:]
    return str(_part(sheet, "question")(sheet, entry, working, fence))


def _part(sheet: Sheet, name: str) -> Any:  # noqa: ANN401 -- a macro
    return getattr(_module(f"{sheet.stage}.j2"), name)


@cache
def _module(name: str) -> Any:  # noqa: ANN401 -- a template module has the macros as attributes
    return _TEMPLATES.get_template(name).module
