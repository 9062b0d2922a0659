"""What an answer-key study asks: whose puzzles, which keys, which forms."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field, model_validator

from balk.design.answer_key.keys import key_text, show_keys, shuffled
from balk.design.answer_key.near_misses import Miss, near_miss
from balk.design.answer_key.sheets import (
    Entry,
    Form,
    Framing,
    KeyType,
    Sheet,
    batches,
    content_hash,
    make_sheets,
)
from balk.design.answer_key.wording import templates_hash
from balk.design.described import Described, check_named_once
from balk.design.personas import PERSONAS
from balk.design.puzzles.drafts import check_level
from balk.design.sources import read_puzzles
from balk.design.subjects import Subject
from balk.errors import StudyError
from balk.records import Puzzle


class AnswerKeyStudy(Described):
    """An answer-key experiment with one or more subjects.

    Raises
    ------
    StudyError
        If a field is not as it must be.
    """

    subjects: tuple[str, ...] = ()
    """Inspect model names."""
    described: tuple[Subject, ...] = ()
    """Subjects with a persona and settings of their own, such as those of a panel."""
    author: str | None = None
    """Model that writes the false answers; without one they are near misses of the keys."""
    grader: str | None = None
    """Model that classifies workings beside the rules."""
    puzzles: str = "balk"
    """Where the puzzles come from, as `balk run --puzzles` takes it."""
    levels: tuple[int, ...] = (5,)
    """Levels of the puzzles."""
    n_puzzles: int = Field(default=100, ge=2)
    """How many puzzles."""
    batch: int = Field(default=20, ge=1, le=50)
    """Puzzles in one conversation."""
    seed: int = Field(default=0, ge=0)
    """Root of every random draw."""
    share: float = Field(default=0.5, ge=0, le=1)
    """Share of a mixed key that is false."""
    key_types: tuple[KeyType, ...] = ("true", "false", "mixed", "none")
    """Keys that are shown. ``false`` is needed for the accepted set."""
    forms: tuple[Form, ...] = ("count", "list", "commit")
    """How claims are asked for."""
    framings: tuple[Framing, ...] = ("plain", "may_err")
    """Whether it is also said that what is shown may contain mistakes."""
    layout: Literal["apart", "together"] = "apart"
    """Workings: each in a conversation of its own, or after the self-score they are about."""
    temperature: float | None = Field(default=1.0, ge=0, le=2)
    """Sampling temperature; null sends none."""
    max_tokens: int = Field(default=32_000, ge=1)
    """Most tokens in one reply."""

    @model_validator(mode="after")
    def _check(self) -> "AnswerKeyStudy":
        check_named_once("subjects", [one.name for one in self.examined])
        for one in self.described:
            if one.interface != "chat":
                raise StudyError(
                    f"{one.name} continues documents, and answer keys are shown in conversations; "
                    "leave it out"
                )
        check_named_once("key_types", self.key_types)
        check_named_once("forms", self.forms)
        check_named_once("framings", self.framings)
        for level in self.levels:
            check_level(level)
        return self

    def draw_puzzles(self) -> list[Puzzle]:
        """Return the puzzles, in the order in which batches are cut from them."""
        return read_puzzles(self.puzzles, n=self.n_puzzles, seed=self.seed, levels=self.levels)

    @property
    def examined(self) -> tuple[Subject, ...]:
        """All subjects, by whose names the table tells them apart."""
        plain = [
            Subject(model=one, label=one, temperature=self.temperature, max_tokens=self.max_tokens)
            for one in self.subjects
        ]
        return (*plain, *self.described)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all subjects."""
        return tuple(one.name for one in self.examined)

    @property
    def models(self) -> tuple[str, ...]:
        """Everybody who is asked."""
        others = [name for name in (self.author, self.grader) if name]
        return tuple(dict.fromkeys((*(one.model for one in self.examined), *others)))

    @property
    def id(self) -> str:
        """Hash of all that decides what is asked: settings, puzzles and wording."""
        asked = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        personas = [PERSONAS[one.persona] for one in self.described]
        puzzles = [one.id for one in self.draw_puzzles()]
        return content_hash([asked, templates_hash(), *personas, *puzzles])


def make_misses(puzzles: Sequence[Puzzle], seed: int) -> dict[str, Miss]:
    """Return a near miss of every key, by puzzle id."""
    return {puzzle.id: near_miss(puzzle, seed) for puzzle in puzzles}


def knowledge_sheets(study: AnswerKeyStudy, puzzles: Sequence[Puzzle]) -> list[Sheet]:
    """Return the sheets on which a subject answers alone."""
    entries = [Entry(puzzle) for puzzle in puzzles]
    return make_sheets(Sheet("knowledge", 0, ()), entries, study.batch)


def false_answer_sheets(study: AnswerKeyStudy, puzzles: Sequence[Puzzle]) -> list[Sheet]:
    """Return the sheets on which an author writes wrong answers."""
    entries = [Entry(puzzle, shown=key_text(puzzle)) for puzzle in puzzles]
    return make_sheets(Sheet("false_answers", 0, (), key_type="true"), entries, study.batch)


def screening_sheets(
    study: AnswerKeyStudy, puzzles: Sequence[Puzzle], misses: Mapping[str, Miss]
) -> list[Sheet]:
    """Return the sheets that present keys as the answers, under every key and framing."""
    return [
        sheet
        for key_type in study.key_types
        if key_type != "none"
        for framing in _framings(study, key_type)
        for sheet in _all(
            study, Sheet("screening", 0, (), "", key_type, "all", framing), puzzles, misses
        )
    ]


def self_score_sheets(
    study: AnswerKeyStudy,
    puzzles: Sequence[Puzzle],
    misses: Mapping[str, Miss],
    accepted: set[str],
) -> list[Sheet]:
    """Return the sheets of self-scores: all puzzles under every key, accepted ones under false."""
    sheets = []
    for form in study.forms:
        for key_type in study.key_types:
            if key_type == "none" and form == "commit":
                continue  # there is nothing to mark by
            for framing in _framings(study, key_type):
                of = Sheet("self_score", 0, (), form, key_type, "all", framing)
                sheets += _all(study, of, puzzles, misses)
        kept = [puzzle for puzzle in puzzles if puzzle.id in accepted]
        if form != "commit" and kept:
            of = Sheet("self_score", 0, (), form, "false", "accepted")
            sheets += _all(study, of, kept, misses)
    return sheets


def _framings(study: AnswerKeyStudy, key_type: KeyType) -> tuple[Framing, ...]:
    """Return the framings of a key: the warning is only given with false keys."""
    return study.framings if key_type == "false" else study.framings[:1]


def _all(
    study: AnswerKeyStudy, of: Sheet, puzzles: Sequence[Puzzle], misses: Mapping[str, Miss]
) -> list[Sheet]:
    """Return a condition's sheets; a batch holds the same puzzles in each, in another order."""
    sheets = []
    for index, batch in enumerate(batches(puzzles, study.batch)):
        shown = show_keys(batch, of.key_type, misses, share=study.share, seed=study.seed)
        order = shuffled(shown, study.seed, f"{of.stage}-{of.condition}")
        sheets.append(replace(of, index=index, entries=tuple(order)))
    return sheets
