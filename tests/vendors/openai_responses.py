"""OpenAI's Responses, with reasoning items that have to come back as they were sent."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from openai.types.responses import Response, ResponseStreamEvent

from vendors.serving import Body, Event, Reply, Responder, checked, n_tokens, pieces, refuse_if

SEAL = "sealed:"
"""How an encrypted thought begins; the rest is its length, so that a forgery shows."""


class Thoughts:
    """The reasoning items that this server has sent, by id."""

    def __init__(self, *, may_summarise: bool = True) -> None:
        self.sealed: dict[str, str] = {}
        self.numbers = count(1)
        self.may_summarise = may_summarise

    def answer(self, body: Body, responder: Responder) -> Body | list[Event]:
        """Return the response to a conversation, whole or as events."""
        reasoning = body.get("reasoning") or {}
        refuse_if(
            reasoning.get("summary") and not self.may_summarise,
            "reasoning.summary",
            "Your organization must be verified to generate reasoning summaries.",
        )
        refuse_if(
            reasoning.get("effort") not in {None, "none"} and "temperature" in body,
            "temperature",
            "Unsupported parameter: 'temperature' is not supported with this model.",
        )
        if isinstance(body["input"], str):  # the question whether summaries are given
            return self._whole(body, Reply("hello, world"))
        self._check(body["input"])
        reply = responder(_text(body["input"][-1]["content"]))
        return self._events(body, reply) if body.get("stream") else self._whole(body, reply)

    def _check(self, items: list[Body]) -> None:
        """Refuse a history that is not the one that was had."""
        for i, item in enumerate(items):
            if item.get("type") == "reasoning":
                refuse_if(
                    item.get("encrypted_content") != self.sealed.get(item["id"]),
                    f"input[{i}]",
                    f"The encrypted content for item {item['id']} could not be verified.",
                )
                follows = items[i + 1] if i + 1 < len(items) else {}
                refuse_if(
                    follows.get("role") != "assistant",
                    f"input[{i}]",
                    f"Item {item['id']} was provided without its required following item.",
                )
        refuse_if(items[-1].get("role") != "user", "input", "the last item is not the user's")

    def _output(self, body: Body, reply: Reply) -> list[Body]:
        number = next(self.numbers)
        items = []
        if reply.thinking:
            item: Body = {"id": f"rs_{number}", "type": "reasoning", "summary": []}
            if (body.get("reasoning") or {}).get("summary"):
                item["summary"] = [{"type": "summary_text", "text": reply.thinking}]
            if "reasoning.encrypted_content" in body.get("include", ()):
                item["encrypted_content"] = self.sealed[item["id"]] = f"{SEAL}{number}"
            items.append(item)
        is_cut = reply.end in {"max_tokens", "filter"}
        if reply.text:
            items.append({
                "id": f"msg_{number}",
                "type": "message",
                "role": "assistant",
                "status": "incomplete" if is_cut else "completed",
                "content": [_part(reply, reply.text)],
            })  # fmt: skip
        return items

    def _whole(self, body: Body, reply: Reply) -> Body:
        return checked(Response, _document(body, reply, self._output(body, reply)))

    def _events(self, body: Body, reply: Reply) -> list[Event]:
        items = self._output(body, reply)
        document = _document(body, reply, items)
        begun = document | {"status": "in_progress", "output": [], "usage": None}
        begun |= {"incomplete_details": None}
        ending = {"completed": "response.completed", "incomplete": "response.incomplete"}
        told: list[Body] = [
            {"type": "response.created", "response": begun},
            {"type": "response.in_progress", "response": begun},
        ]
        for index, item in enumerate(items):
            told += _item_events(index, item, reply)
        told.append({"type": ending[document["status"]], "response": document})
        return [
            (one["type"], checked(ResponseStreamEvent, one | {"sequence_number": number}))
            for number, one in enumerate(told)
        ]


def _item_events(index: int, item: Body, reply: Reply) -> Iterator[Body]:
    empty = item | ({"summary": []} if item["type"] == "reasoning" else {"content": []})
    yield {"type": "response.output_item.added", "output_index": index, "item": empty}
    where = {"item_id": item["id"], "output_index": index}
    if item["type"] == "reasoning":
        for number, part in enumerate(item["summary"]):
            yield from _summary_events(where | {"summary_index": number}, part)
    else:
        yield from _text_events(where | {"content_index": 0}, item["content"][0], reply)
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _summary_events(where: Body, part: Body) -> Iterator[Body]:
    name = "response.reasoning_summary"
    yield where | {"type": f"{name}_part.added", "part": part | {"text": ""}}
    for piece in pieces(part["text"]):
        yield where | {"type": f"{name}_text.delta", "delta": piece}
    yield where | {"type": f"{name}_text.done", "text": part["text"]}
    yield where | {"type": f"{name}_part.done", "part": part}


def _text_events(where: Body, part: Body, reply: Reply) -> Iterator[Body]:
    is_refusal = part["type"] == "refusal"
    name = "response.refusal" if is_refusal else "response.output_text"
    extra: Body = {} if is_refusal else {"logprobs": []}
    yield where | {"type": "response.content_part.added", "part": _part(reply, "")}
    for piece in pieces(reply.text):
        yield where | extra | {"type": f"{name}.delta", "delta": piece}
    said = {"refusal" if is_refusal else "text": reply.text}
    yield where | extra | said | {"type": f"{name}.done"}
    yield where | {"type": "response.content_part.done", "part": part}


def _part(reply: Reply, text: str) -> Body:
    if reply.end == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _document(body: Body, reply: Reply, items: list[Body]) -> Body:
    cut: dict[str, str] = {"max_tokens": "max_output_tokens", "filter": "content_filter"}
    reason = cut.get(reply.end)
    sent = n_tokens(str(body["input"]))
    thought, said = n_tokens(reply.thinking), n_tokens(reply.text)
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_760_000_000,
        "model": body["model"],
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "error": None,
        "instructions": None,
        "metadata": {},
        "output": items,
        "parallel_tool_calls": True,
        "temperature": body.get("temperature", 1.0),
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": sent,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": thought + said,
            "output_tokens_details": {"reasoning_tokens": thought},
            "total_tokens": sent + thought + said,
        },
    }


def _text(content: Any) -> str:  # noqa: ANN401 -- a string, or parts
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
