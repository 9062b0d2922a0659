"""Why a call failed: one word of a fixed list, and the provider's own words without secrets."""

import html
import json
import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, quote_plus

from balk.design.subjects import SECRETS
from balk.errors import CallError

REASONS: dict[str, str] = {
    "rate_limit": "the provider asks for fewer calls",
    "server_error": "the provider broke down (5xx)",
    "timeout": "no reply in time",
    "connection": "the connection could not be made, or was cut",
    "malformed": "the reply was not in the provider's own form",
    "empty": "the reply had nothing in it",
    "refused_key": "the key was refused",
    "no_credit": "the account has no credit left",
    "unknown_model": "the provider does not know the model",
    "filtered": "the provider's filter stopped the call",
    "too_long": "the prompt is longer than the model takes",
    "refused_request": "the provider does not take the request as it is",
    "interrupted": "the run was stopped before the exam was over",
    "limit": "the run's own limit was reached",
    "other": "anything else",
}
"""Reason -> what it means."""

STATUSES = {
    401: "refused_key",
    402: "no_credit",
    403: "refused_key",
    404: "unknown_model",
    408: "timeout",
    413: "too_long",
    429: "rate_limit",
}
GRPC = {
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "DEADLINE_EXCEEDED": 408,
    "RESOURCE_EXHAUSTED": 429,
    "INVALID_ARGUMENT": 400,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}
"""Statuses of clients that speak gRPC, as those of HTTP that mean the same."""

SPECIAL = (
    (r"insufficient_quota|exceeded your current quota|credit balance|billing", "no_credit"),
    (r"api[ _]key.{0,20}(not valid|invalid)|invalid.{0,5}api[ _]key", "refused_key"),
    (r"content[ _](filter|management|policy)|flagged", "filtered"),
    (r"context.{0,3}length|maximum context|too (long|large|many tokens)", "too_long"),
    (r"model.{0,80}(not found|not exist|not supported)", "unknown_model"),
    (r"(unknown|invalid)[ _]model|model_not_found", "unknown_model"),
)
"""What providers say in 4xx errors whose number alone does not tell."""

OUT_OF_CREDIT = re.compile(r"insufficient_quota|credit balance", re.IGNORECASE)
COMES_BACK = re.compile(r"try (again )?(in|after) \d", re.IGNORECASE)
"""What is said with a 429 that passes, also where it speaks of quotas and bills."""

KINDS = (
    (r"Timeout|timed out", "timeout"),
    (r"JSONDecode|ResponseValidation|Decoding|non-ChatCompletion|NoStreamData", "malformed"),
    (r"Connect|Read|Write|Close|Protocol|Network|Transport|OSError|EndOfStream", "connection"),
    (r"TypeError|AttributeError|KeyError|IndexError", "malformed"),
)
"""What the classes of errors without a status are called, from the outermost inwards."""

MAX_WORDS = 160
SHORTEST_SECRET = 8
HIDDEN = "[hidden]"
TOKENS = re.compile(
    r"\b(?:sk|pk|gsk|xai|hf|key)[-_][\w*.-]{8,}|(?i:bearer)\s+\S{8,}|\bAIza[\w-]{20,}"
)
IDS = re.compile(
    r"\b(?:req|request|chatcmpl|msg|org|proj)[-_][\w-]{6,}|\b[0-9a-f]{8}-[0-9a-f-]{20,}"
)


def failure_of(
    error: Exception, secrets: tuple[str, ...] = (), wait_s: float | None = None
) -> CallError:
    """Return what an error of a provider's client comes to.

    Parameters
    ----------
    error : Exception
        As the client raised it.
    secrets : tuple of str
        Keys in use, never to be repeated.
    wait_s : float, optional
        How long the provider asks to wait.
    """
    if isinstance(error, CallError):
        return error
    said = _said(error)
    status = _status(error)
    words = fold(f"{status} {said}" if status and str(status) not in said else said, secrets)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return CallError(_reason_of_429(said, wait_s), words, wait_s, status)
    reason = _reason_of_status(status, said) if status else _reason_of_class(error, said)
    return CallError(reason, words, wait_s, status)


