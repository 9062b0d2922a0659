"""Where a stretch of a reply declares its answer: labels, marks, boxes, sentences."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from balk.measure.parsing.decide import amendment, decide
from balk.measure.parsing.entries import Sheet, between
from balk.measure.parsing.places import MAX_PLACE, place_after
from balk.measure.parsing.skips import uses
from balk.measure.parsing.verdicts import Verdict, unparsed
from balk.records import Outcome

MAX_BOX = 300
MAX_CONTEXT = 110  # characters in front of a label that say whose answer it is
MAX_AMENDMENT = 200
MAX_SECOND_THOUGHT = 6_000
MAX_BARE_WORDS = 2  # a value and its unit, behind a label without a colon
MAX_FOUND = 2_000  # declarations of one kind in a reply; the last ones count
MAX_WEIGHED = 40  # declarations of one kind that are weighed in one stretch, the last ones

_LABEL = re.compile(
    r"answer['\"]?(?: {1,4}(?:to|for) (?:q|question|problem|puzzle)? ?#?\d{1,4})?[ \t]{0,4}"
    r"(?:\([^()\n]{0,30}\)[ \t]{0,3})?(?:is[ \t]{0,2}(?=:))?[ \t\"']{0,4}"
    r"(?::|=(?!=)|→|->|–|—|-(?= ))"
)
_OTHER_LABEL = re.compile(
    r"(?:response|choice|decision|selection|result|solution|verdict|final|ans|i write)"
    r"[ \t\"']{0,4}[:=](?!=)"
)
_OTHER_MAY_FOLLOW = re.compile(r"(?:^|[\n,;|])[ \t>*#\"'-]{0,8}(?:my |the )?(?:final )?$")
_BARE_LABEL = re.compile(
    r"(?:^|[,;|–—:.)\]-])[ \t]{0,6}(?:final |my )?(?:answer|ans)[ \t]{1,6}(?=\S)"
)
_NOT_MINE = re.compile(
    r"\b(?:incorrect|wrong|eliminat\w*|possible|candidate|previous|earlier|old|other|each|no|any|"
    r"an|expected|sample|example|nor)\s+$"
)
_TOLD = re.compile(r"\b(?:right|correct|true|actual)\s+$")
_SHOWN = re.compile(r"\b(?:example|e\.g|form|format|such as|template|for instance)\b[^\n]{0,100}$")
FORMAT_LINE = re.compile(
    r"(?:difficulty|confidence)[\s:=]{0,4}"
    r"(?:[<\[{](?!\s?\d{1,3}(?:\.\d+)?\s?%?\s?[>\]}])[^<>\[\]{}\n]{0,30}[>\]}]|[a-z]\b)"
)
_SAYS = re.compile(
    r"answer[ \t]{1,4}(?:is|would be|must be|should be|comes out (?:as|to))[ \t]{1,6}"
    r"(?::[ \t]{0,4})?"
    r"(?!not\b|either\b|neither\b|unlikely\b|a\b|an\b|in\b|probably not\b|that\b|given\b|then\b)"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|when|whether|suppose|assuming|unless|until|what)\b[^.\n]{0,60}$"
)
_ASIDE = re.compile(
    r"\W*(?:(?:in|to) )?(?:summary|sum up|total|overall|note|remarks?|rules?)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_BOX = re.compile(r"\\f?box(?:ed)?[ ]?\{")
_MARKED = re.compile(r"#{3}([^#\n]{1,30})(?=#{3})")
_SECOND_THOUGHT = re.compile(
    r"\b(?:wait|actually|correction|mistake|error|scratch that|second thoughts?|re-?check\w*|"
    r"revis\w+|change my|wrong|redo|reconsider\w*|instead)\b|[.!?]\s+no\b"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A declaration, not yet tied to a question.

    Attributes
    ----------
    start, end : int
        Where it begins and where its answer's place ends.
    verdict : Verdict
        What its answer's place decides.
    rule : str
        Which form it has.
    is_told : bool
        Whether it may be what the subject was told ("the right answer: 5").
    """

    start: int
    end: int
    verdict: Verdict
    rule: str
    is_told: bool = False


