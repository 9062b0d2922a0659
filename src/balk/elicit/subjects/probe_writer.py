"""Writes the reply to a probe in the form that it asks for."""

from collections.abc import Mapping, Sequence

from balk.elicit.subjects.probe_reader import ProbeView
from balk.elicit.subjects.reply_writer import Line, write_line


def write_payoff(view: ProbeView, wrong: float, lifeline: float) -> str:
    """Return the points of a right answer (always 1), of a wrong one and of a lifeline."""
    points = {"Right answer": 1.0, "Wrong answer": wrong} | (
        {view.exit_noun: lifeline} if view.exit_noun else {}
    )
    return "\n".join(f"{name}: {value + 0.0:.3g}" for name, value in points.items())


def write_reasons(reasons: Mapping[int, str]) -> str:
    """Return one line a question."""
    return "\n".join(f"Q{number}: {reason}" for number, reason in reasons.items())


def write_follow_up(view: ProbeView, lines: Sequence[Line]) -> str:
    """Return the lines of the questions asked again, in a document without the first number."""
    sheet = "\n".join(write_line(line, view.exam.fields) for line in lines)
    if view.exam.interface == "completion":
        return sheet.removeprefix(f"Q{lines[0].number}:")
    return sheet


def write_advice(advice: str) -> str:
    """Return the one line that is asked for."""
    return f"Advice: {advice}"
