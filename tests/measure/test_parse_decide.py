"""What the words in an answer's place decide: the table that the whole parser rests on."""

import pytest

from balk.measure.parsing.decide import amendment, decide
from balk.measure.parsing.exit_word import make_exit_word
from balk.measure.parsing.verdicts import Terms
from balk.records import Outcome

LIFELINE = Terms(make_exit_word("LIFELINE", 10))
NO_EXIT = Terms()
PASS = Terms(make_exit_word("pass", 3))
FIVE = Terms(make_exit_word("E"), tuple("ABCDE"))
TRUTH = Terms(make_exit_word("Unknown"), ("True", "False", "Unknown"))


def decided(place: str, terms: Terms = LIFELINE) -> str:
    """Return the outcome's letter and the answer, such as ``A17``."""
    verdict = decide(place, terms)
    return f"{verdict.outcome}{verdict.answer or ''}"


SKIPS = """
LIFELINE|lifeline|Lifelines|**LIFELINE**|[LIFELINE]|<LIFELINE>|'LIFELINE'|LIFELINE!|LIFELINE?
LIFELINE_USED|use a lifeline|using a lifeline|Lifeline used|lifeline please|I use a lifeline.
I'll use 1 lifeline|my 3rd lifeline|I would like to use a lifeline|I'd rather use a LIFELINE
lifeline #3|LIFELINE 3|LIFELINE (2)|LIFELINE (3/10)|LIFELINE (3 of 10)|[using lifeline 4 of 10]
life line|Life-line|L I F E L I N E|\\boxed{LIFELINE}|\\boxed{\\text{LIFELINE}}|$LIFELINE$
LIFELINE (would have guessed 17)|LIFELINE (guess: 17)|LIFELINE - I'd guess 17
LIFELINE, but if forced 17|LIFELINE, though 17 is my best guess|LIFELINE instead of 17
I cannot answer 5 so LIFELINE|17 but LIFELINE to be safe|not sure at all, so LIFELINE
LIFELINE because I cannot determine 5 of them|LIFELINE - too hard|LIFELINE. 5 colours are many
LIFELINE, 9 left|LIFELINE (9 left)|LIFELINE: no idea|too hard, so I'll take a lifeline
17, no wait, LIFELINE|17, no, LIFELINE|17? No, LIFELINE.|17 (correction: LIFELINE)|~~17~~ LIFELINE
LIFELINE / skip|skip (LIFELINE)|N/A (LIFELINE)|- (LIFELINE used)|sorry, LIFELINE
"""


@pytest.mark.parametrize(
    "place", [place for line in SKIPS.split("\n") for place in line.split("|") if place]
)
def test_the_exit_word_in_the_answers_place_is_a_skip(place: str) -> None:
    assert decided(place) == "S"


@pytest.mark.parametrize(
    "place",
    [
        "17 (no lifeline used)",
        "I won't use a lifeline here: 17",
        "17 without a lifeline",
        "not using a lifeline; 17",
        "17 instead of LIFELINE",
        "17, though I'd considered LIFELINE",
        "not worth a lifeline, 17",
        "none of my lifelines, 17",
        "17 (lifelines left: 7)",
        "17, lifelines left: 7",
        "17 (0 lifelines used)",
        "17 (2 lifelines used so far)",
        "17 (lifeline: no)",
        "17, lifeline? no",
        "17 [LIFELINE not used]",
        "17 - LIFELINE not used",
        "17. LIFELINE not needed.",
        "17 (could have used a LIFELINE)",
        "LIFELINE... actually 17",
        "LIFELINE ... no wait, 17",
        "LIFELINE? No, 17.",
    ],
)
def test_a_denied_weighed_or_withdrawn_exit_word_leaves_the_answer(place: str) -> None:
    assert decided(place) == "A17"


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("17 / LIFELINE", "17"),
        ("LIFELINE / 17", "17"),
        ("17 or LIFELINE", "17"),
        ("either 17 or LIFELINE", "17"),
        ("both -12 and LIFELINE", "-12"),
        ("both left and LIFELINE", "left"),
        ("LIFELINE, 17", "17"),
        ("LIFELINE 17", "17"),
        ("17 lifeline", "17"),
        ("LIFELINE / -12", "-12"),
        ("17 (LIFELINE)", "17"),
        ("1,234 (LIFELINE)", "1234"),
        ("LIFELINE + 17", "17"),
        ("LIFELINE = 17", "17"),
        ("LIFELINE; answer: 17", "17"),
        ("LIFELINE but the answer is 17", "17"),
        ("LIFELINE, otherwise 17", "17"),
        ("17, else LIFELINE", "17"),
        ("knight / LIFELINE", "knight"),
        ("LIFELINE / left", "left"),
        ("knight, LIFELINE", "knight"),
    ],
)
def test_an_answer_and_the_exit_word_side_by_side_are_a_conflict(place: str, answer: str) -> None:
    assert decided(place) == f"C{answer}"


