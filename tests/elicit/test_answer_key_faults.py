"""Answer keys and authored puzzles where calls fail or limits are reached, and the plan of both."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.event import ModelEvent
from inspect_ai.log import list_eval_logs, read_eval_log, read_eval_log_samples

from balk import answer_key, authoring
from balk.authoring import Order
from balk.design.answer_key.plan import plan_calls
from balk.design.answer_key.study import AnswerKeyStudy
from balk.design.limits import Limits
from balk.design.prices import read_prices
from balk.design.subjects import Subject
from balk.elicit.calls import Patience, patient
from balk.errors import StudyError
from faulty_provider import FaultyProvider, Schedule, serve_faulty

FAKE = "openai-api/fake/small"
_NUMBER = re.compile(r"^Q(\d+)[.:]", re.MULTILINE)

Serve = Callable[[Schedule], FaultyProvider]


def respond(asked: str) -> str:
    """Answer, accept and mark whatever is asked, as an agreeable subject without knowledge."""
    numbers = sorted({int(number) for number in _NUMBER.findall(asked)})
    if "Score: <number>" in asked:
        return f"Score: {len(numbers)}"
    if "Right answer: plum" in asked:
        return "Q1: answer: a plum"
    word = "yes" if "<yes or no>" in asked else "right" if "<right or wrong>" in asked else ""
    return "\n".join(f"Q{number}: {word or 'answer: 7'}" for number in numbers)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Return what starts a provider that fails by a schedule, for `FAKE`."""
    with ExitStack() as stack:

        def start(schedule: Schedule) -> FaultyProvider:
            provider = stack.enter_context(serve_faulty(respond, schedule))
            monkeypatch.setenv("FAKE_BASE_URL", provider.url)
            monkeypatch.setenv("FAKE_API_KEY", "no-secret")
            return provider

        stack.enter_context(patient(Patience(max_retries=0, first_wait_s=0.01)))
        yield start


def study_of(*subjects: str, **changes: object) -> AnswerKeyStudy:
    settings: dict[str, object] = {
        "subjects": subjects or (FAKE,),
        "puzzles": "balk:divisor_counts",
        "levels": (1,),
        "n_puzzles": 4,
        "batch": 2,
    }
    return AnswerKeyStudy.model_validate(settings | changes)


@pytest.mark.parametrize("author", [None, FAKE])
def test_a_first_stage_that_breaks_off_says_why_and_the_same_study_goes_on(
    author: str | None, tmp_path: Path, serve: Serve
) -> None:
    study = study_of(author=author)
    serve(lambda *_: "500")
    broken = answer_key.run(study, tmp_path, max_connections=1)
    assert broken.unfinished is not None
    assert broken.unfinished.stage == ("false_answers" if author else "knowledge")
    assert broken.summary["unfinished"] == broken.unfinished.stage
    (reason,) = broken.unfinished.failures
    assert "server_error" in reason
    assert broken.table.is_empty()
    serve(lambda *_: "")
    mended = answer_key.run(study, tmp_path, max_connections=1)
    assert mended.unfinished is None
    assert set(mended.table["puzzle_id"]) == {puzzle.id for puzzle in study.draw_puzzles()}


def test_what_the_providers_filter_stops_is_a_refusal_and_the_study_goes_on(
    tmp_path: Path, serve: Serve
) -> None:
    serve(lambda number, _: "400 content filter" if number in {0, 5} else "")
    done = answer_key.run(study_of(), tmp_path, max_connections=1)
    assert done.unfinished is None
    stopped = done.table.filter(outcome="R")
    assert stopped.filter(stage="knowledge").height == 2  # one batch
    assert stopped.filter(pl.col("stage") != "knowledge").height > 0
    assert stopped["is_right"].null_count() == len(stopped)


def n_calls(logs: Path) -> int:
    """Return how many calls the finished logs of a folder hold."""
    return sum(
        sum(event.event == "model" for event in sample.events)
        for info in list_eval_logs(str(logs))
        if read_eval_log(info, header_only=True).status == "success"
        for sample in read_eval_log_samples(info)
    )


def test_a_plan_says_between_which_numbers_the_calls_of_every_stage_are(tmp_path: Path) -> None:
    study = study_of(
        "balk-key/rationalising",
        "balk-key/honest",
        author="balk-key/author",
        grader="balk-key/grader",
        n_puzzles=10,
        batch=4,
    )
    answer_key.run(study, tmp_path, max_connections=4)
    planned = plan_calls(study)
    for stage in planned:
        made = n_calls(tmp_path / "logs" / stage.stage)
        assert stage.least <= made <= stage.most, stage
        if stage.least == stage.most:
            assert stage.stage in {"false_answers", "knowledge", "screening"}
    asked = {path.name for path in (tmp_path / "logs").iterdir()}
    assert asked == {stage.stage for stage in planned}


def test_a_subject_that_accepts_and_claims_all_takes_the_most_calls(
    tmp_path: Path, serve: Serve
) -> None:
    provider = serve(lambda *_: "")
    answer_key.run(study_of(), tmp_path, max_connections=1)
    assert provider.n_calls == sum(stage.most for stage in plan_calls(study_of()))


