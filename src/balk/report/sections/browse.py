"""The table of decisions, to look through."""

from markupsafe import Markup

from balk.report.blocks import Browser, Section
from balk.report.material import Material


def section(material: Material) -> Section | None:
    """Return the section, or None where there are no decisions."""
    n_held, n_all = len(material.held), len(material.decisions)
    if not n_held:
        return None
    part = (
        "All {held:,} decisions"
        if n_held == n_all
        else "{held:,} of {all:,} decisions, the first exams of every condition; "
        "decisions.parquet has all"
    )
    caption = Markup(
        "<b>{}</b>: what was decided, and the words it was read from. What was read is the "
        "subject's own text; in the log stands the whole reply."
    ).format(part.format(held=n_held, all=n_all))
    return Section("decisions", "The decisions themselves", [Browser("decisions-table", caption)])
