import time
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.measure.mark_number import read_number

RENDERINGS_OF_INTEGERS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "Unicode minus": lambda n: str(n).replace("-", "\N{MINUS SIGN}"),
    "en dash": lambda n: str(n).replace("-", "\N{EN DASH}"),
    "commas": lambda n: f"{n:,}",
    "thin spaces": lambda n: f"{n:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
    "apostrophes": lambda n: f"{n:,}".replace(",", "'"),
    "LaTeX commas": lambda n: f"${n:,}$".replace(",", "{,}"),
    "LaTeX spaces": lambda n: rf"\({n:,}\)".replace(",", r"\,"),
    "box": lambda n: rf"\boxed{{{n}}}",
    "bold": lambda n: f"**{n}**",
    "code": lambda n: f"`{n}`",
    "emphasis": lambda n: f"*{n}*",
    "sentence": lambda n: f"The answer is {n}.",
    "equation": lambda n: f"x = {n}",
    "subscripted name": lambda n: f"a_{{20}} = {n}",
    "function": lambda n: f"f(5) = {n}",
    "unit": lambda n: f"{n} ways",
    "brackets": lambda n: f"({n})",
    "zeros behind the point": lambda n: f"{n}.00",
    "over one": lambda n: f"{n}/1",
    "exponent": lambda n: f"{n}e0",
    "full width": lambda n: "".join(chr(ord(sign) + 0xFEE0) for sign in str(n)),
    "residue": lambda n: f"{n} (mod 1009)",
}

RENDERINGS_OF_FRACTIONS: dict[str, Callable[[Fraction], str]] = {
    "plain": str,
    "spaced": lambda q: f"{q.numerator} / {q.denominator}",
    "unreduced": lambda q: f"{6 * q.numerator}/{6 * q.denominator}",
    "LaTeX": lambda q: rf"$\frac{{{q.numerator}}}{{{q.denominator}}}$",
    "LaTeX, sign in front": lambda q: (
        rf"{'-' if q < 0 else ''}\dfrac{{{abs(q.numerator)}}}{{{q.denominator}}}"
    ),
    "boxed": lambda q: rf"\boxed{{\tfrac{{{q.numerator}}}{{{q.denominator}}}}}",
    "with its rounding": lambda q: f"{q.numerator}/{q.denominator} ≈ {float(q):.4f}",
    "probability": lambda q: f"P(X = 3) = {q}.",
}

AS_IT_STANDS = [
    ("½", "1/2"),
    ("-½", "-1/2"),
    ("1½", "3/2"),
    ("1 1/2", "3/2"),
    ("-1 1/2", "-3/2"),
    (r"2\frac{1}{3} hours", "7/3"),
    (r"\frac37", "3/7"),
    (r"\frac{\frac{1}{2}}{3}", "1/6"),
    ("0.5", "1/2"),
    (".5", "1/2"),
    ("0.333", "333/1000"),
    ("007", "7"),
    ("seven", "7"),
    ("minus twelve", "-12"),
    ("Twenty-three", "23"),
    ("twenty three ways", "23"),
    ("seven twelfths", "7/12"),
    ("three over seven", "3/7"),
    ("2 million", "2000000"),
    ("3e4", "30000"),
    ("3*10^4", "30000"),
    ("3 \N{MULTIPLICATION SIGN} 10⁴", "30000"),
    (r"3 \cdot 10^{4}", "30000"),
    ("3x10^4", "30000"),
    ("2^10", "1024"),
    ("2**10", "1024"),
    ("10^-2", "1/100"),
    ("2^10 - 1 = 1023", "1023"),
    ("(2 + 3) * -4", "-20"),
    ("= 17", "17"),
    ("|A| = 17", "17"),
    ("E[X] = 7/2", "7/2"),
    ("17 (seventeen)", "17"),
    ("the only one is 17", "17"),
    ("17 cm^2", "17"),
    ("17 m/s", "17"),
    ("90°", "90"),
    ("$17", "17"),
    ("17 - since the rest is empty", "17"),
    (r"17\text{ ways}", "17"),
    (r"x \equiv 5 \pmod{7}", "5"),
    ("question 5: 17", "17"),
    ("1 step", "1"),
    ("3/7 = 0.428571...", "3/7"),
]

