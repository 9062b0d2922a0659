"""How probes are asked: after the last question, in the exam's conversation or in a fresh one.

The question of a probe is kept with what it asks about in its metadata, and a call that failed
leaves its reason there: the exam's own outcomes are read from other messages and stay as they are.
The next run asks the probe again, where it should have stood; probes after it keep their replies,
although these were given without it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateConfig,
)
from inspect_ai.solver import TaskState
from inspect_ai.util import LimitExceededError

from balk.design.exams import Exam
from balk.design.prompts import probes as wording
from balk.design.study import COMPLETION_TOKENS_A_LINE
from balk.elicit.conversation import as_sent, system_of, talks
from balk.elicit.grader import grade
from balk.elicit.kept import reply_to
from balk.elicit.replies import Turn, read_exam
from balk.records import Outcome, Probe

MOST_REASON = 200
"""Characters of what is kept of why a call failed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a probe: what is said, about which questions, and what was said before."""

    probe: Probe
    text: str
    before: list[ChatMessage]
    numbers: tuple[int, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What the message carries in its metadata."""
        return {"stage": "probe", "probe": self.probe, "numbers": list(self.numbers)}


async def ask_probes(exam: Exam, state: TaskState, probes: Sequence[Probe]) -> Exception | None:
    """Ask the probes of an exam that has been sat, and return what broke the first that failed.

    Of an exam that broke off nothing is asked.
    """
    if not probes:
        return None
    turns = read_exam(state.messages, state.metadata)
    if any(turn.reading.outcome is Outcome.FAILED for turn in turns):
        return None
    conversations = talks(exam, state.messages)
    first: Exception | None = None
    for probe in probes:
        for asked in _questions(probe, exam, conversations, turns):
            failure = await _ask(exam, state, asked)
            first = first or failure
    return first


def _questions(
    probe: Probe, exam: Exam, conversations: list[list[ChatMessage]], turns: Sequence[Turn]
) -> Iterator[Asked]:
    """Yield what a probe asks; nothing of an exam whose lifelines it is about were not used."""
    if probe == "payoff":
        yield Asked(probe, wording.payoff(exam), conversations[-1])
    elif probe == "advice":
        yield Asked(probe, wording.advice(exam), system_of(conversations[0]))
    else:
        make = wording.reasons if probe == "reasons" else wording.follow_up
        for numbers in _groups(exam, _used(turns, with_tokens=probe == "reasons")):
            before = conversations[numbers[0] - 1]
            yield Asked(probe, make(exam, numbers), before, numbers)


def _used(turns: Sequence[Turn], *, with_tokens: bool) -> list[int]:
    """Return the questions on which a lifeline was used, or else a token."""
    return [
        turn.reading.position
        for turn in turns
        if turn.reading.outcome is Outcome.SKIP or (with_tokens and turn.reading.token)
    ]


def _groups(exam: Exam, numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return which questions are asked about at once: those of one conversation."""
    if exam.condition.protocol == "isolated":
        return [(number,) for number in numbers]
    return [tuple(numbers)] if numbers else []


async def _ask(exam: Exam, state: TaskState, asked: Asked) -> Exception | None:
    """Ask one question, and keep it, the reply or why there is none among the messages."""
    question = ChatMessageUser(content=asked.text, metadata={"balk": asked.facts})
    state.messages.append(question)
    before = [message for message in asked.before if not _is_of_probe(message)]
    try:
        output = await reply_to(
            ("probe", asked.probe),
            as_sent(exam, [*asked.before, question]),
            _config(exam, asked),
            may_be_empty=exam.is_document,
            known_by=as_sent(exam, [*before, question]),
        )
    except LimitExceededError:
        raise  # the run is to stop, whatever is being asked
    except Exception as error:  # noqa: BLE001 -- whatever broke it, the exam itself is sound
        question.metadata = {"balk": asked.facts | {"failure": _in_a_line(error)}}
        return error
    reply = output.message
    facts = asked.facts | {"finish_reason": output.stop_reason}
    reply.metadata = (reply.metadata or {}) | {"balk": facts}
    state.messages.append(reply)
    asked.before.extend([question, reply])
    return await _grade(reply, asked.numbers) if asked.probe == "reasons" else None


async def _grade(reply: ChatMessageAssistant, numbers: Sequence[int]) -> Exception | None:
    """Keep a grader's verdicts, or why there is none, in the reply that they are about."""
    verdicts, error = await grade(reply.text, numbers)
    graded = {"graded": verdicts} if verdicts else {}
    failed = {"grader_failure": _in_a_line(error)} if error else {}
    (reply.metadata or {})["balk"].update(graded | failed)
    return error


def _is_of_probe(message: ChatMessage) -> bool:
    return ((message.metadata or {}).get("balk") or {}).get("stage") == "probe"


def _in_a_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1][:MOST_REASON]


def _config(exam: Exam, asked: Asked) -> GenerateConfig:
    """Return where a continued document ends, and room for its lines."""
    if not exam.is_document:
        return GenerateConfig()
    room = COMPLETION_TOKENS_A_LINE * len(asked.numbers) if exam.interface == "completion" else None
    return GenerateConfig(stop_seqs=[wording.DOCUMENT_STOP], max_tokens=room)
