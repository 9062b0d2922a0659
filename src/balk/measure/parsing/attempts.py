"""An answer out of the words in an answer's place, once they are known to be no skip."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from difflib import SequenceMatcher

from balk.measure.parsing.answers import NUMBER, clean_answer, is_number
from balk.measure.parsing.verdicts import Terms, Verdict, attempt, unparsed

MAX_WORDS = 12  # of an answer in words; more is a sentence about the question
MAX_WORDS_WITH_DIGITS = 6  # of a number and its unit
MIN_MISSPELT = 5  # letters of an exit word that can be told from another word
MISSPELT = 0.8  # similarity from which a word looks like the exit word misspelt

_PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:/\d+)?")
_ALTERNATIVES = re.compile(
    r"^(?:either |between )?(\S+(?: \S+){0,2}?),? (?:or|vs\.?|versus)"
    r"(?: maybe| perhaps| possibly| else)? (\S+(?: \S+){0,2})$",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"^({NUMBER.pattern}) ?; ?({NUMBER.pattern})$")
_RANGE = re.compile(
    rf"^(?:between |from )?{NUMBER.pattern} ?(?:-|–|—|to|and|\.\.+) ?{NUMBER.pattern}$",
    re.IGNORECASE,
)
_IN_A_ROW = re.compile(r"^\d+(?:\.\d+)?(?: \d+(?:\.\d+)?)+$")
NOTE = re.compile(
    r"\s?(?:\(\s?[=≈~][^()]*\)|\([^()]*[^\W\d_]{2}[^()]*\)?|\[[^\[\]]*[^\W\d_]{2}[^\[\]]*\]?)\W*$"
)
"""A bracket with words in it, at the end."""

_AFTER_NUMBER = re.compile(
    r"[.!?;]\s|[,;:]?\s+(?:because|since|as|by|from|due|given|which|but|though|although|so|"
    r"assuming|using|via|i|we|not|i\.e|per|based|where|with|after|"
    r"and (?:i|confidence|difficulty))\b|\s[–—-]\s(?!\d)|:\s(?!\d)|,\s(?=[^\W\d])|\sand$",
    re.IGNORECASE,
)
_AFTER_WORDS = re.compile(
    r"[.!?;]\s|,?\s+(?:because|since|although|as i|due to|given that|but)\b|\s[–—-]\s|\sand$",
    re.IGNORECASE,
)
_SAYS_NUMBER = re.compile(
    r"(?:=|\b(?:is|are|get|gives?|equals?|be|obtain|answer|yields?)\b)[\s:]*"
    rf"({NUMBER.pattern})\W*$",
    re.IGNORECASE,
)
_WORDED = re.compile(r"[^\W\d_]{2}|=")
_BROKEN = re.compile(r"\S{41}|<[^<>]*<")
_POINTER = re.compile(
    r"(?:see|as|same|refer|given)\b.{0,20}\b(?:above|below|before|earlier|previous(?:ly)?)\b"
    r"|above|below|done",
    re.IGNORECASE,
)
_ODD = re.compile(r"[^\w\s+\-*/^=().,:'\"!?%<>\[\]{}|√π∞∅≤≥≠≈≡°·×÷–—\\&;…→$€£₀-₉#~]")


def plain_number(text: str, terms: Terms) -> Verdict | None:
    """Take nothing but a whole number or a fraction: by far the most frequent case."""
    is_plain = not terms.choices and _PLAIN_NUMBER.fullmatch(text) is not None
    return attempt(text.removeprefix("+"), is_plain=True) if is_plain else None


def is_odd(text: str) -> bool:
    """Tell whether signs stand there that belong to no answer."""
    return _ODD.search(text) is not None


def misspelt_exit(text: str, terms: Terms) -> Verdict | None:
    """Catch a word so much like the exit word that it may be it, and is no answer."""
    if terms.exit_word is None or any(map(str.isdigit, text)):
        return None
    word = terms.exit_word.word.lower()
    for token in re.findall(r"[^\W\d_]{5,20}", text.lower())[:MAX_WORDS]:
        if len(word) >= MIN_MISSPELT and SequenceMatcher(None, word, token).ratio() >= MISSPELT:
            return unparsed(f"{token!r} looks like {terms.exit_word.word!r} misspelt")
    return None


def several_answers(text: str, _terms: Terms) -> Verdict | None:
    """Catch two answers with nothing that says which counts, or a range."""
    outside = NOTE.sub("", text)
    found = _ALTERNATIVES.match(outside) or _LISTED.match(outside)
    if found:
        one, other = clean_answer(found[1]), clean_answer(found[2])
        is_same = one == other
        return attempt(one) if is_same else unparsed("two answers, and nothing says which counts")
    is_one = is_number(clean_answer(outside))
    if _IN_A_ROW.match(outside) and not is_one:
        return unparsed("several numbers in a row")
    return unparsed("a range") if _RANGE.match(outside) and not is_one else None


def stated_answer(text: str, _terms: Terms) -> Verdict | None:
    """Take a number with what explains it, a few words, or a number that ends a sentence."""
    if is_odd(text) or _POINTER.fullmatch(text.strip(" .()")):
        return unparsed("no answer can be made out")
    stated = NOTE.sub("", text)
    stated = stated if any(map(str.isalnum, stated)) else text
    said, *rest = _AFTER_NUMBER.split(stated, maxsplit=1)
    number = clean_answer(said)
    if is_number(number) and not ("=" in said and "=" in "".join(rest)):
        is_plain = not _WORDED.search(text) and is_number(clean_answer(text))
        return attempt(number, is_plain=is_plain)
    words = clean_answer(_AFTER_WORDS.split(stated, maxsplit=1)[0])
    if _BROKEN.search(words) or words.count("{") != words.count("}"):
        return unparsed("no answer can be made out")
    has_digit = any(map(str.isdigit, words))
    if words and len(words.split()) <= (MAX_WORDS_WITH_DIGITS if has_digit else MAX_WORDS):
        return attempt(words)
    found = _SAYS_NUMBER.search(stated)
    return attempt(clean_answer(found[1])) if found else None
