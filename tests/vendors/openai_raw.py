"""OpenAI's old Completions: a prompt goes in and is continued, as servers of base models do it."""

from openai.types import Completion

from vendors.serving import Body, Event, Responder, checked, n_tokens, refuse_if


def answer(body: Body, responder: Responder) -> Body | list[Event]:
    """Return what continues a prompt, up to the first stop."""
    refuse_if(body.get("max_tokens", 0) < 2, "max_tokens", "max_tokens was left at its default")
    text = responder(body["prompt"]).text
    for stop in body.get("stop") or []:
        text = text.partition(stop)[0]
    sent, said = n_tokens(body["prompt"]), n_tokens(text)
    usage = {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}
    document = {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 1_760_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}],
        "usage": usage,
    }
    return checked(Completion, document)
