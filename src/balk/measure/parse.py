"""Read a reply: which question was answered how, which was skipped, and which words say so.

The parser is pure. It finds every place where something is declared for a question, decides
what the words in that place mean, and lets the entry count that says most, the last of equals.
What it cannot read stays unread: nothing unreadable becomes an attempt, a wrong answer or a
skip. Its time grows in proportion to the reply's length.

```text
reply -> Sheet -> entries (tables, JSON, tags, numbered sections, the rest) -> resolve -> Reading
```
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from balk.measure.parsing.answers import clean_answer
from balk.measure.parsing.decide import is_refusal
from balk.measure.parsing.declarations import Declarations
from balk.measure.parsing.entries import Entry, Rank, Sheet, merged
from balk.measure.parsing.examples import find_examples
from balk.measure.parsing.objects import read_objects
from balk.measure.parsing.ratings import find_ratings
from balk.measure.parsing.resolve import resolve
from balk.measure.parsing.sections import read_sections
from balk.measure.parsing.tables import read_tables
from balk.measure.parsing.tags import read_tags
from balk.measure.parsing.tokens import FIELD, find_token, is_instead
from balk.measure.parsing.unnumbered import read_in_order, read_single
from balk.records import Outcome, Reading, ReplyFormat

PARSER_VERSION: int = 3
"""Raised whenever a reply may come to another reading; old logs are then read again."""

MAX_FINAL_WORDS = 9  # of an unlabelled line; in a reply that was cut off, more may be thinking
MAX_REFUSAL = 800  # characters at the beginning of a reply in which a refusal stands

__all__ = ["PARSER_VERSION", "clean_answer", "parse_reply"]


def parse_reply(
    text: str, reply_format: ReplyFormat, *, is_truncated: bool = False
) -> tuple[Reading, ...]:
    """Return what a reply decides, question by question.

    Parameters
    ----------
    text : str
        The reply as the subject sent it, without the format's prefix.
    reply_format : ReplyFormat
        What the reply was asked to look like.
    is_truncated : bool, default False
        Whether the reply was cut off, so that its last line may be incomplete.

    Returns
    -------
    tuple of Reading
        One for each question asked, in order.
    """
    sheet = Sheet.of(_continued(reply_format.prefix, text), reply_format, is_truncated=is_truncated)
    entries = resolve(_read(sheet)) if text.strip() else {}
    whole = None if _is_decided(entries.values()) else _of_the_whole(text, sheet, entries)
    readings = (
        replace(whole, position=position)
        if whole
        else _reading(sheet, position, entries.get(position))
        for position in sheet.positions
    )
    return tuple(_within_budget(readings, reply_format.lifelines))


def _continued(prefix: str, text: str) -> str:
    """Return the reply with the prefix it continues, unless it repeats it."""
    if not prefix or text.lstrip().startswith(prefix):
        return text
    gap = "" if not text or text[0].isspace() or prefix[-1].isspace() else " "
    return prefix + gap + text


def _of_the_whole(text: str, sheet: Sheet, entries: Mapping[int, Entry]) -> Reading | None:
    """Return what a reply without any decision says of all its questions at once, if anything."""
    if is_refusal(sheet.text[:MAX_REFUSAL]):
        quote = sheet.quote(0, len(sheet.source))
        reason = "a policy refusal of the whole reply"
        return Reading(0, Outcome.REFUSAL, provenance="refusal", quote=quote, reason=reason)
    written = sheet.text.strip().removeprefix(sheet.reply_format.prefix).strip()
    if written and not (sheet.is_unclosed and not entries):
        return None
    outcome = Outcome.TRUNCATED if sheet.is_truncated else Outcome.MISSING
    return Reading(0, outcome, reason="only reasoning" if text.strip() else "empty reply")


def _read(sheet: Sheet) -> list[Entry]:
    """Return every entry; what is announced as the format is read only if nothing else is."""
    examples, formats = find_examples(sheet)
    sheet = sheet.without(examples)
    entries = _read_layouts(sheet.without(formats))
    if formats and not any(entry.verdict.is_decided for entry in entries):
        entries = _read_layouts(sheet)
    return [entry for entry in entries if _is_final(entry, sheet)]


def _read_layouts(sheet: Sheet) -> list[Entry]:
    """Read layout by layout; each leaves to the next what it did not understand."""
    entries: list[Entry] = []
    for read in (read_objects, read_tags, read_tables):
        found, spans = read(sheet)
        entries += found
        sheet = sheet.without(merged(spans))
    declarations = Declarations(sheet)
    found, others = read_sections(sheet, declarations)
    entries += found
    if not sheet.is_single:
        return entries or read_in_order(sheet, declarations)
    if any(not entry.verdict.says_nothing for entry in entries):
        return entries
    others += [(entry.start, entry.end) for entry in entries]
    rest = sheet.without(merged(others))
    declarations = Declarations(rest) if others else declarations
    return read_single(rest, declarations, is_numbered=bool(entries)) or entries


def _is_final(entry: Entry, sheet: Sheet) -> bool:
    """Tell whether an entry cannot be thinking that was never brought to an end."""
    may_be_thinking = sheet.is_truncated or sheet.is_unclosed
    if not may_be_thinking or entry.rank is Rank.DECLARED:
        return True
    if not sheet.is_truncated or entry.rule == "boxed":
        return entry.rank is Rank.SHORT or not entry.verdict.is_decided
    n_words = len(sheet.text[entry.start : entry.end].split())
    return entry.rank is Rank.SHORT and n_words <= MAX_FINAL_WORDS


def _is_decided(entries: Iterable[Entry]) -> bool:
    return any(entry.verdict.is_decided for entry in entries)


def _reading(sheet: Sheet, position: int, entry: Entry | None) -> Reading:
    """Return the reading that an entry makes; the budget of lifelines is not yet applied."""
    if entry is None:
        return _without_entry(sheet, position)
    verdict = entry.verdict
    reading = Reading(
        position,
        verdict.outcome,
        answer=verdict.answer,
        confidence=entry.confidence,
        difficulty=entry.difficulty,
        provenance=entry.rule,
        quote=sheet.quote(entry.start, entry.end),
        reason=verdict.reason,
    )
    if not entry.is_closed and sheet.is_unfinished(entry.end):
        reason = "cut off in this question's line"
        return replace(reading, outcome=Outcome.TRUNCATED, answer=None, reason=reason)
    return _with_token(reading, sheet, entry) if FIELD in sheet.reply_format.fields else reading


def _with_token(reading: Reading, sheet: Sheet, entry: Entry) -> Reading:
    """Return the reading with what is said of an inert token, which skips nothing."""
    if reading.answer is not None and is_instead(reading.answer):
        reason = "a token in the answer's place, where it answers nothing"
        return replace(reading, outcome=Outcome.BLANK, answer=None, token=True, reason=reason)
    lines = sheet.low[entry.start : sheet.line_end(entry.end)]
    return replace(reading, token=find_token(lines) if entry.token is None else entry.token)


def _without_entry(sheet: Sheet, position: int) -> Reading:
    difficulty, confidence = (
        find_ratings(sheet.low[-MAX_REFUSAL:]) if sheet.is_single else (None, None)
    )
    if sheet.is_truncated:
        outcome, reason = Outcome.TRUNCATED, "cut off before this question's line"
    else:
        outcome, reason = Outcome.MISSING, "no line for this question"
    return Reading(position, outcome, None, confidence, difficulty, reason=reason)


def _within_budget(readings: Iterable[Reading], lifelines: int | None) -> Iterable[Reading]:
    """Yield the readings with what goes beyond the lifelines or tokens left taken back.

    A skip becomes an overdraft. An inert token is then not used: its question keeps its outcome.
    """
    left = lifelines
    for reading in readings:
        is_used = reading.outcome is Outcome.SKIP or bool(reading.token)
        if not is_used or left is None:
            yield reading
        elif left > 0:
            left -= 1
            yield reading
        else:
            yield _overdrawn(reading)


def _overdrawn(reading: Reading) -> Reading:
    if reading.outcome is Outcome.SKIP:
        reason = "a lifeline was asked for with none left"
        return replace(reading, outcome=Outcome.OVERDRAFT, reason=reason)
    reason = reading.reason or "a token was asked for with none left"
    return replace(reading, token=False, reason=reason)
