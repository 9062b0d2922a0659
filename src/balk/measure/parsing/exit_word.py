"""The word that skips a question: where it is written, and whether it is meant.

A mention is *live* (the word is used), *soft* (it is weighed: "could use a lifeline") or *dead*
(it is denied: "no lifeline used"). Only a live mention can be a skip.
"""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from balk.measure.parsing.folding import words

MIN_SPACED = 7  # letters from which a word may be spaced or hyphenated and still be itself
CONTEXT = 80  # characters before a mention in which a denial can stand

SYNONYM = "lifeline"
_SYNONYMS = (
    r"life ?-?lines?|skip(?:ped|ping)?|pass(?:ed|ing)?|abstain(?:ed|ing)?|omit(?:ted)?|forfeit"
    r"|(?:left|leave|leaving)(?: it| this)? blank|no attempt|giv(?:e|ing) up|opt(?:ing)? out"
)
_ORDINARY = words("skip pass blank omit abstain forfeit out stop next none leave")

_USE = (
    "use|using|used|uses|take|taking|took|spend|spending|call|calling|play|playing|invoke|invoking|"
    "apply|applying|request|requesting|choose|choosing|go|going|pick|select|write|writing|burn|"
    "burning|waste|wasting|need|needed|needing|want|require|required|have|having|resort|resorting|"
    "ask|asking|opt|put|say"
)
_FILLER = (
    rf"(?:(?:{_USE}|a|an|the|my|any|this|that|to|be|of|in|it|for|as|via|with|on|one|more|other|"
    r"another|worth|word|even|just)\s+){0,6}"
)
_DENIAL = re.compile(
    r"(?:\b(?:no|not|never|none|neither|zero|0|without|nor|cannot|instead of|rather than|unlike|"
    r"non|avoid(?:ing)?|declin(?:e|ing)|sav(?:e|es|ing)|keep(?:ing|s)?|preserv(?:e|ing)|"
    r"reserv(?:e|ing)|hold(?:ing)?(?: on to)?)\b|\w+n't|\b\d{1,3} ?[x×])[\s-]+"
    rf"{_FILLER}$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\W{0,3}(?:(?:is|was|are|were|has|have|been|be|will)\s+){0,2}"
    r"(?:not\b|un(?:used|needed|necessary)|(?<=\s)(?<![/|,;]\s)"
    r"(?:left|remain(?:s|ing)?|saved|kept|reserved|available)\b(?:\W{0,3}\d{1,3}\b)?"
    r"|isn't|wasn't|(?:used |spent )?so far\b"
    r"|(?:used|total|count|spent)(?: so far)?\s*[:=]\s*(?:no\b|none\b|\d{1,3}\b)"
    r"|(?:no|none|false)\s*(?=$|[.,;)\]]))",
    re.IGNORECASE,
)
_USED_UP = re.compile(
    r"\W{0,3}(?:(?:have been|were|are)\s+)?(?:used|spent|gone|taken)\b", re.IGNORECASE
)
_WEIGHED = re.compile(
    r"\b(?:could|might|may|should|considered|considering|consider|tempted|tempting|thought about|"
    r"thinking of|thinking about|almost|nearly|would have|would be|if|whether|unless)\s"
    r"[^.;:,!?]{0,60}$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[^.;:,!?\n]{0,80}\?")
