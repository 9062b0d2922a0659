"""Fold the many ways to write a number into plain signs: LaTeX, markdown, Unicode, words."""

import re
import unicodedata

MAX_NESTING = 4  # of LaTeX fractions, worked off from the inside out

_ONES = (  # noqa: SIM905 -- the list literal takes twenty lines
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905 -- as above
_ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()  # noqa: SIM905 -- as above
_WORD_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_PARTS = {"half": 2, "halve": 2, "quarter": 4} | {
    word: value for value, word in enumerate(_ORDINALS, start=3)
}

# Minus sign and Unicode hyphen; the slash of vulgar fractions.
_LOOK_ALIKES = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2044": "/"})
_SUPERSCRIPT = re.compile("[⁰¹²³⁴-⁹⁻]+")
_VULGAR = re.compile("[¼-¾⅐-⅞↉]")
_WHOLE_BEFORE_VULGAR = re.compile(rf"(?<=\d)(?={_VULGAR.pattern})")
_FRACTION = re.compile(r"(\d ?)?\\[dtc]?frac ?(\{[^{}]*\}|\d) ?(\{[^{}]*\}|\d)")
_NUMBER_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})[\s-]+(?P<ones>{'|'.join(_ONES[1:10])})"
    rf"|(?P<single>{'|'.join(_WORD_VALUES)}))\b",
    re.IGNORECASE,
)
_SCALE = re.compile(rf"(?<=\d)\s+({'|'.join(_SCALES)})\b", re.IGNORECASE)
_PART = re.compile(rf"(?<=\d)[\s-]+({'|'.join(_PARTS)})s?\b", re.IGNORECASE)

# Order matters: LaTeX goes before the braces, markdown before the signs it shares with sums.
_REWRITES = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        (r"\{,\}", ","),
        (r"\\!", ""),
        (r"\\[,;: ]|~", " "),
        (r"\\%", "%"),
        (r"\^ ?(?:\{\\circ\}|\\circ)|°", ""),
        (r"\\(?:cdot|times|ast)\b|[\u00d7·⋅∙]", "*"),
        (r"\\(?:approx|simeq|equiv)\b|[≈≃≡]", "="),
        (r"\\(?:boxed|fbox|text\w*|math\w*|left|right|displaystyle|quad|qquad)\b", " "),
        (r"\\[()\[\]]|\\?\$", " "),
        (r"\\pmod ?\{?\d+\}?|\(\s*\\?mod\s+\d+\s*\)|(?<=\d)\s+\\?mod\s+\d+", " "),
        (r"\{", "("),
        (r"\}", ")"),
        (r"(?<=[\d)])\*\*(?=[\d(-])", "^"),
        (r"\*\*|`", " "),
        (r"(?<![\w)])\*(?=\S)([^*\n]*[^*\s])\*(?![\w(])", r" \1 "),
        (r"(?<!\w)_+|_+(?!\w)", " "),
        # A long dash (\u2012 to \u2014) before a number is a minus. Any other, and a
        # hyphen before a word, is a pause.
        (r"((?:^|[=:(])\s*)[\u2012-\u2014]\s*(?=[\d.(])", r"\1-"),
        (r"(?<=\s)[\u2012\u2013](?=[\d.(])", "-"),
        (r"[\u2012-\u2014]|(?<=\s)-(?=\s+[^\W\d])", " ; "),
        # What is named in front: "question 5:", "x =", "|A| =", "a_20 =", "P(X = 3) =".
        (r"^\s*(?:question|puzzle|problem|q)\s*#?\d+\s*:", " "),
        (r"^\s*[^\W\d]\w*\s?(?:\([^()]*\))?\s*=", " "),
        (r"^(?:(?!\b(?:not?|n?or)\b|[^\W\d_]{5})[^=\d])*=", " "),
        (r"(?<=[^\W\d_])\s?\^\s?\(?-?\d+\)?", ""),  # the power of a unit: "17 cm^2"
        (r"\bper\s?cent\b", "%"),
        (r"\b(?:minus|negative)\s+(?=[\d(])", "-"),
        (r"(?<=[\d)])\s+over\s+(?=[\d(])", "/"),
        (r"(?<=\d)\s?x\s?(?=10\s?\^)|(?<=[\d)])\s+times\s+(?=[\d(])", "*"),
    )
)


def fold_signs(text: str) -> str:
    """Return a text with every number in it written in plain signs.

    What remains means the same: digits, ``+ - * / ^ ( ) %``, decimal points, grouping, words.
    Names in front of an equals sign and question labels are dropped.

    Parameters
    ----------
    text : str
        An answer; steps are linear in its length except for short look-backs.
    """
    text = _SUPERSCRIPT.sub(lambda found: f"^({found[0]})", text)
    text = _VULGAR.sub(lambda found: f"{found[0]} ", _WHOLE_BEFORE_VULGAR.sub(" ", text))
    text = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES)
    for _ in range(MAX_NESTING):
        text = _FRACTION.sub(_fraction, text)
    text = _digits_for_words(text)
    for pattern, plain in _REWRITES:
        text = pattern.sub(plain, text)
    return text


def _fraction(found: re.Match[str]) -> str:
    """Return a LaTeX fraction in plain signs, as part of a mixed number after a whole one."""
    whole, above, below = (part.strip("{} ") if part else "" for part in found.groups())
    return f"{whole} {above}/{below} " if whole else f"(({above})/({below})) "


def _digits_for_words(text: str) -> str:
    """Return a text with number words below a hundred, scales and parts in digits."""
    keep_one = any(sign.isdigit() for sign in text)  # "the only one" beside digits is no number

    def value(found: re.Match[str]) -> str:
        words = [word.lower() for word in found.group("tens", "ones", "single") if word]
        if words == ["one"] and keep_one:
            return found[0]
        return str(sum(_WORD_VALUES[word] for word in words))

    text = _NUMBER_WORD.sub(value, text)
    text = _SCALE.sub(lambda found: f"*{_SCALES[found[1].lower()]}", text)
    return _PART.sub(lambda found: f"/{_PARTS[found[1].lower()]}", text)
