"""The exam sheet: every decision of a study at a glance."""

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from balk.errors import TableError
from balk.records import Outcome
from balk.report.sections.words import dose_words

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS = {
    "right": "#2a6f97",
    "wrong": "#a9d6e5",
    "skipped": "#e36414",
    "asked with none left": "#9a031e",
    "no decision": "#c9c9c9",
}
"""What became of a question -> its colour; readable with every common colour blindness."""


def sheet_cells(decisions: pl.DataFrame, subjects: "Sequence[str]", protocol: str) -> pl.DataFrame:
    """Return one row a cell of the exam sheet: its panel, its place and what became of it.

    Questions are ordered from the one that the subject most often gets right without lifelines to
    the one that it least often does, so that skips of hard questions gather on the right.

    Parameters
    ----------
    decisions : DataFrame
        The table of decisions.
    subjects : sequence of str
        Whose exams are shown.
    protocol : str
        Which exams are shown.

    Returns
    -------
    DataFrame
        `subject` and `lifelines` (the panel), `row` (the exam), `place` (the question), `what`;
        and `index` where the decisions have such a column.

    Raises
    ------
    TableError
        If none of the subjects sat an exam in this protocol.
    """
    shown = decisions.filter(pl.col("subject").is_in(list(subjects)), protocol=protocol)
    if shown.is_empty():
        raise TableError(
            f"no exam of {', '.join(subjects)} in {protocol}; "
            f"the table has {', '.join(decisions['subject'].unique().sort())}"
        )
    plain = shown.filter(pl.col("lifelines").is_null())
    ease = plain.group_by("subject", "puzzle_id").agg(ease=pl.col("is_right").mean())
    what = (
        pl.when(pl.col("is_right"))
        .then(pl.lit("right"))
        .when(pl.col("outcome") == Outcome.ATTEMPT)
        .then(pl.lit("wrong"))
        .when(pl.col("outcome") == Outcome.SKIP)
        .then(pl.lit("skipped"))
        .when(pl.col("outcome") == Outcome.OVERDRAFT)
        .then(pl.lit("asked with none left"))
        .otherwise(pl.lit("no decision"))
    )
    return (
        shown.join(ease, on=["subject", "puzzle_id"], how="left")
        .sort("exam_id", pl.col("ease").fill_null(0), "puzzle_id", descending=[False, True, False])
        .with_columns(
            what=what,
            place=pl.int_range(pl.len()).over("exam_id"),
            row=(pl.col("form_id") + pl.col("epoch").cast(pl.String))
            .rank("dense")
            .over("subject", "lifelines"),
            lifelines=pl.col("lifelines").map_elements(
                dose_words, return_dtype=pl.String, skip_nulls=False
            ),
        )
        .select("subject", "lifelines", "row", "place", "what", pl.col("^index$"))
    )


def exam_sheet(decisions: pl.DataFrame, subjects: "Sequence[str]", protocol: str) -> alt.FacetChart:
    """Return the exam sheet of some subjects: one row an exam, one cell a question.

    Parameters and errors are those of `sheet_cells`; the panels are subjects by lifelines offered.
    """
    cells = sheet_cells(decisions, subjects, protocol)
    domain = list(COLOURS)
    chart: alt.FacetChart = (
        alt.Chart(cells)
        .mark_rect(stroke="white", strokeWidth=0.4)
        .encode(
            x=alt.X("place:O", axis=None, title=None),
            y=alt.Y("row:O", axis=None, title=None),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=domain, range=[COLOURS[what] for what in domain]),
                legend=alt.Legend(orient="bottom"),
            ),
        )
        .properties(width=150, height=110)
        .facet(
            column=alt.Column("lifelines:N", title=None, sort=panels_of(cells)),
            row=alt.Row(
                "subject:N",
                title=None,
                sort=list(subjects),
                header=alt.Header(labelAngle=0, labelAlign="left"),
            ),
            spacing=8,
        )
    )
    return chart


def panels_of(cells: pl.DataFrame) -> list[str]:
    """Return the panels from no lifeline to the most."""
    return sorted(cells["lifelines"].unique(), key=_offered)


def _offered(panel: str) -> int:
    number = panel.partition(" ")[0]
    return int(number) if number.isdecimal() else -1
