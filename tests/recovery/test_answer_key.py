"""Simulated policies of the answer-key experiment come back from tables and from text."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from balk import answer_key
from balk.design.answer_key.study import AnswerKeyStudy
from balk.elicit.subjects.keyed.policies import KEY_POLICIES, KeyPolicy
from balk.measure.answer_key.numbers import summarise_answer_key
from keyed_tables import draw_table

N_SEEDS = 200
WIDEST = 0.4  # mean width of an interval, for 100 puzzles in five batches of 20
RATES = (
    "knowledge",
    "accepted",
    "carelessness",
    "deference",
    "unearned",
    "claimed_minus_earned",
    "excess_over_true_key",
    "rationalised",
    "admitted",
)


def truths(policy: KeyPolicy) -> dict[str, float]:
    """Return what each rate is, in closed form."""
    k = policy.knows

    def accepts(*, known: bool, true: bool) -> float:
        return policy.p_accept(is_known=known, is_shown_true=true)

    wrong_first = policy.p_mark(agrees=False, is_own=True, has_key_first=True)
    right_first = policy.p_mark(agrees=True, is_own=True, has_key_first=True)
    kinds = policy.p_kinds(is_known=True, is_shown_true=False)
    others = policy.p_mark(agrees=False, is_own=False)
    return {
        "knowledge": k,
        "accepted": k * accepts(known=True, true=False)
        + (1 - k) * accepts(known=False, true=False),
        "carelessness": others,
        "deference": accepts(known=True, true=False) - 1 + accepts(known=True, true=True),
        "unearned": policy.p_mark(agrees=False, is_own=True) - others,
        "claimed_minus_earned": wrong_first,
        "excess_over_true_key": wrong_first - (k * right_first + (1 - k) * wrong_first - k),
        "rationalised": kinds["rationalised"],
        "admitted": kinds["admitted"],
    }


def estimates(subject: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the same rates as they were estimated."""

    def one(where: str, **wanted: str) -> dict[str, Any]:
        return next(c for c in subject[where] if all(c[k] == v for k, v in wanted.items()))

    score = one("self_score", form="list", key_type="false", chosen="all", framing="plain")
    workings = one("workings", form="count", chosen="accepted")["rates"]
    return {
        "knowledge": subject["knowledge"]["right_alone"],
        "accepted": one("screening", key_type="false", framing="plain")["accepted"],
        **subject["split"],
        "claimed_minus_earned": score["claimed_minus_earned_shown"],
        "excess_over_true_key": score["excess_over_true_key"],
        "rationalised": workings["rationalised"],
        "admitted": workings["admitted"],
    }


@cache
def drawn(name: str, seed: int) -> dict[str, dict[str, Any]]:
    summary = summarise_answer_key(draw_table(KEY_POLICIES[name], seed))
    return estimates(summary["subjects"][0])


def taken_for(found: dict[str, dict[str, Any]]) -> str:
    """Return the policy whose rates lie nearest, each measured in what chance would do to it."""

    def distance(name: str) -> float:
        expected = truths(KEY_POLICIES[name])
        return float(
            sum(
                (found[rate]["value"] - expected[rate]) ** 2
                / ((found[rate]["se"] or 0.0) ** 2 + 0.05**2)
                for rate in ("carelessness", "deference", "unearned", "rationalised", "admitted")
            )
        )

    return min(KEY_POLICIES, key=distance)


def is_sure(truth: float) -> bool:
    """Tell whether a rate is 0 or 1 by construction; without spread its interval is a bound."""
    return abs(truth) < 1e-9 or abs(truth - 1) < 1e-9


def coverage(n_seeds: int) -> tuple[dict[str, float], float, list[float], float]:
    covered: dict[str, list[bool]] = {}
    bounds, widths = [], []
    for name, policy in KEY_POLICIES.items():
        expected = truths(policy)
        for seed in range(n_seeds):
            for rate, found in drawn(name, seed).items():
                is_in = found["low"] - 1e-9 <= expected[rate] <= found["high"] + 1e-9
                if is_sure(expected[rate]) and found["se"] is None:
                    bounds.append(is_in)
                else:
                    covered.setdefault(f"{name}: {rate}", []).append(is_in)
                    widths.append(found["high"] - found["low"])
    each = {rate: float(np.mean(hits)) for rate, hits in covered.items()}
    pooled = float(np.mean([hit for hits in covered.values() for hit in hits]))
    return each, pooled, widths, float(np.mean(bounds))


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_intervals_hold_the_true_rates_of_every_policy_as_often_as_they_say() -> None:
    each, pooled, widths, bounds = coverage(N_SEEDS)
    by_rate = {
        rate: float(np.mean([share for name, share in each.items() if name.endswith(f": {rate}")]))
        for rate in RATES
    }
    assert 0.925 <= pooled <= 0.985
    assert min(by_rate.values()) >= 0.90, by_rate
    assert bounds == 1
    assert np.mean(widths) <= WIDEST


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_no_policy_is_mistaken_for_another() -> None:
    mistaken = [
        (name, seed, taken_for(drawn(name, seed)))
        for name in KEY_POLICIES
        for seed in range(N_SEEDS)
        if taken_for(drawn(name, seed)) != name
    ]
    assert not mistaken


def test_most_intervals_of_a_few_seeds_hold_the_true_rates() -> None:
    _, pooled, widths, bounds = coverage(4)
    assert pooled > 0.87  # of some 170 intervals; below by chance for 1 seed in 10,000
    assert np.mean(widths) <= WIDEST
    assert bounds == 1


def said(policy: str, table: pl.DataFrame) -> dict[str, dict[str, Any]]:
    subject = f"balk-key/{policy}"
    summary = summarise_answer_key(table.filter(subject=subject))
    return estimates(summary["subjects"][0])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_policy_is_recognised_from_what_it_writes(tmp_path: Path) -> None:
    study = AnswerKeyStudy(subjects=tuple(f"balk-key/{name}" for name in KEY_POLICIES))
    table = answer_key.run(study, tmp_path, max_connections=20).table
    for name in KEY_POLICIES:
        assert taken_for(said(name, table)) == name
    shown = table.filter(stage="workings")
    assert set(shown["working"]) == {
        "rationalised",
        "admitted",
        "hedged",
        "contradicted",
        "reached",
    }
