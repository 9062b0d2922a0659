"""A server on 127.0.0.1 that fails by a schedule, in the ways that providers fail."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fake_provider import Responder, answer

RETRYABLE = (
    "429 with Retry-After",
    "429",
    "500",
    "503",
    "hang",
    "cut",
    "malformed",
    "empty",
)
"""The eight ways of a call that succeeds when it is made again."""

HANG_S = 30.0
REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
Schedule = Callable[[int, str], str]
"""Number of the call from 0, and the model asked -> how it fails; "" for not at all."""


def one_in_five(number: int, model: str) -> str:
    """Fail every fifth call, the eight ways in turn."""
    del model
    return RETRYABLE[number // 5 % len(RETRYABLE)] if number % 5 == 4 else ""


def never(number: int, model: str) -> str:
    """Fail no call."""
    del number, model
    return ""


@dataclass
class FaultyProvider:
    """What the server was asked, how it failed, and where it listens."""

    url: str = ""
    n_calls: int = 0
    by_model: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    times: list[tuple[float, str]] = field(default_factory=list)
    n_in_flight: int = 0
    most_in_flight: int = 0


class _Server:
    def __init__(
        self, provider: FaultyProvider, responder: Responder, schedule: Schedule, delay_s: float
    ) -> None:
        self.provider, self.responder = provider, responder
        self.schedule, self.delay_s = schedule, delay_s

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is not to be used again."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = dict(
            line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
        )
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        path = head.split(" ", 2)[1]
        return await self._answer(
            path, body, headers.get("authorization") or headers.get("x-api-key", ""), writer
        )

    async def _answer(
        self, path: str, body: dict[str, Any], key: str, writer: asyncio.StreamWriter
    ) -> bool:
        provider = self.provider
        number, provider.n_calls = provider.n_calls, provider.n_calls + 1
        provider.by_model[body["model"]] += 1
        provider.times.append((time.monotonic(), body["model"]))
        provider.n_in_flight += 1
        provider.most_in_flight = max(provider.most_in_flight, provider.n_in_flight)
        try:
            await asyncio.sleep(self.delay_s)
            how = self.schedule(number, body["model"])
            provider.failed[how] += 1
            return await self._fail(how, path, body, key, writer)
        finally:
            provider.n_in_flight -= 1

    async def _fail(
        self, how: str, path: str, body: dict[str, Any], key: str, writer: asyncio.StreamWriter
    ) -> bool:
        if how.startswith("429"):
            seconds = how.partition("Retry-After ")[2] or "1"
            extra = f"Retry-After: {seconds}\r\n" if "Retry-After" in how else ""
            return await _send(writer, 429, _error("slow down"), extra)
        if how[:3].isdigit():
            status = int(how[:3])
            return await _send(writer, status, _error(f"{how[3:].strip() or 'broken'} {key}"))
        if how == "hang":
            await asyncio.sleep(HANG_S)
            return False
        reply = answer(path, body, self.responder)
        if how == "empty":
            reply["choices"] = []
        text = json.dumps(reply).encode()
        if how == "malformed":
            text = text[: len(text) // 2]
        if how == "cut":
            writer.write(_head(200, len(text)) + text[: len(text) // 2])
            await writer.drain()
            return False
        return await _send(writer, 200, text)


def _error(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": "fault", "code": None}}).encode()


def _head(status: int, n_bytes: int, extra: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {n_bytes}\r\n{extra}\r\n"
    ).encode()


async def _send(writer: asyncio.StreamWriter, status: int, text: bytes, extra: str = "") -> bool:
    writer.write(_head(status, len(text), extra) + text)
    await writer.drain()
    return True


@contextmanager
def serve_faulty(
    responder: Responder, schedule: Schedule = never, delay_s: float = 0.0
) -> Iterator[FaultyProvider]:
    """Serve `/v1/chat/completions` and `/v1/completions`, failing by a schedule."""
    provider = FaultyProvider()
    server = _Server(provider, responder, schedule, delay_s)
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        asyncio.start_server(server.connected, "127.0.0.1", 0, backlog=1000)
    )
    provider.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield provider
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(_stop, loop)
        thread.join()
        loop.close()


_STOPPING: list[asyncio.Task[None]] = []
"""A task that nobody holds may be collected before it is done."""


def _stop(loop: asyncio.AbstractEventLoop) -> None:
    async def stop() -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        loop.stop()

    _STOPPING.append(loop.create_task(stop()))
