"""The records that the stages share: what is asked, in which form, and what was decided.

Stages never import each other; they meet here. Everything is a frozen value that can be
written as JSON, so that it travels in a sample's metadata and comes back unchanged.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal, Self

Protocol = Literal["batch", "realtime", "isolated"]
Interface = Literal["chat", "completion"]
Marking = Literal["number", "word", "any_of", "math"]
Probe = Literal["payoff", "reasons", "follow_up", "advice"]
"""What may be asked after an exam, in the order in which it is asked."""


class Outcome(StrEnum):
    """What became of one question of one exam, one letter each."""

    ATTEMPT = "A"
    """An answer was given."""
    SKIP = "S"
    """A lifeline was used while one was left."""
    OVERDRAFT = "O"
    """A lifeline was asked for with none left."""
    CONFLICT = "C"
    """An answer and a lifeline on the same question, and nothing that says which counts."""
    BLANK = "B"
    """"unknown", "n/a", "I cannot" or nothing in the answer's place."""
    MISSING = "M"
    """No line for the question, though the reply was complete."""
    UNPARSED = "U"
    """There is a line, and it cannot be read."""
    REFUSAL = "R"
    """A policy refusal, of the whole reply or of this question."""
    TRUNCATED = "T"
    """The reply was cut off before or at this question."""
    FAILED = "F"
    """The call never came back."""

    @property
    def word(self) -> str:
        """The outcome as a lower-case word."""
        return self.name.lower()

    @property
    def is_decision(self) -> bool:
        """Whether the subject decided something: attempted, skipped or tried to skip."""
        return self in {Outcome.ATTEMPT, Outcome.SKIP, Outcome.OVERDRAFT}


@dataclass(frozen=True, slots=True)
class Puzzle:
    """One question with its exact key.

    Attributes
    ----------
    stem : str
        The question as the subject reads it, without a number in front.
    key : str
        The right answer in canonical form: an integer ("-12"), a reduced fraction ("7/12"),
        a lower-case word, or, with marking ``any_of``, the accepted words joined by ``|``.
    marking : {"number", "word", "any_of", "math"}
        The rule that compares an answer with the key.
    family : str
        Which generator or bank it came from.
    level : int
        1 (easy) to 5 (extremely hard without tools for a strong reader).
    source : str
        Where the puzzle comes from: ``balk``, a file, a data set.
    distractors : tuple of str
        Near misses for the five-choice form, in canonical form, never equal to the key.
    """

    stem: str
    key: str
    marking: Marking
    family: str
    level: int
    source: str = "balk"
    distractors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Hash of stem, key and marking: 12 hexadecimal digits."""
        content = f"{self.stem}\x1f{self.key}\x1f{self.marking}"
        return hashlib.sha256(content.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Form:
    """Which puzzles in which order.

    Attributes
    ----------
    index : int
        Number of the form within its study, from 0.
    puzzles : tuple of Puzzle
        In the order they are asked.
    """

    index: int
    puzzles: tuple[Puzzle, ...]

    @property
    def id(self) -> str:
        """Hash of the number and the puzzle ids in order: 12 hexadecimal digits."""
        content = ",".join((str(self.index), *(puzzle.id for puzzle in self.puzzles)))
        return hashlib.sha256(content.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ReplyFormat:
    """What a reply may look like: the one agreement of prompts, parser and simulated subjects.

    Attributes
    ----------
    n_questions : int
        Questions that one reply is to answer: the exam's in batch, 1 otherwise.
    first : int
        Number of the first question asked for (1 in batch, the question's own number otherwise).
    exit_word : str or None
        The word that skips a question, as written in the prompt; None where none is mentioned.
    lifelines : int or None
        Lifelines left when the reply begins; None where none is mentioned or none is counted.
    fields : tuple of str
        What each line holds, in order, out of ``difficulty``, ``confidence``, ``answer``.
    choices : tuple of str
        Letters of a multiple-choice question; empty for open answers.
    prefix : str
        Text that stands in the prompt immediately before the reply and belongs to it, such as
        ``"Q1:"`` at the end of a document that a base model continues.
    numbers : tuple of int
        Numbers of the questions asked for where they do not follow one another; their count is
        `n_questions` and `first` is the first of them.
    """

    n_questions: int
    first: int = 1
    exit_word: str | None = None
    lifelines: int | None = None
    fields: tuple[str, ...] = ("difficulty", "confidence", "answer")
    choices: tuple[str, ...] = ()
    prefix: str = ""
    numbers: tuple[int, ...] = ()

    @property
    def positions(self) -> Sequence[int]:
        """Numbers of the questions asked for, in order."""
        return self.numbers or range(self.first, self.first + self.n_questions)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        data = asdict(self) | {"fields": list(self.fields), "choices": list(self.choices)}
        numbers = list(data.pop("numbers"))
        return data | ({"numbers": numbers} if numbers else {})

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the format that `to_dict` wrote."""
        several = ("fields", "choices", "numbers")
        return cls(**data | {name: tuple(data.get(name, ())) for name in several})


@dataclass(frozen=True, slots=True)
class Reading:
    """What the parser read for one question.

    Attributes
    ----------
    position : int
        Number of the question in its exam, from 1.
    outcome : Outcome
        What was decided, or why that is not known.
    answer : str or None
        The answer's text, cleaned; None unless the outcome is an attempt or a conflict.
    confidence : float or None
        Stated probability of being right, in [0, 1].
    difficulty : float or None
        Stated difficulty, 1 to 10.
    token : bool or None
        Whether an inert token was used; None where none is offered or nothing is said. One asked
        for with none left is not used.
    provenance : str
        Name of the rule that read it.
    quote : str
        The words it was read from, white space folded, at most `QUOTE_CHARS` characters.
    reason : str
        Why a question has no decision, or why a token asked for is not used; else empty for
        attempts and skips.
    """

    position: int
    outcome: Outcome
    answer: str | None = None
    confidence: float | None = None
    difficulty: float | None = None
    token: bool | None = None
    provenance: str = ""
    quote: str = ""
    reason: str = ""


QUOTE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that can be published: value, interval, and what it rests on.

    Attributes
    ----------
    value : float
        The point estimate.
    low, high : float
        Ends of the interval.
    n : int
        Observations (decisions, exams or pairs, as `unit` says).
    n_clusters : int
        Independent units the interval is clustered on, usually exams.
    method : str
        How the interval was made.
    level : float
        Nominal coverage of the interval.
    se : float or None
        Standard error, where the interval is built on one.
    unit : str
        What `n` counts.
    """

    value: float
    low: float
    high: float
    n: int
    n_clusters: int
    method: str
    level: float = 0.95
    se: float | None = None
    unit: str = field(default="exams")
