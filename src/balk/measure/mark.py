"""Right or wrong: an answer against a key, exactly, by the puzzle's marking rule.

Numbers are compared as fractions and words as words; only ``math`` keys that are neither ever
reach a computer algebra system, in a process of its own (`balk.measure.mark_worker`).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, lru_cache

from balk.errors import PuzzleError
from balk.measure.mark_number import read_number
from balk.measure.mark_worker import MathMarker
from balk.records import Marking

MAX_CHARS = 10_000  # more than any answer; what follows is not looked at
MAX_PHRASE_WORDS = 6
MAX_MATH_CHARS = 2_000

_ARTICLES = frozenset({"a", "an", "the"})
_OPPOSITES = {"yes": "no", "no": "yes", "true": "false", "false": "true"}
_LEADS = re.compile(r"answer|final|it|it['\u2019]s|so|then|therefore|thus|hence|that|this|my|i")
_DENIALS = re.compile(
    r"not|never|no|n?or|n?either|cannot|unless|except|rather|than|.*n['\u2019]t", re.DOTALL
)
_LISTS = re.compile(r"and|but|before|after|versus|vs|if|[&+<>]|.*/.*", re.DOTALL)

_WORD_KEY = re.compile(r"\w+(?:[\s'\u2019,-]+\w+)*")
_WRAPPERS = re.compile(r"\\(?:boxed|text\w*|math\w*)\b|\$|\\[()\[\]]")
_EDGES = re.compile(r"[\s.,;:!?\"“”\u2018()\[\]{}*_`|…\u2013\u2014]+")
_ENUMERATION = re.compile(r"[,;|]\s*\S")
_CLAUSE = re.compile(r"[.,;:!?(\n\u2013\u2014]|\s-\s")
_LETTER_AND_MARK = re.compile(
    r"(?:(?:the\s+)?(?:final\s+)?(?:answer|option|choice)\s*(?:is|:)?\s*\(?)?(\w)(?:[.):].*)?",
    re.DOTALL,
)

_MATH_LEAD = re.compile(r"^\s*(?:the\s+)?(?:final\s+)?answer\s*(?:is|:|=)\s*", re.IGNORECASE)
_MATH_FENCE = re.compile(r"\$|\\[()\[\]]|\*\*(?!\w)|(?<!\w)\*\*|`")
_BOXED = re.compile(r"\\boxed\s*\{(.*)\}", re.DOTALL)
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_MATH_WORDS = re.compile(
    "(?:arc)?(?:sin|cos|tan|cot)h?|sec|csc|log|ln|lg|exp|sqrt|pi|inf|infty|infinity|max|min|gcd|"
    "lcm|det|mod|[pb]?matrix|cases|alpha|beta|gamma|theta",
    re.IGNORECASE,
)


def is_right(answer: str, key: str, marking: Marking) -> bool | None:
    """Return whether an answer is right.

    Parameters
    ----------
    answer : str
        The answer's text, cleaned of its question, its ratings and any skip.
    key : str
        The right answer as `balk.records.Puzzle` states it.
    marking : {"number", "word", "any_of", "math"}
        ``number``: the one number stated equals the key exactly; a percent sign counts only where
        the key has one. ``word``: the answer is the key, or a phrase of at most six words that
        names it and nothing else. ``any_of``: exactly one of the key's options is committed to.
        ``math``: as ``number`` or ``word``, or the same expression by math-verify.

    Returns
    -------
    bool or None
        None only with ``math``, where the comparison did not end in time or the key cannot be
        read: such an answer is unmarked, neither right nor wrong.

    Raises
    ------
    PuzzleError
        If the marking is unknown, or is ``number`` and the key is no exact number.
    """
    if marking not in MARKINGS:
        raise PuzzleError(f"unknown marking {marking!r}; known: {', '.join(MARKINGS)}")
    return MARKINGS[marking](answer[:MAX_CHARS], key)


def _is_number(answer: str, key: str) -> bool:
    """Return whether the one number in the answer is the key's."""
    wanted = _key_number(key)
    if wanted is None:
        raise PuzzleError(f"key {key!r} is no exact number; mark it by 'word' or 'math'")
    if answer.strip() == key:
        return True
    if "%" in key and read_number(answer) == 100 * wanted:  # the unit is understood
        return True
    return read_number(answer, percent="%" in key) == wanted


@lru_cache(maxsize=4096)
def _key_number(key: str) -> Fraction | None:
    """Return the number that a key states; keys recur in every exam."""
    return read_number(key, percent=True)


