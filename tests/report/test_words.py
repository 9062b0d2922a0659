"""Words agree with their counts: for none, for one and for many."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections import answer, checks, lock, probes
from balk.report.sections.differences import doses_words
from balk.report.sections.words import agreed, condition_words, dose_words, in_turn
from balk.reports import read_material

MANY = r"(exams|lifelines|subjects are|questions stayed|answers)"


def told(folder: Path, change: dict[str, Any]) -> Material:
    """Return a study in which every number of a name has the value that it is given."""
    held = read_material(folder)
    summary = _changed(json.loads(json.dumps(held.summary.value)), change)
    return replace(held, summary=Node(summary, "summary"))


def _changed(held: Any, change: dict[str, Any]) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(held, dict):
        return {key: change.get(key, _changed(value, change)) for key, value in held.items()}
    return [_changed(one, change) for one in held] if isinstance(held, list) else held


def words_of(parts: Any) -> str:  # noqa: ANN401 -- paragraphs and answers
    return " ".join(re.sub(r"<[^>]*>", "", str(part)) for part in parts)


@pytest.mark.parametrize(("n", "said"), [(0, "many"), (1, "one"), (2, "many"), (1.0, "one")])
def test_one_is_one_and_none_is_many(n: float, said: str) -> None:
    assert agreed(n, "one", "many") == said


@pytest.mark.parametrize(
    ("n", "said"), [(None, "no lifeline mentioned"), (0, "0 lifelines"), (1, "1 lifeline")]
)
def test_lifelines_agree_with_their_number(n: int | None, said: str) -> None:
    assert dose_words(n) == said
    condition = {"arm": "lifelines", "penalty": 0.0, "price": 0.0, "protocol": "batch"}
    assert condition_words(condition | {"lifelines": n}) == f"{said}, batch"


def test_pooled_lifelines_are_many_unless_there_is_but_one() -> None:
    assert [doses_words(one) for one in ([1], [0], [2], [1, 3], [None])] == [
        *("1 lifeline", "no lifelines", "2 lifelines", "1, 3 lifelines", "no lifelines"),
    ]


def test_words_stand_in_turn() -> None:
    assert [in_turn(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_who_skips_and_who_gives_away_agree_with_how_many(folder: Path, n: int) -> None:
    change = {"n_above": n, "n_subjects": 3, "n_undecided": 0}
    said = words_of(answer.lead(told(folder, change)))
    one, many = ("None of 3 subjects is", "None is"), ("2 of 3 subjects skip", "2 are shown")
    wanted = (one, ("1 of 3 subjects skips", "1 is shown"), many)[n]
    for text in wanted:
        assert re.search(rf"{text}\b", said), said


@pytest.mark.parametrize("n", [1, 2])
def test_no_sentence_has_one_of_many(folder: Path, told_folder: Path, n: int) -> None:
    one = {"n_exams": n, "n_undecided": n, "n_skips": 3, "none": n, "some": n, "all": n}
    said = words_of(
        [
            *answer.answers(told(folder, one)),
            *(probes.section(told(told_folder, one)), lock.section(read_material(told_folder))),
            checks.section(read_material(folder)),
        ]
    )
    assert bool(re.search(rf"\b1 {MANY}\b", said)) is False
    assert f"{n} {agreed(n, 'exam', 'exams')}" in said
