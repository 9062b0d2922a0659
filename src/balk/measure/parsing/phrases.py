"""What is written in an answer's place instead of an answer, as patterns."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re

from balk.measure.parsing.answers import NUMBER


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


# -- the format, copied -------------------------------------------------------------------------

_FORMAT = _any(
    *("your", "answer", "number", "value", "word", "integer", "fraction", "letter", "here"),
    *("insert", "response", "choice", "one of", "result", "solution", "fill", "text"),
)
BRACKETED_FORMAT = re.compile(
    rf"<[^<>]{{0,80}}\b{_FORMAT}\b[^<>]{{0,80}}>?"
    rf"|[\[{{(][^\d\[\]{{}}()]{{0,60}}\b{_FORMAT}\b[^\d\[\]{{}}()]{{0,60}}[\]}})]",
    re.IGNORECASE,
)
BARE_FORMAT = re.compile(
    r"(?:(?:the|your|my|an?|final|exact|whole|actual|some)\s+)*"
    r"(?:answer|number|value|result|solution|word|integer|fraction|response|letter)s?"
    r"(?:\s+(?:goes\s+)?here)?|X{1,4}|(?:goes|insert)\s+here",
    re.IGNORECASE,
)
OR_EXIT = re.compile(r"\s*(?:\bor\b|[/|,])\s*(?:the\s+)?(?:word\s+)?$", re.IGNORECASE)
EXIT_OR = re.compile(r"^\s*(?:\bor\b|[/|,])\s*", re.IGNORECASE)

# -- second thoughts ----------------------------------------------------------------------------

ARROWS = frozenset({"->", "→"})
_MINE = r"(?: (?:it|this|my answer))?"
_CORRECTING = _any(
    *("no,? wait", "wait,? no", "oh wait", "wait", "hold on", "scratch that", "strike that"),
    *("correction", "on second thoughts?", "on reflection", "(?:i )?changed? my mind", "i mean"),
    *("i meant", "make (?:that|it)", "or rather", "rather(?! than)", "oops", "actually", "edit"),
    *("revised(?: to)?", "corrected(?: to)?", "amended(?: to)?", "updated?(?: to)?"),
    *(rf"chang(?:ed|ing){_MINE} to", rf"switch(?:ed|ing)?{_MINE} to"),
)
_THEN = r"(?:\W*\b(?:no|it's|it is|that's|so|the answer is|i'll say|let's say|let me say|i say)\b)*"
CORRECTION = re.compile(
    rf"(?:\b{_CORRECTING}\b|[,.;?!–—-]\s*(?:no|nope)\b(?=[,.;:!–—-])|,\s*now\b|->|→)"
    rf"{_THEN}(?:[\s,.:;!]|[–—-](?![\d.\\]))*",
    re.IGNORECASE,
)
CONFIRMATION = re.compile(
    r"\b(?:yes|right|correct|fine|confirmed|stands|keep|holds|same)\b", re.IGNORECASE
)

# -- refusals -----------------------------------------------------------------------------------

_WILL_NOT = _any(
    *("can't", "cannot", "can not", "won't", "will not", "would not", "wouldn't", "unable to"),
    *("not able to", "must decline to", "not comfortable", "decline to"),
)
REFUSAL = re.compile(
    r"(?:^\W*|[,.;:!–—-]\s*(?:but )?|\b(?:i|we|i'm|i am)\s+(?:\w+\s+){0,2}?)"
    rf"{_WILL_NOT}\s+(?:\w+\s+){{0,2}}?(?:assist|help(?!\s+(?:thinking|but))|comply|fulfil|"
    r"engage|participate|provide (?:that|this kind|such|assistance|help|content)|"
    r"support (?:that|this)|discuss|take part)\b"
    r"|\bagainst (?:my|our|the) (?:\w+ )?(?:polic|guideline|principle|rules)"
    r"|\b(?:violates?|breach(?:es)?) (?:my|our|the) (?:\w+ )?(?:polic|guideline)"
    r"|\b(?:must|have to) decline (?:this|that|the|your|to (?:help|assist))",
    re.IGNORECASE,
)

# -- nothing known ------------------------------------------------------------------------------

_LEAD = (
    r"(?:(?:i'm sorry|i am sorry|sorry|hmm|well|honestly|the answer|it|this|that|answer|it's|is)"
    r"\W+)*"
)
_UNKNOWN = _any(
    *("unknown", "unsure", "uncertain", "undetermined", "undecided", "unanswered", "unsolved"),
    *("unresolved", "indeterminate", "na", "null", "nil", "nan", "idk", "dunno", "tbd", "todo"),
    *("empty", "n ?/ ?a", r"n\.a\.?", "(?:left )?blank"),
    "none(?: (?:given|provided|found|available|attempted))?",
    r"no (?:answer|idea|clue|solution|response|guess|attempt)\b",
    r"not (?:sure|certain|attempted|answered|reported|given|known|provided|available|applicable|"
    r"determined|solved|found|computed|possible|enough)\b",
    "(?:don't|do not) know",
    r"i (?:\w+ ){0,2}?(?:don't|do not|can't|cannot|can not|could not|couldn't|am unable|"
    r"am not able|have no|am not|was unable|was not able|give up)\b(?: (?:know|sure|certain))?",
    r"(?:unable|impossible|failed) to\b",
    r"(?:cannot|can't|can not|could not|couldn't) (?:be )?(?:\w+ )?"
    r"(?:determin|solve|answer|comput|find|tell|say|work|decid|know)\w*",
    r"i'm (?:not(?: sure| certain| able)?|unsure|unable)\b",
    "did not",
    "didn't",
)
NOT_KNOWN = re.compile(rf"{_LEAD}{_UNKNOWN}(?![\w'])", re.IGNORECASE)
HEDGE = re.compile(
    r"\b(?:sure|unsure|certain|uncertain|know|idk|dunno|idea|guess)\b", re.IGNORECASE
)
THEN_NUMBER = re.compile(
    r"(?:\s*[,;:.–—-]+\s*|\s+(?=but|so|though|however|maybe|perhaps|probably|my guess))"
    r"(?:(?:but|so|though|however|and|i'd|i|i'll|would|will|my|best|a|the|it's|is|maybe|perhaps|"
    r"probably|possibly|guess|guessing|say|go|with|around|about)\b[\s,:]*)*"
    rf"({NUMBER.pattern})\W*$",
    re.IGNORECASE,
)
