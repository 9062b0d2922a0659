"""Messages -> readings: the only place where Inspect's replies meet the parser and the marks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ContentText,
    Logprob,
    ModelOutput,
)

from balk.elicit.packing import unpack
from balk.measure.decision_token import TokenChance, read_p_skip
from balk.measure.mark import is_right
from balk.measure.parse import parse_reply
from balk.records import Marking, Outcome, Puzzle, Reading, ReplyFormat

Key = tuple[str, Marking]

CUT_OFF = {"max_tokens", "model_length"}
REFUSED = {"content_filter"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question read from a reply.

    Attributes
    ----------
    reading : Reading
        What was decided.
    is_right : bool or None
        The mark; None unless the question was attempted and could be marked.
    left : int or None
        Lifelines left before this question.
    p_skip : float or None
        Probability that the subject gave to the exit word where it decided.
    output_tokens : int or None
        Tokens of the reply that holds the question.
    finish_reason : str
        Why that reply ended.
    """

    reading: Reading
    is_right: bool | None = None
    left: int | None = None
    p_skip: float | None = None
    output_tokens: int | None = None
    finish_reason: str = ""

    @property
    def left_after(self) -> int | None:
        """Lifelines left after this question."""
        is_used = self.reading.outcome is Outcome.SKIP or bool(self.reading.token)
        used = bool(self.left) and is_used
        return self.left - 1 if self.left is not None and used else self.left


def annotate(output: ModelOutput, reply_format: ReplyFormat) -> ChatMessageAssistant:
    """Return the reply with what only the call knew in its metadata."""
    message = output.message
    facts: dict[str, Any] = {
        "stage": "exam",
        "finish_reason": output.stop_reason,
        "output_tokens": output.usage.output_tokens if output.usage else None,
    }
    logprobs = output.choices[0].logprobs if output.choices else None
    if logprobs:
        chances = [_chance(logprob) for logprob in logprobs.content]
        facts["p_skip"] = read_p_skip(chances, reply_format)
    message.metadata = (message.metadata or {}) | {"balk": facts}
    return message


def read_turn(message: ChatMessageAssistant, reply_format: ReplyFormat, puzzle: Puzzle) -> Turn:
    """Read and mark the reply to one question."""
    return read_turns(message, reply_format, [(puzzle.key, puzzle.marking)])[0]


def read_message(message: ChatMessageAssistant, reply_format: ReplyFormat) -> tuple[Reading, ...]:
    """Parse one reply; one that the vendor calls refused refuses every question in it."""
    reason = _facts(message).get("finish_reason") or ""
    readings = parse_reply(message.text, reply_format, is_truncated=reason in CUT_OFF)
    if _is_refused(message, reason) and not any(
        reading.outcome.is_decision for reading in readings
    ):
        return tuple(
            replace(reading, outcome=Outcome.REFUSAL, reason=_why_refused(reason))
            for reading in readings
        )
    return readings


def _is_refused(message: ChatMessageAssistant, reason: str) -> bool:
    """Return whether the call was filtered, or the vendor marked the words as a refusal."""
    parts = message.content if isinstance(message.content, list) else []
    return reason in REFUSED or any(
        isinstance(part, ContentText) and part.refusal for part in parts
    )


def _why_refused(reason: str) -> str:
    return f"stopped by {reason}" if reason in REFUSED else "marked as a refusal by the vendor"


def read_exam(
    messages: Sequence[ChatMessage], metadata: Mapping[str, Any], failure: str = ""
) -> list[Turn]:
    """Read every question of an exam from its messages and its sample's metadata alone.

    Parameters
    ----------
    messages : sequence of ChatMessage
        The conversation as logged.
    metadata : mapping
        The sample's metadata, as `balk.elicit.tasks` wrote it.
    failure : str, optional
        Why the exam broke off; questions without a reply are then `FAILED` for this reason.

    Returns
    -------
    list of Turn
        One a question, in order.
    """
    whole = ReplyFormat.from_dict(metadata["exam"]["reply_format"])
    keys = list(zip(unpack(metadata, "key"), unpack(metadata, "marking"), strict=True))
    replies = _replies(messages)
    if metadata["exam"]["protocol"] != "batch":
        return _read_one_by_one(replies, whole, keys, failure)
    message = next(replies, None)
    if message is None:
        return [_failed(position, failure) for position in range(1, len(keys) + 1)]
    return read_turns(message, whole, keys)


def _read_one_by_one(
    replies: Iterator[ChatMessageAssistant],
    whole: ReplyFormat,
    keys: Sequence[Key],
    failure: str,
) -> list[Turn]:
    left = whole.lifelines
    turns = []
    for position, key in enumerate(keys, start=1):
        message = next(replies, None)
        if message is None:
            turns.append(_failed(position, failure))
            continue
        prefix = f"Q{position}:" if whole.prefix else ""
        one = replace(whole, n_questions=1, first=position, lifelines=left, prefix=prefix)
        turns += read_turns(message, one, [key])
        left = turns[-1].left_after
    return turns


def read_turns(
    message: ChatMessageAssistant, reply_format: ReplyFormat, keys: Sequence[Key]
) -> list[Turn]:
    """Read and mark one reply, question by question, counting lifelines down."""
    facts = _facts(message)
    readings = read_message(message, reply_format)
    chances = facts.get("p_skip") or [None] * len(readings)
    left = reply_format.lifelines
    turns = []
    for reading, p_skip, (key, marking) in zip(readings, chances, keys, strict=True):
        mark = _mark(reading, key, marking)
        if mark is None and reading.outcome is Outcome.ATTEMPT:
            reading = replace(reading, reason="the answer could not be marked")  # noqa: PLW2901
        turn = Turn(
            reading=reading,
            is_right=mark,
            left=left,
            p_skip=p_skip,
            output_tokens=facts.get("output_tokens"),
            finish_reason=facts.get("finish_reason") or "",
        )
        turns.append(turn)
        left = turn.left_after
    return turns


def _mark(reading: Reading, key: str, marking: Marking) -> bool | None:
    if reading.outcome is not Outcome.ATTEMPT or reading.answer is None:
        return None
    return is_right(reading.answer, key, marking)


def _failed(position: int, failure: str) -> Turn:
    return Turn(Reading(position, Outcome.FAILED, reason=failure or "the call never came back"))


def _chance(logprob: Logprob) -> TokenChance:
    rivals = {rival.token: rival.logprob for rival in logprob.top_logprobs or ()}
    return TokenChance(logprob.token, {logprob.token: logprob.logprob} | rivals)


def _replies(messages: Sequence[ChatMessage]) -> Iterator[ChatMessageAssistant]:
    for message in messages:
        if is_exam_reply(message):
            yield message


def is_exam_reply(message: ChatMessage) -> TypeGuard[ChatMessageAssistant]:
    """Return whether a message is a reply to a question of the exam, and not to a probe's."""
    is_reply = isinstance(message, ChatMessageAssistant)
    return is_reply and _facts(message).get("stage") == "exam"


def _facts(message: ChatMessage) -> dict[str, Any]:
    facts: dict[str, Any] = (message.metadata or {}).get("balk", {})
    return facts
