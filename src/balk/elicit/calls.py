"""One call, repeated where that helps: the only layer that repeats.

The provider's own client and Inspect would each repeat failed calls, one inside the other; both
are told not to (`balk.elicit.guard`, ``max_retries=0``).
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from anyio import sleep
from inspect_ai.model import ChatMessage, ContentText, GenerateConfig, Model, ModelOutput, get_model

from balk.elicit.failures import fold
from balk.elicit.guard import PASSING, guard_of
from balk.errors import CallError

MAX_RETRIES = 8
TIMEOUT_S = 600.0
LONGEST_WAIT_S = 60.0
LONGEST_ASKED_S = 1800.0
SPREAD = 0.25
"""Share of a wait that is asked for by which calls come back one after another."""
TOLD_S = 30.0
"""Waits as long as this are told of."""
FEWER = {"timeout": 2, "malformed": 3, "empty": 2}
"""Most repeats for reasons that cost full price or hardly change."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on with a call that fails.

    Attributes
    ----------
    max_retries : int
        Most repeats of one call.
    timeout_s : float or None
        Seconds that one call may take; None for as long as it takes.
    first_wait_s : float
        Seconds before the first repeat; each later wait is twice as long, up to a minute.
    longest_asked_s : float
        Longest wait that a provider may ask for; where it asks for more, the call is given up.
    tell : callable, optional
        Told in a line of a long wait that a provider asks for, once for all calls to a subject.
    """

    max_retries: int = MAX_RETRIES
    timeout_s: float | None = TIMEOUT_S
    first_wait_s: float = 1.0
    longest_asked_s: float = LONGEST_ASKED_S
    tell: Callable[[str], None] | None = None

    def wait_s(self, failure: CallError, n_tries: int, n_alike: int) -> float | None:
        """Return the seconds until the next try, or None where it is given up.

        Parameters
        ----------
        failure : CallError
            What went wrong now.
        n_tries : int
            Tries so far.
        n_alike : int
            Those that failed for the same reason.
        """
        if failure.reason not in PASSING | {"empty"}:
            return None
        most = min(self.max_retries, FEWER.get(failure.reason, self.max_retries))
        asked = failure.wait_s or 0.0
        if n_tries > self.max_retries or n_alike > most or asked > self.longest_asked_s:
            return None
        wait = min(self.first_wait_s * 2.0 ** (n_tries - 1), LONGEST_WAIT_S)
        # Spread out, so that calls turned away together do not come back together.
        if not asked:
            return wait * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret
        return asked + max(wait, SPREAD * asked) * random.random()  # noqa: S311 -- no secret

    def given_up(self, failure: CallError) -> CallError:
        """Return the failure of a call that is given up, saying so where its wait was too long."""
        asked = failure.wait_s or 0.0
        if failure.reason not in PASSING or asked <= self.longest_asked_s:
            return failure
        why = f"asks to wait {asked:.0f} s, and --max-wait is {self.longest_asked_s:.0f} s"
        return CallError(
            failure.reason, fold(f"{why}: {failure.words}"), failure.wait_s, failure.status
        )


PATIENCE: ContextVar[Patience] = ContextVar("PATIENCE", default=Patience())  # noqa: B039 -- frozen


@contextmanager
def patient(patience: Patience | None, *, is_batch: bool = False) -> Iterator[None]:
    """Have this patience for a while, by default the one there is; a batch takes its own time."""
    patience = patience or PATIENCE.get()
    token = PATIENCE.set(replace(patience, timeout_s=None) if is_batch else patience)
    try:
        yield
    finally:
        PATIENCE.reset(token)


async def call(
    sent: Sequence[ChatMessage],
    config: GenerateConfig,
    *,
    may_be_empty: bool,
    model: Model | None = None,
) -> ModelOutput:
    """Ask the subject and return its reply.

    A reply with nothing in it is asked for again, twice at most; then it stands as it is.

    Parameters
    ----------
    sent : sequence of ChatMessage
        The conversation.
    config : GenerateConfig
        What differs from the task's settings.
    may_be_empty : bool
        Whether nothing is a reply like any other, as in a document that ends at once.
    model : Model, optional
        Who is asked; by default the subject.

    Raises
    ------
    CallError
        If the call failed for good, or the subject is not asked any more.
    """
    model, patience = model or get_model(), PATIENCE.get()
    guard = guard_of(model)
    guard.timeout_s = patience.timeout_s
    once = config.merge(GenerateConfig(max_retries=0))
    failed: Counter[str] = Counter()
    while True:
        if guard.stopped:
            raise CallError(guard.stopped.reason, guard.stopped.words)
        output = None
        try:
            output = await model.generate(list(sent), config=once)
            if output.choices and (may_be_empty or not _is_empty(output)):
                return output
            failure = CallError("empty", "a reply without any text")
        except CallError as error:
            failure = error
        failed[failure.reason] += 1
        wait = patience.wait_s(failure, failed.total(), failed[failure.reason])
        if wait is None and output is not None and output.choices:
            return output
        if wait is None:
            failure = patience.given_up(failure)
            guard.lost(failure)
            raise failure
        _tell_wait(model, failure, patience)
        await sleep(wait)


def _tell_wait(model: Model, failure: CallError, patience: Patience) -> None:
    """Tell of a long wait that is asked for, unless it falls into one that was told of."""
    asked = failure.wait_s or 0.0
    if patience.tell and asked >= TOLD_S and guard_of(model).begins_to_wait(asked):
        patience.tell(
            f"{model} asks to wait {asked:.0f} s ({failure.message}); its calls wait that long and "
            "a little longer, one after another."
        )


def _is_empty(output: ModelOutput) -> bool:
    """Return whether a reply ended by itself with neither words nor thoughts in it."""
    content = output.message.content
    is_blank = isinstance(content, str) or all(
        isinstance(part, ContentText) and not part.refusal for part in content
    )
    return is_blank and output.stop_reason in {"stop", "unknown"} and not output.completion.strip()
