"""OpenAI's Chat Completions, as OpenAI and the services that speak like it serve them."""

from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk

from vendors.serving import Body, End, Event, Reply, Responder, checked, n_tokens, pieces, refuse_if

FINISH: dict[End, str] = {
    "end": "stop",
    "refusal": "stop",
    "max_tokens": "length",
    "filter": "content_filter",
}
REASONS = "reasoning_content"
"""Where services that show reasoning put it; OpenAI itself shows none here."""


def answer(body: Body, responder: Responder) -> Body | list[Event]:
    """Return the completion of a conversation, whole or as chunks."""
    roles = [message["role"] for message in body["messages"]]
    refuse_if(roles[-1] != "user", "messages", "the last message is not the user's")
    refuse_if("max_tokens" not in body and "max_completion_tokens" not in body, "max_tokens", "no")
    reply = responder(_text(body["messages"][-1]["content"]))
    return _chunks(body, reply) if body.get("stream") else _whole(body, reply)


def _text(content: Any) -> str:  # noqa: ANN401 -- a string, or parts
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _whole(body: Body, reply: Reply) -> Body:
    message: Body = {"role": "assistant", "refusal": None, "annotations": []}
    message["refusal" if reply.end == "refusal" else "content"] = reply.text
    message.setdefault("content", None)
    if reply.thinking:
        message[REASONS] = reply.thinking
    choice = {"index": 0, "message": message, "finish_reason": FINISH[reply.end], "logprobs": None}
    document = _head(body, "chat.completion") | {
        "choices": [choice],
        "usage": _usage(body, reply),
        "service_tier": "default",
    }
    return checked(ChatCompletion, document, (REASONS,))


def _chunks(body: Body, reply: Reply) -> list[Event]:
    field = "refusal" if reply.end == "refusal" else "content"
    deltas: list[Body] = [{"role": "assistant", "content": "", "refusal": None}]
    deltas += [{REASONS: piece} for piece in pieces(reply.thinking)]
    deltas += [{field: piece} for piece in pieces(reply.text)]
    chunks = [_chunk(body, delta, None) for delta in deltas]
    chunks.append(_chunk(body, {}, FINISH[reply.end]))
    if (body.get("stream_options") or {}).get("include_usage"):
        last = _head(body, "chat.completion.chunk") | {"choices": []}
        chunks.append(last | {"usage": _usage(body, reply)})
    events: list[Any] = [("", checked(ChatCompletionChunk, chunk, (REASONS,))) for chunk in chunks]
    return [*events, ("", "[DONE]")]


def _chunk(body: Body, delta: Body, finish: str | None) -> Body:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return _head(body, "chat.completion.chunk") | {"choices": [choice]}


def _head(body: Body, kind: str) -> Body:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_760_000_000, "model": body["model"]}


def _usage(body: Body, reply: Reply) -> Body:
    sent = sum(n_tokens(_text(message["content"])) for message in body["messages"])
    thought, said = n_tokens(reply.thinking), n_tokens(reply.text)
    return {
        "prompt_tokens": sent,
        "completion_tokens": thought + said,
        "total_tokens": sent + thought + said,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": thought, "audio_tokens": 0},
    }
