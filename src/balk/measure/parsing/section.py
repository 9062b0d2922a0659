"""What stands between one question's number and the next."""

import re
from dataclasses import dataclass, replace

from balk.measure.parsing.decide import decide
from balk.measure.parsing.declarations import FORMAT_LINE, Declarations, Found
from balk.measure.parsing.entries import Entry, Rank, Sheet
from balk.measure.parsing.folding import words
from balk.measure.parsing.ratings import find_ratings
from balk.measure.parsing.short import EDGES, MAX_SHORT, read_short, unlabelled
from balk.measure.parsing.tokens import FIELD, find_token
from balk.measure.parsing.verdicts import copied, empty, unparsed

MAX_RATED = 2_000  # characters of a section that are searched for ratings, at either end

_FLAG = re.compile(r"[:=]\s*(yes|no|true|false|y|n|used|not used|none|✓|✗|✔|x)\W*$", re.IGNORECASE)
_YES = words("yes true y used ✓ ✔ x")
_PIECES = re.compile(r"[\n,;|]")


@dataclass(frozen=True, slots=True)
class Section:
    """One question's part of a reply.

    Attributes
    ----------
    sheet : Sheet
        The reply.
    declarations : Declarations
        What is declared in it.
    position : int
        The question's number.
    start, content : int
        Where the line with the number begins, and where the number ends.
    line_end, end : int
        Where that line and where the section ends.
    """

    sheet: Sheet
    declarations: Declarations
    position: int
    start: int
    content: int
    line_end: int
    end: int

    def read(self, *, may_span: bool) -> Entry:
        """Return the section's entry: from its first line or, if it may span several, from all."""
        if FORMAT_LINE.search(self._line(MAX_SHORT).lower()):
            return self._entry(Found(self.start, self.line_end, copied(), "line"), Rank.PROSE)
        on_line = self._flagged(self.line_end) or self._on_line()
        if on_line and on_line.rank is Rank.DECLARED and not on_line.verdict.says_nothing:
            return on_line
        below = self._below() if may_span else None
        is_clearer = below and below.rank is Rank.DECLARED and below.verdict.is_decided
        if below and (on_line is None or is_clearer):
            return below
        return on_line or self._unread(None)

    def is_bare(self) -> bool:
        """Tell whether nothing stands behind the number, on its line or in the next."""
        next_end = (
            self.sheet.line_end(self.line_end + 1, self.end) if self.line_end < self.end else 0
        )
        below = self.sheet.text[self.line_end : min(next_end, self.line_end + MAX_RATED)]
        return not (self._line(MAX_RATED) + below).strip(EDGES + "\n")

    def left_empty(self) -> Entry:
        """Return the entry of a question whose line is there and holds nothing."""
        return self._entry(Found(self.start, self.line_end, empty(), "line"), Rank.SHORT)

    def read_line(self) -> Entry | None:
        """Return what the first line alone declares, if anything."""
        return self._on_line()

    def _on_line(self) -> Entry | None:
        found = self.declarations.labelled(self.content, self.line_end)
        if found:
            return self._entry(self._reconsidered(found), Rank.DECLARED, "line")
        text = self._line(MAX_RATED)
        bare = self.declarations.bare(self.content, self.content + len(text))
        if bare and "difficulty" in text.lower():
            return self._entry(bare, Rank.DECLARED, "line")
        boxed = self.declarations.boxed(self.content, self.line_end)
        if boxed:
            return self._entry(boxed, Rank.SHORT)
        short = read_short(text, self.sheet)
        if not short:
            return None
        found = Found(self.start, self.line_end, short.verdict, short.rule)
        if not short.is_labelled:
            return self._entry(self.declarations.amended(found, self.end), Rank.SHORT)
        entry = self._entry(found, Rank.DECLARED)
        return replace(entry, difficulty=short.difficulty, confidence=short.confidence)

    def _below(self) -> Entry:
        """Read the rest of the section: labels first, then a lone line, boxes and sentences."""
        found = self.declarations.labelled(self.content, self.end)
        flagged = self._flagged(self.end)
        if flagged:
            return flagged
        if found and not found.verdict.says_nothing:
            return self._entry(found, Rank.DECLARED, "section")
        lone = self._lone_line() if found is None else None
        if lone:
            return lone
        prose = self.declarations.in_prose(self.content, self.end)
        prose = prose or self.declarations.last_line(self.line_end, self.end)
        return self._entry(prose, Rank.PROSE) if prose else self._unread(found)

    def _unread(self, found: Found | None) -> Entry:
        is_empty = not self.sheet.text[self.content : self.end].strip(EDGES + "\n")
        nothing = empty() if is_empty else unparsed("a place for the question, and no answer in it")
        rank = Rank.DECLARED if found else Rank.SHORT if is_empty else Rank.PROSE
        verdict = found.verdict if found else nothing
        return self._entry(Found(self.start, self.line_end, verdict, "section"), rank)

    def _lone_line(self) -> Entry | None:
        """Read a section whose only words, in the line below the number, are a short answer."""
        text = self.sheet.text[self.content : min(self.end, self.content + 2 * MAX_SHORT)]
        n_lines = sum(1 for line in text.split("\n") if line.strip(EDGES))
        is_alone = len(text) < 2 * MAX_SHORT and n_lines == 1
        verdict = unlabelled(text.replace("\n", " "), self.sheet) if is_alone else None
        if not verdict:
            return None
        end = self.content + len(text.rstrip())
        return self._entry(Found(self.start, end, verdict, "section"), Rank.SHORT)

    def _flagged(self, end: int) -> Entry | None:
        """Read a field for the exit word itself, up to an offset: ``Lifeline: yes``."""
        text = self.sheet.text[self.content : min(end, self.content + MAX_RATED)]
        if not _is_flagged(text, self.sheet):
            return None
        found = self.declarations.labelled(self.content, end)
        word = self.sheet.reply_format.exit_word or ""
        answer = found.verdict.answer if found else None
        verdict = decide(f"{answer} / {word}" if answer else word, self.sheet.terms)
        end = max(found.end if found else 0, self.line_end)
        return self._entry(Found(self.start, end, verdict, "section"), Rank.DECLARED)

    def _reconsidered(self, found: Found) -> Found:
        """Follow a later label in the same section only if something is taken back before it."""
        later = self.declarations.labelled(self.line_end, self.end)
        if later and later.verdict.is_decided:
            is_taken_back = self.declarations.second_thought(self.line_end, later.start)
            return later if is_taken_back else self.declarations.amended(found, self.end)
        return self.declarations.amended(found, self.end)

    def _line(self, n_chars: int) -> str:
        return self.sheet.text[self.content : min(self.line_end, self.content + n_chars)]

    def _entry(self, found: Found, rank: Rank, rule: str | None = None) -> Entry:
        difficulty, confidence = self._ratings()
        is_below = found.start > self.line_end
        return Entry(
            position=self.position,
            verdict=found.verdict,
            rule=rule or found.rule,
            rank=rank,
            start=found.start if is_below else self.start,
            end=found.end,
            difficulty=difficulty,
            confidence=confidence,
            token=self._token(),
        )

    def _token(self) -> bool | None:
        """Return what the section, near its beginning, says of a token; the last word counts."""
        if FIELD not in self.sheet.reply_format.fields:
            return None
        return find_token(self.sheet.low[self.content : min(self.end, self.content + MAX_RATED)])

    def _ratings(self) -> tuple[float | None, float | None]:
        """Return the ratings on the first line or, failing them, near either end of the section."""
        first = min(self.line_end, self.content + MAX_RATED)
        early = min(self.end, self.line_end + MAX_RATED)
        late = max(self.line_end, self.end - MAX_RATED)
        for start, end in ((self.content, first), (self.line_end, early), (late, self.end)):
            ratings = find_ratings(self.sheet.low[start:end])
            if ratings != (None, None):
                return ratings
        return None, None


def _is_flagged(text: str, sheet: Sheet) -> bool:
    """Tell whether the last field named after the exit word says yes."""
    word = sheet.terms.exit_word
    if word is None or sheet.terms.exit_choice is not None or not word.is_in(text):
        return False
    flags = [
        found[1].lower()
        for piece in _PIECES.split(text)
        if (found := _FLAG.search(piece)) and word.is_in(piece[: found.start()])
    ]
    return bool(flags) and flags[-1] in _YES
