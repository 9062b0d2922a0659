"""From a table of decisions to the entries of fits.json."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from balk.measure.decisions import DECISIONS, make_decisions
from balk.mechanisms.analysis import SCHEMA_VERSION, analyse
from balk.mechanisms.observed import Observed, Seen
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed

Json = dict[str, Any]

BLANK: Json = dict.fromkeys(DECISIONS) | {
    "model": "m",
    "interface": "chat",
    "persona": "plain",
    "price": 0.0,
    "feedback_shown": False,
    "form_id": "f",
    "epoch": 1,
    "family": "tilings",
    "level": 5,
    "key": "7",
}
OUTCOME = {Seen.ATTEMPT: "A", Seen.SKIP: "S", Seen.GAP: "U"}
KEYS = {
    *("subject", "protocol", "n_exams", "n_plain_exams", "n_penalty_exams", "n_failed_exams"),
    *("n_plain_penalty_exams", "n_exams_offering_none"),
    *("n_exams_of_other_arms", "beliefs", "verdict", "declared", "skip_rate", "axes", "cells"),
    *("parameters", "derived", "price_curve", "checks", "bend", "held_out", "sensitivity", "drift"),
    *("dose_response", "own_confidence", "unread", "penalties", "words"),
}


def rows_of(observed: Observed) -> list[Json]:
    """The rows that a run would have written of what was observed."""
    rows = []
    for exam, name in enumerate(observed.exam_ids):
        lifelines, penalty = int(observed.lifelines[exam]), float(observed.penalty[exam])
        arm = "none" if lifelines < 0 else "penalty" if penalty > 0 else "lifelines"
        own = {
            "subject": observed.subject,
            "protocol": observed.protocol,
            "arm": arm,
            "penalty": penalty,
            "lifelines": None if lifelines < 0 else lifelines,
            "exam_id": f"{observed.subject}/{observed.protocol}/{name}/{penalty}",
        }
        for place, puzzle in enumerate(observed.puzzle[exam]):
            right, stated = observed.is_right[exam, place], observed.confidence[exam, place]
            rows.append(
                BLANK
                | own
                | {
                    "position": place + 1,
                    "puzzle_id": f"p{puzzle:02}",
                    "stem_chars": round(observed.stem_chars[puzzle]),
                    "outcome": OUTCOME[Seen(observed.seen[exam, place])],
                    "is_right": None if right < 0 else bool(right),
                    "confidence": None if np.isnan(stated) else float(stated),
                }
            )
    return rows


def table(*everything: Observed) -> pl.DataFrame:
    rows = [row for observed in everything for row in rows_of(observed)]
    return make_decisions({name: [row[name] for row in rows] for name in DECISIONS})


def short(truth: str, per_dose: int, seed: int = 1) -> Observed:
    design = Design((2, 4, 8), per_dose, n_questions=8, n_items=16, n_baseline=8)
    return draw_observed(truth, design, np.random.default_rng(seed)).observed


def never_skips() -> Observed:
    observed = short("rational", 14)
    attempted = np.full_like(observed.seen, Seen.ATTEMPT)
    right = np.maximum(observed.is_right, 0)
    return replace(observed, subject="declared", seen=attempted, is_right=right)


def with_gaps() -> Observed:
    observed = short("threshold", 2)
    seen = observed.seen.copy()
    seen[observed.is_offered, ::4] = Seen.GAP
    right = np.where(seen == Seen.ATTEMPT, observed.is_right, -1)
    return replace(observed, subject="undecided", seen=seen, is_right=right)


def punished() -> Observed:
    """A third of the exams with lifelines announce a penalty, and more is skipped in these."""
    observed = replace(short("believed_penalty", 12, seed=3), subject="punished")
    penalty = np.where(observed.is_offered, np.arange(len(observed.seen)) % 3 == 0, 0) * 1.0
    seen, rng = observed.seen.copy(), np.random.default_rng(4)
    for exam in np.flatnonzero(penalty):
        spare = np.flatnonzero(seen[exam] == Seen.ATTEMPT)
        left = observed.lifelines[exam] - (seen[exam] == Seen.SKIP).sum()
        seen[exam, rng.permutation(spare)[: min(left, spare.size // 2)]] = Seen.SKIP
    right = np.where(seen == Seen.SKIP, -1, observed.is_right)
    return replace(observed, penalty=penalty, seen=seen, is_right=right)


@pytest.fixture(scope="module")
def decisions() -> pl.DataFrame:
    plain = short("threshold", 2)
    alone = replace(plain.take(~plain.is_offered), subject="plain")
    return table(never_skips(), with_gaps(), punished(), alone)


@pytest.fixture(scope="module")
def found(decisions: pl.DataFrame) -> Json:
    return analyse(decisions)


@pytest.fixture(scope="module")
def entries(found: Json) -> dict[str, Json]:
    return {entry["subject"]: entry for entry in found["subjects"]}


def test_every_subject_has_an_entry_and_json_holds_it(found: Json) -> None:
    assert found["schema_version"] == SCHEMA_VERSION
    subjects = [entry["subject"] for entry in found["subjects"]]
    assert subjects == ["declared", "plain", "punished", "undecided"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("subject", ["declared", "undecided", "punished", "plain"])
def test_every_entry_has_every_key(subject: str, entries: dict[str, Json]) -> None:
    assert set(entries[subject]) == KEYS
    assert set(entries[subject]["verdict"]) == {"cell", "mechanism", "status", "reasons"}


@pytest.mark.parametrize("subject", ["declared", "undecided", "punished", "plain"])
def test_words_say_the_verdict(subject: str, entries: dict[str, Json]) -> None:
    entry = entries[subject]
    verdict = entry["verdict"]
    assert entry["declared"] == (verdict["status"] == "declared")
    assert entry["words"].lower().startswith(verdict["status"])
    if verdict["cell"]:
        assert verdict["cell"] in entry["words"]
    assert all(reason in entry["words"] for reason in verdict["reasons"])


def test_a_subject_that_never_skips_is_declared_rational(entries: dict[str, Json]) -> None:
    assert entries["declared"]["verdict"]["cell"] == "rational"
    assert entries["declared"]["declared"]
    assert entries["declared"]["verdict"]["reasons"] == []
    assert entries["declared"]["n_exams"] == {"2": 14, "4": 14, "8": 14}
    assert entries["declared"]["n_plain_exams"] == 8
    assert set(entries["declared"]["beliefs"]) == {"accuracy", "confidence"}


def test_what_cannot_be_judged_says_why(entries: dict[str, Json]) -> None:
    entry = entries["plain"]
    assert entry["cells"] == []
    assert entry["axes"] is None
    assert entry["verdict"]["mechanism"] is None
    (reason,) = entry["verdict"]["reasons"]
    assert "no exam offers lifelines" in reason


def test_gaps_are_told_with_what_either_reading_would_prefer(entries: dict[str, Json]) -> None:
    unread, observed = entries["undecided"]["unread"], with_gaps()
    assert unread["n_questions"] == int((observed.seen == Seen.GAP).sum())
    names = {cell["mechanism"] for cell in entries["undecided"]["cells"]}
    assert {unread["as_attempts"], unread["as_skips"]} <= names
    assert entries["declared"]["unread"] is None


def test_cells_are_ranked_with_the_best_at_nothing_behind(entries: dict[str, Json]) -> None:
    for subject in ("undecided", "punished"):
        cells = entries[subject]["cells"]
        scores = [cell["score"] for cell in cells]
        assert scores == sorted(scores, reverse=True)
        assert (cells[0]["behind"], cells[0]["behind_se"]) == (0, 0)
        assert all(cell["behind"] >= 0 for cell in cells)
        assert all(cell["converged"] for cell in cells)
        assert len({cell["mechanism"] for cell in cells}) == 13


def test_each_axis_names_its_leader_and_how_far_the_others_are(entries: dict[str, Json]) -> None:
    axes = entries["undecided"]["axes"]
    assert set(axes["count_law"]["behind"]) == {"cap", "share", "cost", "relative_cost"}
    assert set(axes["selection"]["behind"]) == {"none", "confidence", "accuracy"}
    for axis in axes.values():
        assert axis["behind"][axis["leader"]]["value"] == 0
        assert all(gap["value"] >= 0 for gap in axis["behind"].values())


def test_the_price_curve_has_a_row_for_each_dose(entries: dict[str, Json]) -> None:
    curve = entries["undecided"]["price_curve"]
    assert [row["lifelines"] for row in curve] == [2, 4, 8]
    for row in curve:
        assert 0 <= row["skips"]["low"] <= row["skips"]["value"] <= row["skips"]["high"]
        assert row["skips"]["high"] <= row["lifelines"]
        assert row["points_forgone"]["value"] <= row["skips"]["value"]


def test_the_best_mechanism_of_each_count_law_tells_what_it_expects_of_every_dose(
    entries: dict[str, Json],
) -> None:
    entry = entries["undecided"]
    told = [cell for cell in entry["cells"] if cell["dose_curve"]]
    laws = [cell["mechanism"].split(" x ")[0] for cell in told]
    assert sorted(laws) == ["cap", "cost", "rational", "relative_cost", "share"]
    for cell in told:
        assert [row["lifelines"] for row in cell["dose_curve"]] == [2, 4, 8]
        if cell["mechanism"] == entry["verdict"]["mechanism"]:
            skips = [row["skips"] for row in entry["price_curve"]]
            assert [row["skips"] for row in cell["dose_curve"]] == skips


def test_announced_penalties_are_fitted_jointly_and_kept_out_of_the_verdict(
    entries: dict[str, Json],
) -> None:
    entry, observed = entries["punished"], punished()
    n_penalty = int((observed.penalty > 0).sum())
    assert entry["n_penalty_exams"] == n_penalty
    assert sum(entry["n_exams"].values()) == int(observed.is_offered.sum()) - n_penalty
    weight = entry["penalties"]["parameters"]["penalty_weight"]
    assert weight["low"] > 0  # more is skipped where a penalty is announced
    assert entries["undecided"]["penalties"] is None


def penalties_of(observed: Observed) -> Json:
    found: Json = analyse(table(observed))["subjects"][0]
    return found


def test_exams_without_a_penalty_do_not_bend_that_of_a_subject_rational_without_one() -> None:
    """It skips nothing where nothing is announced, as no law that skips by degrees would."""
    observed = punished()
    free = (observed.penalty == 0) & observed.is_offered
    seen = np.where(free[:, np.newaxis], int(Seen.ATTEMPT), observed.seen)
    penalty = np.where(observed.penalty > 0, 0.25 + np.arange(len(seen)) % 2, 0)
    right = np.where(seen == Seen.SKIP, -1, np.maximum(observed.is_right, 0))
    entry = penalties_of(replace(observed, seen=seen, penalty=penalty, is_right=right))
    assert entry["verdict"]["cell"] == "rational"
    assert set(entry["penalties"]["n_exams"]) == {"0.25", "1.25"}
    assert entry["penalties"]["status"] == "told"
    assert "An announced point weighs" in entry["words"]


def test_one_announced_penalty_alone_tells_nothing_of_its_own() -> None:
    observed = punished()
    entry = penalties_of(observed.take((observed.penalty > 0) | ~observed.is_offered))
    assert entry["verdict"]["cell"] is None
    assert entry["penalties"]["status"] == "not told"
    assert any("cannot be told apart" in reason for reason in entry["penalties"]["reasons"])


def test_stated_confidence_is_a_second_fit(entries: dict[str, Json]) -> None:
    own = entries["undecided"]["own_confidence"]
    assert own["differs"] == (own["mechanism"] != entries["undecided"]["verdict"]["mechanism"])
    assert own["mechanism"] in own["behind"]


def test_neither_the_order_of_rows_nor_a_repetition_changes_a_byte(
    decisions: pl.DataFrame, entries: dict[str, Json]
) -> None:
    own = decisions.filter(subject="undecided").sample(fraction=1, shuffle=True, seed=1)
    (again,) = analyse(own)["subjects"]
    assert json.dumps(again) == json.dumps(entries["undecided"])


def test_two_processes_find_what_one_does(decisions: pl.DataFrame, found: Json) -> None:
    assert analyse(decisions, jobs=2) == found


def test_progress_is_told_of_every_subject(decisions: pl.DataFrame) -> None:
    told: list[str] = []
    analyse(decisions.filter(subject="plain"), progress=told.append)
    assert told == ["plain, batch"]
