"""Paired tables: the tests against brute force, and published figures from the data behind them."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from balk.errors import EstimateError, TableError
from balk.measure.effects.paired_tables import (
    SCORES,
    compare_choices,
    compare_readings,
    mark_choices,
    mcnemar,
)
from shared_data import shared

Json = dict[str, Any]
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "published.py"
LETTERS = st.sampled_from(["A", "B", "E", None])


@given(first=st.integers(0, 12), second=st.integers(0, 12), same=st.integers(1, 20))
def test_mcnemar_counts_outcomes_as_likely_or_less(first: int, second: int, same: int) -> None:
    told = first + second
    chance = [math.comb(told, k) / 2**told for k in range(told + 1)]
    found = mcnemar(first, second, told + same)
    exact = sum(one for one in chance if one <= chance[first] * (1 + 1e-9))
    half = sum(one for one in chance if math.isclose(one, chance[first])) / 2
    assert found.p_exact == pytest.approx(exact)
    assert found.p_mid == pytest.approx(exact - half if told else 1)


def z_by_hand(only_first: int, only_second: int, n: int, delta: float) -> float:
    """Score statistic with the likeliest share of `only_second` found on a grid."""
    least = max(0.0, -delta)
    grid = np.linspace(least, (1 - delta) / 2, 400_001)[1:-1]
    likelihood = (
        only_first * np.log(grid + delta)
        + only_second * np.log(grid)
        + (n - only_first - only_second) * np.log(1 - 2 * grid - delta)
    )
    share = float(grid[np.argmax(likelihood)])
    variance = (2 * share + delta * (1 - delta)) / n
    return float(((only_first - only_second) / n - delta) / variance**0.5)


@pytest.mark.parametrize(("first", "second", "n"), [(1, 7, 21), (40, 20, 160), (3, 3, 9)])
def test_the_interval_ends_where_the_score_statistic_is_its_quantile(
    first: int, second: int, n: int
) -> None:
    difference = mcnemar(first, second, n).difference
    assert z_by_hand(first, second, n, difference.low) == pytest.approx(1.95996, abs=1e-3)
    assert z_by_hand(first, second, n, difference.high) == pytest.approx(-1.95996, abs=1e-3)


def test_the_published_example_of_both_p_and_of_the_interval_is_reproduced() -> None:
    # Airway hyper-responsiveness before and after transplantation, Bentur et al. (2009), as
    # analysed by Fagerland, Lydersen & Laake (2013 and 2014).
    found = mcnemar(1, 7, 21)
    assert (round(found.p_exact, 4), round(found.p_mid, 4)) == (0.0703, 0.0391)
    ends = found.difference.low, found.difference.high
    assert [round(end, 3) for end in ends] == [-0.517, -0.026]


@given(first=st.integers(0, 30), second=st.integers(0, 30), same=st.integers(0, 30))
def test_sides_may_be_exchanged_and_the_interval_holds_its_value(
    first: int, second: int, same: int
) -> None:
    n = max(first + second + same, 1)
    one, other = mcnemar(first, second, n).difference, mcnemar(second, first, n).difference
    assert (one.value, one.low, one.high) == (-other.value, -other.high, -other.low)
    assert -1 <= one.low <= one.value <= one.high <= 1


def test_items_that_never_differ_bound_the_difference() -> None:
    found = mcnemar(0, 0, 500)
    z = 1.959963985
    assert found.difference.high == pytest.approx(z**2 / (500 + z**2))
    assert (found.p_exact, found.p_mid) == (1, 1)


@pytest.mark.parametrize(("first", "second", "n"), [(-1, 2, 5), (3, 3, 5), (0, 0, 0)])
def test_impossible_counts_are_refused(first: int, second: int, n: int) -> None:
    with pytest.raises(EstimateError, match="items differ; give counts"):
        mcnemar(first, second, n)


def test_a_reply_is_right_skipped_wrong_or_unread() -> None:
    read, gold = pl.Series(["A", "E", "B", None]), pl.Series(["A", "A", "A", "A"])
    assert mark_choices(read, gold, "E").to_dict(as_series=False) == {
        "trad_score": [1, 0, 0, 0],
        "idk_score": [1, 0, -1, -1],
        "idk_freq": [0, 1, 0, 0],
        "extract_fail": [0, 0, 0, 1],
    }


@pytest.mark.parametrize("gold", [["A"], ["A", None], ["A", "E"]])
def test_right_answers_must_be_complete_and_no_skip(gold: list[str | None]) -> None:
    with pytest.raises(TableError, match="2 readings"):
        mark_choices(pl.Series(["A", "B"]), pl.Series(gold), "E")


def test_choices_are_compared_item_by_item() -> None:
    gold = pl.Series(["A"] * 6)
    found = compare_choices(
        gold,
        pl.Series(["A", "A", "B", "B", "A", "B"]),
        pl.Series(["A", "E", "A", "E", "B", "B"]),
        "E",
    )
    accuracy, skips = found["accuracy"], found["skips"]
    assert (accuracy["first"]["value"], accuracy["second"]["value"]) == (3 / 6, 2 / 6)
    assert (accuracy["mcnemar"]["only_first"], accuracy["mcnemar"]["only_second"]) == (2, 1)
    assert (skips["first"]["value"], skips["second"]["value"]) == (0, 2 / 6)


def readings(first: list[str | None], second: list[str | None]) -> pl.DataFrame:
    n = len(first)
    return pl.DataFrame(
        {"run": ["r", "s"] * n, "item": [i // 2 for i in range(2 * n)], "gold": ["A"] * (2 * n)}
    )[:n].with_columns(
        first=pl.Series(first, dtype=pl.String), second=pl.Series(second, dtype=pl.String)
    )


def test_each_run_tells_how_its_numbers_move() -> None:
    table = readings(["B", "A", "E", "A", None, "B"], ["A", "A", "B", "E", None, "A"])
    run, _, total = compare_readings(table, "E")
    assert (run["run"], run["n"], run["n_reread"]) == ("r", 3, 2)
    assert (run["n_skips_missed"], run["n_skips_invented"]) == (0, 1)
    assert run["trad_score"]["second"] == run["trad_score"]["difference"]["value"] == 1 / 3
    assert run["idk_score"]["difference"]["value"] == pytest.approx((2 - 1 + 0) / 3)
    assert (total["run"], total["n"], total["n_skips_missed"]) == (None, 6, 1)


@settings(max_examples=30, deadline=None)
@given(pairs=st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=12))
def test_what_moves_is_the_second_mean_less_the_first(
    pairs: list[tuple[str | None, str | None]],
) -> None:
    for run in compare_readings(readings([a for a, _ in pairs], [b for _, b in pairs]), "E"):
        for name in SCORES:
            moved = run[name]
            value = moved["difference"]["value"]
            assert value == pytest.approx(moved["second"] - moved["first"], abs=1e-12)
            assert moved["difference"]["low"] <= value <= moved["difference"]["high"]


def test_the_same_readings_move_nothing_but_the_next_reply_might() -> None:
    run = compare_readings(readings(["A", "B", "E"] * 10, ["A", "B", "E"] * 10), "E")[0]
    assert run["n_reread"] == 0
    assert run["trad_score"]["difference"]["value"] == 0
    assert run["trad_score"]["difference"]["high"] == pytest.approx(1 - 0.05 ** (1 / 15))


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the script writes, from the data that it finds."""
    shared("paired_arc_nano.csv")
    out = tmp_path_factory.mktemp("published") / "published.json"
    subprocess.run([sys.executable, SCRIPT, "--out", out], check=True, capture_output=True)  # noqa: S603 -- our own script
    found: Json = json.loads(out.read_text())
    return found


