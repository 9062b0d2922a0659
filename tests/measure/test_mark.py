import asyncio
import time
from collections.abc import Callable
from fractions import Fraction
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.errors import PuzzleError
from balk.measure.mark import MARKINGS, is_right
from balk.records import Marking

NAMES = st.sampled_from(["alice", "bob", "carol", "dave", "erin", "frank"])

WORD_RENDERINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capital": str.capitalize,
    "upper case": str.upper,
    "full stop": lambda word: f"{word.capitalize()}.",
    "bold": lambda word: f"**{word.capitalize()}**",
    "quoted": lambda word: f"“{word}”",
    "box": lambda word: rf"$\boxed{{\text{{{word.capitalize()}}}}}$",
    "sentence": lambda word: f"{word.capitalize()} is third",
    "lead-in": lambda word: f"The answer is {word.capitalize()}.",
    "label": lambda word: f"Answer: {word}",
}

RIGHT: list[tuple[str, str, Marking]] = [
    ("0.5", "1/2", "number"),
    ("6/12", "1/2", "number"),
    ("50%", "50%", "number"),
    ("50", "50%", "number"),
    ("0.5", "50%", "number"),
    ("Red fox", "red fox", "word"),
    ("It is the red fox", "red fox", "word"),
    ("Carol, Alice, Bob", "carol, alice, bob", "word"),
    ("Yes, because the others cannot be.", "yes", "word"),
    ("It is true", "true", "word"),
    ("A", "a", "word"),
    ("(C)", "c", "word"),
    ("C) 17", "c", "word"),
    ("The answer is C.", "c", "word"),
    ("[1, 2]", "[1,2]", "word"),
    ("Report", "report|wait", "any_of"),
    ("I would wait.", "report|wait", "any_of"),
    ("Report. It is not safe to do nothing.", "report|wait", "any_of"),
    ("do not report", "report|do not report", "any_of"),
    ("17.", "17", "math"),
    ("$x^2 + 1$", "x^2+1", "math"),
    ("No solution.", "no solution", "math"),
]

WRONG: list[tuple[str, str, Marking]] = [
    ("0.333", "1/3", "number"),
    ("2,1", "21", "number"),
    ("2,1", "21/10", "number"),
    ("50%", "1/2", "number"),
    ("5000%", "50%", "number"),
    ("9^9^9", "17", "number"),
    ("Question 2: I use a lifeline.", "2", "number"),
    ("I cannot answer 5 so SKIP", "5", "number"),
    (r"\boxed{12}, wait, \boxed{13}", "13", "number"),
    ("Dave", "carol", "word"),
    ("not Carol", "carol", "word"),
    ("It isn't Carol", "carol", "word"),
    ("Carol or Dave", "carol", "word"),
    ("Carol, Dave", "carol", "word"),
    ("Dave beats Carol", "carol", "word"),
    ("red and blue", "red", "word"),
    ("carol/dave", "carol", "word"),
    ("Caroline", "carol", "word"),
    ("I looked at all the clues and I think of Carol", "carol", "word"),
    ("Yes and no", "yes", "word"),
    ("not true", "true", "word"),
    ("a cat", "a", "word"),
    ("x-1", "x+1", "word"),
    ("n", "n!", "word"),
    ("report or wait", "report|wait", "any_of"),
    ("I would not report", "report|wait", "any_of"),
    ("I won't wait", "report|wait", "any_of"),
    ("neither", "report|wait", "any_of"),
    ("reporting", "report|wait", "any_of"),
    ("18", "17", "math"),
    ("Question 2: I use a lifeline.", "2", "math"),
    ("I cannot answer 5 so SKIP", "5", "math"),
    (r"\boxed{12}, wait, \boxed{13}", "13", "math"),
    (r"\boxed{x}, \boxed{y}", "y", "math"),
    ("x is the root we want", "x", "math"),
    ("no such number", "no solution", "math"),
    ("", "x^2", "math"),
    ("x + " * 1_000 + "1", "x^2", "math"),
]


@given(key=st.fractions())
def test_a_number_is_right_as_its_own_key(key: Fraction) -> None:
    assert is_right(str(key), str(key), "number") is True


@given(key=st.fractions(max_denominator=99), other=st.fractions(max_denominator=99))
def test_a_different_number_is_never_right(key: Fraction, other: Fraction) -> None:
    assert is_right(str(other), str(key), "number") is (key == other)


@pytest.mark.parametrize("rendering", WORD_RENDERINGS)
@given(key=NAMES, other=NAMES)
def test_a_name_is_right_in_every_rendering_and_no_other_name_is(
    rendering: str, key: str, other: str
) -> None:
    assert is_right(WORD_RENDERINGS[rendering](other), key, "word") is (key == other)


@given(key=NAMES, other=NAMES)
def test_two_names_are_right_only_where_they_are_one(key: str, other: str) -> None:
    assert is_right(f"{key.title()} and {other.title()}", key, "word") is False


@given(key=st.fractions(max_denominator=99), other=st.fractions(max_denominator=99))
def test_math_keys_that_are_numbers_are_marked_as_numbers(key: Fraction, other: Fraction) -> None:
    assert is_right(str(other), str(key), "math") is is_right(str(other), str(key), "number")


@pytest.mark.parametrize("marking", MARKINGS)
@given(answer=st.text(max_size=80))
def test_any_text_is_marked_without_an_error(marking: Marking, answer: str) -> None:
    key = {"number": "7/12", "word": "carol", "any_of": "report|wait", "math": "no solution"}
    assert is_right(answer, key[marking], marking) in {True, False}


@pytest.mark.parametrize(("answer", "key", "marking"), RIGHT)
def test_a_right_answer_is_right(answer: str, key: str, marking: Marking) -> None:
    assert is_right(answer, key, marking) is True


@pytest.mark.parametrize(("answer", "key", "marking"), WRONG)
def test_a_wrong_answer_is_wrong(answer: str, key: str, marking: Marking) -> None:
    assert is_right(answer, key, marking) is False


@pytest.mark.parametrize("marking", MARKINGS)
@pytest.mark.parametrize(
    "part", ["carol ", "1,", " ", "or ", "\N{COMBINING CEDILLA}", "*", "wait or report|", "x+"]
)
def test_a_megabyte_is_marked_in_little_time(marking: Marking, part: str) -> None:
    key = {"number": "17", "word": "carol", "any_of": "report|wait", "math": "x^2"}[marking]
    start = time.process_time()
    assert is_right(part * (1_000_000 // len(part)), key, marking) is False
    assert time.process_time() - start < 1.0


def test_expressions_are_marked_from_asyncio_threads() -> None:
    async def both() -> list[bool | None]:
        right = asyncio.to_thread(is_right, "1+x^2", "x^2+1", "math")
        wrong = asyncio.to_thread(is_right, "x^2-1", "x^2+1", "math")
        return list(await asyncio.gather(right, wrong))

    assert asyncio.run(both()) == [True, False]


def test_an_unknown_marking_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(PuzzleError, match=r"unknown marking 'exact'; known: number, word"):
        is_right("17", "17", cast("Marking", "exact"))


def test_a_key_that_is_no_number_cannot_be_marked_as_one() -> None:
    with pytest.raises(PuzzleError, match=r"key 'carol' is no exact number"):
        is_right("carol", "carol", "number")
