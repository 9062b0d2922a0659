"""What a study took, in tokens and in money, from the ledger in its folder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from balk.design.limits import Spent
    from balk.design.prices import Price

LEDGER = "spent.json"
OWN = ("balk-sim/", "balk-lm/", "balk-key/")
"""What runs here and is billed by nobody."""


def spent_facts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield tokens of all calls and what they cost, as a report says it; nothing without a ledger.

    Prices are those of balk's table, each with the day it was read; a model without one is named,
    and no price is made up for it.
    """
    from balk.design.limits import Spent

    spent = _read(folder / LEDGER)
    if not spent:
        return
    whole = sum(spent.values(), start=Spent())
    read = f", {whole.cached_tokens:,} of them from a cache" if whole.cached_tokens else ""
    told = f"{whole.input_tokens:,} sent{read}, {whole.output_tokens:,} received"
    yield "tokens of all calls", told
    billed = {model: one for model, one in spent.items() if not model.startswith(OWN)}
    yield "cost", cost_words(billed) if billed else "none: all subjects ran here"


def cost_words(spent: "Mapping[str, Spent]") -> str:
    """Return what tokens cost by the table of prices, by currency, and the days it was read."""
    from balk.design.prices import price_of, read_prices

    prices = read_prices()
    found = {model: price_of(model, prices) for model in spent}
    known = {model: price for model, price in found.items() if price}
    told = [
        f"{currency} {_cost(spent, known, currency):,.2f}"
        for currency in sorted({price.currency for price in known.values()})
    ]
    days = sorted({price.date.isoformat() for price in known.values()})
    unknown = sorted(set(spent) - set(known))
    parts = [
        f"{' and '.join(told)} at list prices of {' and '.join(days)}, without discounts"
        if told
        else "",
        f"no price is known of {', '.join(unknown)}" if unknown else "",
    ]
    return "; ".join(part for part in parts if part)


def _cost(spent: "Mapping[str, Spent]", prices: "Mapping[str, Price]", currency: str) -> float:
    return sum(
        price.cost(*astuple(spent[model]))
        for model, price in prices.items()
        if price.currency == currency
    )


def _read(path: Path) -> "dict[str, Spent]":
    """Return tokens by model; nothing of a ledger that is not there or cannot be read."""
    from balk.design.limits import Spent

    try:
        held = json.loads(path.read_text())
        return {model: Spent(**one) for model, one in held["models"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