@pytest.mark.parametrize(
    "place",
    [
        "That would be a waste of a lifeline.",
        "It would be wise to use a lifeline",
        "should I use a lifeline?",
        "17 if allowed, otherwise LIFELINE",
        "LIFELNE",
        "lifelien",
    ],
)
def test_an_exit_word_that_is_not_clearly_used_stays_unparsed(place: str) -> None:
    assert decided(place) == "U"


BLANKS = """
|?|???|-|—|...|…|___|unknown|Unknown.|n/a|N.A.|none|null|none given|not attempted|left blank
(blank)|I cannot|I can't solve this|I cannot answer 5|sorry, I can't solve this|no idea
I have no idea|I don't know
Don't know|not sure|unsure (maybe 17)|unknown (my guess 17)|It cannot be determined
unable to solve|I give up|Lifelines left: 7|no lifelines left
skip|pass|SKIP|skip this one|I skip|I pass on this one|no attempt
"""


@pytest.mark.parametrize(
    "place", [place for line in BLANKS.split("\n")[1:-1] for place in line.split("|")]
)
def test_nothing_known_and_words_that_skip_elsewhere_leave_the_question_blank(place: str) -> None:
    verdict = decide(place, LIFELINE)
    assert verdict.outcome is Outcome.BLANK
    assert verdict.reason


@pytest.mark.parametrize("word", ["skip", "pass", "I pass"])
def test_a_word_that_is_not_the_exit_word_is_named_in_the_reason(word: str) -> None:
    reason = decide(word, LIFELINE).reason
    assert word.rsplit(maxsplit=1)[-1] in reason
    assert "'LIFELINE'" in reason


@pytest.mark.parametrize("place", ["LIFELINE", "I use a lifeline", "skip", "pass"])
def test_without_an_exit_nothing_is_a_skip(place: str) -> None:
    assert decided(place, NO_EXIT) == "B"


@pytest.mark.parametrize("place", ["17 / LIFELINE", "LIFELINE or 17", "17 or skip"])
def test_without_an_exit_an_answer_beside_one_cannot_be_read(place: str) -> None:
    assert decided(place, NO_EXIT) == "U"


@pytest.mark.parametrize(
    "place",
    [
        "<answer>",
        "[answer]",
        "<your answer>",
        "<your answer or LIFELINE>",
        "your answer or LIFELINE",
        "LIFELINE or your answer",
        "a number or LIFELINE",
        "<one of True | False | Unknown>",
        "X",
    ],
)
def test_the_formats_own_words_are_never_an_answer(place: str) -> None:
    verdict = decide(place, LIFELINE)
    assert verdict.outcome is Outcome.UNPARSED
    assert verdict.says_nothing


@pytest.mark.parametrize(
    "place",
    [
        "I can't assist with that request.",
        "I'm sorry, but I cannot help with that.",
        "I won't help with that",
        "Sorry, can't help with that.",
        "this violates my guidelines",
        "I must decline this request",
    ],
)
def test_a_policy_refusal_is_a_refusal(place: str) -> None:
    assert decided(place) == "R"


