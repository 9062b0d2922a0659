"""A mechanism: how many questions are skipped, times which.

Every mechanism carries the same nuisances, position and length, so that neither can pass for a
reason. The exam effect has a standard deviation sigma in all of them but *rational*.
"""

import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from balk.mechanisms.count_laws import lapse
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.parameters import Parameter
from balk.mechanisms.plug_ins import plugged_in
from balk.mechanisms.selections.registry import NUISANCES, RUNNING, SELECTIONS
from balk.mechanisms.selections.selection import Selection

PENALTY = Parameter("penalty_weight", "what an announced point of penalty counts for", 0.0, 2.0)
SIGMA = Parameter("sigma", "spread of the exam effect, in logits", np.log(0.35), 0.6, "log", 4.0)


@dataclass(frozen=True)
class Mechanism:
    """A count law times a selection.

    Attributes
    ----------
    law : CountLaw
        How many questions are skipped.
    selection : Selection
        Which.
    nuisances : tuple of Selection
        What else may move the choice; known exactly.
    sigma : Parameter or None
        Spread of the exam effect, with its prior; None for exams that do not differ.
    form : {"whole", "in_turn"}
        Whether the exam is seen at once or one question at a time.
    running : tuple of Selection
        What the exam itself brings about as it goes, such as failures; only in turn.
    penalty : Parameter or None
        Weight of an announced penalty, where exams announce one.
    """

    law: CountLaw
    selection: Selection
    nuisances: tuple[Selection, ...] = tuple(NUISANCES.values())
    sigma: Parameter | None = field(default=SIGMA)
    form: Literal["whole", "in_turn"] = "whole"
    running: tuple[Selection, ...] = ()
    penalty: Parameter | None = None

    @property
    def name(self) -> str:
        """Name of the cell of the grid, such as ``cap x confidence``."""
        if self.is_rational:
            return "rational"
        return f"{self.law.name} x {self.selection.name}"

    @property
    def is_rational(self) -> bool:
        """Whether this is the mechanism that skips by lapse alone."""
        return self.law is lapse.LAW

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What is left open, in order: law, selection, nuisances, penalty, sigma."""
        parts = (self.selection, *self.nuisances, *self.running)
        slopes = [part.slope for part in parts if part.slope]
        rest = [parameter for parameter in (self.penalty, self.sigma) if parameter]
        return (*self.law.parameters, *slopes, *rest)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(parameter.name for parameter in self.parameters)


LAW_NAMES = frozenset({*COUNT_LAWS, lapse.LAW.name})
SELECTION_NAMES = frozenset({*SELECTIONS, *NUISANCES, *RUNNING})
"""Names that no other package can give to its own."""

RATIONAL = Mechanism(lapse.LAW, SELECTIONS["none"], nuisances=(), sigma=None)


def make_grid(
    form: Literal["whole", "in_turn"] = "whole",
    laws: dict[str, CountLaw] | None = None,
    selections: dict[str, Selection] | None = None,
) -> list[Mechanism]:
    """Return *rational* and every count law times every selection, in the order of the registries.

    Parameters
    ----------
    form : {"whole", "in_turn"}
        How the exams were taken.
    laws, selections : dict, optional
        What to cross; by default the registries and what other packages add to them.

    Raises
    ------
    MechanismError
        If what another package adds cannot be used.

    Warns
    -----
    UserWarning
        If a law has no hazard: it is left out of the grid of exams that were taken in turn.
    """
    plugged_laws = plugged_in("balk.count_laws", CountLaw, LAW_NAMES)
    plugged_selections = plugged_in("balk.selections", Selection, SELECTION_NAMES)
    laws = COUNT_LAWS | plugged_laws if laws is None else laws
    selections = SELECTIONS | plugged_selections if selections is None else selections
    if form == "in_turn":
        laws = _in_turn(laws)
    running = tuple(RUNNING.values()) if form == "in_turn" else ()
    return [
        replace(RATIONAL, form=form),
        *(
            Mechanism(law, selection, form=form, running=running)
            for law in laws.values()
            for selection in selections.values()
        ),
    ]


def _in_turn(laws: dict[str, CountLaw]) -> dict[str, CountLaw]:
    """Return the laws that speak of questions that come one at a time; warn of the others."""
    silent = [name for name, law in laws.items() if type(law).hazard is CountLaw.hazard]
    for name in silent:
        warnings.warn(
            f"count law {name!r} has no hazard: exams taken one question at a time are not "
            "compared with it",
            stacklevel=3,
        )
    return {name: law for name, law in laws.items() if name not in silent}
