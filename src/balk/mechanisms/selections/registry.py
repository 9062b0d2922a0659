"""The registries of selections: plain dicts, one line each."""

from balk.mechanisms.selections import (
    accuracy,
    confidence,
    failures,
    indifferent,
    last_verdict,
    length,
    position,
)
from balk.mechanisms.selections.selection import Selection

SELECTIONS: dict[str, Selection] = {
    "none": indifferent.SELECTION,
    "confidence": confidence.SELECTION,
    "accuracy": accuracy.SELECTION,
}
"""Reasons to prefer a question, each compared with the others."""

NUISANCES: dict[str, Selection] = {
    "position": position.SELECTION,
    "length": length.SELECTION,
}
"""What may look like a reason: part of every mechanism, and never a verdict."""

RUNNING: dict[str, Selection] = {
    "failures": failures.SELECTION,
    "last_verdict": last_verdict.SELECTION,
}
"""What an exam taken one question at a time brings about itself, and so cannot be a weight that
is known before: `balk.mechanisms.sequential.evaluate_in_turn` takes it as a tilt."""