def _reason_of_429(said: str, wait_s: float | None) -> str:
    """Tell an account without credit from one that is to wait, which may speak of bills too."""
    is_passing = wait_s is not None or COMES_BACK.search(said)
    return "no_credit" if OUT_OF_CREDIT.search(said) and not is_passing else "rate_limit"


def _reason_of_status(status: int, said: str) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error"
    special = next((why for seen, why in SPECIAL if re.search(seen, said, re.IGNORECASE)), "")
    if status not in STATUSES or special == "no_credit":
        return special or "refused_request"
    if status == HTTPStatus.FORBIDDEN and special in {"filtered", "too_long"}:
        return special
    return STATUSES[status]


def _reason_of_class(error: Exception, said: str) -> str:
    code = str(getattr(error, "code", "") or getattr(error, "type", "") or "")
    if "rate_limit" in code:
        return "rate_limit"
    kinds = " ".join(_kinds(error)) + " " + (said if "non-ChatCompletion" in said else "")
    found = next((why for seen, why in KINDS if re.search(seen, kinds)), None)
    return found or ("server_error" if "server_error" in code else "other")


def _kinds(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield from (kind.__name__ for kind in type(error).__mro__)
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None), error.__cause__):
        for name in ("status_code", "code", "http_status"):
            value = getattr(holder, name, None)
            if isinstance(value, int) and value >= HTTPStatus.BAD_REQUEST:
                return value
            called = getattr(value(), "name", "") if callable(value) else ""
            if called in GRPC:
                return GRPC[called]
    return None


def _said(error: BaseException) -> str:
    """Return the provider's own words if there are any, else the error's."""
    details: Any = getattr(error, "details", None)
    code = str(getattr(error, "code", "") or "")
    found = (
        _with_code(_words(getattr(error, "body", None)), code),
        str(getattr(error, "provider_message", "") or ""),
        str(details() or "") if callable(details) else _words(details),
        _words(_text(error)),
        str(error),
    )
    return next((words.strip() for words in found if words.strip()), type(error).__name__)


def _with_code(words: str, code: str) -> str:
    return f"{words} ({code})" if words and code and code not in words else words


def _words(body: Any) -> str:  # noqa: ANN401 -- any JSON
    """Return what an error's body says: itself, or what stands where words usually do."""
    if isinstance(body, str):
        with suppress(ValueError):
            held = json.loads(body)
            return _words(held) if isinstance(held, dict) else body
        return body
    if not isinstance(body, dict):
        return ""
    inner = next((body[name] for name in ("error", "message", "detail") if body.get(name)), "")
    if isinstance(inner, dict):
        inner = inner.get("message") or inner.get("code") or ""
    return inner if isinstance(inner, str) else json.dumps(inner)


def _text(error: BaseException) -> str:
    """Return the body of a reply as it came, where it was read."""
    with suppress(Exception):  # a stream that was not read says so in its client's own way
        return str(getattr(getattr(error, "response", None), "text", None) or "")
    return ""


def failure_in_log(message: str) -> str:
    """Return a reason and words from the error of a logged exam."""
    if message.startswith("CancelledError"):
        return "interrupted: the run was stopped before the exam was over"
    last = fold(message.strip().splitlines()[-1] if message.strip() else "")
    return last if last.partition(":")[0] in REASONS else f"other: {last}"


def fold(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a text on one line, at most 160 characters, without secrets and request numbers."""
    folded = IDS.sub("...", without_secrets(" ".join(text.split()), secrets))
    return folded if len(folded) <= MAX_WORDS else folded[: MAX_WORDS - 3] + "..."


def without_secrets(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a text in which keys in use, and all that looks like one, are hidden."""
    for form in sorted(_forms({*secrets, *_of_environment()}), key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return TOKENS.sub(HIDDEN, text)


def _forms(secrets: Iterable[str]) -> set[str]:
    """Return secrets as they are, and as they stand in addresses, headers and pages."""
    forms: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            coded = b64encode(secret.encode()).decode().rstrip("=")
            forms |= {secret, quote(secret, safe=""), quote_plus(secret), coded}
            forms.add(html.escape(secret))
    return forms


def _of_environment() -> Iterator[str]:
    return (value for name, value in os.environ.items() if name.lower().endswith(SECRETS))
