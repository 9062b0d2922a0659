"""docs/tables.md against what is written: no column and no key is left undescribed."""

import re
from pathlib import Path

import pytest

from balk.measure.decisions import DECISIONS, EXAMS
from balk.measure.effects.comparisons import COMPARISONS
from balk.measure.effects.paired_values import POINTS, SKIPS, TOKENS
from balk.measure.probes.columns import EXAM_PROBES
from measure_tables import OFFERED, Json, exam, summary

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text()
WORDS = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", PAGE))))


def keys(part: object) -> set[str]:
    """All keys, at whatever depth, but for those that are names of subjects."""
    if isinstance(part, list):
        return set().union(*map(keys, part))
    if not isinstance(part, dict):
        return set()
    return set(part).union(*(keys(value) for name, value in part.items() if name != "verdicts"))


@pytest.mark.parametrize("part", ["comparisons", "prevalence"])
def test_every_key_across_subjects_is_described(part: str) -> None:
    exams = [
        exam(marks, form, subject=subject, model=subject, **condition)
        for subject in "abc"
        for form in range(3)
        for marks, condition in (("110", {}), ("S10", OFFERED))
    ]
    found = summary(*exams)[part]
    assert found
    assert keys(found) - WORDS == set()


def test_every_key_of_the_probes_is_described() -> None:
    asked: Json = {
        "probes": "payoff: read; reasons: read; follow_up: read; advice: read",
        "payoff_right": 1.0,
        "payoff_wrong": 0.0,
        "payoff_lifeline": 0.0,
        "advice": "none",
        "stated_reason": "penalty",
        "follow_up_outcome": "A",
        "follow_up_is_right": True,
    }
    exams = [exam("S", form, **OFFERED, **asked) for form in range(3)]
    found = summary(*exams)["subjects"][0]["probes"]
    assert found[0]["reasons"]
    assert found[0]["follow_up"]
    assert keys(found) - WORDS == set()


def test_every_comparison_and_measure_is_described() -> None:
    assert {*COMPARISONS, SKIPS, POINTS, TOKENS} - WORDS == set()


@pytest.mark.parametrize("column", [*EXAM_PROBES, "payoff_understood", "n_followed_up"])
def test_every_column_of_the_probes_is_described(column: str) -> None:
    assert column in EXAMS
    assert column in WORDS


@pytest.mark.parametrize("column", [*DECISIONS])
def test_every_column_of_the_decisions_is_described(column: str) -> None:
    assert column in WORDS
