"""An answer behind a question's number without a label: ``Q3: 17``, ``Q3: 7, 40%, 17``."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from dataclasses import dataclass

from balk.measure.parsing.answers import clean_answer, is_number
from balk.measure.parsing.decide import decide
from balk.measure.parsing.entries import Sheet
from balk.measure.parsing.folding import words
from balk.measure.parsing.phrases import CORRECTION
from balk.measure.parsing.ratings import confidence_in, difficulty_in
from balk.measure.parsing.skips import uses, without_denials
from balk.measure.parsing.verdicts import Terms, Verdict, empty, unparsed
from balk.records import Outcome

MAX_SHORT = 200  # characters
MAX_WORDS = 3  # of the answer
MAX_EXPLAINED_WORDS = 12  # of a number and what explains it
MAX_NAMING_WORDS = 6  # of a sentence that names a choice and may be taken to choose it
N_FIELDS = 3

EDGES = " \t,;:|()[]*"
_DASHES = re.compile(r"^[-–—] ")
_RATING = re.compile(
    r"(?:[\s,;|/(\[]|[–—-](?=\s?(?:difficulty|diff|confidence|conf)\b)){0,6}"
    r"(?:and |with )?\b(?:difficulty|diff|confidence|conf)\b"
    r"(?: ?(?:rating|level|score))?(?: ?\([^()\n]{0,24}\))?[\s:=|\"']{0,6}(?:is |of |[–—] |- )?"
    r"[~≈<>]?\s?\d{1,3}(?:\.\d{1,4})?(?: ?(?:%|percent\b|/ ?100?\b|out of 100?\b))?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*(?:[,;|\t]|\s[–—-]\s)\s*")
_THREE_NUMBERS = re.compile(r"\d{1,3}(?:\.\d+)?[\s,;|/]+\d{1,3}(?:\.\d+)?[\s,;|/]+[-+]?\d[\d./]*")
_LETTERS = re.compile(
    r"\(?d ?[:=]? ?(?P<difficulty>\d{1,2}(?:\.\d)?)[\s,;|/]{1,4}"
    r"c ?[:=]? ?(?P<confidence>\d{1,3} ?%?)[\s,;|/)]{1,4}a ?[:=] ?(?P<answer>.+)",
    re.IGNORECASE,
)
_IN_SECTION = re.compile(r"\\f?box", re.IGNORECASE)  # boxes are read with the rest of a section
_CHATTER = words("sure okay ok hello hi hmm well thanks understood certainly alright thinking done")


@dataclass(frozen=True, slots=True)
class Short:
    """A verdict from a line without labels, with the ratings if they were read with it."""

    verdict: Verdict
    rule: str
    is_labelled: bool = False
    difficulty: float | None = None
    confidence: float | None = None


def read_short(text: str, sheet: Sheet) -> Short | None:
    """Return what the words behind a question's number decide; None if they are a sentence.

    Parameters
    ----------
    text : str
        The rest of the line.
    sheet : Sheet
        The reply.
    """
    if not text.strip(EDGES) or len(text) > 4 * MAX_SHORT:
        return None
    fields = _by_letter(text, sheet.terms) or _by_place(text, sheet)
    if fields:
        return fields
    verdict = unlabelled(text, sheet)
    return Short(verdict, "line") if verdict else None


def unlabelled(text: str, sheet: Sheet) -> Verdict | None:
    """Return what a few words decide, ratings left out; None if they are a sentence."""
    content = _RATING.sub(" ", text)
    is_rated = content != text
    content = _DASHES.sub("", content.strip(EDGES)).strip()
    is_question = content.endswith(("?", ":")) and " " in content
    if is_rated and not content:
        return empty()
    if not content or len(content) > MAX_SHORT or is_question or _IN_SECTION.search(content):
        return None
    is_named = is_rated or len(sheet.reply_format.fields) == 1
    is_three = _THREE_NUMBERS.fullmatch(content) and not is_number(clean_answer(content))
    if not is_named and is_three:
        return unparsed("three numbers, and nothing says which is the answer")
    verdict = decide(content, sheet.terms)
    return verdict if _is_meant(verdict, content, sheet.terms, is_rated=is_rated) else None


def _is_meant(verdict: Verdict, content: str, terms: Terms, *, is_rated: bool) -> bool:
    """Tell whether words without a label are an answer, and not a sentence about the question."""
    n_words = len(content.split())
    if terms.choices and n_words > MAX_NAMING_WORDS and not is_rated:
        return False  # a sentence that names a choice need not choose it
    word = terms.exit_word
    if verdict.outcome is Outcome.ATTEMPT:
        stated = without_denials(content, word) if word else content
        is_clear = is_rated or _is_alone(verdict.answer or "", stated)
        return is_clear and n_words <= MAX_EXPLAINED_WORDS
    if word is not None and word.is_in(content) and not uses(content, word):
        return False  # such as the rule that offers the exit
    return verdict.is_decided or is_rated or n_words <= MAX_NAMING_WORDS


def _by_letter(text: str, terms: Terms) -> Short | None:
    """Read ``D: 7, C: 40%, A: 17``."""
    found = _LETTERS.match(text.strip())
    if not found:
        return None
    difficulty, confidence = difficulty_in(found["difficulty"]), confidence_in(found["confidence"])
    verdict = decide(found["answer"], terms)
    return Short(verdict, "fields", is_labelled=True, difficulty=difficulty, confidence=confidence)


def _by_place(text: str, sheet: Sheet) -> Short | None:
    """Read ``7, 40%, 17``: the fields in the order asked for; one has to be a percentage."""
    fields = sheet.reply_format.fields
    if len(fields) != N_FIELDS:
        return None
    is_last = fields[-1] == "answer"  # an answer at the end may hold commas of its own
    parts = _PARTS.split(text.strip(EDGES), maxsplit=N_FIELDS - 1 if is_last else 0)
    if len(parts) != N_FIELDS:
        return None
    named = dict(zip(fields, parts, strict=True))
    difficulty = difficulty_in(named.get("difficulty", ""))
    confidence = confidence_in(named.get("confidence", ""))
    if difficulty is None or confidence is None or "%" not in named["confidence"]:
        return None
    verdict = decide(named.get("answer", ""), sheet.terms)
    return Short(verdict, "fields", is_labelled=True, difficulty=difficulty, confidence=confidence)


def _is_alone(answer: str, content: str) -> bool:
    """Tell whether words without a label are an answer: a number with its unit, a word, names."""
    words = answer.split()
    if answer[:1].isdigit() or answer[:1] in set("-+(."):
        return len(words) <= MAX_WORDS
    is_all = clean_answer(content) == answer or CORRECTION.search(content) is not None
    is_long = len(content.split()) > MAX_WORDS and not is_all
    if is_long or answer.lower() in _CHATTER:
        return False
    return len(words) == 1 or all(word[0].isupper() or word == "and" for word in words)