def test_one_model_is_as_accurate_with_and_without_the_option(figures: Json) -> None:
    arc = figures["arc"]
    accuracy, skips = arc["accuracy"], arc["skips"]
    assert (accuracy["first"]["value"], accuracy["second"]["value"]) == (0.938, 0.940)
    assert skips["second"]["value"] == 0.010
    difference = accuracy["mcnemar"]["difference"]
    assert difference["value"] == pytest.approx(-0.002)
    assert difference["low"] < 0 < difference["high"]
    assert accuracy["mcnemar"]["p_exact"] == pytest.approx(1)
    assert arc["right_when_forced"]["value"] == 1
    assert arc["right_when_forced"]["low"] == pytest.approx(0.05 ** (1 / 5))


def test_what_was_skipped_is_mostly_right_when_it_must_be_answered(figures: Json) -> None:
    forced = figures["folio"]["right_when_forced"]
    assert round(forced["value"], 4) == 0.6757
    assert forced["method"] == "exact (Clopper-Pearson)"
    assert figures["folio"]["n_right_by_letter"] == forced["value"] * forced["n"]


def test_the_pooled_row_of_true_or_false_is_reproduced(figures: Json) -> None:
    pooled = figures["pooled"]
    names = ("accuracy_without", "accuracy_with", "skips", "right_when_forced")
    percent = [round(100 * pooled[name]["value"], 1) for name in names]
    assert percent == pytest.approx([79.4, 59.5, 34.5, 63.6], abs=0.051)  # published rounded
    assert pooled["accuracy_change"]["high"] < 0


