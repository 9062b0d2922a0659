"""Messages -> what the probes came to: the columns that the tables have of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser

from balk.elicit.packing import pack, unpack
from balk.elicit.replies import Turn, read_turns
from balk.measure.probes.advice import read_advice
from balk.measure.probes.columns import EXAM_PROBES, PROBES_VERSION, QUESTION_PROBES
from balk.measure.probes.payoffs import read_payoff
from balk.measure.probes.plain import renumbered
from balk.measure.probes.reasons import OTHER, UNREAD, read_reason, read_verdict, split_reasons
from balk.records import QUOTE_CHARS, Outcome, Probe, ReplyFormat

MOST_NOTE = 500
"""Characters of how the probes of an exam went."""

Columns = dict[str, Any]
"""Column -> a value for the exam, or a list of one value a question."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of a probe and the reply to it; None where the call failed."""

    numbers: tuple[int, ...]
    failure: str
    reply: ChatMessageAssistant | None


def no_probes(n_questions: int) -> Columns:
    """Return the columns of an exam after which nothing was asked."""
    return dict.fromkeys(EXAM_PROBES) | {name: [None] * n_questions for name in QUESTION_PROBES}


def read_probes(
    messages: Sequence[ChatMessage], metadata: Mapping[str, Any], turns: Sequence[Turn]
) -> Columns:
    """Read what the probes were answered, from the messages and the sample's metadata alone.

    Parameters
    ----------
    messages : sequence of ChatMessage
        The conversation as logged.
    metadata : mapping
        The sample's metadata, as `balk.elicit.tasks` wrote it.
    turns : sequence of Turn
        The exam as read.
    """
    columns = no_probes(len(turns))
    notes = []
    for probe in metadata.get("probes", ()):
        answered = list(_answered(messages, probe))
        if answered:
            said = _READ[probe](answered, metadata, columns)
            failures = dict.fromkeys(one.failure for one in answered if one.failure)
            note = f"failed ({', '.join(failures)})" if failures else said
        else:
            note = _why_not_asked(probe, turns)
        notes.append(f"{probe}: {note}")
    return columns | {"probes": "; ".join(notes)[:MOST_NOTE] or None}


def pack_probes(columns: Columns) -> dict[str, Any]:
    """Return the columns as a score's metadata holds them, in pieces that summaries keep."""
    return {
        "probes_version": PROBES_VERSION,
        **{name: columns[name] for name in EXAM_PROBES},
        **pack({name: columns[name] for name in QUESTION_PROBES}),
    }


def unpack_probes(packed: Mapping[str, Any]) -> Columns | None:
    """Return the columns that `pack_probes` packed; None where they must be read again.

    Raises
    ------
    KeyError
        If the summaries lost one of them.
    """
    if packed.get("probes_version") != PROBES_VERSION:
        return None
    questions = {name: unpack(packed, name) for name in QUESTION_PROBES}
    return {name: packed[name] for name in EXAM_PROBES} | questions


def _why_not_asked(probe: Probe, turns: Sequence[Turn]) -> str:
    is_broken = any(turn.reading.outcome is Outcome.FAILED for turn in turns)
    if is_broken or probe in {"payoff", "advice"}:
        return "not asked (the exam broke off)"
    return "not asked (no lifeline was used)"


def _answered(messages: Sequence[ChatMessage], probe: Probe) -> Iterator[Answered]:
    for i, message in enumerate(messages):
        facts = (message.metadata or {}).get("balk", {})
        if isinstance(message, ChatMessageUser) and facts.get("probe") == probe:
            following = messages[i + 1] if i + 1 < len(messages) else None
            reply = following if isinstance(following, ChatMessageAssistant) else None
            failure = facts.get("failure") or ("" if reply else "the call never came back")
            yield Answered(tuple(facts["numbers"]), failure, None if failure else reply)


def _read_payoff(answered: list[Answered], metadata: Mapping[str, Any], columns: Columns) -> str:
    exam, reply = metadata["exam"], answered[0].reply
    if reply is None:
        return UNREAD
    noun = None if exam["lifelines"] is None else metadata["noun"]
    payoff = read_payoff(reply.text, noun)
    columns |= {
        "payoff_right": payoff.right,
        "payoff_wrong": payoff.wrong,
        "payoff_lifeline": payoff.lifeline,
    }
    points = (payoff.right, payoff.wrong) + ((payoff.lifeline,) if noun else ())
    return UNREAD if None in points else "read"


def _read_reasons(answered: list[Answered], metadata: Mapping[str, Any], columns: Columns) -> str:  # noqa: ARG001 -- all readers are called alike
    for one in answered:
        if one.reply is None:
            continue
        graded = (one.reply.metadata or {})["balk"].get("graded", {})
        for number, reason in split_reasons(one.reply.text, one.numbers).items():
            category, by = read_reason(reason), "rules"
            verdict = read_verdict(graded.get(str(number), ""))
            if category == OTHER and verdict:
                category, by = verdict, "grader"
            columns["stated_reason"][number - 1] = category
            columns["stated_reason_by"][number - 1] = by
            columns["stated_reason_quote"][number - 1] = reason[:QUOTE_CHARS]
    return ", ".join(["read", *_grader_failures(answered)])


def _grader_failures(answered: list[Answered]) -> list[str]:
    facts = [(one.reply.metadata or {})["balk"] for one in answered if one.reply]
    failed = dict.fromkeys(one["grader_failure"] for one in facts if "grader_failure" in one)
    return [f"grader failed ({why})" for why in failed]


def _read_follow_up(answered: list[Answered], metadata: Mapping[str, Any], columns: Columns) -> str:
    whole = ReplyFormat.from_dict(metadata["exam"]["reply_format"])
    keys = list(zip(unpack(metadata, "key"), unpack(metadata, "marking"), strict=True))
    for one in answered:
        if one.reply is None:
            for number in one.numbers:
                columns["follow_up_outcome"][number - 1] = Outcome.FAILED.value
            continue
        own = [keys[number - 1] for number in one.numbers]
        text = renumbered(one.reply.text, one.numbers)
        reply = one.reply.model_copy(update={"content": text})
        for turn in read_turns(reply, follow_up_format(whole, one.numbers), own):
            at = turn.reading.position - 1
            columns["follow_up_outcome"][at] = turn.reading.outcome.value
            columns["follow_up_answer"][at] = turn.reading.answer
            columns["follow_up_is_right"][at] = turn.is_right
    return "read"


def follow_up_format(whole: ReplyFormat, numbers: tuple[int, ...]) -> ReplyFormat:
    """Return the form of a reply about some questions of an exam, with no lifeline left."""
    return replace(
        whole,
        n_questions=len(numbers),
        first=numbers[0],
        numbers=numbers if len(numbers) > 1 else (),
        lifelines=0,
        prefix=f"Q{numbers[0]}:" if whole.prefix else "",
    )


def _read_advice(answered: list[Answered], metadata: Mapping[str, Any], columns: Columns) -> str:
    exam, reply = metadata["exam"], answered[0].reply
    if reply is None:
        return UNREAD
    offered = min(exam["lifelines"], len(unpack(metadata, "puzzle")))
    advice = read_advice(reply.text, offered)
    columns |= {"advice": advice.kind, "advised": advice.number}
    return UNREAD if advice.kind == UNREAD else "read"


_READ = {
    "payoff": _read_payoff,
    "reasons": _read_reasons,
    "follow_up": _read_follow_up,
    "advice": _read_advice,
}
