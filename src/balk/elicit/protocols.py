"""How an exam is put to a subject: all at once, one question at a time, or each on its own.

A reply is kept as the subject sent it. What only the call knew (why it stopped, how many tokens
it took) goes into the message's metadata, because messages are what survives a crash and what
`inspect score` reads again.
"""

from collections.abc import Awaitable, Callable, Mapping

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from balk.design.exams import Exam
from balk.design.prompts import wording
from balk.elicit.calls import call
from balk.elicit.kept import keep_replies_of, kept_replies
from balk.elicit.replies import annotate, read_turn
from balk.elicit.subjects.key_table import REPLICATE
from balk.elicit.verdicts import verdict_told
from balk.records import Protocol, ReplyFormat

NO_WORDS = "(no reply)"
"""What stands in the history where a subject was cut off before it said anything."""

Sitting = Callable[[Exam, TaskState, str], Awaitable[None]]


def sit_exam(
    exams: Mapping[str, Exam],
    borrowed: Mapping[str, str] | None = None,
    config: GenerateConfig | None = None,
) -> Solver:
    """Return the solver that puts the exam that a sample names to the subject.

    The exams are no argument of the solver that Inspect sees: its arguments are written into
    every log and are part of a task's identity, and the task's own arguments already say which
    exams these are.

    Parameters
    ----------
    exams : mapping of str to Exam
        The task's exams by form id.
    borrowed : mapping of str to str, optional
        Form id -> the verdicts told in the place of true ones, as `balk.elicit.verdicts` writes
        them.
    config : GenerateConfig, optional
        The subject's settings: replies to others are not its own.
    """
    told = borrowed or {}
    settings = config.model_dump(mode="json", exclude_none=True) if config else {}

    @solver(name="sit_exam")
    def sit() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
            exam = exams[state.metadata["exam"]["form_id"]]
            REPLICATE.set(f"{exam.form.id}/{state.epoch}")
            keep_replies_of(state, [settings, told.get(exam.form.id)])
            try:
                await SITTINGS[exam.condition.protocol](exam, state, told.get(exam.form.id, ""))
            except Exception as error:
                state.output = ModelOutput(model=str(state.model), error=str(error))
                raise
            return state

        return solve

    return sit()


async def sit_batch(exam: Exam, state: TaskState, borrowed: str) -> None:  # noqa: ARG001 -- no results are told
    """Ask everything in one prompt."""
    await _ask(exam, state, state.messages, exam.reply_format())


async def sit_realtime(exam: Exam, state: TaskState, borrowed: str) -> None:
    """Ask one question at a time and tell after each what the arm has told."""
    left = exam.condition.lifelines
    for position, puzzle in enumerate(exam.form.puzzles, start=1):
        reply_format = exam.reply_format(position, left)
        sent = _as_sent(exam, state.messages)
        message = await _ask(exam, state, sent, reply_format)
        if position == exam.n_questions:
            return  # nothing follows that the last result could be told to
        turn = read_turn(message, reply_format, puzzle)
        left = turn.left_after
        is_right = verdict_told(exam.condition.arm, turn, borrowed)
        told = wording.feedback(exam, turn.reading, is_right, left)
        state.messages.append(ChatMessageUser(content=told))


async def sit_isolated(exam: Exam, state: TaskState, borrowed: str) -> None:  # noqa: ARG001 -- no results are told
    """Ask each question in a conversation of its own; only the lifelines left carry over."""
    system = [message for message in state.messages if isinstance(message, ChatMessageSystem)]
    left = exam.condition.lifelines
    for position, puzzle in enumerate(exam.form.puzzles, start=1):
        reply_format = exam.reply_format(position, left)
        if position > 1:
            state.messages.append(ChatMessageUser(content=wording.question(exam, position, left)))
        message = await _ask(exam, state, [*system, state.messages[-1]], reply_format)
        left = read_turn(message, reply_format, puzzle).left_after


SITTINGS: dict[Protocol, Sitting] = {
    "batch": sit_batch,
    "realtime": sit_realtime,
    "isolated": sit_isolated,
}


async def _ask(
    exam: Exam, state: TaskState, sent: list[ChatMessage], reply_format: ReplyFormat
) -> ChatMessageAssistant:
    config = GenerateConfig()
    if exam.is_document:
        config = GenerateConfig(stop_seqs=wording.COMPLETION_STOPS[exam.condition.protocol])
    asked = ("exam", reply_format.first, [(message.role, message.text) for message in sent])
    kept = kept_replies()
    output = kept.find(asked)
    if output is None:
        output = await call(sent, config, may_be_empty=exam.is_document)
        kept.keep(asked, output)
    state.output = output
    message = annotate(state.output, reply_format)
    state.messages.append(message)
    return message


def _as_sent(exam: Exam, messages: list[ChatMessage]) -> list[ChatMessage]:
    """Return what is sent: the conversation, or the one document that it adds up to."""
    if not exam.is_document:
        return [_with_words(message) for message in messages]
    system = [message for message in messages if isinstance(message, ChatMessageSystem)]
    others = "".join(message.text for message in messages[len(system) :])
    return [*system, ChatMessageUser(content=others)]


def _with_words(message: ChatMessage) -> ChatMessage:
    """Return a turn as vendors take it back: a thought that led to no words is refused by some."""
    if isinstance(message, ChatMessageAssistant) and not message.text:
        return message.model_copy(update={"content": NO_WORDS})
    return message
