"""What probes take at most: asked of every exam that they can be asked of, every lifeline used.

A reply to a probe is reckoned as a real-time reply for each question that it is about. A grader's
calls are not among these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from balk.design.exams import Exam
from balk.design.probes import OF_SKIPS
from balk.design.prompts import probes as wording
from balk.design.rates import Rates
from balk.records import Probe


@dataclass(frozen=True, slots=True)
class ProbeLoad:
    """Calls and tokens of probes, at most."""

    n_calls: int = 0
    input_tokens: float = 0.0
    output_tokens: float = 0.0

    def __add__(self, other: "ProbeLoad") -> "ProbeLoad":
        """Return what both take together."""
        return ProbeLoad(
            self.n_calls + other.n_calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )

    def times(self, n: int) -> "ProbeLoad":
        """Return so many times as much."""
        return ProbeLoad(n * self.n_calls, n * self.input_tokens, n * self.output_tokens)


def probe_load(
    exam: Exam,
    probes: Sequence[Probe],
    conversation: float,
    system: float,
    rates: Rates,
    max_tokens: int,
) -> ProbeLoad:
    """Return what the probes of one exam take at most.

    Parameters
    ----------
    exam : Exam
        The exam.
    probes : sequence of Probe
        In the order in which they are asked.
    conversation : float
        Tokens of what a probe in the exam's conversation sends again, replies included.
    system : float
        Tokens of the system prompt.
    rates : Rates
        What tokens are reckoned with.
    max_tokens : int
        Most tokens of one reply.
    """
    load, said = ProbeLoad(), 0.0
    for probe, text, n_about in _asked(exam, probes):
        asked = rates.tokens.count(text) + rates.message_tokens
        reply = min(n_about * rates.reply_tokens["realtime"], max_tokens)
        before = system if probe == "advice" else conversation + said
        load += ProbeLoad(1, before + asked, reply)
        if exam.condition.protocol != "isolated" and probe != "advice":
            said += asked + reply + rates.message_tokens
    return load


def _asked(exam: Exam, probes: Sequence[Probe]) -> Iterator[tuple[Probe, str, int]]:
    """Yield each call: its probe, its text, and how many questions it is about."""
    numbers = tuple(range(1, min(exam.condition.lifelines or 0, exam.n_questions) + 1))
    groups = [(n,) for n in numbers] if exam.condition.protocol == "isolated" else [numbers]
    for probe in probes:
        if probe not in OF_SKIPS:
            text = wording.payoff(exam) if probe == "payoff" else wording.advice(exam)
            yield probe, text, 1
            continue
        make = wording.reasons if probe == "reasons" else wording.follow_up
        for about in groups:
            yield probe, make(exam, about), len(about)
