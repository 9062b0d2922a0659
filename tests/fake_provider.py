"""A server on 127.0.0.1 that speaks the OpenAI chat and completion protocols, for real clients."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Responder = Callable[[str], str]
"""All the text that was sent -> the reply."""

TokenCounter = Callable[[str], int]
"""A text -> its tokens."""

FRAME_TOKENS = 3
"""Put around each chat message, and before each reply, by the server's own count."""


def words(text: str) -> int:
    """Count words as tokens."""
    return len(text.split())


@dataclass
class FakeProvider:
    """What the server was asked, and where it listens."""

    url: str = ""
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    usage: list[tuple[int, int]] = field(default_factory=list)
    """Tokens sent and received in each request, by the server's own count."""


@contextmanager
def serve(responder: Responder, tokens: TokenCounter = words) -> Iterator[FakeProvider]:
    """Serve `/v1/chat/completions` and `/v1/completions` with a responder's texts."""
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.requests.append((self.path, body))
            replied = answer(self.path, body, responder, tokens)
            usage = replied["usage"]
            provider.usage.append((usage["prompt_tokens"], usage["completion_tokens"]))
            text = json.dumps(replied).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PROBED = {
    "That was the last question": "Right answer: 1\nWrong answer: -0.5\nLifeline: 0",
    "These are the rules of an exam": "An attempt can only gain.\n\nAdvice: none",
}
"""Words of a probe -> what is answered."""


def exam_taker(prompt: str) -> str:
    """Answer every question asked: 7 where the number is odd, a lifeline where it is even.

    Probes are answered too; skipped questions that are asked again, all with 7.
    """
    for words, answer in PROBED.items():
        if prompt.startswith(words):
            return answer
    head, _, again = prompt.rpartition("are cancelled.")
    if "What was the reason?" in prompt:
        numbers = re.findall(r"Q(\d+)[,.]", prompt)
        return "\n".join(f"Q{number}: I was not sure." for number in numbers)
    if head and "for the same points" in again:
        numbers = re.findall(r"Q(\d+)[,.]", again)
        lines = [f"Q{number}: {_line(int(number), lifelines=False)}" for number in numbers]
        sheet = "\n".join(lines)
        return sheet.removeprefix(f"Q{numbers[0]}:") if prompt.endswith(":") else sheet
    lifelines = "Lifelines left: " in prompt
    if prompt.endswith(":"):  # a document: continue it
        numbers = _open_numbers(prompt)
        lines = [f"Q{number}: {_line(number, lifelines=lifelines)}" for number in numbers]
        return "\n".join(lines).removeprefix(f"Q{numbers[0]}:")
    asked = re.findall(r"^Q(\d+)\. ", prompt.rpartition("Lifelines left")[2], re.MULTILINE)
    return "I look at each in turn.\n\n" + "\n".join(
        f"Q{number}: {_line(int(number), lifelines=lifelines)}" for number in asked
    )


def _open_numbers(document: str) -> list[int]:
    asked = {int(number) for number in re.findall(r"^Q(\d+)\. ", document, re.MULTILINE)}
    done = {int(number) for number in re.findall(r"^Q(\d+): difficulty \d", document, re.MULTILINE)}
    return sorted(asked - done)


def _line(number: int, *, lifelines: bool) -> str:
    decision = "LIFELINE" if lifelines and number % 2 == 0 else "7"
    return f"difficulty 6, confidence 30%, answer: {decision}"


def answer(
    path: str, body: dict[str, Any], responder: Responder, tokens: TokenCounter = words
) -> dict[str, Any]:
    """Return the reply that a provider sends."""
    is_chat = path.endswith("/chat/completions")
    if is_chat:
        sent = "\n\n".join(message["content"] for message in body["messages"][-1:])
    else:
        sent = body["prompt"]
    reply = responder(sent)
    finish = "stop"
    for stop in body.get("stop") or []:
        reply = reply.partition(stop)[0]
    n_sent = _n_sent(body, tokens) if is_chat else tokens(sent)
    n_replied = tokens(reply)
    if n_replied > (body.get("max_tokens") or body.get("max_completion_tokens") or 10**9):
        finish = "length"
    message = {"role": "assistant", "content": reply} if is_chat else None
    return {
        "id": "reply-1",
        "object": "chat.completion" if is_chat else "text_completion",
        "created": 0,
        "model": body["model"],
        "choices": [
            {"index": 0, "finish_reason": finish, "logprobs": None}
            | ({"message": message} if is_chat else {"text": reply})
        ],
        "usage": {
            "prompt_tokens": n_sent,
            "completion_tokens": n_replied,
            "total_tokens": n_sent + n_replied,
        },
    }


def _n_sent(body: dict[str, Any], tokens: TokenCounter) -> int:
    told = [message["content"] for message in body["messages"]]
    return sum(tokens(text) + FRAME_TOKENS for text in told) + FRAME_TOKENS