def test_a_limit_stops_between_conversations_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    study = study_of("balk-key/rationalising")
    whole = answer_key.run(study, tmp_path / "whole", max_connections=1)
    spent = json.loads((tmp_path / "whole" / "spent.json").read_text())["models"]
    n_tokens = sum(one["input_tokens"] + one["output_tokens"] for one in spent.values())
    for share in (0.1, 0.5, 0.9):
        parted = answer_key.run(
            study,
            tmp_path / "parted",
            max_connections=1,
            limits=Limits(tokens=int(share * n_tokens)),
        )
        assert parted.unfinished is not None
        assert str(parted.unfinished.stopped).startswith("--token-limit")
    done = answer_key.run(study, tmp_path / "parted", max_connections=1)
    where = ["log", "sample_uuid"]
    assert done.table.drop(where).equals(whole.table.drop(where))
    assert json.loads((tmp_path / "parted" / "spent.json").read_text())["models"] == spent


def test_one_limit_holds_for_writing_and_solving_together(tmp_path: Path) -> None:
    order = Order(author="balk-key/author", solvers=("balk-key/solver",), n=4, level=2)
    whole = authoring.run(order, tmp_path / "whole.jsonl")
    spent = json.loads((tmp_path / "whole.work" / "spent.json").read_text())["models"]
    assert set(spent) == {"balk-key/author", "balk-key/solver"}
    n_tokens = sum(one["input_tokens"] + one["output_tokens"] for one in spent.values())
    out = tmp_path / "parted.jsonl"
    stages = []
    for share in (0.2, 0.8):
        limits = Limits(tokens=int(share * n_tokens))
        parted = authoring.run(order, out, max_connections=1, limits=limits)
        assert parted.unfinished is not None
        assert parted.unfinished.stopped
        assert not out.exists()
        stages.append(parted.unfinished.stage)
    assert stages == ["author", "solving"]
    assert authoring.run(order, out, max_connections=1) == whole


def test_a_limit_on_costs_needs_the_price_of_everybody_who_is_asked(tmp_path: Path) -> None:
    limits = Limits(cost=1, prices=read_prices())
    study = study_of("balk-key/honest", grader="openai-api/fake/unpriced")
    with pytest.raises(StudyError, match="no price is known of openai-api/fake/unpriced"):
        answer_key.run(study, tmp_path / "out", max_connections=1, limits=limits)
    order = Order(author="balk-key/author", solvers=("openai-api/fake/unpriced",))
    with pytest.raises(StudyError, match="no price is known of openai-api/fake/unpriced"):
        authoring.run(order, tmp_path / "out.jsonl", limits=limits)
    assert not list(tmp_path.iterdir())


def test_a_puzzle_without_any_wrong_answer_is_left_out_and_the_others_are_asked(
    tmp_path: Path, serve: Serve
) -> None:
    # The author never gives a wrong fruit, and no word stands in for "plum" where none is offered.
    rows = [
        {"stem": "How many legs have two flies?", "key": "12"},
        {"stem": "Which fruit is it?", "key": "plum", "marking": "word"},
        {"stem": "How many days has a week?", "key": "7"},
    ]
    bank = tmp_path / "bank.jsonl"
    bank.write_text("\n".join(map(json.dumps, rows)))
    serve(lambda *_: "")
    study = study_of(author=FAKE, puzzles=str(bank), levels=(5,), n_puzzles=3)
    done = answer_key.run(study, tmp_path / "out", max_connections=1)
    assert set(done.table["key"]) == {"12", "7"}
    assert done.unfinished is None


@pytest.mark.parametrize("layout", ["apart", "together"])
def test_subjects_of_a_panel_keep_their_persona_and_settings_in_every_call(
    layout: str, tmp_path: Path, serve: Serve
) -> None:
    serve(lambda *_: "")
    study = AnswerKeyStudy.model_validate(
        study_of().model_dump()
        | {
            "subjects": (),
            "layout": layout,
            "described": (
                Subject(model=FAKE, label="plain"),
                Subject(model=FAKE, label="Monday", persona="monday", temperature=None),
            ),
        }
    )
    table = answer_key.run(study, tmp_path, max_connections=1).table
    plain, monday = (table.filter(subject=name) for name in ("plain", "Monday"))
    where = ["subject", "exam_id", "log", "sample_uuid"]
    assert plain.drop(where).equals(monday.drop(where))  # the provider answers both alike
    for info in list_eval_logs(str(tmp_path / "logs")):
        for sample in read_eval_log_samples(info):
            is_monday = sample.metadata["label"] == "Monday"
            calls = [event for event in sample.events if isinstance(event, ModelEvent)]
            assert calls
            for call in calls:
                roles = [message.role for message in call.input]
                assert (roles[0] == "system") is is_monday
                assert roles.count("system") == is_monday
                assert call.config.temperature == (None if is_monday else 1.0)


def test_a_subject_that_continues_documents_is_refused() -> None:
    base = Subject(model="vllm-completions/any", interface="completion")
    with pytest.raises(StudyError, match="shown in conversations"):
        AnswerKeyStudy(described=(base,))
