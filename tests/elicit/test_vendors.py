"""OpenAI's and Anthropic's own clients, against servers on 127.0.0.1 that speak their protocols.

The servers check what they send with the vendors' types, and refuse what the vendors refuse: a
temperature that is not taken, a thought that comes back changed, a history out of order.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.model import ChatMessageAssistant, ContentReasoning

from balk import pipeline
from balk.design.personas import PERSONAS
from balk.design.providers import PROVIDERS, provider_of
from balk.design.study import Block, Questions, Study
from balk.design.subjects import Subject
from balk.records import Protocol
from fake_provider import exam_taker
from file_contents import contents
from vendors import anthropic_messages, openai_chat, openai_raw, openai_responses
from vendors.openai_responses import Thoughts
from vendors.serving import Asked, End, RefusedError, Reply, Responder, Vendor, serve
from vendors.sitters import OTHERWISE, talker, thinker

KEY = "key-that-must-not-leak"
QUESTIONS = Questions(puzzles="balk:divisor_counts", pool=8, questions=4, exams=1, levels=(1,))

CHAT, RESPONSES, CLAUDE = "openai/gpt-4.1", "openai/gpt-6-sol", "anthropic/claude-sonnet-5-5"
PATHS = {
    CHAT: "/v1/chat/completions",
    RESPONSES: "/v1/responses",
    CLAUDE: "/v1/messages",
}
"""One model for each protocol of the two vendors, and where its requests go."""


def subject(model: str, **settings: Any) -> Subject:  # noqa: ANN401 -- the fields of Subject
    return Subject(model=model, **{"temperature": None, "label": model} | settings)


BOTH_WAYS = [
    subject(model, label=f"{model} {how}", model_args={"streaming": how == "streamed"})
    for model in PATHS
    for how in ("streamed", "whole")
]
"""Every protocol, its replies streamed and not."""


@contextmanager
def vendors(responder: Responder, *, may_summarise: bool = True) -> Iterator[Vendor]:
    """Serve all protocols at once, with every variable that leads to them set."""
    answers = {
        "/v1/completions": openai_raw.answer,
        PATHS[CHAT]: openai_chat.answer,
        PATHS[RESPONSES]: Thoughts(may_summarise=may_summarise).answer,
        PATHS[CLAUDE]: anthropic_messages.answer,
    }
    with serve(answers, responder) as vendor, pytest.MonkeyPatch.context() as patch:
        patch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("OPENAI_BASE_URL", f"{vendor.url}/v1")
        patch.setenv("ANTHROPIC_API_KEY", KEY)
        patch.setenv("ANTHROPIC_BASE_URL", vendor.url)
        yield vendor


def sit(subjects: Sequence[Subject], folder: Path, *protocols: Protocol) -> pl.DataFrame:
    study = Study(
        subjects=tuple(subjects),
        blocks=(Block(lifelines=(2,), protocols=protocols or ("batch",)),),
        questions=QUESTIONS,
    )
    return pipeline.run(study, folder, max_connections=4).decisions


def outcomes(decisions: pl.DataFrame) -> dict[tuple[object, ...], str]:
    """Subject and protocol -> outcome string; one exam each."""
    ordered = decisions.sort("position")
    return {
        which: "".join(exam["outcome"]) for which, exam in ordered.group_by("subject", "protocol")
    }


def exams_asked(vendor: Vendor, model: str) -> list[Asked]:
    """Return a model's requests but for the one that asks whether summaries are given."""
    return [
        one
        for one in vendor.asked
        if one.body["model"] == model.partition("/")[2]
        and not isinstance(one.body.get("input"), str)
    ]


@dataclass(frozen=True)
class Sat:
    """A study that was run: what was asked and what came of it."""

    vendor: Vendor
    decisions: pl.DataFrame
    folder: Path


@pytest.fixture(scope="module")
def sat(tmp_path_factory: pytest.TempPathFactory) -> Sat:
    folder = tmp_path_factory.mktemp("sat")
    with vendors(thinker) as vendor:
        decisions = sit(BOTH_WAYS, folder, "batch", "realtime")
    return Sat(vendor, decisions, folder)


