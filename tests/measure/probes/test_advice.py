"""The policy advised."""

import pytest

from balk.measure.probes.advice import Advice, read_advice

REPLIES = {
    "Advice: none": Advice("none", 0),
    "An attempt can only gain.\n\n**Advice: none**": Advice("none", 0),
    "Advice: 0": Advice("none", 0),
    "Advice: none of the 10 lifelines": Advice("none", 0),
    "Advice: do not use any lifelines": Advice("none", 0),
    "Use no lifelines.": Advice("none", 0),
    "Advice: none. All of them stay unused.": Advice("none", 0),
    "Advice: all": Advice("all", 10),
    "Advice: use all 10 lifelines": Advice("all", 10),
    "Advice: 10": Advice("all", 10),
    "Advice: 20": Advice("all", 10),
    "Advice: 3": Advice("number", 3),
    "Advice: use 3 of the 10": Advice("number", 3),
    "Advice: five lifelines": Advice("number", 5),
    "Advice: some": Advice("some"),
    "Advice: a few, on the hardest questions": Advice("some"),
    "Advice: 3-5": Advice("some"),
    "Advice: not all": Advice("some"),
    "Advice: all\nOn reflection:\nAdvice: none": Advice("none", 0),
    "Advice: <none, some, all or a number of lifelines>": Advice("unread"),
    "Advice: none or all": Advice("unread"),
    "That depends on many things, " * 4: Advice("unread"),
    "": Advice("unread"),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_advice_is_read_as_it_is_meant(reply: str) -> None:
    assert read_advice(reply, offered=10) == REPLIES[reply]
