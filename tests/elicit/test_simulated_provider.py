"""``balk-sim/NAME`` through Inspect's own door."""

import asyncio
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.elicit.subjects.key_table import remember
from balk.elicit.subjects.prompt_reader import read_exam
from balk.elicit.subjects.provider import SimulatedModelAPI
from balk.elicit.subjects.roster import SIMULATED, make_subject
from balk.errors import SubjectError
from balk.records import Form, Puzzle

PUZZLES = tuple(Puzzle(f"What is {i} + {i}?", str(2 * i), "number", "made", 5) for i in range(6))
TEXT = wording.opening(Exam(Form(0, PUZZLES), Condition(make_arm("lifelines"), 3, "batch")))


def generate(
    messages: list[ChatMessage],
    name: str = "tension",
    **arguments: Any,  # noqa: ANN401 -- model args are anything
) -> ModelOutput:
    """One reply of the provider as Inspect finds it."""
    remember(PUZZLES)
    api = get_model(f"balk-sim/{name}", memoize=False, **arguments).api
    output = asyncio.run(api.generate(messages, [], "none", GenerateConfig()))
    assert isinstance(output, ModelOutput)
    return output


def test_the_provider_is_found_under_its_name() -> None:
    output = generate([ChatMessageUser(content=TEXT)], slope=5, seed=3)
    expected = make_subject("tension", slope=5, seed=3).reply(read_exam([("user", TEXT)]))
    assert output.completion == expected.text
    assert output.stop_reason == "stop"


def test_usage_is_always_set() -> None:
    output = generate([ChatMessageUser(content=TEXT)])
    assert output.usage is not None
    assert output.usage.input_tokens == -(-len(TEXT) // 4)
    assert output.usage.output_tokens == -(-len(output.completion) // 4)
    assert output.usage.total_tokens == output.usage.input_tokens + output.usage.output_tokens


def test_the_whole_conversation_is_read() -> None:
    exam = Exam(Form(0, PUZZLES), Condition(make_arm("lifelines"), 3, "realtime"))
    told = "Q1: wrong. The right answer is 0.\n\nLifelines left: 3\n\nQ2. What is 1 + 1?"
    output = generate(
        [
            ChatMessageSystem(content="You are an examinee."),
            ChatMessageUser(content=wording.opening(exam)),
            ChatMessageAssistant(content="Q1: difficulty 3, confidence 40%, answer: 5"),
            ChatMessageUser(content=told),
        ]
    )
    assert output.completion.startswith("Q2: ")


def test_a_reply_that_is_cut_off_says_so() -> None:
    remember(PUZZLES)
    view = read_exam([("user", TEXT)])
    reasons = {}
    for seed in range(40):
        reply = make_subject("sloppy", seed=seed).reply(view)
        output = generate([ChatMessageUser(content=TEXT)], "sloppy", seed=seed)
        assert output.completion == reply.text
        reasons[reply.is_truncated] = output.stop_reason
    assert reasons == {True: "max_tokens", False: "stop"}


@pytest.mark.parametrize("name", SIMULATED)
def test_every_name_can_be_asked(name: str) -> None:
    assert generate([ChatMessageUser(content=TEXT)], name).choices


def test_an_unknown_name_or_argument_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(SubjectError, match="unknown simulated subject 'nobody'"):
        SimulatedModelAPI("nobody")
    with pytest.raises(SubjectError, match="unknown argument"):
        SimulatedModelAPI("tension", temper=1)


def test_many_exams_may_be_sat_at_once() -> None:
    assert SimulatedModelAPI("tension").max_connections() >= 100
