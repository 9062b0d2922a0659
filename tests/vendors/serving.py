"""Vendors on 127.0.0.1: what is asked, what is replied, and a server that is really a server."""

import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from pydantic import BaseModel, TypeAdapter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

End = Literal["end", "max_tokens", "no_room", "refusal", "filter"]
Body = dict[str, Any]
Event = tuple[str, Body]

PIECE_CHARS = 90
START_S = 10.0


@dataclass(frozen=True)
class Reply:
    """What a vendor's model thinks and says, and why it stops."""

    text: str
    thinking: str = ""
    end: End = "end"


Responder = Callable[[str], Reply]
"""The text of the last message -> the reply."""


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: Body


@dataclass
class Vendor:
    """Where a server listens, and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def bodies(self, ending: str) -> list[Body]:
        """Return the bodies sent to paths with an ending."""
        return [one.body for one in self.asked if one.path.endswith(ending)]


class RefusedError(Exception):
    """A request that the vendor would not take: status 400 and why."""

    def __init__(self, param: str, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.param, self.message, self.code = param, message, code


def refuse_if(is_wrong: object, param: str, message: str) -> None:
    """Refuse a request as the vendor would."""
    if is_wrong:
        raise RefusedError(param, message)


Answer = Callable[[Body, Responder], Body | list[Event]]
"""A request's body -> a document, or the events of a stream."""


@contextmanager
def serve(answers: Mapping[str, Answer], responder: Responder) -> Iterator[Vendor]:
    """Serve the paths of `answers` until the block ends."""
    vendor = Vendor()
    routes = [
        Route(path, _endpoint(answer, responder, vendor), methods=["POST"])
        for path, answer in answers.items()
    ]
    config = uvicorn.Config(
        Starlette(routes=routes), host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait_until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    vendor.url = f"http://127.0.0.1:{port}"
    try:
        yield vendor
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


def _wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + START_S
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"the server did not start within {START_S:g} s")
        time.sleep(0.01)


def _endpoint(
    answer: Answer, responder: Responder, vendor: Vendor
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.json()
        vendor.asked.append(Asked(request.url.path, dict(request.headers), body))
        try:
            answered = answer(body, responder)
        except RefusedError as refusal:
            error = {
                "type": "invalid_request_error",
                "message": refusal.message,
                "param": refusal.param,
                "code": refusal.code,
            }
            return JSONResponse({"type": "error", "error": error}, status_code=400)
        if isinstance(answered, dict):
            return JSONResponse(answered)
        return StreamingResponse(_lines(answered), media_type="text/event-stream")

    return endpoint


async def _lines(events: Iterable[Event]) -> AsyncIterator[str]:
    for name, data in events:
        head = f"event: {name}\n" if name else ""
        yield f"{head}data: {data if isinstance(data, str) else json.dumps(data)}\n\n"


def checked(kind: Any, data: Body, extra: tuple[str, ...] = ()) -> Body:  # noqa: ANN401 -- a type
    """Return data that the vendor's own client types accept, and know every field of.

    Parameters
    ----------
    kind : type
        A pydantic model of the vendor's package, or a union of them.
    data : dict
        What is about to be sent.
    extra : tuple of str
        Fields that services add to what the type knows.
    """
    unknown = set(_unknown(TypeAdapter(kind).validate_python(data))) - set(extra)
    if unknown:
        raise TypeError(f"{kind} knows no {sorted(unknown)}")
    return data


def _unknown(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or ()
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name))
    elif isinstance(value, list):
        for one in value:
            yield from _unknown(one)


def pieces(text: str) -> list[str]:
    """Return a text in the pieces that a stream brings it in."""
    return [text[i : i + PIECE_CHARS] for i in range(0, len(text), PIECE_CHARS)]


def n_tokens(text: str) -> int:
    """Return how many tokens these vendors count in a text."""
    return len(text.split())
