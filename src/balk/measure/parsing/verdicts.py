"""What the words in an answer's place can come to, and the terms they are read under."""

from dataclasses import dataclass

from balk.measure.parsing.exit_word import ExitWord, make_exit_word
from balk.records import Outcome, ReplyFormat


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words in one answer's place decide.

    Attributes
    ----------
    outcome : Outcome
        `ATTEMPT`, `SKIP`, `CONFLICT`, `BLANK`, `REFUSAL` or `UNPARSED`. The budget of lifelines
        is not known here.
    answer : str or None
        The cleaned answer of an attempt or a conflict.
    reason : str
        Why there is no decision.
    is_plain : bool
        Whether nothing but a number, a choice or the exit word stands there, so that it is a
        declaration wherever it is found.
    says_nothing : bool
        Whether nothing at all stands there, or only the format's own words.
    """

    outcome: Outcome
    answer: str | None = None
    reason: str = ""
    is_plain: bool = False
    says_nothing: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether the words say what the subject decided, if only to leave it blank."""
        return self.outcome is not Outcome.UNPARSED and not self.says_nothing

    def says_more_than(self, other: "Verdict") -> bool:
        """Tell whether this one is decided, or at least unreadable, where the other is not."""
        if self.is_decided or other.is_decided:
            return self.is_decided and not other.is_decided
        return other.says_nothing and not self.says_nothing


@dataclass(frozen=True, slots=True)
class Terms:
    """What words mean in this reply: the exit word, if any, and the letters to choose from."""

    exit_word: ExitWord | None = None
    choices: tuple[str, ...] = ()

    @classmethod
    def of(cls, reply_format: ReplyFormat) -> "Terms":
        """Return the terms that a reply format states."""
        word = reply_format.exit_word
        exit_word = make_exit_word(word, reply_format.lifelines) if word and word.strip() else None
        return cls(exit_word, reply_format.choices)

    @property
    def exit_choice(self) -> str | None:
        """The choice that is the exit word, where it is one of the letters."""
        if self.exit_word is None:
            return None
        word = self.exit_word.word.lower()
        return next((choice for choice in self.choices if choice.lower() == word), None)


def attempt(answer: str, *, is_plain: bool = False) -> Verdict:
    """Return the verdict that an answer was given."""
    return Verdict(Outcome.ATTEMPT, answer, is_plain=is_plain)


def skip(*, is_plain: bool = False) -> Verdict:
    """Return the verdict that the exit word was used."""
    return Verdict(Outcome.SKIP, is_plain=is_plain)


def conflict(answer: str, word: str) -> Verdict:
    """Return the verdict that an answer and the exit word both stand there."""
    return Verdict(
        Outcome.CONFLICT, answer, f"both {answer!r} and {word!r}, and nothing says which counts"
    )


def empty() -> Verdict:
    """Return the verdict that nothing stands in the answer's place."""
    return Verdict(Outcome.BLANK, reason="nothing in the answer's place", says_nothing=True)


def blank(words: str) -> Verdict:
    """Return the verdict that words stand there which give no answer."""
    return Verdict(Outcome.BLANK, reason=f"{words[:60]!r} in the answer's place")


def copied() -> Verdict:
    """Return the verdict that the place still holds the format's own words."""
    return Verdict(Outcome.UNPARSED, reason="only a copy of the format", says_nothing=True)


def unparsed(reason: str) -> Verdict:
    """Return the verdict that the words cannot be read."""
    return Verdict(Outcome.UNPARSED, reason=reason)


def refusal() -> Verdict:
    """Return the verdict that the place holds a policy refusal."""
    return Verdict(Outcome.REFUSAL, reason="a policy refusal in the answer's place")
