"""Regret: against all uses of lifelines there are, by hand, and on data of known truth."""

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balk.measure.effects.contrasts import Contrast
from balk.measure.effects.regret import regret
from measure_tables import OFFERED, Json, exam, subject_summary, table

PAID: Json = {"arm": "penalty", "penalty": 1.0}


def contrast(*exams: list[Json]) -> Json:
    found: Json = subject_summary(*exams)["contrasts"][-1]
    return found


def parts(
    plain: pl.DataFrame, offered: pl.DataFrame, penalty: float, price: float = 0.0
) -> Contrast:
    return Contrast(plain, offered, pl.DataFrame(), penalty, price)


def best_by_brute_force(
    p_right: list[float], penalty: float, price: float, lifelines: int
) -> float:
    """The most that any use of the lifelines earns, over all of them."""
    worth = [p - penalty * (1 - p) for p in p_right]
    everyone = range(len(worth))
    return max(
        sum(-price if i in skipped else worth[i] for i in everyone)
        for k in range(lifelines + 1)
        for skipped in combinations(everyone, k)
    )


@settings(deadline=None)
@given(
    right=st.lists(st.integers(0, 4), min_size=1, max_size=7),
    penalty=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    price=st.sampled_from([0.0, 0.1, 0.2]),
    lifelines=st.integers(1, 4),
)
def test_no_use_of_the_lifelines_earns_more_than_the_optimal_one(
    right: list[int], penalty: float, price: float, lifelines: int
) -> None:
    plain = [exam("".join("01"[n > 2 * k] for n in right), k) for k in range(2)]
    plain += [exam("".join("01"[n > 2 * k + 1] for n in right), 2 + k) for k in range(2)]
    terms: Json = PAID | {"penalty": penalty, "price": price, "lifelines": lifelines}
    decisions = table(*plain, exam("1" * len(right), 0, **terms))
    is_plain = pl.col("lifelines").is_null()
    found = regret(parts(decisions.filter(is_plain), decisions.filter(~is_plain), penalty, price))
    assert found is not None
    best = best_by_brute_force([n / 4 for n in right], penalty, price, min(lifelines, len(right)))
    assert found["overstated"] == pytest.approx(best - len(right))


PLAIN_4 = [exam("1100", form) for form in range(4)]


def test_skipping_what_is_never_right_leaves_no_regret() -> None:
    found = contrast(*PLAIN_4, exam("11SS", 0, **OFFERED | PAID), exam("11SS", 1, **OFFERED | PAID))
    assert found["regret"]["estimate"]["value"] == 0
    assert found["regret"]["overstated"] == 0
    assert found["regret"]["optimal_skips_per_exam"] == 2


def test_attempts_that_are_worth_less_than_a_skip_are_regretted() -> None:
    found = contrast(*PLAIN_4, exam("1100", 0, **OFFERED | PAID), exam("1100", 1, **OFFERED | PAID))
    assert found["regret"]["estimate"]["value"] == 2


def test_skips_of_what_is_always_right_are_regretted() -> None:
    found = contrast(*PLAIN_4, exam("SS00", 0, **OFFERED | PAID), exam("SS00", 1, **OFFERED | PAID))
    assert found["regret"]["estimate"]["value"] == 4


def test_no_more_lifelines_are_counted_on_than_were_offered() -> None:
    one = OFFERED | PAID | {"lifelines": 1}
    found = contrast(*PLAIN_4, exam("11S0", 0, **one), exam("110S", 1, **one))
    assert found["regret"]["optimal_skips_per_exam"] == 1
    assert found["regret"]["estimate"]["value"] == 0


@pytest.mark.parametrize("terms", [{}, {"price": 0.5}, {"penalty": 0.5, "price": 0.5}])
def test_there_is_no_regret_where_a_skip_never_pays(terms: Json) -> None:
    found = contrast(*PLAIN_4, *(exam("1S00", form, **OFFERED | terms) for form in range(2)))
    assert found["regret"] is None


def test_questions_on_puzzles_that_were_hardly_attempted_are_left_out_and_counted() -> None:
    plain = [exam("110B", 0), exam("1100", 1), exam("110B", 2)]
    found = contrast(*plain, exam("1100", 0, **OFFERED | PAID), exam("11S0", 1, **OFFERED | PAID))
    assert found["regret"]["n_unknown"] == 2
    assert found["regret"]["n_questions"] == 6
    only_unknown = [exam("B", 0), exam("B", 1)]
    nothing = contrast(*only_unknown, exam("S", 0, **OFFERED | PAID))
    assert nothing["regret"] is None


N_ITEMS, N_PLAIN, N_OFFERED, LIFELINES, PENALTY = 12, 10, 10, 4, 1.0


def draw(p_right: np.ndarray, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    """One study of a subject that skips two questions at random, and its true regret."""
    marks = rng.random((N_PLAIN, N_ITEMS)) < p_right
    plain = [exam("".join("01"[int(hit)] for hit in row), i) for i, row in enumerate(marks)]
    terms: Json = PAID | {"penalty": PENALTY, "lifelines": LIFELINES}
    offered = []
    for i in range(N_OFFERED):
        skipped = rng.choice(N_ITEMS, 2, replace=False)
        own = ["01"[int(hit)] for hit in rng.random(N_ITEMS) < p_right]
        for at in skipped:
            own[at] = "S"
        offered.append(exam("".join(own), i, **terms))
    decisions = table(*plain, *offered)
    is_plain = pl.col("lifelines").is_null()
    found = regret(parts(decisions.filter(is_plain), decisions.filter(~is_plain), PENALTY))
    assert found is not None
    worth = p_right - PENALTY * (1 - p_right)
    best = best_by_brute_force(p_right.tolist(), PENALTY, 0.0, LIFELINES)
    return found, best - worth.sum() * (N_ITEMS - 2) / N_ITEMS


def test_the_two_values_enclose_the_true_regret_and_the_interval_covers_it() -> None:
    rng = np.random.default_rng(20)
    p_right = np.linspace(0.2, 0.8, N_ITEMS)  # close to break-even, where picking by noise hurts
    studies = [draw(p_right, rng) for _ in range(300)]
    truth = studies[0][1]
    halves = np.array([found["estimate"].value for found, _ in studies])
    whole = np.array([found["overstated"] for found, _ in studies])
    se = halves.std() / len(studies) ** 0.5
    assert halves.mean() < truth + 4 * se
    assert whole.mean() > truth - 4 * se
    # The optimism is real: without halves it is several standard errors.
    assert whole.mean() > truth + 4 * se
    inside = [found["estimate"].low <= truth <= found["estimate"].high for found, _ in studies]
    assert np.mean(inside) >= 0.95 - 3 * (0.05 * 0.95 / len(studies)) ** 0.5


def test_more_plain_exams_close_the_gap() -> None:
    rng = np.random.default_rng(4)
    gaps = []
    for n in (4, 40):
        p_right = np.linspace(0.2, 0.8, N_ITEMS)
        marks = rng.random((n, N_ITEMS)) < p_right
        plain = [exam("".join("01"[int(hit)] for hit in row), i) for i, row in enumerate(marks)]
        terms = OFFERED | PAID | {"lifelines": LIFELINES}
        found = contrast(*plain, *(exam("1" * N_ITEMS, i, **terms) for i in range(4)))["regret"]
        gaps.append(found["overstated"] - found["estimate"]["value"])
    assert gaps[1] < gaps[0]
