"""What do the words in an answer's place decide? The heart of the parser, as a list of cases."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from collections.abc import Callable

from balk.measure.parsing import phrases, verdicts
from balk.measure.parsing.answers import MAX_CHARS, clean_answer, without_latex
from balk.measure.parsing.attempts import (
    NOTE,
    is_odd,
    misspelt_exit,
    plain_number,
    several_answers,
    stated_answer,
)
from balk.measure.parsing.choices import choose
from balk.measure.parsing.exit_word import make_synonyms
from balk.measure.parsing.folding import fold, plain_fractions, squeeze
from balk.measure.parsing.skips import read_skip, without_denials
from balk.measure.parsing.verdicts import Terms, Verdict, attempt, blank, unparsed
from balk.records import Outcome

MAX_CORRECTIONS = 5  # in one answer's place; more is no answer

Case = Callable[[str, Terms], Verdict | None]

_TAGS = re.compile(
    r"</?(?:answer|final_?answer|strong|em|code|sub|sup|br ?/?|b|i|u)>", re.IGNORECASE
)
_SLOT = re.compile(r"<[^<>\d]{1,60}>")
_PICTURES = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_STARS = re.compile(r"(?<!\d)\*+|\*+(?!\d)|#+(?!\d)|#{2,}|\"")


def decide(place: str, terms: Terms) -> Verdict:
    """Return what the words in one answer's place decide.

    Skips are looked for before any mathematics; nothing that cannot be read becomes an attempt.

    Parameters
    ----------
    place : str
        The words, as they stand in the reply.
    terms : Terms
        The exit word and the choices that were offered.
    """
    text = plain(place)
    verdict = _first(SKIP_CASES, text, terms)
    if verdict is not None:
        return verdict
    if terms.exit_word is not None and terms.exit_choice is None:
        text = without_denials(text, terms.exit_word)
    verdict = _first(ANSWER_CASES, text, terms)
    return verdict if verdict is not None else unparsed("a sentence in the answer's place")


def amendment(line: str, terms: Terms) -> Verdict | None:
    """Return what a line that begins by taking something back puts in its place, if it does.

    Parameters
    ----------
    line : str
        A line behind a declared answer, such as ``Wait, that is 18.``
    terms : Terms
        The exit word and the choices that were offered.
    """
    text = plain(line)
    found = phrases.CORRECTION.match(text)
    if not found or found[0].strip() in phrases.ARROWS:
        return None
    verdict = decide(text[found.end() :], terms)
    return verdict if _replaces(verdict) else None


def plain(place: str) -> str:
    """Return an answer's place without markdown, LaTeX and tags, on one line."""
    text = without_latex(plain_fractions(fold(place[: 2 * MAX_CHARS])))
    untagged = _TAGS.sub(" ", text)
    text = untagged if any(map(str.isalnum, untagged)) else text
    text = _STARS.sub(" ", _PICTURES.sub(" ", text))
    return squeeze(text)[:MAX_CHARS].strip(" ,;|\\")


def is_refusal(text: str) -> bool:
    """Tell whether a text says that the subject will not, as a matter of policy."""
    return phrases.REFUSAL.search(text) is not None


def _first(cases: tuple[Case, ...], text: str, terms: Terms) -> Verdict | None:
    for case in cases:
        verdict = case(text, terms)
        if verdict is not None:
            return verdict
    return None


def _copied_format(text: str, terms: Terms) -> Verdict | None:
    """``<your answer or LIFELINE>``: the format's words, not the subject's."""
    bare = text
    found = terms.exit_word.pattern.search(text) if terms.exit_word else None
    if found and terms.exit_choice is None:
        head, tail = text[: found.start()], text[found.end() :]
        without = phrases.OR_EXIT.sub("", head) + phrases.EXIT_OR.sub("", tail)
        bare = text if without == head + tail else without
    bare = bare.strip(" .'`")
    bracketed = phrases.BRACKETED_FORMAT
    outside = text.strip(" .") if "(" in text else text.strip(" .)")
    is_bracketed = bracketed.fullmatch(outside) or bracketed.fullmatch(bare)
    is_bare = phrases.BARE_FORMAT.fullmatch(bare) and bare not in terms.choices
    is_slot = _SLOT.fullmatch(outside) and not found and outside[1:-1] not in terms.choices
    return verdicts.copied() if is_bracketed or is_bare or is_slot else None