def test_places_and_sizes_agree_with_their_counts(figures: Json) -> None:
    assert figures["positions"]["largest_gap_to_published"] < 1e-12
    assert figures["positions"]["questions_without_a_place"] == 0
    gaps = figures["sizes"]["largest_gap_to_published"]
    assert max(gaps.values()) < 5e-5 + 1e-9  # published to four decimals


def test_the_runs_own_columns_follow_from_the_letters_they_read() -> None:
    rows = pl.read_parquet(shared("idk_runs_dev.parquet"))
    read = rows["repo_extracted"].str.json_decode(pl.List(pl.String)).list.first()
    assert_frame_equal(mark_choices(read, rows["gold"], "E"), rows.select(*SCORES))


def test_each_runs_published_means_are_those_of_its_first_reading(figures: Json) -> None:
    published, runs = figures["idk_runs"]["published"], figures["idk_runs"]["runs"]
    assert [run["run"] for run in runs] == [*(means["run"] for means in published), None]
    for means, run in zip(published, runs[:-1], strict=True):
        assert [run[name]["first"] for name in SCORES] == pytest.approx(
            [means[name] for name in SCORES]
        )


def test_replies_parsed_here_move_the_runs_towards_what_they_declare(figures: Json) -> None:
    found = figures["idk_runs"]
    total, unlike = found["runs"][-1], found["n_unlike_the_declared_letter"]
    assert (total["n"], unlike["first"]) == (2737, 84)
    assert unlike["second"] <= 0.005 * total["n"]
    assert total["idk_score"]["difference"]["low"] > 0  # it had marked right answers wrong


def test_the_figures_hold_no_text_of_the_data(figures: Json) -> None:
    rows = pl.read_parquet(shared("idk_runs_dev.parquet"))
    written = json.dumps(figures)
    assert not any(key in written for key in rows["sample_key"])
    assert max(len(text) for text in strings(figures)) < 80


def strings(data: object) -> list[str]:
    if isinstance(data, dict):
        return [text for part in data.values() for text in strings(part)]
    if isinstance(data, list):
        return [text for part in data for text in strings(part)]
    return [data] if isinstance(data, str) else []


def test_without_the_data_the_script_says_where_it_looked(tmp_path: Path) -> None:
    found = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, SCRIPT, "--out", tmp_path / "published.json"],
        env=os.environ | {"BALK_SHARED_DATA": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "nowhere; set BALK_SHARED_DATA" in found.stderr
    assert list(tmp_path.iterdir()) == []