NO_SINGLE_NUMBER = [
    "",
    "-",
    "none",
    "2,1",
    "12,34",
    "0,123",
    "1,234,56",
    "1.234.567",
    "12 or 13",
    "12, 13",
    "12 13",
    "1 of 7",
    "5 = 17",
    "n = 5, 17",
    "f(5) = 17, f(6) = 18",
    r"\boxed{12}, wait, \boxed{13}",
    "17 = 16.99",
    "not 17",
    "it isn't 17",
    "more than 17",
    "17!",
    "x > 17",
    "3x",
    "2i",
    "3 pi",
    "4 π",
    "2√3",
    "17 hundredths",
    "n - 17",
    "n + 17",
    "17 +",
    "(17 + ) 2",
    "(2 3)",
    "1; 2; 3; 4; 5; 6; 7; 8; 9",
    "1/0",
    "0^-1",
    "2^(1/2)",
    "3 17/5",
    "50%",
    "50 percent",
    "step 5",
    "Question 2: I use a lifeline.",
    "Question 2",
    "I cannot answer 5 so SKIP",
    "I use 3 lifelines",
    "9^9^9",
    "10**10**10",
    "1e999999999",
    "1e-999999999",
    "(2^10000)*(2^10000)",
    "7" * 4_001,
    "one two three",
    "so many words stand around the 5 here that it is surely no answer at all",
]

HOSTILE = [
    "9" * 1_000_000,
    "(" * 6_000,
    "-" * 6_000 + "1",
    "1 " * 3_000,
    "1,234" * 1_200,
    r"\frac{1}" * 700,
    "=1" * 3_000,
    "^1" * 3_000,
    "*" + " " * 5_998,
    "*a\t" * 2_000,
    " - " * 2_000,
    "\N{COMBINING ACUTE ACCENT}\N{COMBINING CEDILLA}" * 3_000,
    "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 6_000,
]


@pytest.mark.parametrize("rendering", RENDERINGS_OF_INTEGERS)
@settings(deadline=None)
@given(n=st.integers(-(10**15), 10**15))
def test_an_integer_is_read_in_every_rendering(rendering: str, n: int) -> None:
    assert read_number(RENDERINGS_OF_INTEGERS[rendering](n)) == n


@pytest.mark.parametrize("rendering", RENDERINGS_OF_FRACTIONS)
@settings(deadline=None)
@given(n=st.integers(-999, 999), d=st.integers(2, 999))
def test_a_fraction_is_read_in_every_rendering(rendering: str, n: int, d: int) -> None:
    assert read_number(RENDERINGS_OF_FRACTIONS[rendering](Fraction(n, d))) == Fraction(n, d)


@settings(deadline=None)
@given(a=st.fractions(max_denominator=50), b=st.fractions(max_denominator=50))
def test_two_different_numbers_are_no_number(a: Fraction, b: Fraction) -> None:
    assert read_number(f"{a}; {b}") == (a if a == b else None)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    value = read_number(text, percent=True)
    assert value is None or isinstance(value, Fraction)


@settings(deadline=None)
@given(st.text(alphabet="0123456789 .,-+*/^()%e=x\\{}½²", max_size=40))
def test_any_row_of_signs_is_read_without_an_error(text: str) -> None:
    value = read_number(text, percent=True)
    assert value is None or isinstance(value, Fraction)


@pytest.mark.parametrize(("text", "value"), AS_IT_STANDS)
def test_a_number_is_read_exactly_as_it_stands(text: str, value: str) -> None:
    assert read_number(text) == Fraction(value)


@pytest.mark.parametrize("text", NO_SINGLE_NUMBER)
def test_what_states_no_single_number_is_not_read(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize("text", ["50%", "50 %", r"50\%", "50 percent", "1/2"])
def test_a_percent_sign_divides_by_a_hundred_where_it_is_allowed(text: str) -> None:
    assert read_number(text, percent=True) == Fraction(1, 2)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_takes_little_time(text: str) -> None:
    start = time.process_time()
    assert read_number(text) in {None, 1}
    assert time.process_time() - start < 1.0
