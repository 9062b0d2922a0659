"""What a study took is told in tokens and in money, with the day that prices were read."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from balk.design.limits import Spent
from balk.design.prices import price_of, read_prices
from balk.spending import spent_facts

PRICED = "openai/gpt-4o"


def facts(folder: Path, **spent: Spent) -> dict[str, str]:
    held = {
        "seconds": 1.0,
        "exams": 2,
        "models": {name: asdict(one) for name, one in spent.items()},
    }
    (folder / "spent.json").write_text(json.dumps(held))
    return dict(spent_facts(folder))


def test_tokens_and_their_price_are_told_with_its_day(tmp_path: Path) -> None:
    price = price_of(PRICED, read_prices())
    assert price is not None
    told = facts(tmp_path, **{PRICED: Spent(2_000_000, 500_000, 1_000_000)})
    cost = price.cost(2_000_000, 500_000, 1_000_000)
    assert told == {
        "tokens of all calls": "2,000,000 sent, 500,000 of them from a cache, 1,000,000 received",
        "cost": f"USD {cost:,.2f} at list prices of {price.date.isoformat()}, without discounts",
    }


def test_a_model_without_a_price_is_named_and_none_is_made_up(tmp_path: Path) -> None:
    told = facts(tmp_path, **{PRICED: Spent(1000, 0, 10), "vllm/own": Spent(1, 0, 1)})
    assert told["cost"].endswith("; no price is known of vllm/own")
    assert (
        facts(tmp_path, **{"vllm/own": Spent(1, 0, 1)})["cost"] == "no price is known of vllm/own"
    )


def test_simulated_subjects_cost_nothing(tmp_path: Path) -> None:
    told = facts(tmp_path, **{"balk-sim/rational": Spent(1000, 0, 10)})
    assert told["cost"] == "none: all subjects ran here"


@pytest.mark.parametrize("held", [None, "{", "[]", '{"models": {"m": {"tokens": 1}}}'])
def test_a_ledger_that_cannot_be_read_says_nothing(tmp_path: Path, held: str | None) -> None:
    if held is not None:
        (tmp_path / "spent.json").write_text(held)
    assert dict(spent_facts(tmp_path)) == {}