def test_every_protocol_is_asked_and_read(sat: Sat) -> None:
    assert outcomes(sat.decisions) == {
        (one.name, protocol): "ASAS" for one in BOTH_WAYS for protocol in ("batch", "realtime")
    }
    assert set(sat.decisions.filter(outcome="A")["answer"]) == {"7"}
    for model, path in PATHS.items():
        asked = exams_asked(sat.vendor, model)
        assert {one.path for one in asked} == {path}
        assert sorted(bool(one.body.get("stream")) for one in asked) == [False] * 5 + [True] * 5


def test_a_question_that_only_a_thought_answers_is_missing(tmp_path: Path) -> None:
    def silent_on_the_last(prompt: str) -> Reply:
        lines = exam_taker(prompt).splitlines()
        return Reply("\n".join(lines[:-1]), OTHERWISE)

    with vendors(silent_on_the_last):
        decisions = sit([subject(model) for model in PATHS], tmp_path)
    assert outcomes(decisions) == {(model, "batch"): "ASAM" for model in PATHS}


def test_openai_is_asked_once_whether_it_summarises_its_reasoning(sat: Sat) -> None:
    probes = [one for one in sat.vendor.asked if isinstance(one.body.get("input"), str)]
    assert len(probes) == sum(one.model == RESPONSES for one in BOTH_WAYS)


def test_every_thought_stays_in_the_log(sat: Sat) -> None:
    logged = thoughts_logged(sat.folder)
    assert len(logged) == len(BOTH_WAYS) * (1 + 4)
    assert all(OTHERWISE in (thought.summary or thought.reasoning) for thought in logged)


def thoughts_logged(folder: Path) -> list[ContentReasoning]:
    return [
        content
        for info in list_eval_logs(str(folder / "logs"))
        for sample in read_eval_log(info).samples or []
        for message in sample.messages
        if isinstance(message, ChatMessageAssistant) and isinstance(message.content, list)
        for content in message.content
        if isinstance(content, ContentReasoning)
    ]


@pytest.mark.parametrize("model", PATHS)
def test_a_stream_comes_to_the_same_table_as_a_whole_reply(sat: Sat, model: str) -> None:
    names = ("streamed", "whole")
    streamed, whole = (
        sat.decisions.filter(subject=f"{model} {how}").drop(
            "subject", "exam_id", "log", "sample_uuid"
        )
        for how in names
    )
    order = ["protocol", "position"]
    assert streamed.sort(order).equals(whole.sort(order))
    assert streamed["output_tokens"].null_count() == 0


def test_in_real_time_every_thought_of_claude_goes_back_as_it_came(sat: Sat) -> None:
    longest = max((one.body["messages"] for one in exams_asked(sat.vendor, CLAUDE)), key=len)
    blocks = [block for message in longest[1::2] for block in message["content"]]
    thoughts = [block for block in blocks if block["type"] == "thinking"]
    assert [(one["thinking"], one["signature"]) for one in thoughts] == [
        (OTHERWISE, anthropic_messages.sign(OTHERWISE))
    ] * 3


def test_in_real_time_every_thought_of_openais_goes_back_sealed(sat: Sat) -> None:
    longest = max((one.body["input"] for one in exams_asked(sat.vendor, RESPONSES)), key=len)
    thoughts = [item for item in longest if item.get("type") == "reasoning"]
    assert len({one["id"] for one in thoughts}) == len(thoughts) == 3
    assert all(one["encrypted_content"].startswith(openai_responses.SEAL) for one in thoughts)


def test_the_key_is_sent_to_the_vendor_and_stands_in_no_file(sat: Sat) -> None:
    for one in sat.vendor.asked:
        assert KEY in (one.headers.get("x-api-key") or one.headers["authorization"])
    files = dict(contents(sat.folder))
    assert any(path.suffix == ".eval" for path in files)
    assert not [path for path, content in files.items() if KEY.encode() in content]


def test_an_isolated_question_carries_no_thought_of_another(tmp_path: Path) -> None:
    with vendors(thinker) as vendor:
        decisions = sit([subject(CLAUDE)], tmp_path, "isolated")
    assert outcomes(decisions)[CLAUDE, "isolated"] == "ASAS"
    assert all(len(one.body["messages"]) == 1 for one in exams_asked(vendor, CLAUDE))


@pytest.mark.parametrize("end", ["refusal", "filter"])
def test_a_refusal_is_a_refusal_of_every_question(end: End, tmp_path: Path) -> None:
    # Words that say nothing of a refusal: it is the vendor who says that it is one.
    with vendors(lambda _: Reply("Let us speak of something else.", end=end)):
        decisions = sit(BOTH_WAYS, tmp_path)
    assert set(outcomes(decisions).values()) == {"RRRR"}
    assert decisions["reason"].null_count() == 0
    again = pipeline.tabulate(str(tmp_path / "logs"), tmp_path / "again", reparse=True)
    assert again.decisions.equals(decisions)


