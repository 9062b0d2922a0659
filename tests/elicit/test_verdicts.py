"""What is told of answers in real time where it is not the truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.arms import make_arm
from balk.elicit.replies import Turn
from balk.elicit.verdicts import borrow, verdict_told
from balk.errors import StudyError
from balk.records import Outcome, Reading

SEEN = st.dictionaries(st.integers(0, 5), st.lists(st.booleans(), max_size=6), min_size=1)


def turn(outcome: Outcome = Outcome.ATTEMPT, position: int = 1, *, is_right: bool = True) -> Turn:
    return Turn(Reading(position, outcome), is_right if outcome is Outcome.ATTEMPT else None)


@pytest.mark.parametrize("is_right", [True, False])
def test_each_arm_tells_its_own_of_an_answer(*, is_right: bool) -> None:
    told = {
        spec: verdict_told(make_arm(spec), turn(is_right=is_right), "")
        for spec in ("lifelines", "key=hidden", "feedback=always_right", "feedback=always_wrong")
    }
    assert told == {
        "lifelines": is_right,
        "key=hidden": is_right,
        "feedback=always_right": True,
        "feedback=always_wrong": False,
    }


@pytest.mark.parametrize("outcome", [Outcome.SKIP, Outcome.OVERDRAFT, Outcome.UNPARSED])
def test_only_answers_are_said_to_be_right_or_wrong(outcome: Outcome) -> None:
    assert verdict_told(make_arm("feedback=always_wrong"), turn(outcome), "") is None


def test_borrowed_verdicts_are_told_by_the_number_of_the_question() -> None:
    arm = make_arm("feedback=yoked")
    assert [verdict_told(arm, turn(position=i), "RWR") for i in (1, 2, 3)] == [True, False, True]


def test_yoked_verdicts_are_those_of_the_next_form_in_order() -> None:
    seen = {0: [True, False, False], 1: [False, True, True], 2: [True, True, False]}
    assert borrow("yoked", seen, 3, seed=0) == ["WRR", "RRW", "RWW"]


@given(seen=SEEN, n_questions=st.integers(1, 12), seed=st.integers(0, 9))
def test_shuffled_verdicts_keep_their_shares(
    seen: dict[int, list[bool]], n_questions: int, seed: int
) -> None:
    if not any(seen.values()):
        return
    told = borrow("shuffled", seen, n_questions, seed)
    assert [len(verdicts) for verdicts in told] == [n_questions] * len(seen)
    for verdicts, own in zip(told, (seen[i] for i in sorted(seen)), strict=True):
        if own and n_questions % len(own) == 0:
            assert verdicts.count("R") * len(own) == sum(own) * n_questions
    assert borrow("shuffled", seen, n_questions, seed) == told


def test_a_neighbour_without_verdicts_is_passed_over() -> None:
    seen = {0: [True], 1: [], 2: [False], 3: []}
    assert borrow("yoked", seen, 2, seed=0) == ["WW", "WW", "RR", "RR"]
    assert borrow("shuffled", seen, 2, seed=0) == ["RR", "WW", "WW", "RR"]


@given(seen=SEEN, n_questions=st.integers(1, 12))
def test_yoked_verdicts_are_never_an_exams_own(
    seen: dict[int, list[bool]], n_questions: int
) -> None:
    marked = {index: [index == 0] * 2 if own else [] for index, own in seen.items()}
    with_any = {index for index, own in seen.items() if own}
    if len(with_any) < 2 or 0 not in with_any:
        return
    told = dict(zip(sorted(seen), borrow("yoked", marked, n_questions, seed=0), strict=True))
    assert "R" not in told[0]


@pytest.mark.parametrize("seen", [{0: [True]}, {0: [], 1: [True]}])
def test_an_exam_with_nothing_but_its_own_verdicts_is_not_yoked(
    seen: dict[int, list[bool]],
) -> None:
    with pytest.raises(StudyError, match="no exam but one has any"):
        borrow("yoked", seen, 3, seed=0)


def test_nothing_to_borrow_is_said() -> None:
    with pytest.raises(StudyError, match="none has any"):
        borrow("yoked", {0: [], 1: []}, 3, seed=0)
