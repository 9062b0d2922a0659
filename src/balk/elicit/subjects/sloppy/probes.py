"""Badly written replies to probes, each with one meaning."""

from collections.abc import Sequence

import numpy as np

from balk.elicit.subjects.probe_reader import ProbeView
from balk.elicit.subjects.sloppy.chances import pick

ROWS = ("Q{}: {}", "**Q{}:** {}", "- Question {}: {}", "Q{} - {}", "{}. {}")
LEADS = ("", "Sure!\n\n", "<think>Was it a penalty? No.</think>\n\n", "Here is what I think.\n\n")
REASONS = (
    "couldn't work it out",
    "No idea, honestly!",
    "it'd take far too long",
    "just felt like it, no real reason",
    "\u2026",
)
ADVICE = ("**Advice:** none", "Advice: use all of them", "advice: maybe 2 of them?", "Hard to say.")
POINTS = ("{}: {:g}", "**{}:** {:g} points", "- {} = {:+g}")


def write_sloppy_probe(view: ProbeView, answers: Sequence[str], rng: np.random.Generator) -> str:
    """Return a reply to a probe; `answers` are those to the questions it asks about."""
    lead = "" if view.exam.interface == "completion" else pick(rng, LEADS)
    return lead + _body(view, answers, rng)


def _body(view: ProbeView, answers: Sequence[str], rng: np.random.Generator) -> str:
    if view.probe == "advice":
        return pick(rng, ADVICE)
    if view.probe == "payoff":
        row, names = pick(rng, POINTS), ["Right answer", "Wrong answer", view.exit_noun]
        points = (1.0, -view.exam.penalty + 0.0, -view.exam.price + 0.0)
        return "\n".join(
            row.format(name, value) for name, value in zip(names, points, strict=True) if name
        )
    numbers = [question.number for question in view.questions]
    if view.probe == "reasons":
        row = pick(rng, ROWS)
        return "\n".join(row.format(number, pick(rng, REASONS)) for number in numbers)
    lines = [f"Q{n}: answer: {answer}" for n, answer in zip(numbers, answers, strict=True)]
    if view.exam.interface == "completion":
        return "\n".join(lines).removeprefix(f"Q{numbers[0]}:")
    return "\n\n".join(lines)