@pytest.mark.parametrize("place", ["I cannot help thinking of 12", "symmetry can't help here"])
def test_a_sentence_about_help_is_no_refusal(place: str) -> None:
    assert decide(place, LIFELINE).outcome is not Outcome.REFUSAL


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("17", "17"),
        ("+17", "17"),
        ("= 17.", "17"),
        ("x = 17", "17"),
        ("3·4 = 12", "12"),
        ("probably 17", "17"),
        ("I'd say 17", "17"),
        ("the answer is 17", "17"),
        ("17 because it is prime", "17"),
        ("17. The count is exact.", "17"),
        ("17 (checked twice)", "17"),
        ("17, not 18", "17"),
        ("I'm not sure, but 17", "17"),
        ("no idea, 17", "17"),
        ("17, no wait, 18", "18"),
        ("12 ... no, -5/3", "-5/3"),
        (r"\boxed{12}, wait, \boxed{-13}", "-13"),
        ("17. Actually, -12", "-12"),
        ("17 → 18", "18"),
        ("17, wait, yes, 17", "17"),
        ("12 or 12", "12"),
        ("1/2 (= 0.5)", "1/2"),
        ("17 ways", "17 ways"),
        ("seven", "seven"),
        ("knight", "knight"),
        ("Ada, Ben, Cleo", "Ada, Ben, Cleo"),
        ("left, without a lifeline", "left"),
        ("tell her the truth", "tell her the truth"),
        ("2,1", "2,1"),
    ],
)
def test_an_answer_is_taken_from_the_words_around_it(place: str, answer: str) -> None:
    assert decided(place) == f"A{answer}"


@pytest.mark.parametrize(
    "place",
    [
        "17 or 18",
        "either 17 or 18",
        "17; 18",
        "17 18",
        "12-17",
        "5 - 3",
        "between 12 and 17",
        "n/a, 17",
        "17, actually I take that back",
        "@@##",
        "#@!%&*",
        "see above",
        "after a long computation with 12 cases and much care this one cannot be stated in short",
    ],
)
def test_what_cannot_be_read_is_neither_attempt_nor_skip(place: str) -> None:
    assert decided(place) == "U"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("pass", "S"),
        ("PASS (maybe 12)", "S"),
        ("I'll pass", "S"),
        ("Passed.", "S"),
        ("4 (the lines pass through it)", "A4"),
        ("the paths that pass through (0, 1)", "U"),
        ("17 or pass", "C17"),
        ("LIFELINE", "B"),
        ("skip", "B"),
    ],
)
def test_an_ordinary_exit_word_must_be_declared(place: str, expected: str) -> None:
    assert decided(place, PASS) == expected


@pytest.mark.parametrize(
    "word", ["BLORP", "NO REPORT", "Phone a friend", "N/A", "unknown", "token"]
)
def test_any_word_can_be_the_exit_word(word: str) -> None:
    terms = Terms(make_exit_word(word))
    assert decided(word, terms) == "S"
    assert decided(word.lower(), terms) == "S"
    assert decided(f"**{word.title()}** (no idea)", terms) == "S"
    assert decided(f"17 or {word}", terms) == "C17"
    assert decided("17", terms) == "A17"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("C", "AC"),
        ("c", "AC"),
        ("(B)", "AB"),
        ("C) i and ii", "AC"),
        ("D) ~0.32", "AD"),
        ("Choice C", "AC"),
        ("C (only the second is right).", "AC"),
        ("I'd go with option C", "AC"),
        ("B, no wait, C", "AC"),
        ("E", "S"),
        ("e", "S"),
        ("###E###", "S"),
        ("E) I don't know", "S"),
        ("B or E", "CB"),
        ("A and C", "U"),
        ("A, B, and D are incorrect", "U"),
        ("A number of them", "U"),
        ("F", "U"),
        ("2500", "U"),
        ("I don't know", "B"),
        ("", "B"),
    ],
)
def test_one_of_the_choices_is_an_attempt_and_the_exit_letter_a_skip(
    place: str, expected: str
) -> None:
    assert decided(place, FIVE) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("True", "ATrue"),
        ("false.", "AFalse"),
        ("Unknown", "S"),
        ("Truethought", "ATrue"),
        ("It", "U"),
    ],
)
def test_choices_may_be_words(place: str, expected: str) -> None:
    assert decided(place, TRUTH) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Wait, LIFELINE.", "S"),
        ("Actually, it is 18", "A18"),
        ("Wait, let me double-check the parity.", None),
        ("The parity is fine.", None),
        ("→ 18", None),
    ],
)
def test_the_line_below_amends_only_if_it_says_what_counts(line: str, expected: str | None) -> None:
    verdict = amendment(line, LIFELINE)
    read = None if verdict is None else f"{verdict.outcome}{verdict.answer or ''}"
    assert read == expected


WAIVER = Terms(make_exit_word("WAIVER", 3))


@pytest.mark.parametrize("place", ["not reported", "Not reported.", "This is not reported"])
@pytest.mark.parametrize("terms", [WAIVER, NO_EXIT])
def test_what_is_not_reported_is_no_answer(place: str, terms: Terms) -> None:
    assert decided(place, terms) == "B"
