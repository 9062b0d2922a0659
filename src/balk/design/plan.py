"""What a study will take: calls, tokens, time and money, before anything is asked.

Calls are exact, as long as none has to be repeated. The text of batch and isolated exams is the
real one. In real time every call sends all that was said before, replies included, so that its
text rests on an assumption about replies, as do all tokens of replies and all times; a pilot
measures them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from balk.design.exams import Exam
from balk.design.personas import PERSONAS
from balk.design.prices import Price, price_of
from balk.design.probe_plan import ProbeLoad, probe_load
from balk.design.prompts import wording
from balk.design.rates import Rates
from balk.design.study import Cell, Study, most_tokens
from balk.design.subjects import Subject
from balk.records import Outcome, Protocol, Reading


@dataclass(frozen=True, slots=True)
class Load:
    """What some exams take.

    Attributes
    ----------
    n_exams, n_calls : int
        Epochs included.
    input_tokens, cached_tokens, output_tokens, written_tokens : float
        Of all calls together; those read from a cache or written to it are among the input.
    seconds : float
        Summed over calls, as if one followed the other.
    longest : float
        Seconds of the longest exam, which no concurrency shortens.
    """

    n_exams: int = 0
    n_calls: int = 0
    input_tokens: float = 0.0
    cached_tokens: float = 0.0
    output_tokens: float = 0.0
    seconds: float = 0.0
    longest: float = 0.0
    written_tokens: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        """Return what both take together."""
        return Load(
            self.n_exams + other.n_exams,
            self.n_calls + other.n_calls,
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            self.seconds + other.seconds,
            max(self.longest, other.longest),
            self.written_tokens + other.written_tokens,
        )

    def wall_seconds(self, max_connections: int) -> float:
        """Return how long it takes with so many calls in flight, no less than its longest exam."""
        return max(self.seconds / max_connections, self.longest)


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """What one subject takes.

    Attributes
    ----------
    subject : Subject
        Who is asked.
    load : Load
        Over all conditions.
    price : Price or None
        What its tokens cost; None where that is not known.
    cost : float or None
        In the currency of the price.
    rates : Rates
        What it was reckoned with; no reply is longer than the subject's `max_tokens`.
    probes : ProbeLoad
        What probes take at most, beside the load.
    probe_cost : float or None
        What that costs.
    """

    subject: Subject
    load: Load
    price: Price | None
    cost: float | None
    rates: Rates
    probes: ProbeLoad
    probe_cost: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study takes.

    Attributes
    ----------
    subjects : tuple of SubjectPlan
        In the order of the study.
    wall_seconds : float
        With the calls in flight that each subject, or else the run, allows; models are asked side
        by side.
    is_provider_batch : bool
        Whether calls go through the provider's batch mode, which takes its own time.
    """

    subjects: tuple[SubjectPlan, ...]
    wall_seconds: float
    is_provider_batch: bool = False

    @property
    def load(self) -> Load:
        """What all subjects take together."""
        return sum((one.load for one in self.subjects), start=Load())

    @property
    def probes(self) -> ProbeLoad:
        """What the probes of all subjects take at most."""
        return sum((one.probes for one in self.subjects), start=ProbeLoad())

    @property
    def costs(self) -> dict[str, float]:
        """Return the sum of all known costs by currency."""
        found: dict[str, float] = {}
        for one in self.subjects:
            if one.price and one.cost is not None:
                found[one.price.currency] = found.get(one.price.currency, 0.0) + one.cost
        return found


def make_plan(
    study: Study,
    *,
    rates: Mapping[str, Rates] | None = None,
    otherwise: Rates | None = None,
    prices: Sequence[Price] = (),
    max_connections: int = 20,
    is_provider_batch: bool = False,
) -> Plan:
    """Return what a study takes.

    Parameters
    ----------
    study : Study
        Who is asked what.
    rates : mapping of str to Rates, optional
        By name of the subject, as measured in a pilot.
    otherwise : Rates, optional
        For all other subjects; by default assumed ones.
    prices : sequence of Price
        The table of prices.
    max_connections : int
        Calls in flight for each model whose subjects name no number of their own.
    is_provider_batch : bool
        Whether calls go through the provider's batch mode.
    """
    known, default = rates or {}, otherwise or Rates()
    texts = _Texts(study)
    plans = [
        _plan(one, known.get(one.name, default), texts, prices, is_batch=is_provider_batch)
        for one in study.subjects
    ]
    by_model = sorted(plans, key=lambda one: one.subject.model)
    walls = [
        _wall(list(group), max_connections)
        for _, group in groupby(by_model, key=lambda one: one.subject.model)
    ]
    return Plan(tuple(plans), max(walls), is_provider_batch)


def _wall(plans: Sequence[SubjectPlan], max_connections: int) -> float:
    """Return the seconds of the subjects of one model, who share its connections."""
    in_turn = sum(
        one.load.seconds / (one.subject.max_connections or max_connections) for one in plans
    )
    return max(in_turn, *(one.load.longest for one in plans))


def _capped(rates: Rates, subject: Subject, n_questions: int) -> Rates:
    """Return the rates with no reply longer than a subject may give."""
    reply, resent = (
        {p: min(n, most_tokens(subject, p, n_questions)) for p, n in tokens.items()}
        for tokens in (rates.reply_tokens, rates.resent_tokens)
    )
    return replace(rates, reply_tokens=reply, resent_tokens=resent)


