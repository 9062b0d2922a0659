"""Locked contrasts, as they came out, and exams that are not as they were locked."""

from typing import Any

import pytest

from balk.measure.decisions import make_exams
from balk.measure.registered import locked_contrasts, missing_exams
from measure_tables import OFFERED, exam, table

Json = dict[str, Any]
PLAIN_CELL: Json = {
    "subject": "s", "arm": "none", "penalty": 0.0, "price": 0.0, "protocol": "batch",
    "lifelines": None, "n_exams": 8,
}  # fmt: skip
CELLS = {"plain": PLAIN_CELL, "offered": PLAIN_CELL | {"arm": "lifelines", "lifelines": 2}}
CONTRAST: Json = {
    "name": "net_points_pooled", "measure": "points_given_away_per_exam", "arm": "lifelines",
    "penalty": 0.0, "price": 0.0, "protocol": "batch", "lifelines": [2],
    "against": "none", "predicted": {"rational": "0", "tension": "+", "threshold": "+"},
    "provided": {"threshold": "some of what is skipped would have been got right"},
}  # fmt: skip
HALVES = {"p1": "exploratory", "p2": "exploratory", "p3": "confirmatory", "p4": "confirmatory"}
LOCK: Json = {"cells": CELLS, "contrasts": [CONTRAST], "puzzles": HALVES}


def lock_of(*contrasts: Json) -> Json:
    """A lock of these contrasts, and of cells in which subject s is asked them."""
    named = ("arm", "penalty", "price", "protocol")
    own = {
        f"{at}": PLAIN_CELL | {name: one[name] for name in named} | {"lifelines": 2}
        for at, one in enumerate(contrasts)
    }
    return LOCK | {"contrasts": list(contrasts), "cells": CELLS | own}


def exams(offered: str, n: int = 8) -> list[list[Json]]:
    return [
        rows for form in range(n) for rows in (exam("1111", form), exam(offered, form, **OFFERED))
    ]


def test_a_locked_contrast_has_its_sign_on_all_puzzles_and_on_each_half() -> None:
    (found,) = locked_contrasts(LOCK, table(*exams("SS11")))
    assert found["subject"] == "s"
    assert found["all"]["estimate"]["value"] == pytest.approx(2)
    assert found["exploratory"]["estimate"]["value"] == pytest.approx(2)
    assert (found["all"]["sign"], found["all"]["agree"]) == ("+", ["tension", "threshold"])
    assert found["confirmatory"]["estimate"]["value"] == 0
    assert found["confirmatory"]["sign"] != "+"


def test_p_is_adjusted_over_all_that_was_locked() -> None:
    lock = LOCK | {"contrasts": [CONTRAST, CONTRAST]}
    one, other = locked_contrasts(lock, table(*exams("S111")))
    assert one["all"]["p_holm"] == other["all"]["p_holm"] == pytest.approx(2 * one["all"]["p"])


def test_what_was_locked_and_not_answered_counts_as_showing_nothing() -> None:
    unanswered = [CONTRAST | {"name": "doses"}, CONTRAST | {"name": "more doses"}]
    lock = LOCK | {"contrasts": [CONTRAST, *unanswered]}
    found, *others = locked_contrasts(lock, table(*exams("S111")))
    assert found["all"]["p_holm"] == pytest.approx(3 * found["all"]["p"])
    assert [one["name"] for one in others] == ["doses", "more doses"]
    assert all(one["all"] is None for one in others)


def test_a_locked_subject_that_was_not_asked_stays_and_one_that_was_not_locked_is_left_out() -> (
    None
):
    cells = CELLS | {"absent": CELLS["offered"] | {"subject": "absent"}}
    rows = [*exams("S111"), *(exam("1111", i, subject="other") for i in range(8))]
    found = locked_contrasts(LOCK | {"cells": cells}, table(*rows))
    assert [one["subject"] for one in found] == ["absent", "s"]
    assert found[0]["all"] is None
    assert found[1]["all"]["p_holm"] == pytest.approx(2 * found[1]["all"]["p"])


