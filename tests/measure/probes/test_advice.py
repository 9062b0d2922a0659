"""The policy advised."""

import pytest

from balk.design.arms import ARMS, make_arm
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
    "Advice: attempt every question": Advice("none", 0),
    "Advice: attempt all questions": Advice("none", 0),
    "Advice: Guess on all 20 questions.": Advice("none", 0),
    "Advice: 0 of 10 - guess on all": Advice("none", 0),
    "Advice: none (attempt all 20 questions)": Advice("none", 0),
    "Advice: none, since every attempt can only gain": Advice("none", 0),
    "Advice: use none of them; answer every question": Advice("none", 0),
    "Advice: do not use lifelines": Advice("none", 0),
    "Advice: use no lifelines at all": Advice("none", 0),
    "Advice: don\u2019t use them": Advice("none", 0),
    "Advice: do not use lifelines on easy questions": Advice("unread"),
    "Advice: attempt all you can, use lifelines elsewhere": Advice("unread"),
    "Advice: use all lifelines, then answer all that is left": Advice("all", 10),
    "Advice: use one on every question": Advice("all", 10),
    "Advice: up to 10": Advice("some"),
    "Advice: at most 3": Advice("some"),
    "Advice: no more than 10": Advice("some"),
    "Advice: as many as possible": Advice("all", 10),
    "Advice: 0 or 1": Advice("some"),
    "Advice: all but 2": Advice("some"),
    "Advice: it makes no difference": Advice("unread"),
    "Advice: no limit": Advice("unread"),
    "Advice: none unless you are stuck": Advice("unread"),
    "Advice: none, except on the hardest 3": Advice("unread"),
    "Advice: 20 attempts": Advice("unread"),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_advice_is_read_as_it_is_meant(reply: str) -> None:
    assert read_advice(reply, offered=10) == REPLIES[reply]


def test_a_way_out_of_any_name_can_be_declined() -> None:
    specs = [f"{name}={value}" for name, part in ARMS.items() for value in part.values]
    for spec in [*specs, *(name for name, part in ARMS.items() if not part.values)]:
        way_out = make_arm(spec).exit
        for said in (f"no {way_out.noun}", f"do not use any {way_out.plural}"):
            assert read_advice(f"Advice: {said}", offered=10) == Advice("none", 0)
