"""Small tables for tests of model-free numbers: an exam is a string of marks."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from balk.measure.decisions import DECISIONS, make_decisions, make_exams
from balk.measure.effects import summarise
from balk.measure.items import make_items

Json = dict[str, Any]

PLAIN: Json = dict.fromkeys(DECISIONS) | {
    "subject": "s",
    "model": "m",
    "interface": "chat",
    "persona": "plain",
    "arm": "none",
    "penalty": 0.0,
    "price": 0.0,
    "protocol": "batch",
    "feedback_shown": False,
    "epoch": 1,
    "family": "tilings",
    "level": 5,
    "key": "7",
}
OFFERED: Json = {"arm": "lifelines", "lifelines": 2}
REALTIME: Json = {"protocol": "realtime", "feedback_shown": True}


def exam(
    marks: str,
    form: int,
    puzzles: Sequence[int] | None = None,
    confidences: Sequence[float | None] | None = None,
    **fields: object,
) -> list[Json]:
    """Rows of an exam: 1 right, 0 wrong, X attempted and not marked, any other sign an outcome."""
    puzzles = puzzles or list(range(1, len(marks) + 1))
    confidences = confidences or [None] * len(marks)
    own = PLAIN | {"form_id": f"f{form:02}"} | fields
    kind = "-".join(
        str(own[name]) for name in ("subject", "arm", "penalty", "protocol", "lifelines")
    )
    named = f"{kind}-{form:02}"
    return [
        own
        | {"exam_id": fields.get("exam_id", named), "position": i, "puzzle_id": f"p{puzzle}"}
        | {"outcome": "A" if mark in "01X" else mark, "reason": "" if mark in "01S" else "because"}
        | {"is_right": mark == "1" if mark in "01" else None, "confidence": confidence}
        for i, (mark, puzzle, confidence) in enumerate(
            zip(marks, puzzles, confidences, strict=True), start=1
        )
    ]


def table(*exams: list[Json]) -> pl.DataFrame:
    rows = [row for rows in exams for row in rows]
    return make_decisions({name: [row[name] for row in rows] for name in DECISIONS})


def summary(*exams: list[Json]) -> Json:
    decisions = table(*exams)
    return summarise(decisions, make_exams(decisions), make_items(decisions))


def subject_summary(*exams: list[Json]) -> Json:
    """Everything that the summary says of the only subject."""
    subject: Json = summary(*exams)["subjects"][0]
    return subject


def subject_numbers(name: str, *exams: list[Json]) -> list[Json]:
    """The numbers of that name of the only subject, as the summary holds them."""
    found: list[Json] = subject_summary(*exams)[name]
    return found
