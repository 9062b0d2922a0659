"""The exit word in an answer's place: a skip, a conflict or a mere mention."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re

from balk.measure.parsing.answers import NUMBER, clean_answer, is_number
from balk.measure.parsing.exit_word import ExitWord, Mention, Strength
from balk.measure.parsing.folding import words
from balk.measure.parsing.verdicts import Verdict, blank, conflict, skip, unparsed

MAX_MENTIONS = 12  # in one answer's place; more is no declaration
FEW_WORDS = 3

_PARENTHESIS = re.compile(r"\([^()]{0,200}\)?")
_EMPTY_BRACKETS = re.compile(r"[(\[]\W*[)\]]|\s+")
_EDGES = " \t\"'.,;:!?()[]{}<>/|=–—-→•*#+"
_DECISIVE = re.compile(
    r"\b(?:so|but|therefore|thus|hence|then|instead|ergo)\b[^\d]{0,80}$", re.IGNORECASE
)
_INSTEAD = re.compile(r"\W*instead\b(?! of)", re.IGNORECASE)
_USING = re.compile(
    r"(?:\b(?:i|i'll|i'd|we|i'm)\s+)?"
    r"(?:\b(?:will|would|am|going to|like to|have to|must|want to)\s+){0,2}"
    r"(?:\b(?:use|using|used|take|taking|spend|call|play|request|choose|go with|go for|need)\s+)?"
    r"(?:\b(?:a|an|the|my|one|as|with)\s+){0,2}$",
    re.IGNORECASE,
)
_GOVERNED = re.compile(
    r"(?:\b(?:use|using|used|take|taking|spend|spending|call|calling|play|playing|invoke|apply|"
    r"request|requesting|choose|choosing|skip(?:ping|ped)?(?: \w+){0,3} (?:with|using|via)|"
    r"opt for|opting for|go(?:ing)? (?:for|with|to)|i|i'll|i'd|i'm|i am|will|we|so|therefore|hence|"
    r"thus|then|but|answer is|answer|must|have to|want to|like to|let me|instead)\s+"
    r"|^\W*|[.,;:!?–—(/|\[-]\s*)"
    r"(?:(?:a|an|the|my|one|for|of|on|use|using|this|is|just|simply|with)\s+)*$",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"^.*[.!?:]\s", re.DOTALL)
_OWN_USE = re.compile(
    r"\b(?:i|i'll|i'd|i'm|we|let me|my)\b[^.;!?]*$"
    r"|\b(?:it's|it is|this is|that's)(?: an?| the| my)?\s*$"
    r"|\b(?:so|therefore|hence|thus|then|using)\s+"
    r"(?:(?:a|an|the|my|one|use|with)\s+)*$",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:i|think|guess|believe|it|it's|is|its|the|my|answer|final|would|be|both|maybe|perhaps|"
    r"probably|likely|possibly|about|around|roughly|x|n|get|got|say|either|both|was|so far)\b"
    r"[\s=:≈~]*)*",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"(?:[\s/|,;:.+=&–—\])-]|\b(?:or|and|else|otherwise|if not)\b)*$", re.IGNORECASE
)
_TIGHT = re.compile(r"(?:[/|]|\bor\b)\s*$|^\W*both\b.*\band\s*$", re.IGNORECASE)
_TAIL_JOINT = re.compile(
    r"(?:[\s/|,;:.!+=&–—(\[]|-(?![\d.])|\b(?:or|and|but|otherwise|else|if not)\b)*", re.IGNORECASE
)
_TAIL_TIGHT = re.compile(r"[\s)\]]*(?:[/|]|or\b)", re.IGNORECASE)
_TAIL_VALUE = re.compile(rf"({NUMBER.pattern})\s*(?:$|[.,;)\]!](?!\d))")
_TAIL_ANSWER = re.compile(
    rf"\b(?:answer|result)\s*(?:is|:|=|would be)\s*({NUMBER.pattern})", re.IGNORECASE
)
_GUESSED = re.compile(
    r"\b(?:guess|would|could|might|maybe|perhaps|probably|likely|suspect|if)\b", re.IGNORECASE
)
_FLUFF = words(
    "sorry ok okay hmm hm well so too hard difficult unsure pass skip skipped unknown uncertain "
    "none no idea n/a na yes yeah alright then please tough tricky thanks sure used it this here "
    "question that time now again also just still requested taken"
)


def read_skip(text: str, word: ExitWord, choices: tuple[str, ...] = ()) -> Verdict | None:
    """Return what the exit word in an answer's place comes to; None where it is only denied.

    Parameters
    ----------
    text : str
        The answer's place, markup taken off.
    word : ExitWord
        The word to look for.
    choices : tuple of str
        Letters that would be an answer.
    """
    mentions = list(word.mentions(text[: text.find("\n") if "\n" in text else len(text)]))
    if not mentions or len(mentions) > MAX_MENTIONS:
        return unparsed(f"{word.word!r} again and again") if mentions else None
    live = [mention for mention in mentions if mention.strength is Strength.LIVE]
    if not live:
        return _not_live(text, word, mentions)
    outside = _without_parentheses(text)
    if not word.is_in(outside):
        return _in_parentheses(outside, text, word)
    return _in_the_open(outside, word, choices)


def uses(sentence: str, word: ExitWord) -> bool:
    """Tell whether a sentence without a label uses the exit word, not explains or counts it.

    Parameters
    ----------
    sentence : str
        A sentence in which the word is not denied.
    word : ExitWord
        The word.
    """
    if _is_all(sentence, word):
        return True
    live = [
        one
        for one in word.mentions(sentence)
        if one.strength is Strength.LIVE and not word.is_plural(sentence[one.start : one.end])
    ]
    if live and len(sentence.split()) <= FEW_WORDS + 1:
        return True
    heads = (_SENTENCE_START.sub("", sentence[: mention.start]) for mention in live)
    return any(not head.strip(_EDGES) or _OWN_USE.search(head) is not None for head in heads)


def without_denials(text: str, word: ExitWord) -> str:
    """Return the text without the clauses that only deny or weigh the exit word."""
    mentions = [mention for mention in word.mentions(text) if mention.strength is not Strength.LIVE]
    for mention in reversed(mentions[-MAX_MENTIONS:]):
        start, end = mention.clause
        text = f"{text[:start]} {text[end:]}"
    return _EMPTY_BRACKETS.sub(" ", text).lstrip(" ,;:").rstrip(" ,;:–—-[(<") if mentions else text


def _not_live(text: str, word: ExitWord, mentions: list[Mention]) -> Verdict | None:
    if any(character.isalnum() for character in without_denials(text, word)):
        return None
    if any(mention.strength is Strength.SOFT for mention in mentions):
        return unparsed(f"{word.word!r} is weighed, and nothing is decided")
    return blank(text)


def _in_parentheses(outside: str, text: str, word: ExitWord) -> Verdict | None:
    """Decide where the word stands only in brackets behind something else."""
    if _is_fluff(outside):
        return skip()
    if word.is_ordinary and not any(
        _is_all(inside[0], word) for inside in _PARENTHESIS.finditer(text)
    ):
        return None
    return conflict(clean_answer(outside), word.word)


def _in_the_open(text: str, word: ExitWord, choices: tuple[str, ...]) -> Verdict:
    live = [mention for mention in word.mentions(text) if mention.strength is Strength.LIVE]
    if not live:
        return unparsed(f"{word.word!r} is denied and used at once")
    head, tail = text[: live[0].start], text[live[-1].end :]
    rival = _rival_before(head, tail, choices) or _rival_after(tail, choices)
    if rival:
        return conflict(clean_answer(rival), word.word)
    if not _is_declared(head, word):
        return unparsed(f"{word.word!r} is mentioned, and nothing says that it is used")
    return skip(is_plain=not (head + tail).strip(_EDGES))


def _rival_before(head: str, tail: str, choices: tuple[str, ...]) -> str | None:
    """Return the answer declared before the word, unless the words between settle which counts."""
    if _DECISIVE.search(head) or _INSTEAD.match(tail):
        return None
    stated = _USING.sub("", head)
    said = _trimmed(_OPENER.sub("", _JOINT.sub("", stated)))
    is_tight = _TIGHT.search(stated) is not None
    return said if _is_rival(said, choices, is_tight=is_tight, joint=stated) else None


def _rival_after(tail: str, choices: tuple[str, ...]) -> str | None:
    stated = tail[_matched(_TAIL_JOINT, tail) :]
    answer = _TAIL_ANSWER.search(tail)
    if answer and not _GUESSED.search(tail[: answer.start()]):
        return answer[1]
    value = _TAIL_VALUE.match(stated)
    if value:
        return value[1]
    said = _trimmed(stated)
    is_tight = _TAIL_TIGHT.match(tail) is not None
    is_rival = is_tight and _is_rival(said, choices, is_tight=True, joint="")
    return said if is_rival or said in choices else None


def _is_rival(said: str, choices: tuple[str, ...], *, is_tight: bool, joint: str) -> bool:
    """Tell whether words beside the exit word are an answer of their own."""
    if not said or _is_fluff(said):
        return False
    if is_number(clean_answer(said)) or said in choices:
        return True
    if is_tight:
        return len(said.split()) <= FEW_WORDS
    return " " not in said and joint.rstrip()[-1:] in set(",;:–—-")


def _is_declared(head: str, word: ExitWord) -> bool:
    """Tell whether the word is used as a declaration, not as a word of a sentence."""
    is_governed = _GOVERNED.search(head) is not None
    return is_governed or (not word.is_ordinary and len(head.split()) <= FEW_WORDS)


def _is_all(text: str, word: ExitWord) -> bool:
    return not word.pattern.sub("", text).strip(_EDGES)


def _is_fluff(text: str) -> bool:
    """Tell whether words say nothing that could be an answer: politeness, or a whole sentence."""
    said = text.lower().strip(_EDGES).split()
    is_sentence = len(said) > FEW_WORDS and not any(map(str.isdigit, text))
    return is_sentence or all(word.strip(_EDGES) in _FLUFF for word in said)


def _without_parentheses(text: str) -> str:
    outside = _PARENTHESIS.sub(" ", text)
    return outside if outside.strip(_EDGES) else text


def _trimmed(text: str) -> str:
    """Return the text without signs at its edges, a minus before a number kept."""
    trimmed = text.strip(_EDGES)
    is_negative = trimmed[:1].isdigit() and text[: text.index(trimmed)].endswith("-")
    return f"-{trimmed}" if is_negative else trimmed


def _matched(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0
