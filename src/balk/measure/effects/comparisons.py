"""Conditions, personas and subjects against each other, each with a test and a margin.

A comparison is one entry in `COMPARISONS`: what is measured, and what it is held against.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import hypot
from typing import Any

import polars as pl

from balk.errors import TableError, unknown
from balk.estimates import scaled
from balk.measure.effects.conditions import CONDITION
from balk.measure.effects.inference import (
    PermutationTest,
    equivalence,
    holm,
    permutation_test,
    sign_flip_test,
)
from balk.measure.effects.paired_values import POINTS, SKIPS, TOKENS, Cell, Values, read_cells
from balk.measure.effects.references import (
    MAIN_ARM,
    Examined,
    References,
    batch,
    lowest_dose,
    main_arm,
    next_lower_dose,
    no_tokens,
    other_subjects,
    plain_exams,
    plain_persona,
    silent,
)
from balk.records import Estimate

MARGIN = 0.5
"""Skips, or points, per exam that are taken to be no matter, unless another margin is given."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is held against what.

    Attributes
    ----------
    settles : str
        The question that it helps to answer.
    references : References
        From a cell to what it is held against.
    measures : tuple of str
        What is compared; the first is the one that can be primary.
    pools_doses : bool
        Whether all doses make one comparison.
    """

    settles: str
    references: References
    measures: tuple[str, ...] = (SKIPS, POINTS)
    pools_doses: bool = False


COMPARISONS: dict[str, Comparison] = {
    "net_points": Comparison("what so many lifelines cost", plain_exams, (POINTS,)),
    "net_points_pooled": Comparison(
        "what lifelines cost, over all doses", plain_exams, (POINTS,), pools_doses=True
    ),
    "arms": Comparison("what another wording or payoff changes", main_arm),
    "tokens": Comparison("whether tokens that do nothing are used", no_tokens, (TOKENS,)),
    "feedback": Comparison("what being told other than the truth changes", silent),
    "protocols": Comparison("what being asked one by one changes", batch),
    "doses": Comparison("what more lifelines change", next_lower_dose),
    "dose_range": Comparison("what the most lifelines change against the fewest", lowest_dose),
    "personas": Comparison("what a persona changes", plain_persona),
    "pairs": Comparison("how two subjects differ", other_subjects),
    "pairs_pooled": Comparison(
        "how two subjects differ, over all doses", other_subjects, pools_doses=True
    ),
}
"""Name -> comparison, in the order they are told."""

PRIMARY = ("net_points_pooled", "protocols", "doses")
"""Comparisons whose p are adjusted together: their first measure, in the main arm."""


def compare(
    decisions: pl.DataFrame, pairs: Sequence[tuple[str, str]] = (), margin: float = MARGIN
) -> list[dict[str, Any]]:
    """Return every comparison that a table allows.

    Questions that did not come back on both sides are left out; those without a decision are no
    skip and earn nothing. Doses of 0 are compared with nothing.

    Parameters
    ----------
    decisions : DataFrame
        As from `make_decisions`; the order of rows has no effect.
    pairs : sequence of (str, str)
        Subjects to hold against each other, the first less the second, such as base and tuned.
        Where they have no question in common, their exams make two independent groups.
    margin : float, default 0.5
        Skips, or points, per exam that are no matter: see `equivalence`.

    Returns
    -------
    list of dict
        JSON data, one for each comparison and measure, in the order of `COMPARISONS`::

            name, measure, primary
            subject, arm, penalty, price, protocol, lifelines    the last a list of doses
            reference       the same of what it is held against; lifelines [null] where plain
            estimate        own less reference, per exam, or null where nothing is known of both
            p, p_se         of an exchange of the sides; p_se null where p is exact
            p_holm          adjusted over all primary comparisons of the table; else null
            n_pairs         exams with a partner, or 0 for independent groups
            method          of p
            equivalence     verdict, margin, low, high, level, p, excludes_zero

        Tokens are those used, of which exams without lifelines have none. Points are those given
        away: by plain exams none, so that against plain exams they are the net points given away.
        Skips and tokens are clustered by exam pair, points by exam pair and puzzle. Where doses are
        pooled, several exams share one plain exam and flip as one pair; p is then approximate, as
        their sum is symmetric only up to its skewness.

    Raises
    ------
    TableError
        If a subject of a pair is not in the table.
    """
    subjects = decisions["subject"].unique().to_list()
    for subject in (name for pair in pairs for name in pair):
        if subject not in subjects:
            raise TableError(unknown("subject", subject, subjects))
    examined = Examined(read_cells(decisions), tuple(pairs))
    entries = [
        _entry(name, measure, group, examined, margin)
        for name, comparison in COMPARISONS.items()
        for group in _groups(comparison, examined)
        for measure in comparison.measures
    ]
    primary = {i: e["p"] for i, e in enumerate(entries) if e["primary"] and e["p"] is not None}
    adjusted = holm(primary)
    return [entry | {"p_holm": adjusted.get(i)} for i, entry in enumerate(entries)]


Group = list[tuple[Cell, Cell]]


def _groups(comparison: Comparison, examined: Examined) -> list[Group]:
    """Return the pairs of cells that make up each comparison."""
    groups: dict[tuple[Cell, str], Group] = {}
    for cell in examined.asked:
        if cell.lifelines:
            for reference in comparison.references(cell, examined):
                own = cell._replace(lifelines=None) if comparison.pools_doses else cell
                groups.setdefault((own, reference.subject), []).append((cell, reference))
    return list(groups.values())


def _entry(
    name: str, measure: str, group: Group, examined: Examined, margin: float
) -> dict[str, Any]:
    is_first = measure == COMPARISONS[name].measures[0]
    is_main = group[0][0].arm == MAIN_ARM
    found = _paired(measure, group, examined) or _unpaired(measure, group, examined)
    estimate, test, n_pairs = found or (None, None, 0)
    return {
        "name": name,
        "measure": measure,
        "primary": name in PRIMARY and is_first and is_main,
        **_told([own for own, _ in group]),
        "reference": _told([reference for _, reference in group]),
        "estimate": None if estimate is None else asdict(estimate),
        "p": None if test is None else test.p,
        "p_se": None if test is None else test.se,
        "p_holm": None,
        "n_pairs": n_pairs,
        "method": None if test is None else test.method,
        "equivalence": None if estimate is None else asdict(equivalence(estimate, margin)),
    }


def _told(cells: Sequence[Cell]) -> dict[str, Any]:
    facts = {name: getattr(cells[0], name) for name in ("subject", *CONDITION)}
    return facts | {"lifelines": list(dict.fromkeys(cell.lifelines for cell in cells))}


Found = tuple[Estimate, PermutationTest, int]


def _paired(measure: str, group: Group, examined: Examined) -> Found | None:
    """Return own less reference on the questions of both; None where there are none."""
    known = [values for pair in group if (values := examined.values(measure, *pair))]
    if not known:
        return None
    values = Values.pooled(known)
    test = sign_flip_test(values.numbers, values.exam)
    return scaled(values.mean(measure), _length(group, examined)), test, test.n


def _unpaired(measure: str, group: Group, examined: Examined) -> Found | None:
    """Return own less reference as independent groups; None where one of them is not known."""
    sides: list[Values] = []
    for cells in zip(*group, strict=True):
        known = [values for cell in cells if (values := examined.values(measure, cell))]
        if not known:
            return None
        sides.append(Values.pooled(known))
    test = permutation_test(*(side.by_exam() for side in sides))
    own, reference = (side.mean(measure) for side in sides)
    return scaled(_difference(own, reference), _length(group, examined)), test, 0


def _difference(first: Estimate, second: Estimate) -> Estimate:
    """Return the difference of two independent estimates.

    The interval combines the distances from value to end, so that bounds combine like intervals
    (Zou & Donner 2008, doi:10.1002/sim.3095).
    """
    value = first.value - second.value
    down = hypot(first.value - first.low, second.high - second.value)
    up = hypot(first.high - first.value, second.value - second.low)
    known = first.se is not None and second.se is not None
    return Estimate(
        value,
        value - down,
        value + up,
        first.n + second.n,
        min(first.n_clusters, second.n_clusters),
        f"independent groups, {first.method}",
        se=hypot(first.se or 0.0, second.se or 0.0) if known else None,
        unit=first.unit,
    )


def _length(group: Group, examined: Examined) -> float:
    """Return the mean number of questions an exam of the own side."""
    own = [examined.asked[cell] for cell, _ in group]
    return sum(one.n_asked for one in own) / sum(one.n_exams for one in own)
