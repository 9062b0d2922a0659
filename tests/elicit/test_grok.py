"""xAI's own client against a gRPC server on this machine."""

from pathlib import Path

import pytest

from balk import pipeline
from balk.design.personas import PERSONAS
from balk.design.study import Block, Questions, Study
from balk.design.subjects import Subject
from file_contents import contents
from vendors.sitters import thinker

pytest.importorskip("xai_sdk", reason="xai-sdk is not installed: Grok is not exercised")

from vendors import grok_grpc

KEY = "key-that-must-not-leak"
QUESTIONS = Questions(puzzles="balk:divisor_counts", pool=8, questions=4, exams=1, levels=(1,))


def test_grok_sits_the_exam_streamed_and_whole_and_its_reasoning_is_not_read(
    tmp_path: Path,
) -> None:
    study = Study(
        subjects=tuple(
            Subject(
                model="grok/grok-4.7",
                label=label,
                persona="monday",
                temperature=0.5,
                reasoning_effort="low",
                model_args={"streaming": label == "streamed"},
            )
            for label in ("streamed", "whole")
        ),
        blocks=(Block(lifelines=(2,), protocols=("batch", "realtime")),),
        questions=QUESTIONS,
    )
    with (
        grok_grpc.serve(thinker) as vendor,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("XAI_API_KEY", KEY)
        patch.setenv("XAI_BASE_URL", vendor.url)
        decisions = pipeline.run(study, tmp_path, max_connections=4).decisions
    ordered = decisions.sort("position")
    assert {
        which: "".join(exam["outcome"]) for which, exam in ordered.group_by("subject", "protocol")
    } == {
        (label, protocol): "ASAS"
        for label in ("streamed", "whole")
        for protocol in ("batch", "realtime")
    }
    assert len(vendor.asked) == 2 * (1 + 4)
    for one in vendor.asked:
        assert one.headers["authorization"] == f"Bearer {KEY}"
        assert one.body["temperature"] == 0.5
        assert one.body["reasoningEffort"] == "EFFORT_LOW"
        system = one.body["messages"][0]
        assert system["role"] == "ROLE_SYSTEM"
        assert system["content"][0]["text"] == PERSONAS["monday"]
    assert not [path for path, content in contents(tmp_path) if KEY.encode() in content]
