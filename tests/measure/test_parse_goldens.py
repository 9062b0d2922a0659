"""Replies written by hand, in as many layouts as subjects use, with what each of them decides."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from balk.measure.parse import parse_reply
from balk.records import Outcome, Reading, ReplyFormat

GOLDEN = Path(__file__).parents[1] / "golden"
UNCOUNTED = -1  # TOML has no null: stands for lifelines that nobody counts
UNSTATED = -1  # the same, for a rating that is not there

OPEN = ReplyFormat(1, first=7, exit_word="LIFELINE", lifelines=8)
CHOICES = ReplyFormat(1, exit_word="E", fields=("answer",), choices=tuple("ABCDE"))
DEFAULTS = {"open": OPEN, "choices": CHOICES}


@dataclass(frozen=True)
class Case:
    """One golden reply.

    Attributes
    ----------
    name : str
        File and sentence.
    fields : dict
        Everything else that the file says of it.
    base : ReplyFormat
        What it was asked to look like, as far as the case says nothing else.
    """

    name: str
    fields: dict[str, Any]
    base: ReplyFormat

    @property
    def reply_format(self) -> ReplyFormat:
        given = dict(self.fields.get("format", {}))
        for name in ("fields", "choices"):
            given |= {name: tuple(given[name])} if name in given else {}
        if given.get("lifelines") == UNCOUNTED:
            given["lifelines"] = None
        return replace(self.base, **given)

    def readings(self) -> tuple[Reading, ...]:
        is_truncated = bool(self.fields.get("is_truncated", False))
        return parse_reply(self.fields["reply"], self.reply_format, is_truncated=is_truncated)


def cases(folder: str) -> list[Case]:
    return [
        Case(f"{path.stem}: {fields['name']}", fields, DEFAULTS.get(path.stem, ReplyFormat(1)))
        for path in sorted((GOLDEN / folder).glob("*.toml"))
        for fields in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


REPLIES = cases("replies")
ALL = REPLIES + cases("singles")


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_golden_reply_is_read_as_agreed(case: Case) -> None:
    readings = case.readings()
    assert "".join(reading.outcome for reading in readings) == case.fields["outcomes"]
    assert [reading.answer or "" for reading in readings] == case.fields["answers"]


@pytest.mark.parametrize(
    ("plural", "name"), [("confidences", "confidence"), ("difficulties", "difficulty")]
)
def test_golden_ratings_are_read_as_agreed(plural: str, name: str) -> None:
    rated = [case for case in ALL if plural in case.fields]
    assert rated
    for case in rated:
        read = [getattr(reading, name) for reading in case.readings()]
        stated = [None if value == UNSTATED else value for value in case.fields[plural]]
        assert read == stated, case.name


def test_golden_provenance_names_the_rule() -> None:
    named = [case for case in ALL if "provenance" in case.fields]
    assert named
    for case in named:
        assert case.readings()[0].provenance == case.fields["provenance"], case.name


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_every_quote_stands_in_the_reply(case: Case) -> None:
    reply = " ".join((case.reply_format.prefix + " " + case.fields["reply"]).split())
    for reading in case.readings():
        for half in (reading.quote[:30], reading.quote[-30:]):
            assert half.replace("\ufe0f", "") in reply.replace("\ufe0f", "")


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_what_has_no_decision_has_a_reason_and_what_has_one_needs_none(case: Case) -> None:
    for reading in case.readings():
        is_plain = reading.outcome in {Outcome.ATTEMPT, Outcome.SKIP}
        assert bool(reading.reason) != is_plain
        assert (reading.answer is not None) == (
            reading.outcome in {Outcome.ATTEMPT, Outcome.CONFLICT}
        )


def test_there_are_at_least_forty_exams_with_every_outcome_a_reply_can_have() -> None:
    whole = [case for case in REPLIES if case.reply_format.n_questions >= 5]
    assert len(whole) >= 40
    seen = set("".join(case.fields["outcomes"] for case in whole))
    assert seen == {str(outcome) for outcome in Outcome if outcome is not Outcome.FAILED}