def _plan(
    subject: Subject, rates: Rates, texts: "_Texts", prices: Sequence[Price], *, is_batch: bool
) -> SubjectPlan:
    rates = _capped(rates, subject, texts.study.questions.questions)
    cells = [cell for cell in texts.study.cells() if cell.subject == subject]
    probes = sum((texts.probes(cell, rates) for cell in cells), start=ProbeLoad())
    load = sum((_load(cell, rates, texts) for cell in cells), start=Load())
    price = price_of(subject.model, prices)
    cost = probe_cost = None
    if price:
        share = price.provider_batch if is_batch and price.provider_batch is not None else 1.0
        sent = (load.input_tokens, load.cached_tokens, load.output_tokens, load.written_tokens)
        cost = share * price.cost(*sent)
        probe_cost = share * price.cost(probes.input_tokens, 0, probes.output_tokens)
    return SubjectPlan(subject, load, price, cost, rates, probes, probe_cost)


def _load(cell: Cell, rates: Rates, texts: "_Texts") -> Load:
    study, protocol = texts.study, cell.condition.protocol
    n_calls_each = 1 if protocol == "batch" else study.questions.questions
    n_exams = cell.n_exams * study.epochs
    n_calls = n_exams * n_calls_each
    sent = study.epochs * texts.tokens(cell, rates)
    seconds = rates.seconds[protocol]
    return Load(
        n_exams=n_exams,
        n_calls=n_calls,
        input_tokens=sent,
        cached_tokens=sent * rates.cached[protocol],
        output_tokens=n_calls * rates.reply_tokens[protocol],
        seconds=n_calls * seconds,
        longest=n_calls_each * seconds,
        written_tokens=sent * rates.written[protocol],
    )


class _Texts:
    """Tokens sent in each cell; a text that several subjects get is counted once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._counted: dict[tuple[object, ...], list[list[float]]] = {}

    def tokens(self, cell: Cell, rates: Rates) -> float:
        """Return the tokens sent in all calls of a cell, one epoch."""
        exams, framed = self.study.exams(cell), _framed(rates, cell.subject)
        system, protocol = _system(cell.subject, rates), cell.condition.protocol
        return sum(
            _sent(counts, protocol, system, framed, is_document=exams[0].is_document)
            for counts in self._counts(cell, rates)
        )

    def probes(self, cell: Cell, rates: Rates) -> ProbeLoad:
        """Return what the probes of a cell take at most, all epochs."""
        if not cell.probes:
            return ProbeLoad()
        exam, subject = self.study.exams(cell)[0], cell.subject
        framed, system = _framed(rates, subject), _system(subject, rates)
        protocol = cell.condition.protocol
        most = most_tokens(subject, protocol, exam.n_questions)
        return sum(
            (
                probe_load(
                    exam,
                    cell.probes,
                    _conversation(counts, protocol, system, framed),
                    system,
                    framed,
                    most,
                )
                for counts in self._counts(cell, rates)
            ),
            start=ProbeLoad(),
        ).times(self.study.epochs)

    def _counts(self, cell: Cell, rates: Rates) -> list[list[float]]:
        """Return the tokens of what each exam tells in each of its calls."""
        key = (cell.condition, cell.n_exams, cell.subject.interface, rates.tokens.name)
        if key not in self._counted:
            self._counted[key] = [
                list(map(rates.tokens.count, _told(exam))) for exam in self.study.exams(cell)
            ]
        return self._counted[key]


def _system(subject: Subject, rates: Rates) -> float:
    text = PERSONAS[subject.persona]
    return rates.tokens.count(text) + rates.message_tokens if text else 0.0


def _framed(rates: Rates, subject: Subject) -> Rates:
    return rates if subject.interface == "chat" else replace(rates, message_tokens=0.0)


def _told(exam: Exam) -> list[str]:
    """Return what an exam tells in each call, that of earlier ones aside."""
    protocol, left = exam.condition.protocol, exam.condition.lifelines
    positions = range(1, exam.n_questions + 1)
    if protocol == "isolated":
        return [wording.question(exam, at, left) for at in positions]
    later = positions[:-1] if protocol == "realtime" else ()
    wrong = [wording.feedback(exam, Reading(at, Outcome.ATTEMPT), False, left) for at in later]  # noqa: FBT003 -- wrong, as most answers are
    return [wording.opening(exam), *wrong]


def _conversation(
    counts: Sequence[float], protocol: Protocol, system: float, rates: Rates
) -> float:
    """Return the most tokens of a conversation of an exam, once it has been sat."""
    frames = 2 * rates.message_tokens
    if protocol == "isolated":
        return system + max(counts) + rates.reply_tokens[protocol] + frames
    resent = rates.reply_tokens if protocol == "batch" else rates.resent_tokens
    return system + sum(counts) + len(counts) * (resent[protocol] + frames)


def _sent(
    counts: Sequence[float], protocol: Protocol, system: float, rates: Rates, *, is_document: bool
) -> float:
    """Return the tokens sent in all calls of an exam."""
    frame = rates.message_tokens
    if protocol != "realtime":
        return sum(system + frame + count for count in counts)
    # A document stays one message, however long it grows.
    added = rates.resent_tokens[protocol] + (0.0 if is_document else 2 * frame)
    total, sent = 0.0, system + frame + counts[0]
    for count in counts[1:]:
        total += sent
        sent += added + count
    return total + sent
