"""Named columns and fields: which name means what, and an entry out of what they hold."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from balk.measure.parsing.decide import decide
from balk.measure.parsing.entries import Entry, Rank, Sheet
from balk.measure.parsing.folding import words
from balk.measure.parsing.ratings import confidence_in, difficulty_in
from balk.measure.parsing.tokens import token_in
from balk.measure.parsing.verdicts import empty

MAX_REPEATED = 4  # records of one question that are looked at, the last ones

QUESTION, DIFFICULTY, CONFIDENCE, TOKEN, ANSWER, EXIT, OTHER = (
    "question",
    "difficulty",
    "confidence",
    "token",
    "answer",
    "exit",
    "other",
)

_NAMES = {
    QUESTION: "q question # no nr num number problem puzzle item id index "
    "questionnumber questionno qno questionid",
    DIFFICULTY: "difficulty diff d difficultyrating rating",
    CONFIDENCE: "confidence conf c certainty probability",
    TOKEN: "token tokens tokenused usetoken",
    ANSWER: "answer ans a final response decision choice result value",
}
_MEANING = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_NOISE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[^a-z#]")
_NUMBER = re.compile(
    r"\W{0,4}(?:q(?:uestion)?|problem|puzzle|item|no\.?|nr\.?|number)?[\s.#_:-]{0,3}"
    r"(\d{1,4})(?:\.0)?\W{0,4}",
    re.IGNORECASE,
)
_YES = words("yes true y used x ✓ ✔ ✅ 1")


def meaning(name: str, sheet: Sheet) -> str:
    """Return which field a column or key name stands for; `OTHER` for none."""
    word = sheet.terms.exit_word
    names_exit = (
        word is not None and sheet.terms.exit_choice is None and word.is_in(name.replace("_", " "))
    )
    lowered = name.lower()
    if "answer" in lowered and not lowered.strip().endswith("?"):
        return ANSWER
    if names_exit:
        return EXIT
    bare = _NOISE.sub("", lowered)
    if len(bare) == 1 and bare != lowered.strip(" *_"):
        return OTHER  # a(n) is no answer
    return _MEANING.get(bare, QUESTION if name.strip() == "#" else OTHER)


def number_in(cell: str) -> int | None:
    """Return the question number that a cell or a key holds: ``3``, ``Q3``, ``Question 3``."""
    found = _NUMBER.fullmatch(cell.strip())
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Record:
    """Named fields of one question, as a table's row, a JSON object or tags give them."""

    position: int
    fields: Mapping[str, str]
    start: int
    end: int
    is_closed: bool = True


def entries_of(records: Iterable[Record], sheet: Sheet, rule: str) -> list[Entry]:
    """Return the entries that records make; of many for one question, the last few.

    Parameters
    ----------
    records : iterable of Record
        In the order they stand in the reply.
    sheet : Sheet
        The reply.
    rule : str
        Name of the layout.
    """
    latest: dict[int, deque[Record]] = {}
    for record in records:
        if record.position in sheet.positions:
            latest.setdefault(record.position, deque(maxlen=MAX_REPEATED)).append(record)
    return [_entry_of(record, sheet, rule) for kept in latest.values() for record in kept]


def _entry_of(record: Record, sheet: Sheet, rule: str) -> Entry:
    """Return a record's entry; a field for the exit word counts as if the word were the answer."""
    place = record.fields.get(ANSWER, "")
    word = sheet.terms.exit_word
    if word is not None and record.fields.get(EXIT, "").strip().lower() in _YES | {
        word.word.lower()
    }:
        stated = decide(place, sheet.terms)
        place = f"{stated.answer} / {word.word}" if stated.answer else word.word
    return Entry(
        position=record.position,
        verdict=decide(place, sheet.terms) if place.strip() else empty(),
        rule=rule,
        rank=Rank.DECLARED,
        start=record.start,
        end=record.end,
        difficulty=difficulty_in(record.fields.get(DIFFICULTY, "")),
        confidence=confidence_in(record.fields.get(CONFIDENCE, "")),
        is_closed=record.is_closed,
        token=token_in(record.fields.get(TOKEN, "")),
    )
