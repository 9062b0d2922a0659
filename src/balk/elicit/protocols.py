"""How an exam is put to a subject: all at once, one question at a time, or each on its own.

A reply is kept as the subject sent it. What only the call knew (why it stopped, how many tokens
it took) goes into the message's metadata, because messages are what survives a crash and what
`inspect score` reads again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from balk.design.exams import Exam
from balk.design.prompts import wording
from balk.elicit.conversation import as_sent, system_of
from balk.elicit.kept import is_keeping, keep_replies_of, reply_to
from balk.elicit.probes import ask_probes
from balk.elicit.replies import annotate, read_turn
from balk.elicit.subjects.key_table import REPLICATE
from balk.elicit.verdicts import verdict_told
from balk.records import Probe, Protocol, ReplyFormat

Sitting = Callable[[Exam, TaskState, str], Awaitable[None]]


def sit_exam(
    exams: Mapping[str, Exam],
    borrowed: Mapping[str, str] | None = None,
    config: GenerateConfig | None = None,
    probes: Sequence[Probe] = (),
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
    probes : sequence of str, optional
        What is asked after each exam.
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
                await _probe(exam, state, probes)
            except Exception as error:
                state.output = ModelOutput(model=str(state.model), error=str(error))
                raise
            return state

        return solve

    return sit()


async def _probe(exam: Exam, state: TaskState, probes: Sequence[Probe]) -> None:
    """Ask the probes; where one failed, leave the exam open for the next run to ask it again.

    Where no replies are kept that would pay for the whole exam again, and the exam stands as it is.
    """
    failure = await ask_probes(exam, state, probes)
    if failure and is_keeping():
        raise failure


async def sit_batch(exam: Exam, state: TaskState, borrowed: str) -> None:  # noqa: ARG001 -- no results are told
    """Ask everything in one prompt."""
    await _ask(exam, state, state.messages, exam.reply_format())


async def sit_realtime(exam: Exam, state: TaskState, borrowed: str) -> None:
    """Ask one question at a time and tell after each what the arm has told."""
    left = exam.condition.lifelines
    for position, puzzle in enumerate(exam.form.puzzles, start=1):
        reply_format = exam.reply_format(position, left)
        sent = as_sent(exam, state.messages)
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
    system = system_of(state.messages)
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
    state.output = await reply_to(
        ("exam", reply_format.first), sent, config, may_be_empty=exam.is_document
    )
    message = annotate(state.output, reply_format)
    state.messages.append(message)
    return message
