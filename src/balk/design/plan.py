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
from balk.design.prompts import wording
from balk.design.rates import Rates
from balk.design.study import Cell, Study
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
        """Return how long it takes with so many calls in flight."""
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
        What it was reckoned with.
    """

    subject: Subject
    load: Load
    price: Price | None
    cost: float | None
    rates: Rates


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study takes.

    Attributes
    ----------
    subjects : tuple of SubjectPlan
        In the order of the study.
    wall_seconds : float
        At the given number of connections for each model; models are asked side by side.
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
        Calls in flight for each model.
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
        sum((one.load for one in group), start=Load()).wall_seconds(max_connections)
        for _, group in groupby(by_model, key=lambda one: one.subject.model)
    ]
    return Plan(tuple(plans), max(walls), is_provider_batch)


def _plan(
    subject: Subject, rates: Rates, texts: "_Texts", prices: Sequence[Price], *, is_batch: bool
) -> SubjectPlan:
    cells = [cell for cell in texts.study.cells() if cell.subject == subject]
    load = sum((_load(cell, rates, texts) for cell in cells), start=Load())
    price = price_of(subject.model, prices)
    cost = None
    if price:
        share = price.provider_batch if is_batch and price.provider_batch is not None else 1.0
        sent = (load.input_tokens, load.cached_tokens, load.output_tokens, load.written_tokens)
        cost = share * price.cost(*sent)
    return SubjectPlan(subject, load, price, cost, rates)


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
        exams = self.study.exams(cell)
        key = (cell.condition, cell.n_exams, cell.subject.interface, rates.tokens.name)
        if key not in self._counted:
            self._counted[key] = [list(map(rates.tokens.count, _told(exam))) for exam in exams]
        system = PERSONAS[cell.subject.persona]
        system_tokens = rates.tokens.count(system) + rates.message_tokens if system else 0.0
        is_chat = cell.subject.interface == "chat"
        framed = rates if is_chat else replace(rates, message_tokens=0.0)
        protocol, is_document = cell.condition.protocol, exams[0].is_document
        return sum(
            _sent(counts, protocol, system_tokens, framed, is_document=is_document)
            for counts in self._counted[key]
        )


def _told(exam: Exam) -> list[str]:
    """Return what an exam tells in each call, that of earlier ones aside."""
    protocol, left = exam.condition.protocol, exam.condition.lifelines
    positions = range(1, exam.n_questions + 1)
    if protocol == "isolated":
        return [wording.question(exam, at, left) for at in positions]
    later = positions[:-1] if protocol == "realtime" else ()
    wrong = [wording.feedback(exam, Reading(at, Outcome.ATTEMPT), False, left) for at in later]  # noqa: FBT003 -- wrong, as most answers are
    return [wording.opening(exam), *wrong]


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
