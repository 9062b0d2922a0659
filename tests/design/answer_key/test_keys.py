"""Which keys are shown, where, and in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.answer_key.keys import show_keys, shuffled
from balk.design.answer_key.sheets import Sheet
from balk.design.answer_key.study import (
    AnswerKeyStudy,
    knowledge_sheets,
    make_misses,
    screening_sheets,
    self_score_sheets,
)
from balk.design.puzzles.bank import make_puzzles
from balk.errors import StudyError

PUZZLES = make_puzzles(12, 3, (1, 2))
MISSES = make_misses(PUZZLES, 5)
STUDY = AnswerKeyStudy(subjects=("balk-key/honest",), n_puzzles=12, batch=5)


@given(share=st.floats(0, 1), seed=st.integers(0, 99))
def test_a_mixed_key_is_false_in_the_share_asked_for(share: float, seed: int) -> None:
    shown = show_keys(PUZZLES, "mixed", MISSES, share=share, seed=seed)
    n_false = sum(entry.is_shown_true is False for entry in shown)
    assert abs(n_false - share * len(PUZZLES)) <= 0.5
    for entry in shown:
        assert (entry.shown == entry.puzzle.key) == entry.is_shown_true


def test_which_keys_of_a_mixed_one_are_false_is_drawn_from_the_seed() -> None:
    drawn = {
        tuple(e.is_shown_true for e in show_keys(PUZZLES, "mixed", MISSES, seed=seed))
        for seed in (1, 1, 2, 3)
    }
    assert len(drawn) == 3


def test_true_false_and_no_keys_are_what_they_say() -> None:
    shown = {kind: show_keys(PUZZLES, kind, MISSES) for kind in ("true", "false", "none")}
    assert {entry.is_shown_true for entry in shown["true"]} == {True}
    assert {entry.is_shown_true for entry in shown["false"]} == {False}
    assert {entry.shown for entry in shown["none"]} == {None}


def test_a_share_outside_nought_to_one_is_refused() -> None:
    with pytest.raises(StudyError, match="share of false keys is 2"):
        show_keys(PUZZLES, "mixed", MISSES, share=2)


def test_the_order_of_questions_depends_on_seed_and_purpose() -> None:
    entries = show_keys(PUZZLES, "true", MISSES)
    orders = [shuffled(entries, *how) for how in ((1, "a"), (1, "a"), (2, "a"), (1, "b"))]
    assert orders[0] == orders[1] != orders[2] != orders[3]
    assert all(sorted(o, key=repr) == sorted(entries, key=repr) for o in orders)


def ids(sheet: Sheet) -> set[str]:
    return {entry.puzzle.id for entry in sheet.entries}


def test_a_batch_holds_the_same_puzzles_under_every_key_framing_and_form() -> None:
    sheets = [
        *knowledge_sheets(STUDY, PUZZLES),
        *screening_sheets(STUDY, PUZZLES, MISSES),
        *self_score_sheets(STUDY, PUZZLES, MISSES, set()),
    ]
    batch = {sheet.index: ids(sheet) for sheet in sheets}
    assert [len(batch[index]) for index in sorted(batch)] == [5, 5, 2]
    assert all(ids(sheet) == batch[sheet.index] for sheet in sheets)
    assert len({sheet.name for sheet in sheets}) == len(sheets)


def test_accepted_puzzles_are_asked_again_beside_all_of_them() -> None:
    accepted = {puzzle.id for puzzle in PUZZLES[::2]}
    sheets = self_score_sheets(STUDY, PUZZLES, MISSES, accepted)
    kept = [sheet for sheet in sheets if sheet.chosen == "accepted"]
    assert {(sheet.form, sheet.key_type) for sheet in kept} == {
        ("count", "false"),
        ("list", "false"),
    }
    assert set().union(*(ids(sheet) for sheet in kept)) == accepted


def test_the_id_of_a_study_changes_with_any_setting() -> None:
    changes: list[dict[str, object]] = [{}, {"seed": 1}, {"share": 0.25}, {"n_puzzles": 14}]
    assert len({STUDY.but(**change).id for change in changes}) == len(changes)


def test_a_study_without_subjects_is_refused() -> None:
    with pytest.raises(StudyError, match="subjects is empty"):
        AnswerKeyStudy(subjects=())
