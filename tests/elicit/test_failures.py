"""Names of failures, how long they are borne with, and secrets that never come through."""

import html
from base64 import b64encode
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import ModelOutput, get_model

from balk.elicit.calls import LONGEST_ASKED_S, LONGEST_WAIT_S, SPREAD, Patience
from balk.elicit.failures import MAX_WORDS, REASONS, failure_in_log, failure_of, fold
from balk.elicit.guard import Guard
from balk.elicit.kept import Kept
from balk.errors import CallError

keys = st.text("abcdefghijkmnpqrstuvwxyz0123456789-_", min_size=8, max_size=60)


@given(before=st.text(max_size=200), key=keys, after=st.text(max_size=200))
def test_no_key_comes_through_whole(before: str, key: str, after: str) -> None:
    assert key not in fold(f"{before}{key}{after}", (key,)).replace("[hidden]", "")


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-abcdefgh12345678",
        "sk-ant-api03-abcdefgh",
        "AIzaSyA1234567890abcdefghijk",
        "gsk_abcdefgh1",
    ],
)
def test_what_looks_like_a_key_is_hidden_although_it_is_not_in_use(key: str) -> None:
    assert key not in fold(f"Incorrect API key provided: {key}. You can find your key at ...")


def test_the_keys_of_the_environment_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SERVICE_API_KEY", "plain words as a key")
    assert fold("wrong: plain words as a key") == "wrong: [hidden]"


@given(st.text(max_size=500))
def test_words_are_one_short_line(text: str) -> None:
    folded = fold(text)
    assert len(folded) <= MAX_WORDS
    assert len(folded.splitlines()) <= 1


@given(st.text(max_size=300))
def test_an_error_in_a_log_always_comes_to_a_known_reason(message: str) -> None:
    assert failure_in_log(message).partition(":")[0] in REASONS


def test_requests_that_differ_in_their_number_alone_have_one_reason() -> None:
    one, other = (fold(f"overloaded (request id: req_{n}abcdef)") for n in (1, 2))
    assert one == other


class StatusError(Exception):
    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (400, "API key not valid. Please pass a valid API key.", "refused_key"),
        (400, "Your credit balance is too low to access the API.", "no_credit"),
        (429, "You exceeded your quota, check your billing (insufficient_quota)", "no_credit"),
        (429, "Your credit balance is too low", "no_credit"),
        (429, "You exceeded your current quota, please check your plan and billing", "rate_limit"),
        (429, "insufficient_quota for now. Please retry in 32.5s.", "rate_limit"),
        (429, "Please try again in 20s, or add a credit balance in billing", "rate_limit"),
        (403, "Stopped by the content filter", "filtered"),
        (403, "The prompt is too long", "too_long"),
        (403, "No access", "refused_key"),
        (400, "The model `x` does not exist or you do not have access to it.", "unknown_model"),
        (404, "model: claude-x", "unknown_model"),
        (400, "This model's maximum context length is 8192 tokens.", "too_long"),
        (422, "temperature must be below 1", "refused_request"),
        (529, "Overloaded", "server_error"),
        (408, "Request Timeout", "timeout"),
    ],
)
def test_what_providers_say_comes_to_a_reason(status: int, message: str, reason: str) -> None:
    assert failure_of(StatusError(status, message)).reason == reason


def test_credit_that_is_said_to_come_back_is_not_gone() -> None:
    error = StatusError(429, "insufficient_quota")
    assert failure_of(error).reason == "no_credit"
    assert failure_of(error, wait_s=2.0).reason == "rate_limit"


def with_body(body: object) -> StatusError:
    error = StatusError(401, "Error code: 401")
    error.body = body  # type: ignore[attr-defined]
    return error


def with_text(text: str) -> StatusError:
    error = StatusError(401, "Client error for url")
    error.response = SimpleNamespace(text=text)  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    "error",
    [
        with_body({"detail": "no such key"}),
        with_body("no such key"),
        with_body({"error": "no such key"}),
        with_text("no such key"),
        with_text('{"detail": "no such key"}'),
    ],
)
def test_the_words_of_a_provider_are_kept_wherever_they_stand(error: StatusError) -> None:
    failure = failure_of(error)
    assert (failure.words, failure.status) == ("401 no such key", 401)


IN_USE = "Zq9+a c/DEF==<secret>&77"


