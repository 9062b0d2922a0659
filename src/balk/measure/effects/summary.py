"""Every number of a table, by subject and condition, as plain JSON data.

A new number is a function, and one line in `CONDITION_NUMBERS`, `CONTRAST_NUMBERS` or
`SUBJECT_NUMBERS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from balk.measure.decisions import COUNTS, SCHEMA_VERSION, is_baseline
from balk.measure.effects import (
    calibration,
    confidence,
    contrasts,
    doses,
    forgone,
    probes,
    reading,
    regret,
    scoring,
    selectivity,
    skipping,
    verdicts,
)
from balk.measure.effects.comparisons import compare
from balk.measure.effects.conditions import CONDITION, Number, came_back
from balk.measure.effects.contrasts import Contrast, ContrastNumber
from balk.measure.effects.prevalence import prevalences
from balk.records import Estimate

CONDITION_NUMBERS: dict[str, Number] = {
    "parse_coverage": reading.parse_coverage,
    "attempt_rate": reading.attempt_rate,
    "attempt_rate_bounds": reading.attempt_rate_bounds,
    "skips_per_exam": skipping.skips_per_exam,
    "skips_per_exam_bounds": reading.skips_per_exam_bounds,
    "share_with_skip": skipping.share_with_skip,
    "share_using_all": skipping.share_using_all,
    "overdrafts_per_exam": skipping.overdrafts_per_exam,
    "tokens_per_exam": skipping.tokens_per_exam,
    "accuracy": scoring.accuracy,
    "points_per_exam": scoring.points_per_exam,
}
"""Numbers of one condition, in the order they are told."""

CONTRAST_NUMBERS: dict[str, ContrastNumber] = {
    "pairs": contrasts.n_pairs,
    "net_points_given_away": contrasts.net_points_given_away,
    "net_points_given_away_dropped": contrasts.net_points_given_away_dropped,
    "accuracy_change_on_common": contrasts.accuracy_change_on_common,
    "forgone_points": forgone.forgone_points,
    "regret": regret.regret,
}
"""Numbers of a condition with lifelines against plain exams, in the order they are told."""

SubjectNumber = Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], Any]
"""From exams, decisions and items of one subject, in the order of `summarise`, to JSON data in
which any number may be an Estimate. It leaves out failed exams itself."""

SUBJECT_NUMBERS: dict[str, SubjectNumber] = {
    "dose_response": doses.dose_response,
    "selectivity": selectivity.selectivity,
    "calibration": calibration.calibration,
    "confidence_course": confidence.confidence_course,
    "confidence_against_batch": confidence.confidence_against_batch,
    "confidence_after_verdict": verdicts.confidence_after_verdict,
}
"""Numbers that look across the conditions of a subject, in the order they are told."""

SUBJECT = ("subject", "model", "interface", "persona")


def summarise(
    decisions: pl.DataFrame,
    exams: pl.DataFrame,
    items: pl.DataFrame,
    *,
    pairs: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Return every model-free number of a table.

    Parameters
    ----------
    decisions, exams, items : DataFrame
        As from `make_decisions`, `make_exams` and `make_items`; the order of rows has no effect.
    pairs : sequence of (str, str)
        Subjects to hold against each other, as for `comparisons.compare`.

    Returns
    -------
    dict
        JSON data, keys always in this order::

            schema_version
            subjects: one for each subject
                subject, model, interface, persona
                conditions: one for each arm, penalty, price, protocol and lifelines
                    arm, penalty, price, protocol, lifelines
                    n_exams, n_failed_exams     all exams; those of which no call came back
                    n_questions                 of all exams
                    outcomes, reasons           how many questions of each
                    the keys of CONDITION_NUMBERS
                contrasts: one for each condition that mentions lifelines
                    arm, penalty, price, protocol, lifelines
                    baseline                    condition of the plain exams, or null
                    the keys of CONTRAST_NUMBERS
                the keys of SUBJECT_NUMBERS     each a list of dicts, which its function explains
                probes                          as `probes.probed` returns it; [] where none
            comparisons: one for each, as `comparisons.compare` returns them
            prevalence: across subjects, as `prevalence.prevalences` returns it

        A number is ``{value, low, high, n, n_clusters, method, level, se, unit}``, a dict of
        numbers, or null where nothing can be said: a skip where no lifeline is mentioned, an
        accuracy without attempts, a contrast without plain exams. Failed exams are counted and
        enter no number.
    """
    comparisons = compare(decisions, pairs)
    rows, items = decisions.sort("exam_id", "position"), items.sort("protocol", "puzzle_id")
    return {
        "schema_version": SCHEMA_VERSION,
        "subjects": [
            _subject(
                own,
                rows.filter(_is(own, "subject")),
                items.filter(_is(own, "subject")),
                comparisons,
            )
            for own in _split(exams.sort("exam_id"), ("subject",))
        ],
        "comparisons": comparisons,
        "prevalence": prevalences(decisions, comparisons),
    }


