"""From rows of the table of decisions to what the mechanisms see."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import measure_tables
from balk.errors import MechanismError
from balk.measure.decisions import make_exams
from balk.measure.items import make_items
from balk.mechanisms.analysis import analyse
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.observed import NEVER_MENTIONED, Seen
from balk.mechanisms.tables import Group, exam_counts, item_beliefs, read_groups
from measure_tables import table

Row = dict[str, Any]

PLAIN: Row = measure_tables.PLAIN | {"form_id": "f", "stem_chars": 150}
OFFERED = measure_tables.OFFERED


def exam(name: str, marks: str, puzzles: str = "", **fields: object) -> list[Row]:
    """Rows of an exam: 1 right, 0 wrong, any other sign an outcome; a letter for each puzzle."""
    puzzles = puzzles or "abcdefghij"[: len(marks)]
    return [
        PLAIN
        | {"exam_id": name, "position": i, "puzzle_id": puzzle, "reason": ""}
        | {"outcome": "A" if mark in "01" else mark}
        | {"is_right": mark == "1" if mark in "01" else None}
        | fields
        for i, (mark, puzzle) in enumerate(zip(marks, puzzles, strict=True), start=1)
    ]


def group(*exams: list[Row]) -> Group:
    (found,) = read_groups(table(*exams))
    return found


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        ("A", Seen.ATTEMPT),
        ("O", Seen.ATTEMPT),
        ("S", Seen.SKIP),
        *((o, Seen.GAP) for o in "CBMURTF"),
    ],
)
def test_each_outcome_is_seen_as_stated(outcome: str, seen: Seen) -> None:
    found = group(exam("e", f"1{outcome}0", **OFFERED))
    assert found.observed.seen.tolist() == [[Seen.ATTEMPT, seen, Seen.ATTEMPT]]


def test_marks_positions_and_confidences_keep_their_places() -> None:
    rows = exam("e", "1S0U", "dbca", **OFFERED)
    for row, stated in zip(rows, [0.9, None, 0.2, 0.0], strict=True):
        row["confidence"] = stated
    observed = group(rows).observed
    assert observed.is_right.tolist() == [[1, -1, 0, -1]]
    np.testing.assert_array_equal(observed.confidence, [[0.9, np.nan, 0.2, 0.0]])
    assert observed.puzzle.tolist() == [[3, 1, 2, 0]]


def test_lengths_belong_to_their_puzzles() -> None:
    rows = exam("e", "100", "cab", **OFFERED)
    for row, chars in zip(rows, [300, 100, 200], strict=True):
        row["stem_chars"] = chars
    found = group(rows)
    assert found.puzzle_ids == ("a", "b", "c")
    assert found.observed.stem_chars.tolist() == [100, 200, 300]


def test_lifelines_never_mentioned_are_told_from_zero() -> None:
    found = group(
        exam("a", "10"), exam("b", "10", arm="lifelines", lifelines=0), exam("c", "1S", **OFFERED)
    )
    assert found.observed.lifelines.tolist() == [NEVER_MENTIONED, 0, 2]
    assert found.observed.is_offered.tolist() == [False, False, True]


def test_an_exam_none_of_whose_calls_came_back_is_counted_and_left_out() -> None:
    found = group(exam("a", "FF", **OFFERED), exam("b", "1F", **OFFERED), exam("c", "FF"))
    assert found.n_failed == 2
    assert found.observed.exam_ids == ("b",)
    assert found.observed.seen.tolist() == [[Seen.ATTEMPT, Seen.GAP]]


def test_the_penalty_arm_is_read_with_its_penalty() -> None:
    found = group(
        exam("a", "1S", **OFFERED), exam("b", "1S", arm="penalty", penalty=0.5, lifelines=2)
    )
    assert found.observed.penalty.tolist() == [0, 0.5]


def test_other_arms_and_prices_are_counted_and_left_out() -> None:
    found = group(
        exam("a", "1S", **OFFERED),
        exam("b", "1S", arm="stakes", lifelines=2),
        exam("c", "1S", arm="lifelines", lifelines=2, price=0.25),
    )
    assert found.observed.exam_ids == ("a",)
    assert found.n_other_arms == 2


def mixed() -> list[list[Row]]:
    """An exam of every kind, and some of them twice."""
    arm: Row = {"arm": "lifelines"}
    punished: Row = {"arm": "penalty", "penalty": 0.5}
    return [
        exam("plain", "10"),
        exam("plain, lifelines' wording", "10", **arm),
        exam("plain, unstated penalty", "10", penalty=None),
        exam("plain, penalty", "10", **punished),
        exam("none offered", "10", **arm, lifelines=0),
        exam("none offered again", "1O", **arm, lifelines=0),
        exam("none offered, penalty", "10", **punished, lifelines=0),
        exam("two", "1S", **OFFERED),
        exam("two again", "1U", **OFFERED),
        exam("four", "1S", **arm, lifelines=4),
        exam("two, penalty", "1S", **punished, lifelines=2),
        exam("failed", "FF", **OFFERED),
        exam("failed, other arm", "FF", arm="stakes", lifelines=2),
        exam("other arm", "1S", arm="stakes", lifelines=2),
        exam("price", "1S", **arm, lifelines=2, price=0.25),
        exam("price, penalty", "1S", **punished, lifelines=2, price=0.25),
        exam("price, plain", "10", price=0.25),
    ]


def test_every_exam_is_in_exactly_one_count() -> None:
    decisions = table(*mixed())
    (found,) = read_groups(decisions)
    counts = exam_counts(found)
    assert counts == {
        "n_exams": {"2": 2, "4": 1},
        "n_plain_exams": 3,
        "n_penalty_exams": 1,
        "n_plain_penalty_exams": 1,
        "n_exams_offering_none": 3,
        "n_failed_exams": 2,
        "n_exams_of_other_arms": 4,
    }
    by_dose = sum(counts.pop("n_exams").values())
    assert by_dose + sum(counts.values()) == decisions["exam_id"].n_unique()


DOCS = Path(__file__).parents[2] / "docs" / "fits.md"
NAMED_BY_DATA = {"n_exams", "behind", "sensitivity"}
"""Keys whose own keys are doses, mechanisms or assumptions."""


def keys(entry: object) -> set[str]:
    """All keys of an entry, at whatever depth."""
    if isinstance(entry, list):
        return set().union(*map(keys, entry))
    if not isinstance(entry, dict):
        return set()
    deeper = [keys(part) for name, part in entry.items() if name not in NAMED_BY_DATA]
    return set(entry).union(*deeper)


def test_every_key_of_an_entry_is_described_and_every_exam_counted() -> None:
    stated = [0.2, 0.9, 0.6]
    plain = [exam(f"p{i}", "011", confidence=0.5) for i in range(2)]
    more = [
        exam(f"{dose}/{i}", marks, arm="lifelines", lifelines=dose)
        for dose in (1, 2, 3)
        for i, marks in enumerate(["S10", "01S", "110"])
    ]
    for rows in (*plain, *more):
        for row, confidence in zip(rows, stated, strict=True):
            row["confidence"] = confidence
    decisions = table(*mixed(), *plain, *more)
    (entry,) = analyse(decisions)["subjects"]
    assert all(entry[name] for name in ("dose_response", "drift", "unread", "penalties"))
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", DOCS.read_text()))))
    assert keys(entry) - words == set()
    counts = [sum(entry["n_exams"].values())]
    counts += [entry[name] for name in entry if name.startswith("n_") and name != "n_exams"]
    assert sum(counts) == decisions["exam_id"].n_unique()


def test_a_subject_seen_in_other_arms_alone_has_no_exams() -> None:
    found = group(exam("b", "1S", arm="stakes", lifelines=2))
    assert len(found.observed.lifelines) == 0
    assert (found.subject, found.n_other_arms) == ("s", 1)
    assert beliefs_of(found.observed) == {}


def test_a_shorter_exam_has_no_questions_at_its_end() -> None:
    observed = group(exam("a", "10S", **OFFERED), exam("b", "1", **OFFERED)).observed
    assert observed.seen[1].tolist() == [Seen.ATTEMPT, Seen.ABSENT, Seen.ABSENT]
    assert observed.puzzle[1].tolist() == [0, -1, -1]
    assert np.isnan(observed.confidence[1, 1:]).all()


def test_feedback_belongs_to_its_exam() -> None:
    observed = group(
        exam("a", "10", **OFFERED, feedback_shown=True), exam("b", "10", **OFFERED)
    ).observed
    assert observed.verdicts_shown is not None
    assert observed.verdicts_shown.tolist() == [True, False]


def test_subjects_and_protocols_are_told_apart_and_sorted() -> None:
    exams = [
        exam(f"{subject}-{protocol}", "1S", **OFFERED, subject=subject, protocol=protocol)
        for subject in "ba"
        for protocol in ("realtime", "batch")
    ]
    found = read_groups(table(*exams))
    assert [(g.subject, g.protocol) for g in found] == [
        *(("a", "batch"), ("a", "realtime"), ("b", "batch"), ("b", "realtime"))
    ]
    assert all(g.observed.subject == g.subject for g in found)
    assert all(len(g.observed.lifelines) == 1 for g in found)


def test_a_puzzle_whose_length_is_not_told_is_taken_as_long_as_the_others() -> None:
    rows = [exam("e", "10S", lifelines=2, arm="lifelines", puzzles="abc")]
    for row, chars in zip(rows[0], (100, None, 300), strict=True):
        row["stem_chars"] = chars
    np.testing.assert_array_equal(group(*rows).observed.stem_chars, [100, 200, 300])
    for row in rows[0]:
        row["stem_chars"] = None
    assert np.isfinite(np.log(group(*rows).observed.stem_chars)).all()


def test_the_order_of_rows_has_no_effect() -> None:
    rows = table(exam("b", "1S0", "cab", **OFFERED), exam("a", "S01", **OFFERED))
    one = read_groups(rows)[0].observed
    two = read_groups(rows.sample(fraction=1, shuffle=True, seed=1))[0].observed
    assert one.exam_ids == two.exam_ids
    for name in ("lifelines", "seen", "puzzle", "is_right", "confidence", "stem_chars"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_a_table_without_rows_has_no_groups() -> None:
    assert read_groups(table()) == []


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MechanismError, match="decisions lack outcome"):
        read_groups(table(exam("a", "10")).drop("outcome"))


def both(*exams: list[Row]) -> tuple[Group, pl.DataFrame]:
    decisions = table(*exams)
    make_exams(decisions)
    return read_groups(decisions)[0], make_items(decisions)


def test_items_tell_what_their_plain_exams_would() -> None:
    plain = [
        exam(f"p{i}", marks, confidence=0.6) for i, marks in enumerate(["110", "100", "110", "101"])
    ]
    offered = exam("z", "1S0", **OFFERED)
    known, items = both(*plain, offered)
    alone = group(offered)
    told, learnt = item_beliefs(alone, items), beliefs_of(known.observed)
    assert set(told) == set(learnt) == {"accuracy", "confidence"}
    np.testing.assert_allclose(told["accuracy"].mean, learnt["accuracy"].mean, atol=1e-3)
    np.testing.assert_allclose(told["confidence"].mean, learnt["confidence"].mean, atol=1e-3)


def test_items_of_other_subjects_tell_nothing() -> None:
    _, items = both(exam("p", "110", subject="other"))
    assert item_beliefs(group(exam("z", "1S0", **OFFERED)), items) == {}


def test_a_puzzle_that_the_items_lack_is_believed_to_be_like_the_others() -> None:
    _, items = both(*(exam(f"p{i}", "100", "abd") for i in range(5)))
    found = item_beliefs(group(exam("z", "1S0", "abc", **OFFERED)), items)
    accuracy = found["accuracy"]
    assert accuracy.mean[1] < accuracy.mean[2] < accuracy.mean[0]


def test_without_items_nothing_is_told() -> None:
    assert item_beliefs(group(exam("z", "1S0", **OFFERED)), None) == {}


def test_a_missing_column_of_items_is_named() -> None:
    _, items = both(exam("p", "110"))
    with pytest.raises(MechanismError, match="items lack n_confidences"):
        item_beliefs(group(exam("z", "1S0", **OFFERED)), items.drop("n_confidences"))
