"""What the layouts hand on: a reply laid out for reading, and an entry for each thing declared."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

from balk.measure.parsing.folding import (
    blank,
    fold,
    hide_beyond,
    hide_reasoning,
    hide_run_on,
    lower,
    squeeze,
    tidy,
    unclosed_reasoning,
)
from balk.measure.parsing.verdicts import Terms, Verdict
from balk.records import QUOTE_CHARS, ReplyFormat

Span = tuple[int, int]


class Rank(IntEnum):
    """How clearly something is declared; a clearer entry beats a vaguer one."""

    PROSE = 0
    """A sentence, a box or a heading: it counts where nothing clearer is found."""
    SHORT = 1
    """A question's number and then an answer, without a label."""
    DECLARED = 2
    """A labelled answer: ``answer: 17``, a table's column, a JSON field."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of one question, before it is known which of its readings counts.

    Attributes
    ----------
    position : int
        Number of the question.
    verdict : Verdict
        What the words in the answer's place decide.
    rule : str
        Name of the rule that found them.
    rank : Rank
        How clearly they are declared.
    start, end : int
        Where the entry begins and where its answer's place ends.
    difficulty, confidence : float or None
        Ratings found beside the answer.
    is_closed : bool
        Whether something behind the answer, such as a bracket, shows that it is complete.
    token : bool or None
        Whether a field of its own says that an inert token is used.
    """

    position: int
    verdict: Verdict
    rule: str
    rank: Rank
    start: int
    end: int
    difficulty: float | None = None
    confidence: float | None = None
    is_closed: bool = False
    token: bool | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A reply laid out for reading; the three texts have the same length.

    Attributes
    ----------
    source : str
        The reply (with its prefix) as it was written, less invisible signs.
    text : str
        The same with signs made plain, and with what is not to be read blanked.
    low : str
        `text` in lower case.
    reply_format : ReplyFormat
        What was asked for.
    terms : Terms
        The exit word and the choices.
    is_truncated : bool
        Whether the reply was cut off.
    is_unclosed : bool
        Whether reasoning begins in the reply and is never closed.
    """

    source: str
    text: str
    low: str
    reply_format: ReplyFormat
    terms: Terms
    is_truncated: bool = False
    is_unclosed: bool = False

    @classmethod
    def of(cls, reply: str, reply_format: ReplyFormat, *, is_truncated: bool) -> Self:
        """Lay out a reply; run-on and reasoning are blanked.

        Where reasoning is never closed, a reply that was cut off ended in it. One that came to
        its own end closed with its answers, and lacks no more than the tag.
        """
        source = tidy(reply)
        text = hide_run_on(hide_reasoning(fold(source)))
        if reply_format.prefix:
            text = hide_beyond(text, reply_format.positions[-1] + 1)
        tag = unclosed_reasoning(text)
        if tag is not None:
            text = blank(text, [(tag[0], len(text) if is_truncated else tag[1])])
        terms = Terms.of(reply_format)
        return cls(source, text, lower(text), reply_format, terms, is_truncated, tag is not None)

    @property
    def positions(self) -> Sequence[int]:
        """Numbers of the questions asked for."""
        return self.reply_format.positions

    @property
    def is_single(self) -> bool:
        """Whether one question was asked."""
        return self.reply_format.n_questions == 1

    def without(self, spans: list[Span]) -> Self:
        """Return the sheet with spans (sorted, not overlapping) blanked."""
        if not spans:
            return self
        return replace(self, text=blank(self.text, spans), low=blank(self.low, spans))

    def line_end(self, offset: int, limit: int | None = None) -> int:
        """Return where the line that holds an offset ends, at most `limit`."""
        end = self.text.find("\n", offset, limit)
        return end if end >= 0 else (len(self.text) if limit is None else limit)

    def is_unfinished(self, end: int) -> bool:
        """Tell whether the reply was cut off in the line that holds an offset."""
        return self.is_truncated and self.source.find("\n", end) < 0

    def quote(self, start: int, end: int) -> str:
        """Return the words of a span, white space folded."""
        return squeeze(self.source[start : min(end, start + 8 * QUOTE_CHARS)])[:QUOTE_CHARS].strip()


def merged(spans: list[Span]) -> list[Span]:
    """Return spans sorted, with overlapping ones joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def between(offsets: list[int], start: int, end: int) -> range:
    """Return the indices of the sorted offsets that lie in [start, end)."""
    return range(bisect_left(offsets, start), bisect_right(offsets, end - 1))
