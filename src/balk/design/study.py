"""A study: subjects x conditions x forms x epochs, checked before anything is asked."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Self

import numpy as np
from pydantic import Field, PrivateAttr, field_validator, model_validator

from balk.design.arms import BORROWED_VERDICTS, Arm, make_arm
from balk.design.described import ONE_LINE, Described, Whole, check_name, check_named_once
from balk.design.exams import Condition, Exam, make_exams
from balk.design.forms import make_forms
from balk.design.personas import PERSONAS
from balk.design.probes import can_be_asked, why_not
from balk.design.prompts.wording import wording_hash
from balk.design.puzzles.drafts import check_level
from balk.design.sources import read_puzzles
from balk.design.subjects import Effort, Subject
from balk.errors import StudyError, unknown
from balk.records import Form, Interface, Probe, Protocol, Puzzle

CHAT_TOKENS = {"batch": 16_384, "realtime": 8_192, "isolated": 8_192}
COMPLETION_TOKENS_A_LINE = 64
ORDER_STREAM = 0x4F524452  # keeps the order of cells apart from every other use of the same seed


class Questions(Described):
    """Which puzzles are drawn and how they are dealt into forms."""

    puzzles: str = "balk"
    """Source of the puzzles, as `balk.design.sources.read_puzzles` takes it."""
    levels: tuple[Whole, ...] = (5,)
    """Levels to draw from, 1 to 5; their order counts for nothing."""
    pool: Whole = Field(default=40, ge=1)
    """Puzzles in the pool."""
    questions: Whole = Field(default=20, ge=1)
    """Questions on each form."""
    exams: Whole = Field(default=20, ge=1)
    """Forms, which is exams per condition and epoch."""
    seed: Whole = Field(default=0, ge=0)
    """Root of every random draw."""
    first_form: Whole = Field(default=0, ge=0)
    """Number of the first form that is asked, from 0; those before it were asked elsewhere."""

    @field_validator("levels")
    @classmethod
    def _sort(cls, levels: tuple[int, ...]) -> tuple[int, ...]:
        if not levels:
            raise StudyError("levels is empty; give at least one")
        for level in levels:
            check_level(level)
        return tuple(sorted(set(levels)))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.questions > self.pool:
            raise StudyError(
                f"an exam of {self.questions} questions needs a pool of at least as many puzzles, "
                f"and the pool has {self.pool}; raise pool, or ask fewer questions"
            )
        return self

    def make_pool(self) -> list[Puzzle]:
        """Return the puzzles of the pool."""
        return read_puzzles(self.puzzles, n=self.pool, seed=self.seed, levels=self.levels)

    def make_forms(self) -> list[Form]:
        """Return the forms, the same for every condition and subject."""
        n_forms = self.first_form + self.exams
        return make_forms(self.make_pool(), n_forms, self.questions, self.seed)[self.first_form :]

    def of(self, subject: Subject) -> Self:
        """Return the questions that a subject is asked: these, unless it has its own."""
        own = {"puzzles": subject.puzzles, "levels": subject.levels}
        return self.but(**{name: value for name, value in own.items() if value})

    def of_arm(self, arm: Arm) -> Self:
        """Return the questions that an arm asks: these, unless it asks other levels."""
        return self.but(levels=arm.levels) if arm.levels else self


class Block(Described):
    """Conditions that are crossed: every arm with every number of lifelines in every protocol."""

    arms: tuple[str, ...] = ("lifelines",)
    """Arms, ``NAME`` or ``NAME=VALUE``, crossed with ``+``."""
    lifelines: tuple[Whole | None, ...] = (None, 3, 10, 20)
    """Lifelines offered; null means never mentioned."""
    protocols: tuple[Protocol, ...] = ("batch", "realtime")
    """How the questions are put."""
    exams: Whole | None = Field(default=None, ge=1)
    """Exams in each condition, where fewer are wanted than the questions have forms."""
    probes: tuple[Probe, ...] = ()
    """What is asked after each exam that it can be asked of."""
    subjects: tuple[str, ...] = ()
    """Names of those who are asked; by default every subject of the study."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("arms", "lifelines", "protocols"):
            check_named_once(name, getattr(self, name))
        for name in ("probes", "subjects"):
            if getattr(self, name):
                check_named_once(name, getattr(self, name))
        return self

    def asks(self, subject: Subject) -> bool:
        """Return whether a subject is asked the conditions of this block."""
        return not self.subjects or subject.name in self.subjects

    def conditions(self) -> list[Condition]:
        """Return the conditions, each once, in the order they were named.

        Raises
        ------
        StudyError
            If none is left.
        """
        found: dict[Condition, None] = {}
        for protocol in self.protocols:
            for spec in self.arms:
                for lifelines in self.lifelines:
                    condition = make_condition(spec, lifelines, protocol)
                    if condition:
                        found[condition] = None
        if not found:
            raise StudyError(
                f"arms {self.arms} with lifelines {self.lifelines} leave no condition; "
                "arm 'none' needs lifelines 'none' among --lifelines"
            )
        return list(found)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked of one subject under one condition: one task, one log."""

    subject: Subject
    condition: Condition
    n_exams: int
    probes: tuple[Probe, ...] = ()

    @property
    def name(self) -> str:
        """All that tells it apart within a study, as JSON with sorted keys."""
        facts = {
            "subject": self.subject.name,
            "arm": self.condition.arm.spec,
            "lifelines": self.condition.lifelines,
            "protocol": self.condition.protocol,
            "exams": self.n_exams,
        } | ({"probes": self.probes} if self.probes else {})
        return json.dumps(facts, sort_keys=True)

    @property
    def lender(self) -> Condition | None:
        """The condition whose verdicts are told in this one; None where they are its own."""
        arm = self.condition.arm
        if arm.verdicts not in BORROWED_VERDICTS:
            return None
        others = [part for part in arm.spec.split("+") if not part.startswith(("feedback", "key"))]
        return replace(self.condition, arm=make_arm("+".join([*others, "key=hidden"])))


class Study(Described):
    """Who is asked what, under which conditions and how often."""

    subjects: tuple[Subject, ...]
    """Who is asked."""
    blocks: tuple[Block, ...] = (Block(),)
    """Under which conditions; one that several blocks name is asked once."""
    questions: Questions = Field(default_factory=Questions)
    """The puzzles and forms, the same for all but a subject with puzzles of its own."""
    epochs: Whole = Field(default=1, ge=1)
    """Repeats of every form."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Names of two subjects each, such as base and tuned, to hold against each other: of each pair
    the second less the first is told. No part of the study's identity."""
    grader: str | None = Field(default=None, json_schema_extra=ONE_LINE)
    """Model that sorts the stated reasons which the rules cannot; by default none does."""
    _forms: dict[Questions, list[Form]] = PrivateAttr(default_factory=dict)
    _wordings: dict[tuple[Any, ...], str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_name("grader", self.grader)
        check_named_once("subjects", [subject.name for subject in self.subjects])
        if not self.blocks:
            raise StudyError("blocks is empty; give at least one")
        for block in self.blocks:
            if block.exams and block.exams > self.questions.exams:
                raise StudyError(
                    f"a block asks {block.exams} exams of {self.questions.exams} forms; "
                    "raise exams of questions"
                )
        self._check_named()
        self._check_demands()
        self._check_lenders()
        for block in self.blocks:
            self._check_probes(block)
        return self

    def _check_named(self) -> None:
        """Refuse blocks and pairs that name nobody of the study, and whom no block asks."""
        names = [subject.name for subject in self.subjects]
        for name in (name for block in self.blocks for name in block.subjects):
            if name not in names:
                raise StudyError(unknown("subject of a block", name, names))
        if self.pairs:
            check_named_once("pairs", self.pairs)
        for pair in self.pairs:
            for name in pair:
                if name not in names:
                    raise StudyError(unknown("subject of a pair", name, names))
            if pair[0] == pair[1]:
                raise StudyError(f"a pair of {pair[0]!r} with itself; name two subjects")
        for subject in self.subjects:
            if not any(block.asks(subject) for block in self.blocks):
                raise StudyError(
                    f"no block asks {subject.name}; name it in the subjects of a block, or leave "
                    "it out"
                )

    def _check_demands(self) -> None:
        n_questions = self.questions.questions
        for condition in self.conditions():
            if (condition.arm.demanded or 0) > n_questions:
                raise StudyError(
                    f"arm {condition.arm.spec!r} demands a lifeline on question "
                    f"{condition.arm.demanded}, and an exam has {n_questions}; "
                    f"ask at least {condition.arm.demanded} questions"
                )

    def _check_lenders(self) -> None:
        for cell in self.cells():
            asked = self.conditions(cell.subject).get(cell.lender, 0) if cell.lender else 0
            if cell.lender and asked < cell.n_exams:
                raise StudyError(
                    f"arm {cell.condition.arm.spec!r} tells the verdicts of {cell.n_exams} exams "
                    f"of arm {cell.lender.arm.spec!r}, lifelines {cell.lender.lifelines}, and the "
                    f"study asks {asked}; add that arm"
                )
            if cell.condition.arm.verdicts == "yoked" and cell.n_exams == 1:
                raise StudyError(
                    f"arm {cell.condition.arm.spec!r} tells the verdicts of the exam on the next "
                    "form, and 1 form is asked, whose verdicts are its own; ask at least 2 exams"
                )

    def _check_probes(self, block: Block) -> None:
        """Refuse a probe that can be asked in none of a block's cells."""
        asked = (subject for subject in self.subjects if block.asks(subject))
        interfaces = dict.fromkeys(subject.interface for subject in asked)
        for probe in block.probes:
            reasons = [
                why_not(probe, condition, interface)
                for condition, interface in product(block.conditions(), interfaces)
            ]
            if all(reasons):
                told = "; ".join(dict.fromkeys(reasons))
                raise StudyError(
                    f"probe {probe!r} can be asked in no exam of its block: {told}; leave it out"
                )

    @classmethod
    def crossed(  # noqa: PLR0913 -- the options of a command line
        cls,
        models: Sequence[str],
        *,
        personas: Sequence[str] = ("plain",),
        interface: Interface = "chat",
        temperature: float | None = 1.0,
        max_tokens: int | None = None,
        reasoning_effort: Effort | None = None,
        reasoning_tokens: int | None = None,
        logprobs: bool = False,
        model_args: dict[str, Any] | None = None,
        others: Sequence[Subject] = (),
        questions: Questions | None = None,
        epochs: int = 1,
        grader: str | None = None,
        **block: Any,  # noqa: ANN401 -- the fields of Block
    ) -> Self:
        """Return the study in which every model in every persona sits every condition.

        Parameters
        ----------
        models, personas : sequence of str
            Crossed into subjects; the other settings are the same for all.
        others : sequence of Subject
            Subjects with settings of their own, such as a panel's, asked the same; where there
            are some, models may be empty.
        **block
            Fields of `Block`.

        Raises
        ------
        StudyError
            If something is named twice or not at all, or cannot be asked.
        """
        if models or not others:
            check_named_once("models", models)
        check_named_once("personas", personas)
        subjects = tuple(
            Subject(
                model=model,
                persona=persona,
                interface=interface,
                temperature=temperature,
                max_tokens=max_tokens,
                reasoning_effort=reasoning_effort,
                reasoning_tokens=reasoning_tokens,
                logprobs=logprobs,
                model_args=model_args or {},
            )
            for model in models
            for persona in personas
        )
        return cls(
            subjects=(*others, *subjects),
            blocks=(Block(**block),),
            questions=questions or Questions(),
            epochs=epochs,
            grader=grader,
        )

    def conditions(self, subject: Subject | None = None) -> dict[Condition, int]:
        """Return the conditions, and how many exams of each epoch they are asked in.

        Parameters
        ----------
        subject : Subject, optional
            Whose; by default anyone's.
        """
        found: dict[Condition, int] = {}
        for block in self.blocks:
            if subject and not block.asks(subject):
                continue
            for condition in block.conditions():
                found[condition] = max(found.get(condition, 0), block.exams or self.questions.exams)
        return found

    def cells(self) -> list[Cell]:
        """Return what is asked, in an order drawn from the seed.

        The order mixes subjects and conditions, so that no condition is always asked last, when
        a provider has changed or a limit has struck.
        """
        cells = [
            Cell(subject, condition, n_exams, self._probes(condition, subject))
            for subject in self.subjects
            for condition, n_exams in self.conditions(subject).items()
        ]
        seeds = np.random.SeedSequence(self.questions.seed, spawn_key=(ORDER_STREAM,))
        order = np.random.default_rng(seeds).permutation(len(cells))
        by_name = sorted(cells, key=lambda cell: cell.name)
        return [by_name[int(i)] for i in order]

    def _probes(self, condition: Condition, subject: Subject) -> tuple[Probe, ...]:
        """Return what is asked after the exams of a condition: what any block of it wants."""
        wanted = [
            probe
            for block in self.blocks
            if block.probes and block.asks(subject) and condition in block.conditions()
            for probe in block.probes
        ]
        return can_be_asked(wanted, condition, subject.interface)

    def asked(self, cell: Cell) -> Questions:
        """Return which puzzles a cell draws, and how they are dealt."""
        return self.questions.of(cell.subject).of_arm(cell.condition.arm)

    def exams(self, cell: Cell) -> list[Exam]:
        """Return the exams of a cell, epochs aside."""
        asked = self.asked(cell)
        if asked not in self._forms:
            self._forms[asked] = asked.make_forms()
        forms = self._forms[asked][: cell.n_exams]
        return make_exams(forms, cell.condition, cell.subject.interface)

    def wording(self, cell: Cell) -> str:
        """Return the hash of every sentence that a cell may show."""
        persona, interface = PERSONAS[cell.subject.persona], cell.subject.interface
        key = (self.asked(cell), cell.n_exams, cell.condition, interface, persona, cell.probes)
        if key not in self._wordings:  # many cells show the same, and rendering it takes its time
            self._wordings[key] = wording_hash(self.exams(cell), persona, cell.probes)
        return self._wordings[key]

    @cached_property
    def id(self) -> str:
        """Hash of everything that is asked, wording and puzzles included: 12 hex digits.

        The order in which subjects and conditions are written has no effect.
        """
        cells = [
            [
                cell.name,
                cell.subject.model_dump(mode="json", exclude={"max_connections"}),
                self.wording(cell),
            ]
            for cell in self.cells()
        ]
        asked: dict[str, Any] = {
            "questions": self.questions.model_dump(mode="json"),
            "epochs": self.epochs,
        } | ({"grader": self.grader} if self.grader else {})
        content = json.dumps([sorted(cells, key=lambda cell: cell[0]), asked], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def make_condition(spec: str, lifelines: int | None, protocol: Protocol) -> Condition | None:
    """Return the condition for an arm and a number of lifelines, or None where it makes none.

    Arm ``lifelines`` without lifelines is arm ``none``; arm ``none`` with lifelines is no
    condition, nor is an arm about lifelines where none are mentioned, or one about
    results where none are told.
    """
    arm = make_arm("none" if lifelines is None and spec == "lifelines" else spec)
    if lifelines is None and arm.needs_lifelines:
        return None
    if lifelines is not None and not arm.offers_lifelines:
        return None
    if not lifelines and arm.demanded:
        return None
    if arm.is_about_feedback and protocol != "realtime":
        return None
    return Condition(arm, lifelines, protocol)


def most_tokens(subject: Subject, protocol: Protocol, n_questions: int) -> int:
    """Return the tokens that a subject's reply may take, its own limit or the protocol's."""
    return subject.max_tokens or default_max_tokens(subject.interface, protocol, n_questions)


def default_max_tokens(interface: Interface, protocol: Protocol, n_questions: int) -> int:
    """Return the tokens that a reply may take when the user names no limit."""
    if interface == "chat":
        return CHAT_TOKENS[protocol]
    return COMPLETION_TOKENS_A_LINE * (n_questions if protocol == "batch" else 1)