def _nothing(text: str, _terms: Terms) -> Verdict | None:
    """Nothing, or signs that stand for nothing."""
    if not text:
        return verdicts.empty()
    if any(character.isalnum() or character in "∞∅" for character in text):
        return None
    return unparsed("no letter and no digit") if is_odd(text) else blank(text)


def _corrected(text: str, terms: Terms) -> Verdict | None:
    """``17, no wait, 18``: what stands behind the last correction, if it says what counts."""
    corrections = list(phrases.CORRECTION.finditer(text))
    if not corrections or not text[: corrections[-1].start()].strip(" .,(;:–—-"):
        return None
    if len(corrections) > MAX_CORRECTIONS:
        return unparsed("taken back again and again")
    last = corrections[-1]
    head, tail = text[: last.start()], text[last.end() :]
    before = decide(head.strip(" (.,"), terms)
    if last[0].strip() in phrases.ARROWS and not before.is_plain:
        return None
    after = decide(tail.strip(" )"), terms)
    if _replaces(after):
        return after
    is_aside = head.rfind("(") > head.rfind(")") or bool(terms.choices)
    is_confirmed = phrases.CONFIRMATION.search(tail) and not any(map(str.isdigit, tail))
    if is_aside or is_confirmed:
        return before
    return unparsed("an answer is taken back, and what replaces it cannot be read")


def _replaces(after: Verdict) -> bool:
    if after.outcome is Outcome.ATTEMPT:
        return after.is_plain or (after.answer is not None and " " not in after.answer)
    return after.outcome is Outcome.SKIP or (
        after.outcome is Outcome.BLANK and not after.says_nothing
    )


def _skipped(text: str, terms: Terms) -> Verdict | None:
    """LIFELINE itself, where it is not one of the choices."""
    if terms.exit_word is None or terms.exit_choice is not None:
        return None
    return read_skip(text, terms.exit_word, terms.choices)


def _refused(text: str, _terms: Terms) -> Verdict | None:
    """``I can't assist with that``."""
    return verdicts.refusal() if is_refusal(text) else None


def _chosen(text: str, terms: Terms) -> Verdict | None:
    """One of the choices, the exit among them."""
    return choose(text, terms) if terms.choices else None


def _not_known(text: str, _terms: Terms) -> Verdict | None:
    """``unknown``, ``n/a``, ``I cannot``; a guess offered behind a doubt is an answer."""
    text = text.strip(" .()[]<>'")
    found = phrases.NOT_KNOWN.match(text)
    if not found:
        return None
    number = phrases.THEN_NUMBER.match(NOTE.sub("", text[found.end() :]))
    if not number:
        return blank(text)
    if phrases.HEDGE.search(text[: found.end() + number.start(1)]):
        return attempt(clean_answer(number[1]))
    return unparsed(f"both {found[0]!r} and an answer")


def _other_exit(text: str, terms: Terms) -> Verdict | None:
    """``skip`` where the exit word is another, or none was offered: neither skip nor answer."""
    synonyms = make_synonyms()
    read = read_skip(text, synonyms)
    found = synonyms.pattern.search(text)
    if read is None or read.outcome is Outcome.UNPARSED or found is None:
        return None
    word = terms.exit_word
    offered = "no exit was offered" if word is None else f"the exit word is {word.word!r}"
    if read.outcome is Outcome.CONFLICT:
        return unparsed(f"an answer and {found[0]!r}; {offered}")
    return Verdict(Outcome.BLANK, reason=f"{found[0]!r} in the answer's place; {offered}")


def _no_choice(_text: str, terms: Terms) -> Verdict | None:
    """Anything else, where one of the choices was asked for."""
    return unparsed(f"none of the choices {', '.join(terms.choices)}") if terms.choices else None


SKIP_CASES: tuple[Case, ...] = (plain_number, _copied_format, _nothing, _corrected, _skipped)
"""Looked at first, in this order; the first case that applies decides."""

ANSWER_CASES: tuple[Case, ...] = (
    _nothing,
    _refused,
    _chosen,
    _not_known,
    _other_exit,
    misspelt_exit,
    _no_choice,
    several_answers,
    stated_answer,
)
"""Looked at next, with clauses that only deny the exit word left out."""
