"""Anthropic's Messages, with thinking blocks whose signatures have to come back."""

import hashlib
from collections.abc import Iterator
from typing import Any

from anthropic.types import Message, RawMessageStreamEvent

from vendors.serving import (
    Body,
    End,
    Event,
    Reply,
    Responder,
    checked,
    n_tokens,
    pieces,
    refuse_if,
)

STOPS: dict[End, str] = {
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "no_room": "model_context_window_exceeded",
    "refusal": "refusal",
    "filter": "refusal",
}
SAMPLING = ("temperature", "top_p", "top_k")


def answer(body: Body, responder: Responder) -> Body | list[Event]:
    """Return the message that continues a conversation, whole or as events."""
    for name in SAMPLING:
        refuse_if(name in body, name, f"{name}: not supported")
    refuse_if("max_tokens" not in body, "max_tokens", "max_tokens: Field required")
    roles = [message["role"] for message in body["messages"]]
    refuse_if(set(roles[::2]) != {"user"}, "messages", "messages: roles must alternate")
    refuse_if(set(roles[1::2]) - {"assistant"}, "messages", "messages: roles must alternate")
    for message in body["messages"][1::2]:
        _check_blocks(message["content"])
    reply = responder(_text(body["messages"][-1]["content"]))
    return _events(body, reply) if body.get("stream") else _whole(body, reply)


def _check_blocks(content: Any) -> None:  # noqa: ANN401 -- a string, or blocks
    """Refuse thoughts that are not the ones that were had, and turns that end in one."""
    blocks = content if isinstance(content, list) else []
    for block in blocks:
        if block["type"] == "thinking":
            signature = sign(block["thinking"])
            refuse_if(block.get("signature") != signature, "messages", "Invalid `signature`")
        refuse_if(block["type"] == "text" and not block["text"], "messages", "text is empty")
    refuse_if(
        bool(blocks) and blocks[-1]["type"] == "thinking",
        "messages",
        "The final block in an assistant message cannot be `thinking`.",
    )


def sign(thinking: str) -> str:
    """Return the signature of a thought."""
    return f"sig-{hashlib.sha256(thinking.encode()).hexdigest()[:16]}"


def _text(content: Any) -> str:  # noqa: ANN401 -- a string, or blocks
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


def _blocks(reply: Reply) -> list[Body]:
    blocks: list[Body] = []
    if reply.thinking:
        signature = sign(reply.thinking)
        blocks.append({"type": "thinking", "thinking": reply.thinking, "signature": signature})
    if reply.text:
        blocks.append({"type": "text", "text": reply.text, "citations": None})
    return blocks


def _whole(body: Body, reply: Reply) -> Body:
    usage = _input_usage(body) | _output_usage(reply)
    return checked(Message, _head(body, usage) | {"content": _blocks(reply)} | _stop(reply))


def _events(body: Body, reply: Reply) -> list[Event]:
    return [(event["type"], _checked(event)) for event in _told(body, reply)]


def _checked(event: Body) -> Body:
    return event if event["type"] == "ping" else checked(RawMessageStreamEvent, event)


def _told(body: Body, reply: Reply) -> Iterator[Body]:
    begun = _head(body, _input_usage(body) | {"output_tokens": 1}) | {"content": []}
    yield {"type": "message_start", "message": begun | {"stop_reason": None, "stop_sequence": None}}
    yield {"type": "ping"}
    for index, block in enumerate(_blocks(reply)):
        kind = block["type"]
        empty = block | {kind: ""} | ({"signature": ""} if kind == "thinking" else {})
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        deltas = [{"type": f"{kind}_delta", kind: piece} for piece in pieces(block[kind])]
        if kind == "thinking":
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": _stop(reply), "usage": _output_usage(reply)}
    yield {"type": "message_stop"}


def _head(body: Body, usage: Body) -> Body:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "usage": usage,
    }


def _stop(reply: Reply) -> Body:
    return {"stop_reason": STOPS[reply.end], "stop_sequence": None}


def _input_usage(body: Body) -> Body:
    return {
        "input_tokens": n_tokens(str(body["messages"])),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
    }


def _output_usage(reply: Reply) -> Body:
    thought = n_tokens(reply.thinking)
    return {
        "output_tokens": thought + n_tokens(reply.text),
        "output_tokens_details": {"thinking_tokens": thought},
    }
