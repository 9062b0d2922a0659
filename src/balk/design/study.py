"""A study: subjects x conditions x forms x epochs, checked before anything is asked."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.forms import make_forms
from balk.design.personas import PERSONAS
from balk.design.prompts.wording import wording_hash
from balk.design.puzzles.drafts import check_level
from balk.design.sources import read_puzzles
from balk.errors import StudyError, unknown
from balk.records import Form, Interface, Protocol, Puzzle

CHAT_TOKENS = {"batch": 16_384, "realtime": 8_192, "isolated": 8_192}
COMPLETION_TOKENS_A_LINE = 64


@dataclass(frozen=True, slots=True)
class Questions:
    """Which puzzles are drawn and how they are dealt into forms.

    Attributes
    ----------
    puzzles : str
        Source of the puzzles, as `balk.design.sources.read_puzzles` takes it.
    levels : tuple of int
        Levels to draw from, 1 to 5.
    pool : int
        Puzzles in the pool.
    questions : int
        Questions on each form.
    exams : int
        Forms, which is exams per condition and epoch.
    seed : int
        Root of every random draw.
    first_form : int
        Number of the first form that is asked, from 0; those before it were asked elsewhere.
    """

    puzzles: str = "balk"
    levels: tuple[int, ...] = (5,)
    pool: int = 40
    questions: int = 20
    exams: int = 20
    seed: int = 0
    first_form: int = 0

    def __post_init__(self) -> None:
        if self.first_form < 0:
            raise StudyError(f"first_form is {self.first_form}; give a whole number >= 0")
        for level in self.levels:
            check_level(level)
        if self.seed < 0:
            raise StudyError(f"seed is {self.seed}; give a whole number >= 0")
        for name in ("pool", "questions", "exams"):
            if getattr(self, name) < 1:
                raise StudyError(f"{name} is {getattr(self, name)}; give a whole number >= 1")

    def make_pool(self) -> list[Puzzle]:
        """Return the puzzles of the pool."""
        return read_puzzles(self.puzzles, n=self.pool, seed=self.seed, levels=self.levels)

    def make_forms(self) -> list[Form]:
        """Return the forms, the same for every condition and subject."""
        n_forms = self.first_form + self.exams
        return make_forms(self.make_pool(), n_forms, self.questions, self.seed)[self.first_form :]


@dataclass(frozen=True, slots=True)
class Study:
    """Who is asked what, under which conditions and how often.

    Attributes
    ----------
    models : tuple of str
        Inspect model names.
    personas : tuple of str
        Names in `PERSONAS`.
    interface : {"chat", "completion"}
        How the subjects are addressed.
    arms : tuple of str
        Arms, ``NAME`` or ``NAME=VALUE``.
    lifelines : tuple of int or None
        Lifelines offered; None means never mentioned.
    protocols : tuple of {"batch", "realtime", "isolated"}
        How the questions are put.
    questions : Questions
        The puzzles and forms.
    epochs : int
        Repeats of every form.
    temperature : float
        Sampling temperature; always sent.
    max_tokens : int or None
        Most tokens in one reply; by default as much as the protocol needs.
    logprobs : bool
        Whether to ask for log-probabilities, which fill `p_skip` where the provider has them.
    """

    models: tuple[str, ...]
    personas: tuple[str, ...] = ("plain",)
    interface: Interface = "chat"
    arms: tuple[str, ...] = ("lifelines",)
    lifelines: tuple[int | None, ...] = (None, 3, 10, 20)
    protocols: tuple[Protocol, ...] = ("batch", "realtime")
    questions: Questions = field(default_factory=Questions)
    epochs: int = 1
    temperature: float = 1.0
    max_tokens: int | None = None
    logprobs: bool = False
    model_args: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_names()
        for name in ("models", "personas", "arms", "lifelines", "protocols"):
            values = getattr(self, name)
            if not values:
                raise StudyError(f"{name} is empty; give at least one")
            if len(set(values)) < len(values):
                raise StudyError(f"{name} names something twice: {values}; name each once")
        if self.epochs < 1:
            raise StudyError(f"epochs is {self.epochs}; give a whole number >= 1")
        if not 0 <= self.temperature <= 2:  # noqa: PLR2004 -- what providers allow
            raise StudyError(f"temperature is {self.temperature}; give a number from 0 to 2")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise StudyError(f"max_tokens is {self.max_tokens}; give a whole number >= 1")
        self.conditions()

    def _check_names(self) -> None:
        for name in self.model_args:
            if name.lower().endswith(("key", "token", "secret", "password")):
                raise StudyError(
                    f"model argument {name!r} would be written into the results; "
                    "set the provider's environment variable instead"
                )
        for persona in self.personas:
            if persona not in PERSONAS:
                raise StudyError(unknown("persona", persona, PERSONAS))
        for protocol in self.protocols:
            if protocol not in get_args(Protocol):
                raise StudyError(unknown("protocol", protocol, get_args(Protocol)))
        if self.interface not in get_args(Interface):
            raise StudyError(unknown("interface", self.interface, get_args(Interface)))
        if self.interface == "completion" and self.personas != ("plain",):
            raise StudyError(
                f"personas {self.personas} are system prompts, and a completion has none; "
                "use --interface chat or leave the persona out"
            )

    def conditions(self) -> list[Condition]:
        """Return the conditions, each once, in the order they were named."""
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

    def exams(self) -> list[Exam]:
        """Return every exam of one subject, epochs aside."""
        forms = self.questions.make_forms()
        return [
            Exam(form, condition, self.interface)
            for condition in self.conditions()
            for form in forms
        ]

    @property
    def id(self) -> str:
        """Hash of everything that is asked, wording and puzzles included: 12 hex digits."""
        system = "\x00".join(PERSONAS[persona] for persona in self.personas)
        parts = asdict(self) | {"wording": wording_hash(self.exams(), system)}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def make_condition(spec: str, lifelines: int | None, protocol: Protocol) -> Condition | None:
    """Return the condition for an arm and a number of lifelines, or None where it makes none.

    Arm ``lifelines`` without lifelines is arm ``none``; arm ``none`` with lifelines is no
    condition, nor is an arm about lifelines where none are mentioned.
    """
    arm = make_arm("none" if lifelines is None and spec == "lifelines" else spec)
    if lifelines is None and arm.needs_lifelines:
        return None
    if lifelines is not None and not arm.offers_lifelines:
        return None
    if not lifelines and arm.demanded:
        return None
    return Condition(arm, lifelines, protocol)


def default_max_tokens(interface: Interface, protocol: Protocol, n_questions: int) -> int:
    """Return the tokens that a reply may take when the user names no limit."""
    if interface == "chat":
        return CHAT_TOKENS[protocol]
    return COMPLETION_TOKENS_A_LINE * (n_questions if protocol == "batch" else 1)
