"""The words of an answer without what is around them: LaTeX, signs, units of writing."""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re

from balk.measure.parsing.folding import fold, plain_fractions, squeeze

MAX_CHARS = 400
MAX_PASSES = 8  # each pass unwraps one layer; deeper nesting is no short answer

_Rewrite = tuple[re.Pattern[str], str]

_LATEX: tuple[_Rewrite, ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\{,\}", ","),
        (r"\\!", ""),
        (r"\\[,;: ]|(?<=\d)~(?=\d)", " "),
        (r"\\(?:left|right|displaystyle|textstyle|limits|quad|qquad|[bB]igg?[lr]?)\b", " "),
        (r"\\(?:cdot|times|ast)\b", "*"),
        (r"\\(?:approx|simeq)\b", "≈"),
        (r"\\equiv\b", "≡"),
        (r"\\[lc]?dots\b", "..."),
        (r"\\infty\b", "infinity"),
        (r"\\leq?\b", "<="),
        (r"\\geq?\b", ">="),
        (r"\\(?:to|rightarrow|Rightarrow|implies)\b", "→"),
        (r"\\bmod\b", "mod"),
        (r"\\[()\[\]]|\\?\$+|\\\\", " "),
    )
)
_NESTED: tuple[_Rewrite, ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\(?:boxed|fbox|mbox|text\w*|math\w*|operatorname) ?\{([^{}]*)\}", r" \1 "),
        (r"\\pmod ?\{([^{}]*)\}", r" (mod \1)"),
        (r"\\[dtc]?frac ?\{ ?([-+]?\w+) ?\} ?\{ ?(\w+) ?\}", r" \1/\2"),
        (r"\\[dtc]?frac ?\{([^{}]*)\} ?\{([^{}]*)\}", r" (\1)/(\2)"),
        (r"\\[dtc]?frac ?(\d) ?(\d)", r" \1/\2"),
        (r"\\sqrt ?\{([^{}]*)\}", r"sqrt(\1)"),
        (r"\^ ?\{ ?(-?\w+) ?\}", r"^\1"),
        (r"([\^_]) ?\{([^{}]*)\}", r"\1(\2)"),
    )
)
_LEFT_OVER: tuple[_Rewrite, ...] = (
    (re.compile(r"\\(?:boxed|fbox|text|mathrm)\s*\{?"), " "),
    (re.compile(r"\\([A-Za-z]+)"), r"\1"),
    (re.compile(r"\\([^\w\s])"), r"\1"),
)

_GROUPED = re.compile(r"(?<![\d.,])([1-9]\d{0,2}(?:,\d{3})+)(?!\d|,\d)")
_SPACED = re.compile(
    r"[-+]?[1-9]\d{0,2}(?:([ '_])\d{3})(?:\1\d{3})*|[-+]?[1-9]\d{0,2}(?:\.\d{3}){2,}"
)
_SPACED_SLASH = re.compile(r"(?<=\d) ?/ ?(?=\d)")
_SPACED_SIGN = re.compile(r"^([-+]) (?=[\d.(])")
_DASH_MINUS = re.compile(r"^[–—‒](?=\d)")
_LEADING = re.compile(r"^(?:[\s:;,=>→|•≈~]|\.(?!\d)|\*(?!\*)|#)+")
_TRAILING = re.compile(r"(?:[\s.,;:?*]|(?<![\d)])!)+$")
_MODULUS = re.compile(
    r"(?<=[\w)]) ?(?:\( ?mod(?:ulo)? [^()]{1,40}\)|,? mod(?:ulo)? \d+)$", re.IGNORECASE
)
_GLUED = re.compile(r"(true|false|yes|no|[-+]?\d+)(?:thought|assistant|user)", re.IGNORECASE)
_HEDGE = re.compile(
    r"^(?:so|thus|hence|therefore|probably|maybe|perhaps|likely|possibly|i think|i guess|i'd say)\b"
    r",? (?=\S)",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"^(?:it ?'?s|it is|is|(?:(?:the|my|our) )?"
    r"(?:(?:final|exact|correct|best) )?(?:answer|result|value)(?: is| =|:|=))[ :]+",
    re.IGNORECASE,
)
_HEDGES = (
    "so|thus|hence|therefore|then|it's|it|is|the|my|i|final|exact|answer|result|value|number|total|"
    "equals|think|guess|believe|say|get|got|have|would|be|maybe|perhaps|probably|likely|possibly|i'd|"
    "i'll|we|about|approximately|approx|roughly|around|exactly|just|yes|ok|okay|make|that's|that|only|"
    "with"
)
_HEDGED = re.compile(rf"^(?:(?:{_HEDGES})\b[\s:,.=]*)+(?=[-+]?[\d.(])", re.IGNORECASE)
_TRUTH = re.compile(r"(?:true|false|yes|no)", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)*|\.\d+)(?: ?/ ?[-+]?\d+)?(?: ?%)?")
"""A number, a decimal or a fraction as it is written."""