class Declarations:
    """Every declaration in a sheet, found once and looked up by stretch.

    Parameters
    ----------
    sheet : Sheet
        The reply.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        low = sheet.low
        self._labels = _Index(_LABEL.finditer(low), keep=lambda found: _is_mine(low, found))
        self._others = _Index(_OTHER_LABEL.finditer(low), keep=lambda found: _is_field(low, found))
        self._marks = _Index(_MARKED.finditer(sheet.text))
        self._says = _Index(_SAYS.finditer(low), keep=lambda found: _is_stated(low, found))
        self._boxes = _Index(_BOX.finditer(sheet.text))

    def has_label(self, start: int, end: int) -> bool:
        """Tell whether a labelled answer begins in a stretch."""
        return bool(self._labels.within(start, end))

    def labelled(self, start: int, end: int) -> Found | None:
        """Return the labelled answer of a stretch that counts: the last that says something."""
        labels = [*self._labels.within(start, end), *self._marks.within(start, end)]
        labels.sort(key=lambda found: found.start())
        found = last_that_counts(self._read(label, end) for label in reversed(labels))
        if found is None or not found.verdict.is_decided:
            others = reversed(self._others.within(start, end))
            other = last_that_counts(self._read(label, end) for label in others)
            found = other if other and (other.verdict.is_decided or found is None) else found
        return self.amended(found, end) if found else None

    def shows_label(self, start: int, end: int) -> bool:
        """Tell whether a stretch holds a label, be it one that only shows the format."""
        return _LABEL.search(self.sheet.low, start, end) is not None

    def first_decided(self, start: int, end: int) -> int | None:
        """Return where the first labelled answer of a stretch that says something ends."""
        for label in self._labels.first(start, end):
            found = self._read_label(label, end)
            if found.verdict.is_decided:
                return found.end
        return None

    def bare(self, start: int, end: int) -> Found | None:
        """Return the answer behind a label without a colon, such as ``, answer 17``."""
        labels = list(_BARE_LABEL.finditer(self.sheet.low, start, end))
        if not labels:
            return None
        found = self._read_label(labels[-1], end)
        n_words = len((found.verdict.answer or "").split())
        return found if found.verdict.is_decided and n_words <= MAX_BARE_WORDS else None

    def in_prose(self, start: int, end: int) -> Found | None:
        """Return what boxes or, failing them, sentences of a stretch declare."""
        sentences = (self._read_sentence(found, end) for found in self._says.within(start, end))
        return self.boxed(start, end) or self._agreed(list(sentences))

    def boxed(self, start: int, end: int) -> Found | None:
        """Return what the boxes of a stretch declare, if they agree."""
        boxes = (self._read_box(found) for found in self._boxes.within(start, end))
        return self._agreed([box for box in boxes if box])

    def last_line(self, start: int, end: int) -> Found | None:
        """Return what the last line of a stretch decides, if it is an answer or a skip alone."""
        stripped = self.sheet.text[start:end].rstrip()
        opening = stripped.rfind("\n") + 1
        line = stripped[opening:]
        if not line or len(line) > MAX_PLACE:
            return None
        found = self._read_words(line, start + len(stripped), "last_line")
        if _ASIDE.match(line):
            return None
        if found.verdict.is_plain or self._uses_exit(found):
            return found
        trimmed = line.rstrip(" .!?*")
        sentence = _SENTENCE_END.split(trimmed)[-1].lstrip()
        found = self._read_words(sentence, found.end - len(line) + len(trimmed), "prose")
        return found if self._uses_exit(found) else None

    def amended(self, found: Found, limit: int) -> Found:
        """Follow a correction in the next line, such as ``Wait, that is 18.``, if there is one."""
        start = self.sheet.line_end(found.end, limit) + 1
        end = self.sheet.line_end(start, limit) if start < limit else start
        if start >= limit or end - start > MAX_AMENDMENT:
            return found
        verdict = amendment(self.sheet.text[start:end], self.sheet.terms)
        return replace(found, end=end, verdict=verdict) if verdict else found

    def second_thought(self, start: int, end: int) -> bool:
        """Tell whether a stretch takes something back."""
        end = min(end, start + MAX_SECOND_THOUGHT)
        return _SECOND_THOUGHT.search(self.sheet.low, start, end) is not None

    def _read(self, label: re.Match[str], limit: int) -> Found | None:
        is_mark = label[0].startswith("#") and label.re is _MARKED
        return self._read_mark(label) if is_mark else self._read_label(label, limit)

    def _read_label(self, label: re.Match[str], limit: int) -> Found:
        start, end = place_after(self.sheet, label.end(), limit)
        verdict = decide(self.sheet.text[start:end], self.sheet.terms)
        before = self.sheet.low[max(0, label.start() - MAX_CONTEXT) : label.start()]
        rule = "final_answer" if before.rstrip(" _").endswith("final") else "answer"
        return Found(label.start(), end, verdict, rule, is_told=_TOLD.search(before) is not None)

    def _read_mark(self, mark: re.Match[str]) -> Found | None:
        """Read ``###17###``, which is no heading that is closed with the same signs."""
        verdict = decide(mark[1], self.sheet.terms)
        is_answer = verdict.is_plain or verdict.outcome is Outcome.SKIP
        is_heading = mark[1] != mark[1].strip() and not self.sheet.terms.choices
        if not is_answer or is_heading:
            return None
        return Found(mark.start(), mark.end(), verdict, "marked")

    def _read_box(self, opening: re.Match[str]) -> Found | None:
        inner = self.sheet.text[opening.end() : opening.end() + MAX_BOX]
        length = _closing_brace(inner)
        if length is None:
            return None
        verdict = decide(inner[:length], self.sheet.terms)
        end = opening.end() + length + 1
        return Found(opening.start(), end, verdict, "boxed")

    def _read_sentence(self, found: re.Match[str], limit: int) -> Found:
        start, end = place_after(self.sheet, found.end(), limit)
        stop = _SENTENCE_END.search(self.sheet.text, start, end)
        end = stop.start() if stop else end
        verdict = decide(self.sheet.text[start:end], self.sheet.terms)
        return Found(found.start(), end, verdict, "prose")

    def _read_words(self, words: str, end: int, rule: str) -> Found:
        return Found(end - len(words), end, decide(words, self.sheet.terms), rule)

    def _uses_exit(self, found: Found) -> bool:
        """Tell whether a sentence uses an exit word; to name an exit letter is not to choose it."""
        word = self.sheet.terms.exit_word
        if (
            word is None
            or self.sheet.terms.exit_choice
            or found.verdict.outcome is not Outcome.SKIP
        ):
            return False
        return uses(self.sheet.text[found.start : found.end], word)

    def _agreed(self, found: list[Found]) -> Found | None:
        """Return the last of several, unless two differ and nothing takes the first one back."""
        decided = [one for one in found if one.verdict.is_decided]
        if not decided:
            return found[-1] if found else None
        last = decided[-1]
        for earlier in decided[:-1]:
            is_same = (earlier.verdict.outcome, earlier.verdict.answer) == (
                last.verdict.outcome,
                last.verdict.answer,
            )
            if not is_same and not self.second_thought(earlier.end, last.start):
                return replace(last, verdict=unparsed("several answers, none said to count"))
        return last


