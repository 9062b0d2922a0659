"""Exact numbers out of answers: text -> Fraction, or None where not exactly one number stands.

A folded text is cut into tokens, each stretch of numbers and signs is worked out as a Fraction,
and what is left over has to be plain words, such as a unit or a lead-in.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import floor

from balk.measure.mark_folding import fold_signs

MAX_CHARS = 6_000  # a longer text is no short answer
MAX_DIGITS = 4_000  # Python refuses to read an int of more than 4,300
MAX_BITS = 13_300  # about MAX_DIGITS digits: 9^9^9 stops here, before it is worked out
MAX_TERMS = 60  # numbers and signs in a row, which also bounds the recursion
MAX_WORDS = 12
MAX_NUMBERS = 8  # different ones; a value, its parts and its roundings are fewer

# Words that make another number, a range, a denial or a mere mention of the number beside them.
_CHANGES_NUMBER = re.compile(
    "or|not|no|nor|neither|either|cannot|without|unless|except|if|than|least|most|between|under|"
    "below|above|over|up|fewer|less|more|greater|minus|negative|plus|half|quarter|dozen|pi|tau|"
    "sqrt|root|squared|cubed|factorial|choose|mod|modulo|log|ln|sin|cos|tan|exp|infinity|infinite|"
    r"unknown|undefined|skip|skipped|skipping|pass|passing|lifelines?|versus|vs|.*n['\u2019]t|"
    ".*(?:teen|ie|dred|sand|lion)ths?"  # "isn't", "hundredths"
)
_LABEL = re.compile("question|puzzle|problem|item|step|part|case|page|line|number|no")
_UNIT_LETTERS = frozenset("mgshlACFJKLVW")

# \u2018 and \u2019 are curly quotation marks, the latter also an apostrophe.
_TOKEN = re.compile(
    r"(?P<mixed>(?<![/^.\d])\d+\s+\d{1,2}\s?/\s?\d+(?![\d.]))"
    r"|(?P<grouped>[1-9]\d{0,2}(?:(?:,\d{3})+(?!,?\d)|(?:['\u2019]\d{3})+(?!['\u2019]?\d)"
    r"|(?: \d{3})+(?! ?\d))(?:\.\d+)?)"
    r"|(?P<plain>(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,9}(?!\w))?)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)"
    r"|(?P<sign>[-+*/^()%])"
    r"|(?P<space>\s+)"
    r"|(?P<pause>[=,;:.?\"'“”\u2018\u2019\[\]|…#€£_])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)


class _UnreadableError(ValueError):
    """What stands there is no number, or none that can be worked out within bounds."""


@dataclass(frozen=True, slots=True)
class _Number:
    """An exact value, and the decimal places it was written with (0 unless a lone decimal)."""

    value: Fraction
    places: int = 0


@dataclass(frozen=True, slots=True)
class _Token:
    """A number, sign, word or pause; `gap`: white space stands before it."""

    kind: str
    text: str
    gap: bool
    number: _Number | None = None


_PAUSE = _Token("pause", ";", gap=False)


def read_number(text: str, *, percent: bool = False) -> Fraction | None:
    """Return the one number that a text states, exactly.

    Reads integers, fractions, mixed numbers, decimals as they are written (0.333 is 333/1000),
    grouped digits, powers of ten, sums, products and powers, LaTeX and vulgar fractions, and
    number words below a hundred. Several numbers count as one where all are equal, or where the
    others are decimals to which the exact one rounds.

    Parameters
    ----------
    text : str
        An answer, cleaned of its question.
    percent : bool, default False
        Whether a percent sign may stand there; it divides by 100.

    Returns
    -------
    Fraction or None
        None where no number stands there, or several different ones, or one beside words that
        are more than a unit or a lead-in, or one too large to be worked out.
    """
    if len(text) > MAX_CHARS:
        return None
    try:
        tokens = list(_tokens(fold_signs(text)))
        if any(token.text == "%" for token in tokens) and not percent:
            return None
        _check_words(tokens)
        return _agreed({number for row in _stretches(tokens) for number in _Sums(row).numbers()})
    except _UnreadableError:
        return None


def _tokens(text: str) -> Iterator[_Token]:
    """Cut a folded text into tokens, white space turned into gaps."""
    gap = True
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind == "other":
            raise _UnreadableError(found[0])
        if kind in {"mixed", "grouped", "plain"}:
            yield _Token("number", found[0], gap, _number(kind, found[0]))
        elif kind != "space":
            yield _Token(kind, found[0], gap)
        gap = kind == "space"


def _number(kind: str, text: str) -> _Number:
    """Return the value of a number token."""
    if kind == "mixed":
        whole, above, below = (_integer(digits) for digits in re.findall(r"\d+", text))
        if above >= below:
            raise _UnreadableError(text)
        return _Number(whole + Fraction(above, below))
    mantissa, _, exponent = re.sub(r"[ ,'\u2019]", "", text).lower().partition("e")
    before, _, after = mantissa.partition(".")
    value = Fraction(_integer(before + after), 10 ** len(after))
    if exponent:
        return _Number(value * _raised(Fraction(10), Fraction(int(exponent))))
    return _Number(value, len(after))


def _integer(digits: str) -> int:
    """Return a whole number of at most `MAX_DIGITS` digits."""
    if len(digits) > MAX_DIGITS:
        raise _UnreadableError(digits[:20])
    return int(digits)


def _raised(base: Fraction, exponent: Fraction) -> Fraction:
    """Return a power, unless it is irrational or larger than `MAX_BITS`."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if exponent.denominator != 1 or abs(exponent) * bits > MAX_BITS or (exponent < 0 and not base):
        raise _UnreadableError("power")
    return Fraction(base**exponent.numerator)


