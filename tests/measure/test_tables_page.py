"""docs/tables.md against what is written: no column and no key is left undescribed."""

import re
from pathlib import Path

import pytest

from balk.measure.decisions import DECISIONS
from balk.measure.effects.comparisons import COMPARISONS
from balk.measure.effects.paired_values import POINTS, SKIPS
from measure_tables import OFFERED, exam, summary

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


def test_every_comparison_and_measure_is_described() -> None:
    assert {*COMPARISONS, SKIPS, POINTS} - WORDS == set()


@pytest.mark.parametrize("column", [*DECISIONS])
def test_every_column_of_the_decisions_is_described(column: str) -> None:
    assert column in WORDS
