"""What is sent of an exam: a conversation, or the one document that it adds up to."""

from collections.abc import Sequence

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
)

from balk.design.exams import Exam

NO_WORDS = "(no reply)"
"""What stands in the history where a subject was cut off before it said anything."""


def as_sent(exam: Exam, messages: list[ChatMessage]) -> list[ChatMessage]:
    """Return what is sent: the conversation, or the one document that it adds up to."""
    if not exam.is_document:
        return [_with_words(message) for message in messages]
    system = system_of(messages)
    others = "".join(message.text for message in messages[len(system) :])
    return [*system, ChatMessageUser(content=others)]


def system_of(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the system prompt, if there is one."""
    return [message for message in messages if isinstance(message, ChatMessageSystem)]


def talks(exam: Exam, messages: Sequence[ChatMessage]) -> list[list[ChatMessage]]:
    """Return the conversation that each question was asked in, one and the same or its own."""
    if exam.condition.protocol != "isolated":
        return [list(messages)] * exam.n_questions
    system = system_of(messages)
    own = messages[len(system) :]
    return [[*system, *own[i : i + 2]] for i in range(0, 2 * exam.n_questions, 2)]


def _with_words(message: ChatMessage) -> ChatMessage:
    """Return a turn as vendors take it back: a thought that led to no words is refused by some."""
    if isinstance(message, ChatMessageAssistant) and not message.text:
        return message.model_copy(update={"content": NO_WORDS})
    return message
