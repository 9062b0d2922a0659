"""What probes came to: points understood, points forgone as observed, reasons, advice."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from balk.estimates import clustered_mean, share
from balk.measure.effects.conditions import CONDITION, came_back, most_skips
from balk.measure.effects.paired_values import SKIPS
from balk.measure.effects.references import MAIN_ARM
from balk.measure.probes.advice import KINDS
from balk.measure.probes.reasons import REASONS
from balk.records import Estimate, Outcome

Json = dict[str, Any]


def probed(
    exams: pl.DataFrame,
    decisions: pl.DataFrame,
    contrasts: Sequence[Mapping[str, Any]],
    comparisons: Sequence[Mapping[str, Any]],
) -> list[Json]:
    """Return what the probes of each condition came to, in the order of conditions.

    Parameters
    ----------
    exams, decisions : DataFrame
        Of one subject, as from `make_exams` and `make_decisions`.
    contrasts : sequence of dict
        Those of the subject, as the summary tells them.
    comparisons : sequence of dict
        As from `balk.measure.effects.comparisons.compare`, for the arms that remove a reason.

    Returns
    -------
    list of dict
        One for each condition after whose exams something was asked:

        - the condition, and ``n_exams`` that were asked something;
        - ``payoff``: ``n_asked``, ``n_read``; ``understood``, the share of the latter whose points
          are those announced; ``believes_loss``, the share that says a wrong answer loses points;
          ``wrong_answer``, the ``points`` it is said to bring and in how many exams;
        - ``follow_up``: ``n_exams`` whose skipped questions were all answered again or that have
          none; ``n_skips`` in them and ``n_undecided`` of those, which earn nothing;
          ``accuracy`` of the others, by exam; ``forgone_points`` an exam, by exam, and
          ``forgone_points_by_accuracy``, the same from what other exams say of the items;
        - ``reasons``: for each that was stated ``n``, its ``share`` of all lifelines used, by exam,
          and ``removed_by``: the arms that take it away, each with what it changes in ``skips`` an
          exam, null where the study does not tell;
        - ``advice``: ``counts`` of each policy advised; ``none_yet_skips``, the share of exams with
          a skip among those of which none is advised.

        Each is null where it was not asked, or nothing could be read.
    """
    asked = came_back(exams).filter(pl.col("probes").is_not_null())
    return [
        _condition(own, decisions, contrasts, comparisons)
        for own in asked.sort(CONDITION).partition_by(CONDITION, maintain_order=True)
    ]


def _condition(
    exams: pl.DataFrame,
    decisions: pl.DataFrame,
    contrasts: Sequence[Mapping[str, Any]],
    comparisons: Sequence[Mapping[str, Any]],
) -> Json:
    facts = exams.select("subject", *CONDITION).row(0, named=True)
    condition = {name: facts[name] for name in CONDITION}
    own = decisions.join(exams.select("exam_id"), on="exam_id").sort("exam_id", "position")
    follow_up = _follow_up(exams, own)
    if follow_up:
        follow_up["forgone_points_by_accuracy"] = next(
            (
                (contrast["forgone_points"] or {}).get("estimate")
                for contrast in contrasts
                if {name: contrast[name] for name in CONDITION} == condition
            ),
            None,
        )
    return {
        **condition,
        "n_exams": exams.height,
        "payoff": _payoff(exams),
        "follow_up": follow_up,
        "reasons": _reasons(own, _changes(facts, comparisons)),
        "advice": _advice(exams),
    }


def _payoff(exams: pl.DataFrame) -> Json | None:
    asked = exams.filter(pl.col("probes").str.contains("payoff:", literal=True))
    read = asked.drop_nulls("payoff_understood")
    if asked.is_empty():
        return None
    wrong, ids = read["payoff_wrong"], read["exam_id"]
    return {
        "n_asked": asked.height,
        "n_read": read.height,
        "understood": None if read.is_empty() else share(read["payoff_understood"], ids),
        "believes_loss": None if read.is_empty() else share(wrong < 0, ids),
        "wrong_answer": [
            {"points": points, "n": n} for points, n in sorted(wrong.value_counts().iter_rows())
        ],
    }


def _follow_up(exams: pl.DataFrame, decisions: pl.DataFrame) -> Json | None:
    """Return what the skipped questions earned after all, instead of the lifeline."""
    rows = decisions.filter(pl.col("probes").str.contains("follow_up:", literal=True))
    is_skip = pl.col("outcome") == Outcome.SKIP
    again, right = pl.col("follow_up_outcome"), pl.col("follow_up_is_right")
    is_known = again.is_not_null() & (again != Outcome.FAILED)
    is_whole = (is_known | ~is_skip) & (pl.col("outcome") != Outcome.FAILED)
    rows = rows.filter(is_whole.all().over("exam_id"))
    if rows.is_empty():
        return None
    penalty, price = pl.col("penalty").fill_null(0), pl.col("price")
    earned = pl.when(right).then(1.0).when(~right).then(-penalty).otherwise(0.0) + price
    by_exam = (
        rows.group_by("exam_id")
        .agg(lost=pl.when(is_skip).then(earned).otherwise(0.0).sum())
        .sort("exam_id")
    )
    facts, most = exams.row(0, named=True), most_skips(exams)
    worst = min(0.0, facts["price"] - (facts["penalty"] or 0.0))
    marked = rows.filter(is_skip & right.is_not_null())
    n_skips = rows.filter(is_skip).height
    return {
        "n_exams": by_exam.height,
        "n_skips": n_skips,
        "n_undecided": n_skips - marked.height,
        "accuracy": _share_by_exam(marked["follow_up_is_right"], marked["exam_id"]),
        "forgone_points": clustered_mean(
            by_exam["lost"],
            by_exam["exam_id"],
            within=(worst * most, (1 + facts["price"]) * most),
        ),
    }


def _share_by_exam(hits: pl.Series, exams: pl.Series) -> Estimate | None:
    if hits.is_empty():
        return None
    return clustered_mean(hits.cast(pl.Float64), exams, within=(0.0, 1.0), unit="lifelines used")


def _reasons(decisions: pl.DataFrame, changes: Mapping[str, Any]) -> list[Json] | None:
    stated = decisions.drop_nulls("stated_reason")
    if stated.is_empty():
        return None
    counts = dict(stated["stated_reason"].value_counts().iter_rows())
    return [
        {
            "reason": name,
            "n": counts[name],
            "share": _share_by_exam(stated["stated_reason"] == name, stated["exam_id"]),
            "removed_by": [
                {"arm": arm, "skips": changes.get(arm)} for arm in REASONS[name].removed_by
            ],
        }
        for name in sorted(REASONS, key=lambda name: -counts.get(name, 0))
        if name in counts
    ]


def _changes(facts: Json, comparisons: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what each arm changes in the skips of the plain exam with as many lifelines."""
    if (facts["arm"], facts["penalty"], facts["price"]) != (MAIN_ARM, 0, 0):
        return {}
    return {
        entry["arm"]: entry["estimate"]
        for entry in comparisons
        if (entry["name"], entry["measure"]) == ("arms", SKIPS)
        and (entry["subject"], entry["protocol"]) == (facts["subject"], facts["protocol"])
        and entry["lifelines"] == [facts["lifelines"]]
    }


def _advice(exams: pl.DataFrame) -> Json | None:
    said = exams.drop_nulls("advice")
    if said.is_empty():
        return None
    counts = dict(said["advice"].value_counts().iter_rows())
    none = said.filter(advice="none")
    skips = None if none.is_empty() else share(none["n_skip"] > 0, none["exam_id"])
    return {"counts": {kind: counts.get(kind, 0) for kind in KINDS}, "none_yet_skips": skips}
