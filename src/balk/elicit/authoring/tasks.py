"""The Inspect task that asks an author for puzzles: one sample is one wish."""

from dataclasses import asdict
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, list_eval_logs, read_eval_log, read_eval_log_samples
from inspect_ai.model import ChatMessageAssistant, GenerateConfig
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from balk.design.authoring.replies import read_draft
from balk.design.authoring.wishes import Domain, Wish, make_wishes, wish_text
from balk.elicit.answer_key.asking import ask
from balk.elicit.kept import keep_replies_of
from balk.elicit.subjects.key_table import REPLICATE
from balk.errors import PuzzleError

TASK_VERSION = 1
TURN = "author"


@task(name="author")
def author(  # noqa: PLR0913, PLR0917 -- every argument is part of the task's identity
    n: int = 20,
    domain: Domain = "maths",
    level: int = 5,
    seed: int = 0,
    temperature: float | None = 1.0,
    max_tokens: int = 32_000,
    wording: str | None = None,  # noqa: ARG001 -- part of the identity
) -> Task:
    """Ask for puzzles, one sample a puzzle.

    Parameters
    ----------
    n : int
        How many.
    domain : {"maths", "logic", "ethics"}
        What kind.
    level : int
        1 to 5.
    seed : int
        Draws the topics.
    temperature : float, optional
        Sampling temperature; none is sent where it is None.
    max_tokens : int
        Most tokens in one reply.
    wording : str, optional
        Hash of the prompts.
    """
    samples = [
        Sample(
            id=f"{wish.index + 1:04d}",
            input=wish_text(wish),
            metadata={"exam": {"wish": wish.index}, "wish": asdict(wish)},
        )
        for wish in make_wishes(n, domain, level, seed)
    ]
    return Task(
        dataset=MemoryDataset(samples, name="wishes"),
        solver=write_puzzle(),
        scorer=draft_scorer(),
        config=GenerateConfig(temperature=temperature, max_tokens=max_tokens),
        version=TASK_VERSION,
    )


@solver
def write_puzzle() -> Solver:
    """Return the solver that asks once."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 -- Inspect's signature
        REPLICATE.set(f"author/{state.sample_id}/{state.epoch}")
        keep_replies_of(state, [TURN])
        await ask(state, state.messages, TURN)
        return state

    return solve


@scorer(metrics=[mean()])
def draft_scorer() -> Scorer:
    """Score whether a reply holds a puzzle."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 -- Inspect's signature
        reply = next((m.text for m in state.messages if isinstance(m, ChatMessageAssistant)), "")
        try:
            draft = read_draft(reply, Wish(**state.metadata["wish"]), str(state.model))
        except PuzzleError as error:
            return Score(value=0, explanation=str(error))
        return Score(value=1, answer=draft.puzzle.key)

    return score


def read_replies(logs: Path) -> list[tuple[Wish, str]]:
    """Return what an author wrote to each wish, from the last log that came to its end."""
    found: dict[int, tuple[Wish, str]] = {}
    for info in list_eval_logs(str(logs), descending=False):
        if read_eval_log(info, header_only=True).status != "success":
            continue
        for sample in read_eval_log_samples(info):
            wish = Wish(**sample.metadata["wish"])
            found[wish.index] = (wish, _said(sample))
    return [found[index] for index in sorted(found)]


def _said(sample: EvalSample) -> str:
    """Return the reply in a sample; in its calls, where Inspect put it together after a kill."""
    said = [one.text for one in sample.messages if isinstance(one, ChatMessageAssistant)]
    said += [
        event.output.completion
        for event in sample.events
        if isinstance(event, ModelEvent) and event.output.choices
    ]
    return said[0] if said else ""
