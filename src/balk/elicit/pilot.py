"""What a pilot measured: tokens and seconds of its calls, for the plan of a larger study."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log_samples
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem

from balk.design.limits import Spent
from balk.design.rates import Rates
from balk.design.token_counts import by_rate
from balk.elicit.logs import finished_logs, subject_name
from balk.elicit.replies import is_exam_reply
from balk.elicit.usage import spent_in
from balk.errors import TableError
from balk.records import Protocol


@dataclass(slots=True)
class _Seen:
    """Sums over the calls of one subject's exams in one protocol, those of probes aside."""

    n_calls: int = 0
    sent_chars: int = 0
    spent: Spent = field(default_factory=Spent)
    reply_chars: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Subject:
    by_protocol: dict[Protocol, _Seen] = field(default_factory=lambda: defaultdict(_Seen))


def read_pilot(folder: Path, otherwise: Rates | None = None) -> dict[str, Rates]:
    """Return the rates of each subject of a finished run.

    Every subject has them for the protocols that it sat; for others, what is assumed stays.
    Measured characters per token hold the provider's frame around messages.

    Parameters
    ----------
    folder : Path
        Folder of a run, or of its logs.
    otherwise : Rates, optional
        What is assumed where nothing was measured.

    Raises
    ------
    TableError
        If there is no finished log, or no exam in them came back with a count of its tokens.
    """
    logs = folder / "logs" if (folder / "logs").is_dir() else folder
    seen: dict[str, _Subject] = defaultdict(_Subject)
    for log in finished_logs(str(logs)):
        for sample in read_eval_log_samples(log.path, all_samples_required=False):
            exam = sample.metadata["exam"]
            _add(seen[subject_name(log.header, exam)].by_protocol[exam["protocol"]], sample)
    found = {name: _rates(one, otherwise or Rates()) for name, one in seen.items()}
    measured = {name: rates for name, rates in found.items() if rates}
    if not measured:
        raise TableError(f"{folder}: no exam came back with a count of its tokens; give another")
    return measured


def pooled(pilot: dict[str, Rates]) -> Rates:
    """Return the rates of subjects that a pilot did not ask: those of its dearest subject."""
    most = max(pilot.values(), key=lambda rates: max(rates.reply_tokens.values()))
    sources = {
        protocol: source if source == Rates().sources[protocol] else f"{source}, another subject"
        for protocol, source in most.sources.items()
    }
    return replace(most, sources=sources)


def _add(seen: _Seen, sample: EvalSample) -> None:
    """Add the calls of an exam's own questions, unless it broke off or they were not counted."""
    if sample.error:
        return
    protocol: Protocol = sample.metadata["exam"]["protocol"]
    for before, reply, event in _calls(sample):
        usage = event.output.usage
        if not usage or not usage.input_tokens:
            continue
        seen.n_calls += 1
        seen.sent_chars += _chars(before, protocol)
        seen.reply_chars += len(reply.text)
        seen.spent += spent_in(usage)
        seen.seconds += event.working_time or 0.0


def _calls(
    sample: EvalSample,
) -> Iterator[tuple[Sequence[ChatMessage], ChatMessageAssistant, ModelEvent]]:
    """Yield what was said before each reply to a question of the exam, the reply and its call.

    A reply that was kept from an earlier run has no call in this log.
    """
    calls = {
        event.output.message.id: event
        for event in sample.events
        if isinstance(event, ModelEvent) and event.output.choices
    }
    for at, message in enumerate(sample.messages):
        if is_exam_reply(message) and message.id in calls:
            yield sample.messages[:at], message, calls[message.id]


def _chars(before: Sequence[ChatMessage], protocol: Protocol) -> int:
    """Return the characters that a call sends."""
    if protocol == "isolated":
        system = [message for message in before if isinstance(message, ChatMessageSystem)]
        before = [*system, before[-1]]
    return sum(len(message.text) for message in before)


def _rates(subject: _Subject, assumed: Rates) -> Rates | None:
    seen = {protocol: one for protocol, one in subject.by_protocol.items() if one.n_calls}
    if not seen:
        return None
    n_calls = sum(one.n_calls for one in seen.values())
    chars = sum(one.sent_chars for one in seen.values())
    per_token = chars / sum(one.spent.input_tokens for one in seen.values())
    measured: dict[str, dict[Protocol, Any]] = {
        "reply_tokens": {p: one.spent.output_tokens / one.n_calls for p, one in seen.items()},
        "resent_tokens": {p: one.reply_chars / one.n_calls / per_token for p, one in seen.items()},
        "seconds": {p: one.seconds / one.n_calls for p, one in seen.items()},
        "cached": {p: one.spent.cached_tokens / one.spent.input_tokens for p, one in seen.items()},
        "written": {
            p: one.spent.written_tokens / one.spent.input_tokens for p, one in seen.items()
        },
        "sources": {p: f"measured in {one.n_calls} calls of a pilot" for p, one in seen.items()},
    }
    return replace(
        assumed,
        tokens=by_rate(per_token, f"measured in {n_calls} calls of a pilot"),
        message_tokens=0.0,
        **{name: {**getattr(assumed, name), **own} for name, own in measured.items()},
    )
