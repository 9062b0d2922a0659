"""What a sloppy subject means to do, question by question, before it is written badly."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from balk.records import ReplyFormat


class Intent(StrEnum):
    """What is meant for one question."""

    ATTEMPT = "A"
    SKIP = "S"
    CONFLICT = "C"
    BLANK = "B"
    MISSING = "M"
    UNPARSED = "U"


MOODS: tuple[dict[Intent, float], ...] = (
    {Intent.ATTEMPT: 1.0},
    {Intent.ATTEMPT: 0.7, Intent.SKIP: 0.3},
    {Intent.SKIP: 1.0},
    {Intent.ATTEMPT: 0.45, Intent.SKIP: 0.2, Intent.CONFLICT: 0.1, Intent.BLANK: 0.25},
    {
        Intent.ATTEMPT: 0.4,
        Intent.SKIP: 0.2,
        Intent.CONFLICT: 0.1,
        Intent.BLANK: 0.1,
        Intent.MISSING: 0.1,
        Intent.UNPARSED: 0.1,
    },
)
"""Shares of intents within a reply; a reply has one mood."""
MOOD_CHANCES = (0.1, 0.2, 0.05, 0.15, 0.5)


@dataclass(frozen=True, slots=True)
class Plan:
    """The truth of a reply: one letter and one answer or None for each question."""

    intents: tuple[Intent, ...]
    answers: tuple[str, ...]

    def outcomes(self, lifelines: int | None) -> str:
        """Return one letter each; skips beyond the lifelines left are overdrafts."""
        left = len(self.intents) if lifelines is None else lifelines
        letters = []
        for intent in self.intents:
            is_skip = intent is Intent.SKIP
            letters.append("O" if is_skip and left == 0 else str(intent))
            left -= is_skip and left > 0
        return "".join(letters)

    def attempted(self) -> tuple[str | None, ...]:
        """Return the answers of attempts, None for all other questions."""
        return tuple(
            answer if intent is Intent.ATTEMPT else None
            for intent, answer in zip(self.intents, self.answers, strict=True)
        )


def draw_plan(
    reply_format: ReplyFormat,
    answers: Sequence[str],
    rng: np.random.Generator,
    *,
    may_leave_out: bool,
) -> Plan:
    """Draw what is meant for each question.

    Without an exit word there is nothing to skip with, and whoever asks for it leaves a blank.
    The first line of a document is there before the reply begins, so it is never missing.
    """
    mood = MOODS[int(rng.choice(len(MOODS), p=MOOD_CHANCES))]
    kinds = list(mood)
    drawn = rng.choice(len(kinds), size=len(answers), p=list(mood.values()))
    intents = [kinds[int(i)] for i in drawn]
    for index, intent in enumerate(intents):
        if intent is Intent.MISSING and (not may_leave_out or (reply_format.prefix and not index)):
            intents[index] = Intent.ATTEMPT
        if intent in {Intent.SKIP, Intent.CONFLICT} and reply_format.exit_word is None:
            intents[index] = Intent.BLANK
    return Plan(tuple(intents), tuple(answers))