def test_a_reply_that_was_cut_off_keeps_its_lines_and_is_truncated_after_them(
    tmp_path: Path,
) -> None:
    def cut(prompt: str) -> Reply:
        lines = exam_taker(prompt).splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith("Q1:"))
        return Reply("\n".join([*lines[: first + 2], "Q3: diff"]), OTHERWISE, end="max_tokens")

    with vendors(cut):
        decisions = sit(BOTH_WAYS, tmp_path)
    assert outcomes(decisions) == {(one.name, "batch"): "ASTT" for one in BOTH_WAYS}


@pytest.mark.parametrize("text", ["", "Q1: difficulty 6, confidence 30%, answer: 7\nQ2: diff"])
def test_a_reply_that_filled_the_context_is_truncated(text: str, tmp_path: Path) -> None:
    both = [one for one in BOTH_WAYS if one.model == CLAUDE]
    with vendors(lambda _: Reply(text, OTHERWISE, end="no_room")) as vendor:
        decisions = sit(both, tmp_path)
    assert set(outcomes(decisions).values()) == {"ATTT" if text else "TTTT"}
    assert set(decisions["finish_reason"]) == {"model_length"}
    assert len(exams_asked(vendor, CLAUDE)) == 2  # nothing is asked for again
    again = pipeline.tabulate(str(tmp_path / "logs"), tmp_path / "again", reparse=True)
    assert again.decisions.equals(decisions)


def test_a_prompt_that_is_too_long_fails_and_no_words_stand_for_a_reply(tmp_path: Path) -> None:
    def too_long(_: str) -> Reply:
        raise RefusedError("messages", "prompt is too long: 9 > 8", "context_length_exceeded")

    with vendors(too_long):
        decisions = sit(BOTH_WAYS, tmp_path)
    assert set(outcomes(decisions).values()) == {"FFFF"}
    assert {reason.partition(":")[0] for reason in decisions["reason"]} == {"too_long"}
    assert all("prompt is too long: 9 > 8" in reason for reason in decisions["reason"])


def test_a_reply_that_is_nothing_but_thought_is_truncated_and_the_exam_goes_on(
    tmp_path: Path,
) -> None:
    with vendors(lambda _: Reply("", OTHERWISE, end="max_tokens")) as vendor:
        decisions = sit([subject(model) for model in PATHS], tmp_path, "realtime")
    assert set(outcomes(decisions).values()) == {"TTTT"}
    assert [len(exams_asked(vendor, model)) for model in PATHS] == [4, 4, 4]


def test_a_persona_stands_in_the_vendors_own_place(tmp_path: Path) -> None:
    subjects = [
        subject(model, persona=persona, label=f"{model}+{persona}")
        for model in PATHS
        for persona in ("plain", "monday")
    ]
    with vendors(thinker) as vendor:
        sit(subjects, tmp_path)
    places = {CHAT: "system", RESPONSES: "developer", CLAUDE: "system"}
    for model, place in places.items():
        asked = [system_of(one.body) for one in exams_asked(vendor, model)]
        assert asked.count(("", "")) == asked.count((place, PERSONAS["monday"])) == len(asked) / 2


def system_of(body: dict[str, Any]) -> tuple[str, str]:
    """Return where the system prompt stands, and its words."""
    if "system" in body:
        return "system", "".join(block["text"] for block in body["system"])
    first = (body.get("input") or body["messages"])[0]
    if first["role"] == "user":
        return "", ""
    content = first["content"]
    words = content if isinstance(content, str) else "".join(part["text"] for part in content)
    return first["role"], words


def test_a_temperature_is_sent_as_asked_or_not_at_all(tmp_path: Path) -> None:
    temperatures = (None, 0.0, 0.7)
    subjects = [
        subject(model, temperature=one, label=f"{model} {one}")
        for model in (CHAT, "openai/gpt-5.4")
        for one in temperatures
    ]
    with vendors(talker) as vendor:
        sit(subjects, tmp_path)
    for model in (CHAT, "openai/gpt-5.4"):
        sent = [one.body.get("temperature", "none") for one in exams_asked(vendor, model)]
        assert sent.count("none") == sent.count(0.0) == sent.count(0.7) == 1


