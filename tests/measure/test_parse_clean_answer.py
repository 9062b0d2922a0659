"""The cleaned answer: what a text states, without what is around it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.measure.parse import clean_answer

IN_ANY_TIME = settings(deadline=None)  # a busy machine must not fail a law


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"\(x=5\)", "5"),
        (r"$-\frac{3}{7}$", "-3/7"),
        (r"\dfrac{-3}{7}", "-3/7"),
        (r"\frac37", "3/7"),
        (r"\frac{3}{7}", "3/7"),
        (r"\boxed{\text{knight}}", "knight"),
        (r"\boxed{\frac{1}{2}}", "1/2"),
        (r"\dfrac{\sqrt{2}}{3}", "(sqrt(2))/(3)"),
        ("2^{10}", "2^10"),
        (r"17\%", "17%"),
        (r"x \equiv 17 \pmod{19}", "17"),
    ],
)
def test_latex_is_written_as_plain_text(text: str, answer: str) -> None:
    assert clean_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1,234", "1234"),
        ("-1,234,567", "-1234567"),
        ("1{,}234", "1234"),
        (r"1\,234", "1234"),
        ("1 234 567", "1234567"),
        ("1'234", "1234"),
        ("1.234.567", "1234567"),
        ("1,234,567.5", "1234567.5"),
        ("2,1", "2,1"),
        ("12,34", "12,34"),
        ("1,234, 5", "1234, 5"),
    ],
)
def test_digits_are_joined_only_where_they_are_grouped(text: str, answer: str) -> None:
    assert clean_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("\N{MINUS SIGN}12", "-12"),
        ("\N{EN DASH}12", "-12"),
        ("- 12", "-12"),
        ("½", "1/2"),
        ("3½", "3 1/2"),
        ("7\N{FRACTION SLASH}12", "7/12"),
        ("3 / 7", "3/7"),
        ("2¹⁰", "2^10"),
        ("\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT ONE}", "21"),
    ],
)
def test_odd_signs_are_made_plain(text: str, answer: str) -> None:
    assert clean_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("**12**", "12"),
        ("`7`", "7"),
        ("*7*", "7"),
        ("_7_", "7"),
        ('"knight"', "knight"),
        ("(17)", "17"),
        ("[17]", "17"),
        ("17.", "17"),
        ("17,", "17"),
        (": 17", "17"),
        ("The answer is 17.", "17"),
        ("so it's about 17", "17"),
        ("f(3) = 4", "4"),
        ("17 (mod 19)", "17"),
        ("True}", "True"),
        ("Truethought", "True"),
        ("True='the first holds'", "True"),
        ("1/3 = 0.333", "1/3"),
        ("1/3 \N{ALMOST EQUAL TO} 0.333", "1/3"),
    ],
)
def test_what_is_around_the_answer_is_taken_off(text: str, answer: str) -> None:
    assert clean_answer(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        *("seven", "three-fifths", "12 people", "(3, 5)", "{1, 2, 3}", "5!", "2**10", ".5", "yes"),
        *("p = 3, q = 5", "tell her the truth", "1 1/2", "17.0", "50%", "Ada, Ben, Cleo"),
    ],
)
def test_what_may_be_part_of_the_answer_is_left_alone(text: str) -> None:
    assert clean_answer(text) == text


@IN_ANY_TIME
@given(number=st.fractions(max_denominator=10**6))
def test_a_number_in_canonical_form_is_clean_already(number: object) -> None:
    assert clean_answer(str(number)) == str(number)


@IN_ANY_TIME
@given(number=st.integers(-(10**12), 10**12))
def test_grouped_digits_are_the_same_number(number: int) -> None:
    assert clean_answer(f"**{number:,}**.") == str(number)


@IN_ANY_TIME
@given(text=st.text(max_size=80))
def test_a_cleaned_answer_is_clean(text: str) -> None:
    answer = clean_answer(text)
    assert clean_answer(answer) == answer


@IN_ANY_TIME
@given(text=st.text(alphabet="\\{}[]()$ frac1234567890/,.=-~", max_size=60))
def test_broken_latex_never_raises(text: str) -> None:
    assert len(clean_answer(text)) <= 4 * len(text)