_SENTENCE = re.compile(r"[^.;:,!?\n]*$")
_SUBJECT = re.compile(
    r"\b(?:i|we|i'm|i'll|i'd|i've)(?:\s+(?:will|am|do|did|would|have))?\s*$", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[.;,:()\[\]–—]|$|\b(?:but|so)\b")
_CLAUSE_OPENING = re.compile(r"[.;,:!?()\[\]–—]| - ")


class Strength(StrEnum):
    """How a mention of the exit word is meant."""

    LIVE = "live"
    SOFT = "soft"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where the exit word stands, with how it is meant."""

    start: int
    end: int
    strength: Strength
    clause: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ExitWord:
    """The exit word as the prompt writes it, and how it may be written in a reply.

    Attributes
    ----------
    word : str
        As in the prompt.
    pattern : re.Pattern
        The word in any case, plural or spaced, with a count beside it.
    is_ordinary : bool
        Whether the word is common English, so that it must be clearly declared.
    """

    word: str
    pattern: re.Pattern[str]
    is_ordinary: bool

    def mentions(self, text: str) -> Iterator[Mention]:
        """Yield every mention in a text, in order."""
        for found in self.pattern.finditer(text):
            yield _mention(text, found.start(), found.end())

    def is_plural(self, mention: str) -> bool:
        """Tell whether a mention is in the plural, as where exits are counted."""
        return mention[-1:] in {"s", "S"} and self.word[-1:] not in {"s", "S"}

    def is_in(self, text: str) -> bool:
        """Tell whether the word is mentioned at all."""
        return self.pattern.search(text) is not None


@cache
def make_exit_word(word: str, lifelines: int | None = None) -> ExitWord:
    """Return the exit word with the pattern that finds it.

    Parameters
    ----------
    word : str
        The word or phrase as the prompt writes it.
    lifelines : int, optional
        Lifelines left: a bare number up to it, right after the word, counts lifelines.
    """
    is_ordinary = word.lower() in _ORDINARY
    body = f"(?:{_spelled(word, is_ordinary=is_ordinary)})"
    flags = 0 if len(word) == 1 and word.isupper() else re.IGNORECASE
    return ExitWord(word, re.compile(_counted(body, lifelines), flags), is_ordinary)


@cache
def make_synonyms() -> ExitWord:
    """Return the words that skip nothing where another word, or none, was offered."""
    pattern = re.compile(_counted(f"(?:{_SYNONYMS})", None), re.IGNORECASE)
    return ExitWord(SYNONYM, pattern, is_ordinary=True)


def _spelled(word: str, *, is_ordinary: bool) -> str:
    """Return the pattern of the word: spaced, in the plural, or as a verb."""
    parts = [re.escape(part) for part in re.split(r"[\s_-]+", word) if part] or [re.escape(word)]
    if len(parts) == 1 and len(word) >= MIN_SPACED and word.isalpha():
        parts = [r"[ _.-]?".join(word)]
    spelled = r"[\s_-]+".join(parts)
    if len(word) == 1 or not word[-1:].isalpha():
        return spelled
    return f"{spelled}(?:{word[-1]}?(?:ed|ing)|d)?" if is_ordinary else f"{spelled}(?:e?s)?"


def _counted(body: str, lifelines: int | None) -> str:
    """Let a count stand beside the word, so that it is not mistaken for an answer."""
    before = (
        r"(?:(?<=use )|(?<=using )|(?<=used )|(?<=take )|(?<=my )|(?<=the ))"
        r"\d{1,3}(?:st|nd|rd|th)?(?: of (?:my |the )?\d{0,3} ?)? "
    )
    ratio = r"\d{1,3} ?(?:/|of|out of) ?\d{1,3}"
    counts = "|".join(str(count) for count in range(min(lifelines or 0, 99), 0, -1))
    bare = rf" (?:{counts})(?![\w/.,])" if counts else "(?!)"
    after = rf"(?: ?(?:#|number|no\.) ?\d{{1,3}}| ?\(?{ratio}\)?|{bare})"
    return rf"(?:{before})?(?<![^\W_]){body}(?![^\W_])(?:{after}(?!\w))?"


def _mention(text: str, start: int, end: int) -> Mention:
    reach = max(0, start - CONTEXT)
    denial = _DENIAL.search(text[reach:start])
    denied = _DENIED_AFTER.match(text, end) or _counted_up(text, start, end)
    if denial or denied:
        opening = reach + denial.start() if denial else _clause_start(text, reach, start)
        subject = _SUBJECT.search(text[reach:opening])
        opening = reach + subject.start() if subject else opening
        closing = _clause_end(text, denied.end() if denied else end)
        return Mention(start, end, Strength.DEAD, (opening, closing))
    asked = _ASKED.match(text, end) and len(_words_before(text[reach:start])) > 1
    weighed = _WEIGHED.search(text[reach:start])
    strength = Strength.SOFT if weighed or asked else Strength.LIVE
    return Mention(
        start, end, strength, (_clause_start(text, reach, start), _clause_end(text, end))
    )


def _counted_up(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the match where lifelines are only counted: ``2 lifelines used``."""
    is_count = text[:start].rstrip()[-1:].isdigit() and text[end - 1] in "sS"
    return _USED_UP.match(text, end) if is_count else None


def _words_before(text: str) -> list[str]:
    found = _SENTENCE.search(text)
    return found[0].split() if found else []


def _clause_start(text: str, reach: int, start: int) -> int:
    """Return where the clause that holds an offset begins, at most `CONTEXT` characters before."""
    openings = list(_CLAUSE_OPENING.finditer(text, reach, start))
    return openings[-1].end() if openings else reach


def _clause_end(text: str, start: int) -> int:
    found = _CLAUSE_END.search(text, start)
    return found.start() if found else len(text)