def test_effort_is_sent_as_asked_or_left_to_the_vendor(tmp_path: Path) -> None:
    efforts = (None, "low", "high")
    subjects = [
        subject(model, reasoning_effort=one, label=f"{model} {one}")
        for model in (RESPONSES, CLAUDE)
        for one in efforts
    ]
    budget = "anthropic/claude-sonnet-4-5"
    subjects.append(subject(budget, reasoning_tokens=2048, max_tokens=9000))
    with vendors(thinker) as vendor:
        sit(subjects, tmp_path)
    openai = [one.body["reasoning"].get("effort") for one in exams_asked(vendor, RESPONSES)]
    claude = [
        one.body.get("output_config", {}).get("effort") for one in exams_asked(vendor, CLAUDE)
    ]
    for sent in (openai, claude):
        assert {sent.count(one) for one in efforts} == {1}
    for one in exams_asked(vendor, budget):
        assert one.body["thinking"]["budget_tokens"] == 2048
        assert one.body["max_tokens"] == 9000


def test_an_account_that_gets_no_summaries_is_asked_without_them(tmp_path: Path) -> None:
    with vendors(thinker, may_summarise=False) as vendor:
        decisions = sit([subject(RESPONSES)], tmp_path, "realtime")
    assert outcomes(decisions)[RESPONSES, "realtime"] == "ASAS"
    asked = exams_asked(vendor, RESPONSES)
    assert not any((one.body.get("reasoning") or {}).get("summary") for one in asked)


OTHERS = {
    "deepseek/deepseek-v4-pro": "DEEPSEEK_BASE_URL",
    "fireworks/some-model": "FIREWORKS_BASE_URL",
    "hf-inference-providers/org/some-model": "",
    "llama-cpp-python/some-model": "LLAMA_CPP_PYTHON_BASE_URL",
    "ollama/some-model": "OLLAMA_BASE_URL",
    "openai-api/my-host/some-model": "MY_HOST_BASE_URL",
    "openai-api-completions/my-host/some-base": "MY_HOST_BASE_URL",
    "openrouter/org/some-model": "OPENROUTER_BASE_URL",
    "sglang/org/some-model": "SGLANG_BASE_URL",
    "together/org/some-model": "TOGETHER_BASE_URL",
    "vllm/org/some-model": "VLLM_BASE_URL",
    "vllm-completions/org/some-base": "VLLM_BASE_URL",
}
"""Providers that speak OpenAI's protocols to servers of others, and where they are told so."""

NOT_OVER_HTTP_HERE = {
    "balk-lm": "runs weights in this process",
    "balk-sim": "speaks to nobody",
    "google": "its package is not installed with balk's tests",
    "grok": "speaks gRPC: tests/elicit/test_grok.py",
    "groq": "its package is not installed with balk's tests",
    "hf": "runs weights in this process",
    "mistral": "its package is not installed with balk's tests",
}


def test_no_provider_is_left_out_silently() -> None:
    spoken = {model.partition("/")[0] for model in (*PATHS, *OTHERS)}
    assert spoken | set(NOT_OVER_HTTP_HERE) == set(PROVIDERS)
    assert not spoken & set(NOT_OVER_HTTP_HERE)


def test_every_other_provider_that_can_be_pointed_here_sits_the_exam(tmp_path: Path) -> None:
    with vendors(thinker) as vendor, pytest.MonkeyPatch.context() as patch:
        subjects = []
        for model, variable in OTHERS.items():
            provider = provider_of(model)
            assert provider
            for name in provider.keys[:1]:
                patch.setenv(name, KEY)
            if variable:
                patch.setenv(variable, f"{vendor.url}/v1")
            args = {} if variable else {"base_url": f"{vendor.url}/v1"}
            is_raw = "-completions/" in model
            settings = {"interface": "completion"} if is_raw else {}
            subjects.append(subject(model, temperature=0.7, model_args=args, **settings))
        decisions = sit(subjects, tmp_path, "realtime")
    assert outcomes(decisions) == {(model, "realtime"): "ASAS" for model in OTHERS}
    raw = {one.path for one in vendor.asked if "prompt" in one.body}
    assert raw == {"/v1/completions"}
    assert all(one.body["temperature"] == 0.7 for one in vendor.asked)
