"""What an exam's messages are read as, without any call."""

from typing import Any

import pytest
from inspect_ai.model import ChatMessageAssistant

from balk.elicit.packing import pack
from balk.elicit.replies import read_exam
from balk.records import ReplyFormat

LINES = [
    f"Q{i}: token {said}, answer: {i}" for i, said in enumerate(["yes", "no", "yes", "yes"], 1)
]


def metadata(protocol: str) -> dict[str, Any]:
    whole = ReplyFormat(len(LINES), lifelines=2, fields=("token", "answer"))
    keys = {"key": ["1", "2", "3", "4"], "marking": ["number"] * len(LINES)}
    return {"exam": {"protocol": protocol, "reply_format": whole.to_dict()}, **pack(keys)}


@pytest.mark.parametrize("protocol", ["batch", "realtime", "isolated"])
def test_an_inert_token_beyond_those_offered_is_not_used(protocol: str) -> None:
    said = ["\n".join(LINES)] if protocol == "batch" else LINES
    facts = {"balk": {"stage": "exam"}}
    messages = [ChatMessageAssistant(content=text, metadata=facts) for text in said]
    turns = read_exam(messages, metadata(protocol))
    assert [turn.reading.token for turn in turns] == [True, False, True, False]
    assert [turn.left for turn in turns] == [2, 1, 1, 0]
    assert all(turn.is_right for turn in turns)
