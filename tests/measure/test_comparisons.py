"""Comparisons of conditions, personas and subjects: by hand, by laws, and under a true null."""

import json
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.errors import TableError
from balk.measure.decisions import DECISIONS, make_decisions, make_exams
from balk.measure.effects import summarise
from balk.measure.effects.comparisons import COMPARISONS, PRIMARY, compare
from balk.measure.effects.inference import holm
from balk.measure.effects.paired_values import POINTS, SKIPS
from balk.measure.items import make_items

Json = dict[str, Any]

ROW: Json = dict.fromkeys(DECISIONS) | {
    "subject": "s",
    "model": "m",
    "interface": "chat",
    "persona": "plain",
    "arm": "lifelines",
    "penalty": 0.0,
    "price": 0.0,
    "protocol": "batch",
    "feedback_shown": False,
    "epoch": 1,
    "family": "tilings",
    "level": 5,
    "key": "7",
}
PLAIN: Json = {"arm": "none", "lifelines": None}
REALTIME: Json = {"protocol": "realtime"}


def exams(*marks: str, first_form: int = 0, **fields: object) -> list[Json]:
    """Rows of an exam a form: 1 right, 0 wrong, ? right for all one knows, else an outcome."""
    own = ROW | {"lifelines": 3} | fields
    name = "-".join(str(own[key]) for key in ("subject", "arm", "penalty", "protocol", "lifelines"))
    return [
        own
        | {"form_id": f"f{form:02}", "exam_id": f"{name}-{form:02}", "position": i}
        | {"puzzle_id": f"p{i}", "outcome": "A" if mark in "01?" else mark}
        | {"reason": "" if mark in "01?S" else "because"}
        | {"is_right": mark == "1" if mark in "01" else None}
        for form, text in enumerate(marks, start=first_form)
        for i, mark in enumerate(text, start=1)
    ]


def table(*parts: list[Json]) -> pl.DataFrame:
    rows = [row for part in parts for row in part]
    return make_decisions({name: [row[name] for row in rows] for name in DECISIONS})


def found(
    decisions: pl.DataFrame,
    name: str,
    measure: str = SKIPS,
    pairs: Sequence[tuple[str, str]] = (),
    margin: float = 0.5,
) -> list[Json]:
    return [
        entry
        for entry in compare(decisions, pairs, margin)
        if (entry["name"], entry["measure"]) == (name, measure)
    ]


