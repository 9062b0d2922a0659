"""Megabytes of hostile text: read in bounded time, and never as something that was not said."""

import pytest

from balk.measure.probes.advice import read_advice
from balk.measure.probes.payoffs import Payoff, read_payoff
from balk.measure.probes.reasons import REASONS, read_reason, split_reasons

UNITS = ("not a an the ", "Q3: ", "wrong lose ", "|", "no no ", "\n", "advice: ", "1/", "( ", "* ")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_is_read_like_any_other_reply(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert read_payoff(text, "lifeline") == Payoff()
    assert read_advice(text, 10).kind == "unread"
    assert set(split_reasons(text, (3, 5))) == {3, 5}
    assert read_reason(text) in REASONS