def test_a_subject_that_was_never_to_be_asked_is_no_part_of_a_contrast() -> None:
    cells = CELLS | {"other": PLAIN_CELL | {"subject": "other"}}
    rows = [*exams("S111"), *(exam("1111", i, subject="other") for i in range(8))]
    (found,) = locked_contrasts(LOCK | {"cells": cells}, table(*rows))
    assert found["subject"] == "s"
    assert found["all"]["p_holm"] == pytest.approx(found["all"]["p"])


def test_a_contrast_that_cannot_be_answered_stays_in_the_list() -> None:
    lock = LOCK | {"contrasts": [CONTRAST | {"name": "doses"}]}
    (found,) = locked_contrasts(lock, table(*exams("S111")))
    assert found["all"] is found["exploratory"] is found["confirmatory"] is None


def test_exams_as_they_were_locked_are_no_deviation() -> None:
    assert missing_exams(LOCK, make_exams(table(*exams("S111")))) == []


def test_missing_failed_and_other_exams_are_named() -> None:
    rows = [*exams("S111", n=7), exam("FFFF", 7)]
    rows.append(exam("1111", 9, **OFFERED | {"arm": "welcome"}))
    assert missing_exams(LOCK, make_exams(table(*rows))) == [
        "s, none, batch, lifelines none: 1 exams broke off",
        "s, lifelines, batch, lifelines 2: 7 exams of 8 locked",
        "1 exams of cells that were not locked",
    ]


def test_where_the_sign_is_0_those_that_predicted_another_provided_something_are_named() -> None:
    penalty = OFFERED | {"penalty": 1.0, "arm": "penalty"}
    contrast = CONTRAST | {
        "name": "arms", "measure": "skips_per_exam", "arm": "penalty", "penalty": 1.0,
        "against": "lifelines",
    }  # fmt: skip
    lock = lock_of(contrast)
    for plain, sign, agree, excused in (
        ("SS11", "0", ["rational"], ["threshold"]),
        ("1111", "+", ["tension", "threshold"], []),
    ):
        both = [(exam(plain, i, **OFFERED), exam("SS11", i, **penalty)) for i in range(60)]
        (found,) = locked_contrasts(lock, table(*(rows for pair in both for rows in pair)))
        assert (found["all"]["sign"], found["all"]["agree"]) == (sign, agree)
        assert found["all"]["agree_if_not_provided"] == excused


def test_a_contrast_is_not_answered_by_another_partner_than_was_locked() -> None:
    plain = OFFERED | {"arm": "renamed=waiver"}
    stakes = OFFERED | {"arm": "stakes=triage"}
    rows = [
        one
        for i in range(8)
        for one in (exam("1111", i), exam("SS11", i, **stakes), exam("1111", i, **plain))
    ]
    contrast = CONTRAST | {
        "name": "arms", "measure": "skips_per_exam", "arm": "stakes=triage", "provided": {},
    }  # fmt: skip
    lock = lock_of(*(contrast | {"against": a} for a in ("renamed=waiver", "lifelines")))
    found, other = locked_contrasts(lock, table(*rows))
    assert found["all"]["estimate"]["value"] == pytest.approx(2)
    assert other["all"] is None


def test_tokens_that_do_nothing_are_counted_against_exams_without_any() -> None:
    inert = OFFERED | {"arm": "inert"}
    rows = [exam("1111", i) for i in range(8)]
    for i in range(8):
        used = exam("1111", i, **inert)
        rows.append([row | {"used_token": at < 2} for at, row in enumerate(used)])
    contrast = CONTRAST | {
        "name": "tokens", "measure": "tokens_per_exam", "arm": "inert",
        "predicted": {"use_the_parts": "+", "rational": "0"}, "provided": {},
    }  # fmt: skip
    (found,) = locked_contrasts(lock_of(contrast), table(*rows))
    assert found["all"]["estimate"]["value"] == pytest.approx(2)
    assert (found["all"]["sign"], found["all"]["agree"]) == ("+", ["use_the_parts"])
