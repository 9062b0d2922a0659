"""Between Inspect and a provider: failures are named before they are logged, and count.

A provider's error may repeat the key, and Inspect logs errors as they are. So every error is
turned into a `CallError` here, below Inspect. The clients of vendors would repeat failed calls
by themselves, out of sight and on top of our own repeats, so they are told not to.
"""

from collections.abc import Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any

import anyio
from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import Model, ModelAPI, ModelOutput

from balk.elicit.failures import failure_of, fold, without_secrets
from balk.errors import CallError

HOPELESS = {"refused_key", "no_credit", "unknown_model"}
"""Reasons for which every other call to the subject may fail as well."""
OF_THE_ACCOUNT = {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED}
"""Statuses that say so of the key itself, whatever was asked."""
REFUSED_IN_A_ROW = 3
"""Calls refused for another hopeless reason, with no reply ever, that end the asking of a subject:
one alone may be about what that exam says."""
PASSING = {"rate_limit", "server_error", "timeout", "connection", "malformed"}
"""Reasons that may be gone when the call is repeated."""
LOST_IN_A_ROW = 10
"""Calls given up one after another that end the asking of a subject."""

FILLED = {"model_context_window_exceeded"}
"""Why a vendor says that a reply ended: no room was left, for which Inspect has no word here."""

Reply = Any  # what a provider returns: an output, or an output or error with its raw call


class Guard:
    """Stands in for a provider's `generate`.

    Attributes
    ----------
    stopped : CallError or None
        Why no more calls are made.
    timeout_s : float or None
        Seconds that one call may take.
    input_tokens, output_tokens : int
        Of all replies so far.
    n_calls : int
        Calls made so far.
    """

    def __init__(self, api: ModelAPI) -> None:
        self.api, self.inner = api, api.generate
        self.stopped: CallError | None = None
        self.timeout_s: float | None = None
        self.input_tokens = self.output_tokens = self.n_calls = 0
        self._n_answered = self._n_lost = self._n_refused = 0
        self._refused = ""
        self._waits_until = 0.0

    async def __call__(self, *args: Any, **arguments: Any) -> Reply:  # noqa: ANN401 -- handed on as they come
        """Make one call.

        Raises
        ------
        CallError
            If it fails.
        """
        if self.stopped:  # while the call waited for a connection
            raise CallError(self.stopped.reason, self.stopped.words)
        client = getattr(self.api, "client", None)
        if getattr(client, "max_retries", 0):
            client.max_retries = 0  # type: ignore[union-attr]
        self.n_calls += 1
        try:
            with anyio.fail_after(self.timeout_s):
                reply = await self.inner(*args, **arguments)
        except Exception as error:  # noqa: BLE001 -- whatever a vendor's client raises
            raise self._named(error) from None
        output, call = reply if isinstance(reply, tuple) else (reply, None)
        if isinstance(output, Exception):
            raise self._named(output) from None
        if output.choices:
            self._check_end(output, (call.response if call else None) or {})
        self._count(output)
        return reply

    def lost(self, failure: CallError) -> None:
        """Count a call that was given up, and stop the subject where others would fail as well."""
        is_of_account = failure.status in OF_THE_ACCOUNT or failure.reason == "no_credit"
        self._n_refused = self._n_refused + 1 if failure.reason == self._refused else 1
        self._refused = failure.reason
        is_refused = (
            failure.reason in HOPELESS
            and self._n_answered == 0
            and self._n_refused >= REFUSED_IN_A_ROW
        )
        self._n_lost += failure.reason in PASSING
        if is_of_account or is_refused or self._n_lost >= LOST_IN_A_ROW:
            self.stopped = self.stopped or failure

    def begins_to_wait(self, seconds: float) -> bool:
        """Return whether a wait that is asked for does not fall into one that is going on."""
        now = monotonic()
        if now < self._waits_until:
            return False
        self._waits_until = now + seconds
        return True

    def _count(self, output: ModelOutput) -> None:
        self._n_answered += 1
        self._n_lost = 0
        if output.usage:
            self.input_tokens += output.usage.input_tokens
            self.output_tokens += output.usage.output_tokens

    def _check_end(self, output: ModelOutput, raw: Mapping[str, Any]) -> None:
        """Name the end of a reply that filled the model's context.

        Raises
        ------
        CallError
            If it is an error, whose words Inspect hands on as if the subject had said them.
        """
        choice = output.choices[0]
        if choice.stop_reason == "model_length" and output.usage is None:
            raise CallError("too_long", fold(output.completion, self._secrets))
        if raw.get("stop_reason") in FILLED:
            choice.stop_reason = "model_length"

    @property
    def _secrets(self) -> tuple[str, ...]:
        return (self.api.api_key,) if self.api.api_key else ()

    def _named(self, error: Exception) -> CallError:
        secrets = self._secrets
        _hide(secrets)
        if isinstance(error, TimeoutError) and self.timeout_s is not None:
            return CallError("timeout", f"no reply within {self.timeout_s:g} s")
        decision = self.api.should_retry(error)
        failure = failure_of(error, secrets, getattr(decision, "retry_after", None))
        if failure.reason == "other" and decision:
            return CallError("server_error", failure.words, failure.wait_s, failure.status)
        return failure


def guard_of(model: Model) -> Guard:
    """Return the guard of a model, put in place on first use."""
    held: object = model.api.generate
    if isinstance(held, Guard):
        return held
    guard = Guard(model.api)
    model.api.generate = guard  # type: ignore[method-assign]
    return guard


def _hide(secrets: tuple[str, ...]) -> None:
    """Hide secrets in what the provider's client has put into the log's event of this call."""
    for event in reversed(transcript().events):
        if isinstance(event, ModelEvent) and event.pending and event.call:
            if event.call.response is not None:
                event.call.response = _hidden(event.call.response, secrets)
            return


def _hidden(value: Any, secrets: tuple[str, ...]) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(value, str):
        return without_secrets(value, secrets)
    if isinstance(value, dict):
        return {key: _hidden(inner, secrets) for key, inner in value.items()}
    return [_hidden(inner, secrets) for inner in value] if isinstance(value, list) else value