def _is_word(answer: str, key: str) -> bool:
    """Return whether the answer is the key, or a short phrase that names it and nothing else."""
    answer, key = (unicodedata.normalize("NFKC", text) for text in (answer, key))
    if not _WORD_KEY.fullmatch(key):
        return _without_space(answer).casefold() == _without_space(key).casefold()
    answer = _WRAPPERS.sub(" ", answer)
    if len(key) == 1:
        return _is_letter(answer, key)
    words, wanted = _words(answer), _words(key)
    if words == wanted:
        return True
    if key.casefold() in _OPPOSITES and words[:1] == wanted:  # "yes, because ..."
        return _OPPOSITES[key.casefold()] not in words
    return _names(answer, words, wanted)


def _words(text: str) -> list[str]:
    """Return the words of a text without case, articles and punctuation around them."""
    words = [word.strip("'\u2019") for word in _EDGES.split(text.casefold())]
    return [word for word in words if word and word not in _ARTICLES]


def _without_space(text: str) -> str:
    """Return a text without white space, fences and a full stop, every other sign kept."""
    return re.sub(r"\s+", "", _MATH_FENCE.sub("", text)).removesuffix(".")


def _is_letter(answer: str, key: str) -> bool:
    """Return whether the answer chooses a letter: ``C``, ``(c)``, ``C) 17``, ``Option C``."""
    bare = answer.casefold().strip(" \t\n*_`\"'({[")
    found = _LETTER_AND_MARK.fullmatch(bare.rstrip(" \t\n*_`\"'.)}]"))
    return found is not None and found[1] == key.casefold()


def _names(answer: str, words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Return whether a short phrase names the key once, denies nothing and lists nothing."""
    n_named = sum(
        list(words[place : place + len(wanted)]) == list(wanted) for place in range(len(words))
    )
    others = set(words) - set(wanted)
    return (
        n_named == 1
        and len(words) <= MAX_PHRASE_WORDS
        and not any(_DENIALS.fullmatch(word) or _LISTS.fullmatch(word) for word in others)
        and not _ENUMERATION.search(answer)
        and not any(
            word[:1].isupper()
            and word.casefold() in others
            and not _LEADS.fullmatch(word.casefold())
            for word in _EDGES.split(answer)
        )
    )


def _is_any_of(answer: str, key: str) -> bool:
    """Return whether the answer commits to exactly one of the options."""
    options = {" ".join(_words(option)) for option in key.split("|")}
    text = f" {'  '.join(_words(_WRAPPERS.sub(' ', answer)))} "
    named = set()
    for option in sorted(options, key=len, reverse=True):  # "report later" before "report"
        spaced = f" {option.replace(' ', '  ')} "
        if spaced in text:
            named.add(option)
            text = text.replace(spaced, "  ")
    head = " ".join(_words(_CLAUSE.split(_WRAPPERS.sub(" ", answer).strip(), maxsplit=1)[0]))
    is_denied = any(_DENIALS.fullmatch(word) for word in text.split())
    return len(named) == 1 and (head in named or not is_denied)


def _is_math(answer: str, key: str) -> bool | None:
    """Return whether the answer is the key's expression, exact comparisons first."""
    if _WORD_KEY.fullmatch(key) and any(len(word) > 2 for word in _prose(key)):  # noqa: PLR2004
        return _is_word(answer, key)
    found, wanted = read_number(answer), _key_number(key)
    if found is not None and wanted is not None:
        return found == wanted
    expression = _expression(answer)
    if _without_space(expression) == _without_space(key):
        return True
    is_formula = 0 < len(expression) <= MAX_MATH_CHARS and "\\boxed" not in expression
    if not is_formula or any(not _is_product(word, key) for word in _prose(expression)):
        return False
    return _marker().is_same(expression, _expression(key))


def _expression(text: str) -> str:
    """Return what stands inside a lead-in, one box and the fences of a formula."""
    text = _MATH_FENCE.sub("", _MATH_LEAD.sub("", text)).strip().rstrip(".")
    boxed = _BOXED.fullmatch(text)
    return boxed[1] if boxed else text


def _prose(expression: str) -> list[str]:
    """Return the words in an expression that are no names of mathematics."""
    words = _LETTERS.findall(_COMMAND.sub(" ", expression))
    return [word for word in words if not _MATH_WORDS.fullmatch(word)]


def _is_product(word: str, key: str) -> bool:
    """Return whether letters are variables of the key side by side, such as ``xy``."""
    return set(word) <= set(_COMMAND.sub(" ", key))


@cache
def _marker() -> MathMarker:
    """Return the one marker of this process; its worker starts at the first comparison."""
    return MathMarker()


MARKINGS: dict[Marking, Callable[[str, str], bool | None]] = {
    "number": _is_number,
    "word": _is_word,
    "any_of": _is_any_of,
    "math": _is_math,
}
"""The marking rules by name."""