_EXACT = re.compile(r"[-+]?\d+(?: ?/ ?\d+)?")
_WRAPPERS = (
    ('"', '"'),
    ("'", "'"),
    ("*", "*"),
    ("_", "_"),
    ("<", ">"),
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
)


def clean_answer(text: str) -> str:
    r"""Return the answer that a text states, without what is around it.

    LaTeX, markdown, quotes and brackets around the whole are taken off, fractions are written
    with a slash, digits are joined (``1,234`` is ``1234``, ``2,1`` stays), ``x = 17`` becomes
    ``17``, and a closing full stop or modulus goes. Number words and units stay: marking knows
    what they are worth.

    Parameters
    ----------
    text : str
        What stands in an answer's place; only the first `MAX_CHARS` characters are used.

    Examples
    --------
    >>> clean_answer(r"$x = \frac{3}{7}$.")
    '3/7'
    """
    text = squeeze(without_latex(squeeze(plain_fractions(fold(text[:MAX_CHARS])))))
    for _ in range(MAX_PASSES):
        before = text
        for step in _STEPS:
            text = step(text)
        if text == before:
            break
    return text


def without_latex(text: str) -> str:
    """Return the text with LaTeX written as plain text; unknown commands lose their backslash."""
    if "\\" not in text and "$" not in text and "{" not in text:
        return text
    for pattern, replacement in _LATEX:
        text = pattern.sub(replacement, text)
    for _ in range(MAX_PASSES):
        before = text
        for pattern, replacement in _NESTED:
            text = pattern.sub(replacement, text)
        if text == before:
            break
    for pattern, replacement in _LEFT_OVER:
        text = pattern.sub(replacement, text)
    return text


def is_number(text: str) -> bool:
    """Tell whether a cleaned answer is one plain number or fraction."""
    return NUMBER.fullmatch(text) is not None


def _trim(text: str) -> str:
    text = _DASH_MINUS.sub("-", text)
    trimmed = _TRAILING.sub("", _LEADING.sub("", text))
    return _SPACED_SIGN.sub(r"\1", trimmed)


def _unwrap(text: str) -> str:
    for opening, closing in _WRAPPERS:
        inner = text[1:-1]
        is_wrapped = bool(inner) and text[0] == opening and text[-1] == closing
        is_one = opening not in inner and closing not in inner
        is_list = opening in "([{" and "," in inner and not _GROUPED.fullmatch(inner)
        if is_wrapped and is_one and not is_list:
            return inner.strip()
    return _without_stray_bracket(text)


def _without_stray_bracket(text: str) -> str:
    for opening, closing in ("{}", "()", "[]"):
        if text.endswith(closing) and opening not in text:
            return text.rstrip(closing).rstrip()
        if text.startswith(opening) and closing not in text:
            return text.lstrip(opening).lstrip()
    return text


def _take_stated(text: str) -> str:
    """Drop words in front that only announce the answer; words are an answer themselves."""
    return _HEDGED.sub("", _SAYS.sub("", _HEDGE.sub("", text))) or text


def _take_side(text: str) -> str:
    """Return the side of an equation that is the answer; several equations are left alone."""
    sides = [side.strip() for side in re.split(r"(?<![<>=!])=(?!=)|[≈≡]", text)]
    if len(sides) == 1 or not sides[-1] or re.search(r"[,;]| and ", " ".join(sides[:-1])):
        return text
    if _TRUTH.fullmatch(sides[0]):
        return sides[0]
    if "." in sides[-1] or "≈" in text:  # a decimal beside the exact value is an approximation
        return next((side for side in sides[:-1] if _EXACT.fullmatch(side)), sides[-1])
    return sides[-1]


def _join_digits(text: str) -> str:
    text = _SPACED_SLASH.sub("/", text)
    if _SPACED.fullmatch(text):
        return re.sub(r"[ '_.]", "", text)
    return _GROUPED.sub(lambda found: found[0].replace(",", ""), text)


def _drop_modulus(text: str) -> str:
    return _MODULUS.sub("", text)


def _drop_glued(text: str) -> str:
    """Drop a channel name that some models' decoding leaves on the end of the answer."""
    found = _GLUED.fullmatch(text)
    return found[1] if found else text


_STEPS = (_trim, _unwrap, _take_stated, _take_side, _join_digits, _drop_modulus, _drop_glued)
