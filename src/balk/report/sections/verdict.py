"""A verdict on why a subject skips, in a few words."""

from markupsafe import Markup

from balk.report.nodes import Node


def verdict(fit: Node | None) -> Markup:
    """Return the verdict on why, as far as it was reached."""
    if fit is None:
        return Markup("Why: not asked yet (<code>balk fit</code>)")
    held = fit.value["verdict"]
    if held["status"] == "declared":
        return Markup("Declared: <b>{}</b>").format(held["cell"].replace("_", " "))
    if held["status"] == "none fits":
        return Markup("No explanation fits")
    leaning = held["cell"] or held["mechanism"]
    if leaning is None:
        return Markup("Undecided")
    return Markup("Undecided, leaning to <b>{}</b>").format(leaning.replace("_", " "))