def _check_words(tokens: Iterable[_Token]) -> None:
    """Raise unless the words are few and leave the number what it is."""
    n_words, before = 0, ""
    for token in tokens:
        word = token.text.lower()
        if token.kind == "number" and _LABEL.fullmatch(before):  # "step 5" states no number
            raise _UnreadableError(before)
        if token.kind == "word":
            n_words += 1
            if (
                n_words > MAX_WORDS
                or _CHANGES_NUMBER.fullmatch(word)
                or _is_variable(token, before)
            ):
                raise _UnreadableError(word)
        if word != "#":
            before = "0" if token.kind == "number" else word


def _is_variable(token: _Token, before: str) -> bool:
    """Return whether a word is a lone Latin or Greek letter, as in "3x", and no unit or "a"."""
    word = token.text.lower()
    if len(word) > 1 or not (word.isascii() or "\u03b1" <= word <= "\u03c9"):
        return False
    is_unit = before in {"0", "/"} and token.text in _UNIT_LETTERS
    return not is_unit and not (token.gap and token.text in {"a", "A", "I"})


def _stretches(tokens: Iterable[_Token]) -> Iterator[list[_Token]]:
    """Yield each unbroken row of numbers and signs that holds a number."""
    after_word = False
    for is_sum, group in groupby(
        _without_lone_brackets(list(tokens)), key=lambda token: token.kind in {"number", "sign"}
    ):
        row = list(group)
        if not is_sum:
            after_word = row[-1].kind == "word"
        elif any(token.number for token in row):
            is_binary = row[0].text in {"+", "-"} and (not row[0].gap or row[1].gap)
            if len(row) > MAX_TERMS or (after_word and is_binary):  # "n - 17" is not -17
                raise _UnreadableError(row[0].text)
            yield row


def _without_lone_brackets(tokens: list[_Token]) -> list[_Token]:
    """Turn brackets that hold more than a sum, or have no partner, into pauses."""
    opened: list[int] = []
    lone: set[int] = set()
    for place, token in enumerate(tokens):
        if token.kind in {"word", "pause"}:
            lone.update(opened)
            opened.clear()
        elif token.text == "(":
            opened.append(place)
        elif token.text == ")" and opened:
            opened.pop()
        elif token.text == ")":
            lone.add(place)
    lone.update(opened)
    return [_PAUSE if place in lone else token for place, token in enumerate(tokens)]


class _Sums:
    """Works out a row of numbers and signs, by descent through sum, product, sign and power."""

    def __init__(self, row: list[_Token]) -> None:
        self._row = row
        self._at = 0

    def numbers(self) -> Iterator[_Number]:
        """Yield every number of the row; two beside each other are two numbers."""
        while self._at < len(self._row):
            start = self._at
            value = self._sum()
            parts = [token for token in self._row[start : self._at] if token.text not in {"-", "+"}]
            lone = parts[0].number if len(parts) == 1 else None
            yield _Number(value, lone.places if lone else 0)

    def _take(self, *signs: str) -> str:
        """Return the next token's text and move on, if it is one of these signs."""
        if self._at < len(self._row) and self._row[self._at].text in signs:
            self._at += 1
            return self._row[self._at - 1].text
        return ""

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._take("+", "-"):
            value += self._product() if sign == "+" else -self._product()
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while sign := self._take("*", "/"):
            factor = self._signed()
            value = _bounded(value * (factor if sign == "*" else _raised(factor, Fraction(-1))))
        return value

    def _signed(self) -> Fraction:
        is_negative = False
        while sign := self._take("+", "-"):
            is_negative ^= sign == "-"
        value = self._power()
        return -value if is_negative else value

    def _power(self) -> Fraction:
        base = self._atom()
        return _raised(base, self._signed()) if self._take("^") else base

    def _atom(self) -> Fraction:
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise _UnreadableError("bracket")
        elif self._at < len(self._row) and (number := self._row[self._at].number):
            self._at += 1
            value = number.value
        else:
            raise _UnreadableError("no number")
        while self._take("%"):
            value /= 100
        return value


def _bounded(value: Fraction) -> Fraction:
    """Return the value unless it has become too large."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise _UnreadableError("size")
    return value


def _agreed(numbers: set[_Number]) -> Fraction | None:
    """Return the one value that all numbers state, roundings of it left aside."""
    if len(numbers) > MAX_NUMBERS:
        return None
    values = {
        number.value
        for number in numbers
        if not any(_is_rounding(number, other.value) for other in numbers)
    }
    return values.pop() if len(values) == 1 else None


def _is_rounding(number: _Number, exact: Fraction) -> bool:
    """Return whether a decimal is another value rounded or cut to its two or more places."""
    if number.value == exact or number.places < 2:  # noqa: PLR2004 -- one place is too vague
        return False
    scaled = abs(exact) * 10**number.places
    shown = abs(number.value) * 10**number.places
    return number.value * exact >= 0 and shown in {floor(scaled), floor(scaled + Fraction(1, 2))}