@pytest.mark.parametrize(
    "form",
    [
        IN_USE,
        quote(IN_USE, safe=""),
        quote_plus(IN_USE),
        b64encode(IN_USE.encode()).decode(),
        html.escape(IN_USE),
    ],
)
def test_a_key_is_hidden_in_every_form_that_it_is_sent_in(form: str) -> None:
    assert fold(f"bad key {form}", (IN_USE,)).rstrip("=") == "bad key [hidden]"


async def answer(*_: object, **__: object) -> ModelOutput:
    return ModelOutput.from_content("model", "Q1: 7")


def guard_after(n_answered: int) -> Guard:
    guard = Guard(get_model("mockllm/model", memoize=False).api)
    guard.inner = answer
    for _ in range(n_answered):
        anyio.run(guard)
    return guard


@pytest.mark.parametrize("status", [401, 402])
def test_a_key_refused_halfway_stops_its_subject_whatever_is_said(status: int) -> None:
    guard = guard_after(n_answered=5)
    guard.lost(failure_of(StatusError(status, f"Access denied ({status})")))
    assert guard.stopped


@pytest.mark.parametrize("status", [403, 404])
def test_what_may_be_about_one_exam_stops_a_subject_that_never_answered_after_three(
    status: int,
) -> None:
    fresh, answering = guard_after(n_answered=0), guard_after(n_answered=1)
    failure = failure_of(StatusError(status, "No access"))
    for _ in range(2):
        fresh.lost(failure)
    assert fresh.stopped is None
    fresh.lost(failure)
    assert fresh.stopped
    for _ in range(9):
        answering.lost(failure)
    assert answering.stopped is None


class Code(Enum):
    UNAUTHENTICATED = 16
    UNAVAILABLE = 14
    OUT_OF_RANGE = 11


class RpcError(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__("<AioRpcError of RPC that terminated with: ...>")
        self.held = code

    def code(self) -> Code:
        return self.held

    def details(self) -> str:
        return "as the server says"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (Code.UNAUTHENTICATED, "refused_key: 401 as the server says"),
        (Code.UNAVAILABLE, "server_error: 503 as the server says"),
        (Code.OUT_OF_RANGE, "other: as the server says"),
    ],
)
def test_errors_of_grpc_come_to_the_same_reasons(code: Code, message: str) -> None:
    assert failure_of(RpcError(code)).message == message


@given(
    reason=st.sampled_from(sorted(REASONS)),
    n_tries=st.integers(1, 30),
    asked=st.none() | st.floats(0, 1e6),
    max_retries=st.integers(0, 20),
)
def test_no_wait_is_long_and_no_call_is_made_for_ever(
    reason: str, n_tries: int, asked: float | None, max_retries: int
) -> None:
    patience = Patience(max_retries=max_retries)
    wait = patience.wait_s(CallError(reason, "", asked), n_tries, n_tries)
    longest = LONGEST_ASKED_S + max(LONGEST_WAIT_S, SPREAD * LONGEST_ASKED_S)
    assert wait is None or wait <= longest
    assert wait is None or wait >= (asked or 0)
    if n_tries > max_retries or (asked or 0) > LONGEST_ASKED_S:
        assert wait is None


@pytest.mark.parametrize("asked", [None, 1.0, 400.0])
def test_calls_turned_away_together_do_not_come_back_together(asked: float | None) -> None:
    failure = CallError("rate_limit", "", asked)
    waits = [Patience().wait_s(failure, 1, 1) or 0.0 for _ in range(100)]
    # One in 2 ** 100 draws of a hundred lies in one half of its range.
    assert max(waits) - min(waits) > max(0.5, SPREAD * (asked or 0)) / 2


def test_a_reply_is_found_by_all_that_was_asked_and_by_nothing_less(tmp_path: Path) -> None:
    path = tmp_path / "exam.jsonl"
    asked = ("exam", 3, [("user", "Q3. How many?")])
    output = ModelOutput.from_content("model", "Q3: 7")
    Kept(path).keep(asked, output)
    with path.open("a") as file:
        file.write('["cut off by a ki')
    Kept(path).keep(("exam", 4, []), ModelOutput.from_content("model", "Q4: 8"))
    again = Kept(path)
    found = [again.find(asked), again.find(("exam", 4, []))]
    assert [reply.completion for reply in found if reply] == ["Q3: 7", "Q4: 8"]
    for other in (("probe", *asked[1:]), ("exam", 4, asked[2]), ("exam", 3, [("user", "Q3.")])):
        assert again.find(other) is None
