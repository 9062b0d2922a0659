"""``balk-lm/NAME`` through Inspect: weights alone, batched, seeded, with log-probabilities."""

import asyncio
import math
import re

import numpy as np
import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    get_model,
)

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.design.sources import read_puzzles
from balk.design.subjects import Subject
from balk.elicit.subjects.embedded.provider import open_writer
from balk.elicit.subjects.embedded.roster import EMBEDDED, MODELS, read_card, weights_path
from balk.errors import StudyError, SubjectError
from balk.records import Form

PUZZLES = tuple(read_puzzles("tables", n=5, seed=0, levels=(1, 2, 3, 4, 5)))
EXAM = Exam(Form(0, PUZZLES), Condition(make_arm("lifelines"), 3, "batch"), "completion")
TEXT = wording.opening(EXAM)
OTHER = TEXT.replace("Lifelines left: 3", "Lifelines left: 12")
BATCH = GenerateConfig(stop_seqs=["\n\n"], max_tokens=200, temperature=1.0)


def ask(
    *texts: str, config: GenerateConfig = BATCH, name: str = "base", seed: int = 0
) -> list[ModelOutput]:
    """Replies to documents sent at the same time."""
    api = get_model(f"balk-lm/{name}", memoize=False, seed=seed).api

    async def all_at_once() -> list[ModelOutput]:
        calls = [api.generate([ChatMessageUser(content=t)], [], "none", config) for t in texts]
        return list(await asyncio.gather(*calls))  # type: ignore[arg-type]

    return asyncio.run(all_at_once())


def with_(**changes: object) -> GenerateConfig:
    return BATCH.model_copy(update=changes)


@pytest.mark.parametrize("name", EMBEDDED)
def test_every_model_writes_an_answer_sheet(name: str) -> None:
    (output,) = ask(TEXT, name=name)
    line = r"(Q\d+:)? difficulty \d+, confidence \d+%, answer: (\d+|LIFELINE)"
    lines = output.completion.split("\n")
    assert len(lines) == 5
    assert sum(bool(re.fullmatch(line, one)) for one in lines) >= 4
    assert output.stop_reason == "stop"


def test_the_same_seed_gives_the_same_text_and_another_seed_another() -> None:
    first, again = ask(TEXT, config=with_(seed=4)), ask(TEXT, config=with_(seed=4))
    assert first[0].completion == again[0].completion
    assert ask(TEXT, config=with_(seed=5))[0].completion != first[0].completion
    assert ask(TEXT, seed=1)[0].completion != ask(TEXT, seed=2)[0].completion


def test_who_else_asks_at_the_same_time_does_not_change_a_reply() -> None:
    alone = [ask(text)[0].completion for text in (TEXT, OTHER)]
    together = [output.completion for output in ask(TEXT, OTHER, TEXT)]
    assert together == [*alone, alone[0]]


def test_temperature_zero_takes_the_likeliest_token_everywhere() -> None:
    config = with_(temperature=0.0, logprobs=True, top_logprobs=3)
    (output,) = ask(TEXT, config=config)
    logprobs = output.choices[0].logprobs
    assert logprobs is not None
    for place in logprobs.content:
        assert place.top_logprobs is not None
        assert place.token == place.top_logprobs[0].token


def test_log_probabilities_are_those_of_the_tokens_of_the_text() -> None:
    (output,) = ask(TEXT, config=with_(logprobs=True, top_logprobs=5))
    logprobs = output.choices[0].logprobs
    assert logprobs is not None
    assert "".join(place.token for place in logprobs.content).startswith(output.completion)
    assert all(place.logprob <= 0 for place in logprobs.content)
    for place in logprobs.content:
        assert place.top_logprobs is not None
        assert len(place.top_logprobs) == 5
        assert sum(math.exp(rival.logprob) for rival in place.top_logprobs) <= 1 + 1e-6


def test_a_higher_temperature_is_less_sure() -> None:
    def log_p(temperature: float) -> float:
        config = with_(temperature=temperature, logprobs=True, seed=1)
        logprobs = ask(TEXT, config=config)[0].choices[0].logprobs
        assert logprobs is not None
        return float(np.mean([place.logprob for place in logprobs.content]))

    assert log_p(0.0) > log_p(1.0) > log_p(2.0)


def test_stops_and_limits_are_kept() -> None:
    (line,) = ask(TEXT, config=with_(stop_seqs=["\n"]))
    assert "\n" not in line.completion
    assert line.stop_reason == "stop"
    (cut,) = ask(TEXT, config=with_(max_tokens=3))
    assert cut.stop_reason == "max_tokens"
    assert cut.usage is not None
    assert cut.usage.output_tokens == 3


def test_usage_counts_the_models_own_tokens() -> None:
    (output,) = ask(TEXT)
    assert output.usage is not None
    assert output.usage.input_tokens == len(open_writer("base").tokenizer.encode(TEXT))
    assert output.usage.total_tokens == output.usage.input_tokens + output.usage.output_tokens


@pytest.mark.parametrize(
    "messages",
    [
        [ChatMessageUser(content="What is 2 x 3?")],
        [ChatMessageSystem(content="Be brave."), ChatMessageUser(content=TEXT)],
    ],
    ids=["no document", "a system message"],
)
def test_what_is_no_document_to_continue_is_refused(messages: list[ChatMessage]) -> None:
    api = get_model("balk-lm/base", memoize=False).api
    with pytest.raises(SubjectError, match="--interface completion"):
        asyncio.run(api.generate(messages, [], "none", BATCH))


def test_a_document_longer_than_the_network_reads_is_refused() -> None:
    with pytest.raises(SubjectError, match="reads 1024; ask fewer questions"):
        ask("word " * 1000 + TEXT)


def test_chat_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(StudyError, match="only continues documents; use interface completion"):
        Subject(model="balk-lm/base")
    assert Subject(model="balk-lm/base", interface="completion").model == "balk-lm/base"


def test_unknown_names_and_arguments_are_refused() -> None:
    with pytest.raises(SubjectError, match="Did you mean 'base'"):
        weights_path("basis")
    with pytest.raises(SubjectError, match="takes the argument seed and no other, seen 'slope'"):
        get_model("balk-lm/base", memoize=False, slope=1)
    with pytest.raises(SubjectError, match="give a whole number"):
        get_model("balk-lm/base", memoize=False, seed="one")


def test_the_weights_are_small() -> None:
    assert sum(path.stat().st_size for path in MODELS.iterdir()) <= 14 * 1024**2


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_card_names_the_very_weights_that_are_shipped(name: str) -> None:
    import hashlib

    digest = hashlib.sha256(weights_path(name).read_bytes()).hexdigest()
    assert read_card(name)["sha256"][f"{name}.onnx"] == digest
