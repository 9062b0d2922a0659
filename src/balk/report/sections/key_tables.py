"""The numbers of the answer-key experiment as tables and pictures."""

from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from balk.report.blocks import Cell, Figure, Table
from balk.report.figures.forest import forest
from balk.report.figures.stacked import stacked
from balk.report.nodes import Node
from balk.report.sections.key_claims import score, screening, workings
from balk.report.sections.rows import ends
from balk.report.shown import foreign, label, number

FORMS = {"count": "only a count", "list": "which ones", "commit": "answers first"}
"""Form of the self-score -> what is asked for."""

KEYS = {"true": "true key", "false": "false key", "mixed": "mixed key", "none": "no key"}
DRAWN = tuple((form, key) for form in FORMS for key in ("true", "false", "mixed"))

WORKINGS = {
    "rationalised": "#9a031e",
    "reached": "#3b82b8",
    "admitted": "#2e8b6f",
    "contradicted": "#b8860b",
    "hedged": "#9cc3dd",
    "unparsed": "#c9c9c9",
}
"""Class of a working -> its colour."""

Subjects = Sequence[Node]


def split_table(subjects: Subjects) -> Table:
    """Return acceptance, and what it comes from, a row a subject."""
    columns = (
        *("subject", "puzzles", "right alone", "false answers accepted", "true ones accepted"),
        *("d'", "criterion", "carelessness", "deference", "unearned"),
    )
    rows: list[list[Cell]] = [
        [
            foreign(one.value["subject"]),
            number(one["n_puzzles"], 0),
            one.get("knowledge", "right_alone"),
            screening(one, "false"),
            screening(one, "true"),
            one.get("detection", "d_prime"),
            one.get("detection", "criterion"),
            *(one.get("split", part) for part in ("carelessness", "deference", "unearned")),
        ]
        for one in subjects
    ]
    return Table(
        "key_split",
        Markup("What is accepted, and what claims come from, with 95 % intervals by batch"),
        columns,
        rows,
        percents=frozenset({*columns[2:5], *columns[7:]}),
    )


def claims_figure(subjects: Subjects) -> Iterator[Figure]:
    """Yield what was claimed less what agrees with the key shown."""
    rows = [row for one in subjects for row in _claims(one)]
    if rows:
        above = [f"{row['panel']}, {row['row']}" for row in rows if row["low"] > 0]
        caption = Markup(
            "<b>Claimed right less in agreement with the key shown</b>, as a share of the "
            "questions, by what was asked for and the key; bars are 95 % intervals, clustered by "
            "batch. In <em>answers first</em> what counts was written down before the key was "
            "shown; elsewhere it is what was answered alone."
        )
        finding = f"Claimed beyond the interval: {'; '.join(above) or 'nowhere'}."
        chart = forest(rows, "claimed less earned, share of questions")
        yield Figure("key_claims", caption, finding, chart)


def _claims(subject: Node) -> Iterator[dict[str, Any]]:
    for form, key in DRAWN:
        one = score(subject, form, key)
        found = one and one.get("claimed_minus_earned_shown")
        if found:
            row = f"{FORMS[form]}, {KEYS[key]}"
            yield {"panel": label(subject.value["subject"]), "row": row} | ends(found)


def claims_table(subjects: Subjects) -> Table:
    """Return everything that was claimed, a row for each form, key, set and framing."""
    shares = (
        *("claimed", "earned, true key", "earned, key shown", "beyond true key"),
        *("beyond key shown", "more than under a true key"),
    )
    places = (
        *("claimed", "earned_true", "earned_shown", "claimed_minus_earned_true"),
        *("claimed_minus_earned_shown", "excess_over_true_key"),
    )
    rows: list[list[Cell]] = [
        [
            foreign(subject.value["subject"]),
            _condition(one),
            number(one["n_questions"], 0),
            number(one["n_unread"], 0),
            *(one.get(place) for place in places),
        ]
        for subject in subjects
        for one in subject["self_score"]
    ]
    return Table(
        "key_claims",
        Markup("Claimed and earned, by what was asked for, key, puzzles and warning"),
        ["subject", "condition", "questions", "unread", *shares],
        rows,
        percents=frozenset(shares),
        is_folded=True,
    )


def screening_table(subjects: Subjects) -> Table:
    """Return which share of each key was accepted."""
    rows: list[list[Cell]] = [
        [
            foreign(subject.value["subject"]),
            _condition(one),
            number(one["n_questions"], 0),
            number(one["n_unread"], 0),
            one.get("accepted"),
        ]
        for subject in subjects
        for one in subject["screening"]
    ]
    return Table(
        "key_screening",
        Markup("Answers of a key that were accepted as right"),
        ["subject", "key", "questions", "unread", "accepted"],
        rows,
        percents=frozenset({"accepted"}),
        is_folded=True,
    )


def workings_figure(subjects: Subjects) -> Iterator[Figure]:
    """Yield how accepted false answers are said to be reached."""
    rows = [
        {
            "row": label(subject.value["subject"]),
            "part": kind,
            "share": rate["value"],
            "n": rate["value"] * found.value["n_workings"],
        }
        for subject in subjects
        if (found := workings(subject))
        for kind, rate in found.value["rates"].items()
        if rate["value"]
    ]
    if rows:
        caption = Markup(
            "<b>How accepted false answers are said to be reached</b>, in shares of the workings "
            "asked for; n and 95 % intervals are in the table of workings."
        )
        told = [f"{r['row']} {r['share']:.0%}" for r in rows if r["part"] == "rationalised"]
        finding = f"Workings that end at the false answer: {'; '.join(told) or 'none'}."
        chart = stacked(rows, "share of workings, by class", WORKINGS)
        yield Figure("key_workings", caption, finding, chart)


def workings_table(subjects: Subjects) -> Table:
    """Return the share of each class of workings."""
    rows: list[list[Cell]] = [
        [
            foreign(subject.value["subject"]),
            _condition(one),
            number(one["n_workings"], 0),
            *(one.get("rates", kind) for kind in WORKINGS),
        ]
        for subject in subjects
        for one in subject["workings"]
    ]
    return Table(
        "key_workings",
        Markup("Workings, by class as the rules read them"),
        ["subject", "condition", "workings", *WORKINGS],
        rows,
        percents=frozenset(WORKINGS),
        is_folded=True,
    )


def graded_table(subjects: Subjects) -> Iterator[Table]:
    """Yield how rules and grader agree, where there was a grader."""
    rows: list[list[Cell]] = [
        [
            foreign(one.value["subject"]),
            number(one["graded"]["n_graded"], 0),
            number(one["graded"]["n_same"], 0),
            number(kappa, 2) if (kappa := one.get("graded", "kappa")) else None,
            number(one["graded"]["n_without_evidence"], 0),
        ]
        for one in subjects
        if one.get("graded")
    ]
    if rows:
        yield Table(
            "key_graded",
            Markup("Workings as a grader classifies them, beside the rules"),
            ["subject", "graded with evidence", "as by the rules", "Cohen's kappa", "without"],
            rows,
            is_folded=True,
        )


def _condition(one: Node) -> str:
    held = one.value
    parts = [
        FORMS.get(held.get("form", ""), ""),
        KEYS[held["key_type"]],
        "accepted puzzles" if held.get("chosen") == "accepted" else "",
        "told that the key may err" if held["framing"] != "plain" else "",
        _shown(held.get("is_shown_true")),
    ]
    return ", ".join(part for part in parts if part)


def _shown(is_true: bool | None) -> str:  # noqa: FBT001 -- a field of the numbers
    return "" if is_true is None else f"{'true' if is_true else 'false'} answers shown"