class _Index:
    """Matches in order, to be looked up by stretch."""

    def __init__(
        self, found: Iterable[re.Match[str]], keep: Callable[[re.Match[str]], bool] | None = None
    ) -> None:
        latest = list(found)[-MAX_FOUND:]
        self._found = [one for one in latest if keep is None or keep(one)]
        self._starts = [one.start() for one in self._found]

    def within(self, start: int, end: int) -> list[re.Match[str]]:
        """Return the matches that begin in [start, end), the last `MAX_WEIGHED`."""
        return [self._found[index] for index in between(self._starts, start, end)[-MAX_WEIGHED:]]

    def first(self, start: int, end: int) -> list[re.Match[str]]:
        """Return the first `MAX_WEIGHED` matches that begin in [start, end)."""
        return [self._found[index] for index in between(self._starts, start, end)[:MAX_WEIGHED]]


def last_that_counts(latest_first: Iterable[Found | None]) -> Found | None:
    """Return the last that says something; a copied format, an empty or unreadable one yields.

    Parameters
    ----------
    latest_first : iterable of Found or None
        Declarations, the last one first; read only as far as is needed.
    """
    counting: Found | None = None
    for found in latest_first:
        if found is None:
            continue
        if found.verdict.is_decided and not found.is_told:
            return found
        if counting is None or found.verdict.says_more_than(counting.verdict):
            counting = found
    return counting


def _is_mine(low: str, label: re.Match[str]) -> bool:
    """Tell whether a label announces the subject's own answer."""
    start = label.start()
    if start and (low[start - 1].isalnum() or low[start - 1] in "-'"):
        return False
    before = low[max(0, start - MAX_CONTEXT) : start]
    before = before[before.rfind("\n") + 1 :]
    is_shown = _SHOWN.search(before) or FORMAT_LINE.search(before)
    return not _NOT_MINE.search(before) and not is_shown


def _is_field(low: str, label: re.Match[str]) -> bool:
    """Tell whether a less usual label begins a line or a field."""
    before = low[max(0, label.start() - MAX_CONTEXT) : label.start()]
    is_short = label[0].startswith(("ans", "i write")) and not before[-1:].isalnum()
    return is_short or _OTHER_MAY_FOLLOW.search(before) is not None


def _is_stated(low: str, found: re.Match[str]) -> bool:
    """Tell whether a sentence states an answer and does not suppose it."""
    before = low[max(0, found.start() - MAX_CONTEXT) : found.start()]
    return not _CONDITIONAL.search(before) and not _SHOWN.search(before)


def _closing_brace(text: str) -> int | None:
    """Return where the brace that was opened just before the text closes."""
    depth = 1
    for brace in re.finditer(r"[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return None
