"""What exams are held against: the fewest lifelines, and nothing told."""

from balk.measure.effects.comparisons import compare
from balk.measure.effects.paired_values import SKIPS
from measure_tables import OFFERED, REALTIME, Json, exam, table


def found(name: str, exams: list[list[Json]]) -> list[Json]:
    entries = compare(table(*exams))
    return [one for one in entries if (one["name"], one["measure"]) == (name, SKIPS)]


def test_the_most_lifelines_are_held_against_the_fewest() -> None:
    doses = [
        exam(marks, form, **OFFERED | {"lifelines": n})
        for form in range(3)
        for n, marks in ((1, "S000"), (2, "SS00"), (4, "SSSS"))
    ]
    (entry,) = found("dose_range", doses)
    assert entry["lifelines"] == [4]
    assert entry["reference"]["lifelines"] == [1]
    assert entry["estimate"]["value"] == 3


def test_false_verdicts_are_held_against_nothing_told() -> None:
    told: Json = {"arm": "feedback=always_wrong", "feedback_shown": True}
    silent: Json = {"arm": "feedback=none", "feedback_shown": False}
    asked = [
        exam(marks, form, **OFFERED | REALTIME | own)
        for form in range(3)
        for own, marks in ((told, "SS00"), (silent, "0000"), ({}, "S000"))
    ]
    (entry,) = found("feedback", asked)
    assert (entry["arm"], entry["reference"]["arm"]) == ("feedback=always_wrong", "feedback=none")
    assert entry["estimate"]["value"] == 2