def _subject(
    exams: pl.DataFrame,
    decisions: pl.DataFrame,
    items: pl.DataFrame,
    comparisons: list[dict[str, Any]],
) -> dict[str, Any]:
    conditions = _split(exams, CONDITION)
    against_plain = [
        _contrast(own, exams, decisions, items)
        for own in conditions
        if own["lifelines"].null_count() == 0
    ]
    return {
        **exams.select(SUBJECT).row(0, named=True),
        "conditions": [_condition(own, decisions) for own in conditions],
        "contrasts": against_plain,
        **{name: _plain(make(exams, decisions, items)) for name, make in SUBJECT_NUMBERS.items()},
        "probes": _plain(probes.probed(exams, decisions, against_plain, comparisons)),
    }


def _condition(exams: pl.DataFrame, decisions: pl.DataFrame) -> dict[str, Any]:
    usable = came_back(exams)
    own = decisions.filter(_is(exams, *CONDITION))
    reasons = own.filter(pl.col("reason") != "")["reason"].value_counts().sort("reason")
    return {
        **exams.select(CONDITION).row(0, named=True),
        "n_exams": exams.height,
        "n_failed_exams": exams.height - usable.height,
        "n_questions": int(exams["n_questions"].sum()),
        "outcomes": {name.removeprefix("n_"): int(exams[name].sum()) for name in COUNTS},
        "reasons": dict(reasons.iter_rows()),
        **_numbers(CONDITION_NUMBERS, usable if usable.height else None),
    }


def _contrast(
    own: pl.DataFrame, exams: pl.DataFrame, decisions: pl.DataFrame, items: pl.DataFrame
) -> dict[str, Any]:
    condition = own.select(CONDITION).row(0, named=True)
    baseline = _baseline(condition, exams)
    contrast = None
    if baseline is not None and came_back(own).height:
        contrast = Contrast(
            plain=_rows(decisions, came_back(baseline)),
            offered=_rows(decisions, came_back(own)),
            items=items.filter(_is(own, "protocol")),
            penalty=condition["penalty"] or 0.0,
            price=condition["price"],
        )
    return {
        **condition,
        "baseline": None if baseline is None else baseline.select(CONDITION).row(0, named=True),
        **_numbers(CONTRAST_NUMBERS, contrast),
    }


def _baseline(condition: dict[str, Any], exams: pl.DataFrame) -> pl.DataFrame | None:
    """Return the plain exams of the same protocol: of the same arm and payoffs, or of the exam.

    Where an arm was never asked without lifelines, the plain exam stands in for it, marked by the
    arm's payoffs.
    """
    plain = exams.filter(pl.col("lifelines").is_null(), protocol=condition["protocol"])
    same = [pl.col(name).eq_missing(condition[name]) for name in ("arm", "penalty", "price")]
    for candidates in (plain.filter(*same), plain.filter(is_baseline())):
        if not came_back(candidates).is_empty():
            return _split(candidates, CONDITION)[-1]  # "none" after "lifelines"
    return None


def _split(exams: pl.DataFrame, keys: Iterable[str]) -> list[pl.DataFrame]:
    names = list(keys)
    return exams.sort(names, maintain_order=True).partition_by(names, maintain_order=True)


def _is(exams: pl.DataFrame, *names: str) -> pl.Expr:
    """Return whether a row has the values that the first of the exams has in these columns."""
    first = exams.select(names).row(0, named=True)
    return pl.all_horizontal(pl.col(name).eq_missing(pl.lit(first[name])) for name in names)


def _rows(decisions: pl.DataFrame, exams: pl.DataFrame) -> pl.DataFrame:
    return decisions.filter(pl.col("exam_id").is_in(exams["exam_id"].to_list()))


def _numbers(table: Mapping[str, Any], data: object) -> dict[str, Any]:
    """Return each number of the data, all null where there are none."""
    return {name: None if data is None else _plain(make(data)) for name, make in table.items()}


def _plain(number: object) -> object:
    """Return an Estimate, at whatever depth, as a dict."""
    if isinstance(number, Estimate):
        return asdict(number)
    if isinstance(number, dict):
        return {name: _plain(value) for name, value in number.items()}
    return [_plain(value) for value in number] if isinstance(number, list) else number
