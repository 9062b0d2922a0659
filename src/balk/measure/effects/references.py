"""What exams are held against: from a subject under a condition to its partners in a table."""

from collections.abc import Callable
from dataclasses import dataclass, field

from balk.measure.decisions import BASELINE_ARMS
from balk.measure.effects.conditions import CONDITION
from balk.measure.effects.paired_values import Asked, Cell, Floats, Values, is_inert, measured

MAIN_ARM = "lifelines"
SILENT = "feedback=none"
SAME_NAME = "renamed=waiver"
"""The plain wording with the way out named as in arm ``stakes``."""


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything that came back, and which subjects are to be held against each other."""

    asked: dict[Cell, Asked]
    pairs: tuple[tuple[str, str], ...] = ()
    _numbers: dict[tuple[str, Cell], Floats] = field(default_factory=dict)
    _cells: dict[str, list[Cell]] = field(default_factory=dict)

    def of(self, subject: str) -> list[Cell]:
        """Return the cells of a subject, sorted."""
        if not self._cells:
            for cell in self.asked:
                self._cells.setdefault(cell.subject, []).append(cell)
        return self._cells.get(subject, [])

    def values(self, measure: str, own: Cell, *less: Cell) -> Values | None:
        """Return what is measured of a cell, less the same questions of another.

        None where no question is known on both sides.
        """
        asked, numbers = self.asked[own], self._measured(measure, own)
        for other in less:
            partner = self.asked[other].aligned(self._measured(measure, other), asked.question)
            numbers = numbers - partner
        values = Values.known(measure, asked, numbers, own, *less)
        return values if values.numbers.size else None

    def _measured(self, measure: str, cell: Cell) -> Floats:
        if (measure, cell) not in self._numbers:
            plain = [self.asked[plain] for plain in plain_exams(cell, self)]
            self._numbers[measure, cell] = measured(measure, cell, self.asked[cell], *plain)
        return self._numbers[measure, cell]


References = Callable[[Cell, Examined], list[Cell]]
"""From a cell to the cells that it is held against; none where the table has none."""


def plain_exams(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the exams without lifelines: of the same arm and payoffs, or else the plain ones."""
    same = cell._replace(lifelines=None)
    plain = [
        other
        for other in examined.of(cell.subject)
        if other.arm in BASELINE_ARMS
        and not other.penalty
        and (other.protocol, other.lifelines) == (cell.protocol, None)
    ]
    return [same] if same in examined.asked else plain[-1:]  # "none" after "lifelines"


def no_tokens(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the exams without lifelines, of one that offers tokens in their place."""
    return plain_exams(cell, examined) if is_inert(cell.arm) else []


def main_arm(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the exam in its plain wording and payoffs, with as many lifelines.

    For arm ``stakes`` it is the one with the same name for the way out, if there is one.
    """
    main = cell._replace(arm=MAIN_ARM, penalty=0.0, price=0.0)
    same_name = main._replace(arm=SAME_NAME)
    has_setting = any(part.startswith("stakes=") for part in cell.arm.split("+"))
    if has_setting and same_name in examined.asked:
        return [same_name]
    return [main] if main in examined.asked and main != cell else []


def silent(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the same exam in which no results are told."""
    parts = [part for part in cell.arm.split("+") if not part.startswith(("feedback=", "key="))]
    other = cell._replace(arm="+".join(sorted([*parts, SILENT])))
    is_told = parts != cell.arm.split("+")
    return [other] if is_told and other in examined.asked and other != cell else []


def batch(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the same exam with all its questions at once."""
    other = cell._replace(protocol="batch")
    return [other] if other in examined.asked and other != cell else []


def next_lower_dose(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the same exam with fewer lifelines, but at least one."""
    lower = [
        other
        for other in examined.of(cell.subject)
        if 0 < (other.lifelines or 0) < (cell.lifelines or 0)
        and other._replace(lifelines=cell.lifelines) == cell
    ]
    return sorted(lower, key=lambda other: other.lifelines or 0)[-1:]


def lowest_dose(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the same exam with the fewest lifelines above 0, of a cell that offers the most."""
    same = [
        other
        for other in examined.of(cell.subject)
        if other.lifelines and other._replace(lifelines=cell.lifelines) == cell
    ]
    by_dose = sorted(same, key=lambda other: other.lifelines or 0)
    return by_dose[:1] if len(by_dose) > 1 and by_dose[-1] == cell else []


def plain_persona(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the same model without a persona, if there is just one."""
    if cell.persona in {None, "plain"}:
        return []
    own = cell._replace(persona="plain")
    found = [other for other in examined.asked if other._replace(subject=cell.subject) == own]
    named = own._replace(subject=cell.subject.replace(f"+{cell.persona}", ""))
    return [named] if named in found else found if len(found) == 1 else []


def other_subjects(cell: Cell, examined: Examined) -> list[Cell]:
    """Return the subjects that this one is to be held against, under the same condition."""
    return [
        other
        for first, second in examined.pairs
        if first == cell.subject
        for other in examined.of(second)
        if other[-len(CONDITION) :] == cell[-len(CONDITION) :]
    ]
