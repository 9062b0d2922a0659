"""How a sheet is put to a subject: as a whole, in two turns, or each question by itself."""

from collections.abc import Sequence
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from balk.design.answer_key import wording
from balk.design.answer_key.sheets import Sheet
from balk.elicit.conversation import NO_WORDS
from balk.elicit.kept import keep_replies_of, reply_to
from balk.elicit.subjects.key_table import REPLICATE
from balk.errors import CallError

TURN = "answer_key"
"""Stage that the metadata of every reply to a sheet names."""


@solver(name="answer_sheet")
def answer_sheet() -> Solver:
    """Return the solver that puts the sheet in a sample's metadata to the subject."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        label = state.metadata.get("label")  # subjects of one model differ in their settings
        sheet = Sheet.from_dict(state.metadata["sheet"])
        REPLICATE.set(f"{sheet.name}/{state.epoch}")
        keep_replies_of(state, [TURN, label])
        put = _ask_each if wording.is_one_by_one(sheet) else _ask_whole
        try:
            await put(sheet, state)
        except Exception as error:
            state.output = ModelOutput(model=str(state.model), error=str(error))
            raise
        return state

    return solve


def turns(sheet: Sheet) -> list[str]:
    """Return the names of a sheet's turns, in the order in which they are taken."""
    if wording.is_one_by_one(sheet):
        return [f"question {position}" for position in range(1, sheet.n_questions + 1)]
    return ["answers", "marks"] if sheet.shows_key_later else ["sheet"]


async def _ask_whole(sheet: Sheet, state: TaskState) -> None:
    first, *later = turns(sheet)
    await ask(state, state.messages, first)
    for turn in later:
        state.messages.append(ChatMessageUser(content=wording.key_text(sheet)))
        await ask(state, state.messages, turn)


async def _ask_each(sheet: Sheet, state: TaskState) -> None:
    """Ask question by question: each in a conversation of its own, or all in one."""
    is_one_conversation = sheet.layout == "together"
    persona = [message for message in state.messages if message.role == "system"]
    for position, turn in enumerate(turns(sheet), start=1):
        if position > 1:
            text = wording.question(sheet, position)
            state.messages.append(ChatMessageUser(content=text))
        sent = state.messages if is_one_conversation else [*persona, state.messages[-1]]
        await ask(state, sent, turn)


async def ask(state: TaskState, sent: Sequence[ChatMessage], turn: str) -> None:
    """Send messages, or find the reply to them that was kept, and add it to the conversation.

    A call that the provider's filter stops would be stopped again: it counts as the refusal that
    other providers send in its place, so that one puzzle does not hold up all others.
    """
    messages = [_with_words(message) for message in sent]
    try:
        state.output = await reply_to((TURN, turn), messages, GenerateConfig())
    except CallError as error:
        if error.reason != "filtered":
            raise
        state.output = ModelOutput.from_content(
            str(state.model), "", stop_reason="content_filter", error=str(error)
        )
    state.messages.append(annotate(state.output, turn))


def annotate(output: ModelOutput, turn: str) -> ChatMessageAssistant:
    """Return the reply with what only the call knew in its metadata."""
    message = output.message
    facts: dict[str, Any] = {
        "stage": TURN,
        "turn": turn,
        "finish_reason": output.stop_reason,
        "output_tokens": output.usage.output_tokens if output.usage else None,
    }
    message.metadata = (message.metadata or {}) | {"balk": facts}
    return message


def _with_words(message: ChatMessage) -> ChatMessage:
    """Return a turn as vendors take it back: some refuse one without words."""
    if isinstance(message, ChatMessageAssistant) and not message.text:
        return message.model_copy(update={"content": NO_WORDS})
    return message
