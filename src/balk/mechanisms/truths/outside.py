"""Truths that no cell of the family describes: what must not be declared as something it is not.

| truth | what it is |
| --- | --- |
| mixture | half of the exams by `threshold`, half by `use_the_parts`, at random |
| noisy_reports | `threshold` whose stated confidences carry noise of 2 logits in place of 0.5 |
| bimodal_threshold | a threshold of 0.1 in half of the exams, of 0.5 in the others, slope 12 |
| drifting_confidence | `threshold` whose beliefs, stated ones too, fall by 0.5 log(lifelines) |
"""

from dataclasses import replace

from balk.mechanisms.truths.cells import SHARED, TRUTHS, WORLD
from balk.mechanisms.truths.truth import Truth


def _own(truth: Truth) -> Truth:
    """Return a truth as the other half of one that it shares exam effect and nuisances with."""
    ranges = {name: range_ for name, range_ in truth.ranges.items() if name not in SHARED}
    return replace(truth, ranges=ranges, world={})


_THRESHOLD = TRUTHS["threshold"]
_LOW = replace(
    _THRESHOLD, ranges={**_THRESHOLD.ranges, "slope": (12.0, 12.0), "threshold": (0.1, 0.1)}
)
_HIGH = replace(_LOW, ranges={**_LOW.ranges, "threshold": (0.5, 0.5)})

OUTSIDE: dict[str, Truth] = {
    "mixture": replace(_THRESHOLD, other=_own(TRUTHS["use_the_parts"])),
    "noisy_reports": replace(_THRESHOLD, world={**WORLD, "report_sd": (2.0, 2.0)}),
    "bimodal_threshold": replace(_LOW, other=_own(_HIGH)),
    "drifting_confidence": replace(_THRESHOLD, world={**WORLD, "drift": (0.5, 0.5)}),
}