def p_by_hand(differences: Sequence[float]) -> float:
    sums = [
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return sum(one >= abs(sum(differences)) - 1e-9 for one in sums) / len(sums)


FORMS = exams("1100", "1010", "0111", "1000", **PLAIN)
OFFERED = exams("1S00", "SS10", "0111", "1SSS")


def test_net_points_are_those_of_the_summary_and_have_a_test() -> None:
    decisions = table(FORMS, OFFERED)
    [entry] = found(decisions, "net_points", POINTS)
    summary = summarise(decisions, make_exams(decisions), make_items(decisions))
    theirs = summary["subjects"][0]["contrasts"][0]["net_points_given_away"]
    for end in ("value", "low", "high", "se", "n", "n_clusters"):
        assert entry["estimate"][end] == pytest.approx(theirs[end])
    assert entry["p"] == p_by_hand([1, 1, 0, 0])
    assert (entry["n_pairs"], entry["lifelines"], entry["reference"]["lifelines"]) == (
        4,
        [3],
        [None],
    )


def test_net_points_are_marked_by_the_payoffs_of_the_arm() -> None:
    penalty = exams("1S00", "SS10", arm="penalty", penalty=0.5, price=0.25)
    [entry] = found(table(FORMS, penalty), "net_points", POINTS)
    plain, own = (2 - 2 * 0.5, 2 - 2 * 0.5), (1 - 2 * 0.5 - 0.25, 1 - 0.5 - 2 * 0.25)
    assert entry["estimate"]["value"] == pytest.approx((sum(plain) - sum(own)) / 2)
    assert entry["reference"]["arm"] == "none"


def test_an_arm_asked_without_lifelines_is_its_own_plain_exam() -> None:
    own: Json = {"arm": "penalty", "penalty": 1.0}
    parts = (exams("0000", "0000", **own | {"lifelines": None}), exams("1SSS", "1SSS", **own))
    [entry] = found(table(FORMS, *parts), "net_points", POINTS)
    assert entry["reference"]["arm"] == "penalty"
    assert entry["estimate"]["value"] == -5


def test_doses_are_pooled_by_subject_and_protocol_with_one_flip_a_form() -> None:
    more = exams("S100", "S011", "0110", "SS00", lifelines=10)
    decisions = table(FORMS, OFFERED, more)
    [entry] = found(decisions, "net_points_pooled", POINTS)
    assert (entry["lifelines"], entry["n_pairs"]) == ([3, 10], 4)
    # 1, 1, 0 and 0 at three lifelines; 1, 0, 1 and 1 at ten: the mean of eight exams
    assert entry["estimate"]["value"] == pytest.approx(5 / 8)
    assert entry["p"] == p_by_hand([2, 1, 1, 1])


def test_arms_are_held_against_plain_lifelines_at_the_same_dose() -> None:
    welcome = exams("SS00", "SSS0", "S111", "1SSS", arm="welcome")
    other_dose = exams("SSSS", arm="welcome", lifelines=10)
    [entry] = found(table(OFFERED, welcome, other_dose), "arms")
    assert (entry["arm"], entry["reference"]["arm"]) == ("welcome", "lifelines")
    assert entry["estimate"]["value"] == pytest.approx((1 + 1 + 1 + 0) / 4)
    assert entry["p"] == p_by_hand([1, 1, 1, 0])
    assert not entry["primary"]


def test_stakes_are_held_against_the_plain_exam_of_the_same_name() -> None:
    stakes = exams("SS00", "SSS0", "S111", "1SSS", arm="stakes=triage")
    same_name = exams("S000", "SS00", "1111", "1SSS", arm="renamed=waiver")
    (entry,) = (
        one
        for one in found(table(OFFERED, stakes, same_name), "arms")
        if one["arm"] == "stakes=triage"
    )
    assert entry["reference"]["arm"] == "renamed=waiver"
    assert entry["estimate"]["value"] == pytest.approx((1 + 1 + 1 + 0) / 4)
    [alone] = found(table(OFFERED, stakes), "arms")
    assert alone["reference"]["arm"] == "lifelines"


def test_points_of_arms_are_compared_by_what_each_gives_away() -> None:
    welcome = exams("1100", "1010", "0SSS", "1000", arm="welcome")
    [entry] = found(table(FORMS, OFFERED, welcome), "arms", POINTS)
    assert entry["estimate"]["value"] == pytest.approx((0 + 0 + 3 + 0) / 4 - 2 / 4)


def test_protocols_are_compared_as_realtime_less_batch() -> None:
    realtime = exams("S100", "10SS", "0111", "1SSS", **REALTIME)
    [entry] = found(table(OFFERED, realtime), "protocols")
    assert (entry["protocol"], entry["reference"]["protocol"]) == ("realtime", "batch")
    assert entry["estimate"]["value"] == 0
    assert entry["primary"]


def test_each_dose_is_held_against_the_next_lower_one_above_none() -> None:
    doses = [exams("0000", "0011", lifelines=0)]
    doses += [
        exams("S" * n + "0" * (4 - n), "S000", lifelines=dose)
        for n, dose in ((1, 2), (3, 5), (4, 9))
    ]
    entries = found(table(*doses), "doses")
    assert [(e["lifelines"], e["reference"]["lifelines"]) for e in entries] == [
        ([5], [2]),
        ([9], [5]),
    ]
    assert [e["estimate"]["value"] for e in entries] == [1, 0.5]


def test_personas_are_held_against_the_same_model_without_one() -> None:
    persona = exams("SSS0", "SSS0", subject="s+monday", persona="monday")
    another = exams("0000", "0000", subject="t", model="n")
    [entry] = found(table(OFFERED[:8], persona, another), "personas")
    assert (entry["subject"], entry["reference"]["subject"]) == ("s+monday", "s")
    assert entry["estimate"]["value"] == 1.5


def test_of_several_plain_subjects_of_a_model_the_persona_meets_its_namesake() -> None:
    persona = exams("SSS0", subject="s+monday at temperature 0", persona="monday")
    twins = (exams("0000", subject="s at temperature 0"), exams("SSS0"))
    [entry] = found(table(persona, *twins), "personas")
    assert entry["reference"]["subject"] == "s at temperature 0"
    assert found(table(persona, exams("0000", subject="x"), twins[1]), "personas") == []


def test_subjects_are_paired_as_asked_and_the_second_is_taken_off() -> None:
    base = exams("0000", "0S00", "0000", "0000", subject="base", model="b")
    decisions = table(OFFERED, base)
    [entry] = found(decisions, "pairs", pairs=[("base", "s")])
    [mirrored] = found(decisions, "pairs", pairs=[("s", "base")])
    assert entry["estimate"]["value"] == -(1 + 1 + 0 + 3) / 4
    assert mirrored["estimate"]["value"] == -entry["estimate"]["value"]
    assert (mirrored["estimate"]["low"], mirrored["p"]) == (-entry["estimate"]["high"], entry["p"])
    assert found(decisions, "pairs") == []


def test_pairs_of_subjects_are_also_pooled_over_doses() -> None:
    base = [exams("000S", "0000", subject="base", lifelines=dose) for dose in (3, 10)]
    tuned = [exams("SS00", "S000", lifelines=dose) for dose in (3, 10)]
    [entry] = found(table(*base, *tuned), "pairs_pooled", pairs=[("base", "s")])
    assert (entry["lifelines"], entry["n_pairs"]) == ([3, 10], 2)
    assert entry["estimate"]["value"] == -1


def test_an_unknown_subject_in_a_pair_is_refused() -> None:
    with pytest.raises(TableError, match="unknown subject 'bass'"):
        compare(table(exams("10", subject="base")), pairs=[("base", "bass")])


def test_the_margin_decides_and_is_told() -> None:
    decisions = table(OFFERED, exams("1S00", "SS10", "0111", "1SSS", **REALTIME))
    [wide], [narrow] = (found(decisions, "protocols", margin=m)[:1] for m in (3.0, 0.1))
    assert (wide["equivalence"]["verdict"], wide["equivalence"]["margin"]) == ("equivalent", 3.0)
    assert (narrow["equivalence"]["verdict"], narrow["p"]) == ("undecided", 1)


def test_exams_that_never_skip_on_either_side_are_equivalent_by_their_bound() -> None:
    sides = (exams(*["1" * 20] * 40), exams(*["1" * 20] * 40, **REALTIME))
    [entry] = found(table(*sides), "protocols")
    assert entry["estimate"]["high"] == pytest.approx(3 * (1 - 0.05 ** (1 / 40)))
    assert entry["estimate"]["low"] == -entry["estimate"]["high"]
    assert entry["equivalence"]["verdict"] == "equivalent"


def test_questions_that_did_not_come_back_on_both_sides_are_left_out() -> None:
    realtime = exams("SFF0", "FFFF", "0111", "1SSS", **REALTIME)
    [entry] = found(table(OFFERED, realtime), "protocols")
    assert entry["estimate"]["n"] == 2 + 4 + 4
    assert entry["n_pairs"] == 3
    assert entry["estimate"]["value"] == pytest.approx(4 * 1 / 10)


def test_an_attempt_that_could_not_be_marked_is_no_lost_point() -> None:
    [entry] = found(table(FORMS[:4], exams("?100")), "net_points", POINTS)
    assert (entry["estimate"]["value"], entry["estimate"]["n"]) == (0, 3)


def test_without_plain_exams_nothing_is_said_of_points() -> None:
    [entry] = found(table(OFFERED, exams("SSS0", **REALTIME)), "protocols", POINTS)
    assert entry["estimate"] is entry["p"] is entry["equivalence"] is None
    assert entry["n_pairs"] == 0


def test_subjects_without_a_common_form_make_independent_groups() -> None:
    tuned = exams("SS00", "SSS0", "S000", first_form=10)
    base = exams("0000", "S000", "0000", subject="base")
    [entry] = found(table(tuned, base), "pairs", pairs=[("s", "base")])
    assert entry["estimate"]["value"] == pytest.approx(2 - 1 / 3)
    assert entry["p"] == 4 / 20  # 3, 2 and one of two 1 on either side, of 20 divisions
    assert (entry["n_pairs"], entry["method"]) == (0, "division into groups, exact")
    assert entry["estimate"]["se"] == pytest.approx((1 / 3 + 1 / 9) ** 0.5)


def test_primary_p_are_adjusted_together_over_the_table() -> None:
    doses = [exams("S100", "1S10", "0S11", lifelines=10, subject=s) for s in ("s", "t")]
    parts = [exams("1100", "1010", "0111", subject=s, **PLAIN) for s in ("s", "t")]
    entries = compare(table(*doses, *parts, OFFERED, exams("S000", arm="welcome")))
    primary = {i: e["p"] for i, e in enumerate(entries) if e["primary"]}
    assert {entries[i]["name"] for i in primary} == {"net_points_pooled", "doses"}
    assert {i: entries[i]["p_holm"] for i in primary} == holm(primary)
    assert all(e["p_holm"] is None for e in entries if not e["primary"])


def test_the_primary_comparisons_are_known_ones() -> None:
    assert set(PRIMARY) <= set(COMPARISONS)


def test_repeats_of_a_form_are_paired_one_to_one() -> None:
    twice = [
        row | {"epoch": epoch, "exam_id": f"{row['exam_id']}/{epoch}"}
        for row in OFFERED + exams("S100", "10SS", "0111", "1SSS", **REALTIME)
        for epoch in (1, 2)
    ]
    [entry] = found(table(twice), "protocols")
    assert (entry["n_pairs"], entry["estimate"]["n_clusters"]) == (8, 8)


MARKS = st.lists(st.text("01SBUF", min_size=3, max_size=3), min_size=1, max_size=5)


def make_study(plain: list[str], offered: list[str], realtime: list[str]) -> pl.DataFrame:
    plain = [text.replace("S", "B") for text in plain]
    return table(exams(*plain, **PLAIN), exams(*offered), exams(*realtime, **REALTIME))


@settings(max_examples=25, deadline=None)
@given(plain=MARKS, offered=MARKS, realtime=MARKS, seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(
    plain: list[str], offered: list[str], realtime: list[str], seed: int
) -> None:
    decisions = make_study(plain, offered, realtime)
    assert compare(decisions.sample(fraction=1, shuffle=True, seed=seed)) == compare(decisions)


@settings(max_examples=25, deadline=None)
@given(plain=MARKS, offered=MARKS, realtime=MARKS)
def test_every_interval_holds_its_value_and_is_json(
    plain: list[str], offered: list[str], realtime: list[str]
) -> None:
    entries = compare(make_study(plain, offered, realtime))
    assert entries == json.loads(json.dumps(entries, allow_nan=False))
    numbers = [entry["estimate"] for entry in entries if entry["estimate"]]
    assert all(number["low"] <= number["value"] <= number["high"] for number in numbers)
    assert all(0 < entry["p"] <= 1 for entry in entries if entry["estimate"])


N_STUDIES = 200


@pytest.fixture(scope="module")
def null_studies() -> pl.DataFrame:
    """Many subjects for whom lifelines change nothing: 8 forms of 5 questions, three doses."""
    rng, parts = np.random.default_rng(29), []
    for study in range(N_STUDIES):
        p_right = rng.beta(0.5, 2, size=(8, 1))  # forms differ, and scores are skew
        for fields in (PLAIN, *({"lifelines": dose} for dose in (3, 10, 20))):
            right = rng.random((8, 5)) < p_right
            marks = ["".join("01"[int(hit)] for hit in row) for row in right]
            parts.append(exams(*marks, subject=f"s{study:03}", **fields))
    return table(*parts)


@pytest.mark.parametrize("name", ["net_points", "net_points_pooled"])
def test_where_lifelines_change_nothing_p_is_small_as_rarely_as_it_says(
    null_studies: pl.DataFrame, name: str
) -> None:
    p = np.array([entry["p"] for entry in found(null_studies, name, POINTS)])
    for alpha in (0.05, 0.2):
        slack = 4 * (alpha * (1 - alpha) / N_STUDIES) ** 0.5
        assert np.mean(p <= alpha) < alpha + slack


def test_intervals_of_pooled_net_points_cover_a_true_zero(null_studies: pl.DataFrame) -> None:
    numbers = [e["estimate"] for e in found(null_studies, "net_points_pooled", POINTS)]
    covered = np.mean([number["low"] <= 0 <= number["high"] for number in numbers])
    assert covered > 0.95 - 4 * (0.95 * 0.05 / N_STUDIES) ** 0.5
