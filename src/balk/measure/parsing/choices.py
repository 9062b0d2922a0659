"""Which letter, or which of the offered words, an answer's place declares."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
from collections.abc import Iterable
from functools import cache

from balk.measure.parsing.verdicts import Terms, Verdict, attempt, conflict, skip, unparsed

_NAMED = r"(?:(?:the )?(?:correct |final |best )?(?:option|choice|answer|letter)(?: is)?[\s:]*)?"
_AFTER_LETTER = (
    r"(?=\W*$|[).\]:,;}!?|]|\s*[–—→(=/-]"
    r"|\s+(?:because|since|as|but|which|and|or|with|thought|"
    r"is (?:the )?(?:correct|right|best|answer))\b)"
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|than|eliminat\w*|exclud\w*|rul\w* out|if|unless)\b|n't)[^.;:→]{0,30}$",
    re.IGNORECASE,
)
_AFTER_WORD = r"(?=thought|[^\w]|$)"


def choose(text: str, terms: Terms) -> Verdict | None:
    """Return what an answer's place declares where one of the choices is asked for.

    Parameters
    ----------
    text : str
        The answer's place, markup taken off.
    terms : Terms
        The choices, one of which may be the exit word.

    Returns
    -------
    Verdict or None
        None where no choice is declared.
    """
    lead, second, named = _patterns(terms.choices)
    found = lead.match(text)
    if found:
        rest = text[found.end() :]
        other = second.match(rest)
        chosen = _canonical(found[1], terms.choices)
        if other and _canonical(other[1], terms.choices) != chosen:
            return _two(chosen, _canonical(other[1], terms.choices), terms)
        return _one(chosen, terms, is_plain=not rest.strip(" .)]*}!"))
    mentioned = {_canonical(found[1], terms.choices) for found in named.finditer(text)}
    if len(mentioned) > 1:
        return unparsed("several choices are named")
    return _one(mentioned.pop(), terms, is_plain=False) if mentioned else None


def conclude(line: str, terms: Terms) -> str | None:
    """Return the choice that a reply's last line ends with, if it is said to be the one."""
    found = _concluding(terms.choices).search(line)
    if not found or _DENIED.search(line[: found.end(1)]):
        return None
    return _canonical(found[1], terms.choices)


def _one(chosen: str, terms: Terms, *, is_plain: bool) -> Verdict:
    return (
        skip(is_plain=is_plain)
        if chosen == terms.exit_choice
        else attempt(chosen, is_plain=is_plain)
    )


def _two(chosen: str, other: str, terms: Terms) -> Verdict:
    if terms.exit_choice in {chosen, other}:
        return conflict(other if chosen == terms.exit_choice else chosen, terms.exit_choice or "")
    return unparsed(f"two choices, {chosen} and {other}")


def _canonical(written: str, choices: tuple[str, ...]) -> str:
    return next((choice for choice in choices if choice.lower() == written.lower()), written)


@cache
def _patterns(
    choices: tuple[str, ...],
) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a leading choice, of a second one, and of one named in a sentence."""
    any_of = _either(sorted(choices, key=len, reverse=True))
    if all(len(choice) == 1 for choice in choices):
        alone = _either(choice.lower() for choice in choices)
        lead = rf"[\W_]*?(?:(?i:{_NAMED}))\W?({any_of}{_AFTER_LETTER}|{alone}(?=\)?\W*$))"
        end = r"(?![\w'])"
    else:
        lead = rf"(?i:[\W_]*?{_NAMED}\W?({any_of}){_AFTER_WORD})"
        end = r"(?i:(?!\w))"
    second = rf"[\s).\]]*(?:\bor\b|\band\b|[/&,])\s*(?:(?i:option|choice) )?\(?({any_of}){end}"
    named = (
        r"(?i:\b(?:option|choice|answer is|answer:|choose|select|pick|go with|going with)|→)\s*"
        rf"(?:(?i:option|choice)\s+)?\(?({any_of}){end}"
        r"(?! (?:is|are) (?:wrong|incorrect|not|eliminated|false))"
    )
    return re.compile(lead), re.compile(second), re.compile(named)


@cache
def _concluding(choices: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        r"(?:→|->|=>|(?i:\b(?:choice|option|answer|conclusion)(?:\s+is|\s*:)"
        r"|\b(?:choose|select|pick|therefore))[\s:]*)"
        rf"\s*(?:(?i:choice|option|answer)\s+)?\W{{0,3}}({_either(choices)})\W*$"
    )


def _either(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"
