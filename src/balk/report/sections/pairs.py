"""Two subjects against each other: base and tuned, checkpoints, re-runs."""

from collections.abc import Iterator
from itertools import islice

from markupsafe import Markup

from balk.report.blocks import Block, Figure, Section
from balk.report.figures.forest import forest
from balk.report.material import Material
from balk.report.nodes import Node
from balk.report.sections.conditions import comparisons_of
from balk.report.sections.differences import differences_table, side_words
from balk.report.sections.rows import ends
from balk.report.shown import estimate, foreign, label, number

SAID = {
    "equivalent": "any difference is shown to be less than {margin} skips an exam",
    "small": "they differ, by less than the {margin} skips an exam that are taken to be no matter",
    "different": "they differ",
    "undecided": "whether they differ by more than {margin} is open",
}


MOST_SENTENCES = 4


def pair_sentences(material: Material) -> Iterator[Markup]:
    """Yield how each two subjects differ over all numbers of lifelines, as far as there is room."""
    found = comparisons_of(material, "pairs_pooled", measure="skips_per_exam", arm="lifelines")
    return (_sentence(node) for node in islice(found, MOST_SENTENCES))


def section(material: Material) -> Section | None:
    """Return the section, or None where no two subjects are held against each other."""
    found = [
        node
        for node in comparisons_of(material, "pairs", "pairs_pooled")
        if node.value["name"] == "pairs" or len(node.value["lifelines"]) > 1  # else told already
    ]
    if not found:
        return None
    skips = [node for node in found if node.value["measure"] == "skips_per_exam"]
    margin = max((node.value["equivalence"]["margin"] for node in skips), default=0.5)
    rows = [
        {"panel": _pair(node), "row": side_words(node.value)} | ends(node["estimate"])
        for node in skips
    ]
    caption = Markup(
        "<b>Skips in an exam, the first subject less the second</b>, on the same questions; bars "
        "are 95 % intervals, clustered by pairs of exams; within the grey band a difference is "
        "taken to be no matter."
    )
    apart = sorted({row["panel"] for row in rows if row["low"] > 0 or row["high"] < 0})
    finding = f"Differences beyond their interval: {'; '.join(apart) or 'none'}."
    blocks: list[Block] = [
        Figure(
            "pairs", caption, finding, forest(rows, "difference in skips an exam", margin=margin)
        ),
        differences_table("pairs", Markup("The first subject less the second"), found),
    ]
    return Section("pairs", "One against another", blocks)


def _pair(node: Node) -> str:
    return f"{label(node.value['subject'])} less {label(node.value['reference']['subject'])}"


def _sentence(node: Node) -> Markup:
    found = node["equivalence"]
    verdict = found.value["verdict"]
    if verdict == "equivalent" and found.value["excludes_zero"]:
        verdict = "small"
    said = Markup(SAID[verdict]).format(margin=number(found["margin"], 1))  # noqa: S704
    return Markup("<b>{}</b> against <b>{}</b> ({}): skips differ by {} an exam; {}.").format(
        foreign(node.value["subject"]),
        foreign(node.value["reference"]["subject"]),
        node.value["protocol"],
        estimate(node["estimate"]),
        said,
    )
