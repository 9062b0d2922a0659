"""Limits of a whole study: no exam is begun once they are reached, and the rest is asked later."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo
from polars.testing import assert_frame_equal

from balk import pipeline
from balk.design.limits import Limits, Spent
from balk.design.prices import Price, read_prices
from balk.design.study import Questions, Study
from balk.design.subjects import Subject
from balk.elicit import budget
from balk.elicit.budget import Budget
from balk.elicit.usage import spent_in
from balk.errors import StudyError
from fake_provider import FakeProvider, exam_taker, serve

if TYPE_CHECKING:
    from balk.elicit.progress import Progress

MODEL = "openai-api/fake/small"
FREE = ("log", "sample_uuid")


def study(**changes: object) -> Study:
    settings: dict[str, object] = {
        "lifelines": (None, 2),
        "protocols": ("batch", "isolated"),
        "questions": Questions(
            puzzles="balk:divisor_counts", pool=8, questions=4, exams=5, levels=(1,)
        ),
    }
    return Study.crossed((MODEL,), **settings | changes)  # type: ignore[arg-type]


def price(**changes: object) -> Price:
    facts: dict[str, object] = {
        "model": "openai-api/*", "input": 1.0, "output": 2.0, "currency": "USD",
        "date": "2026-01-01", "source": "a test",
    }  # fmt: skip
    return Price(**facts | changes)  # type: ignore[arg-type]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    with serve(exam_taker) as fake:
        monkeypatch.setenv("FAKE_API_KEY", "k")
        monkeypatch.setenv("FAKE_BASE_URL", fake.url)
        yield fake


def ask(folder: Path, limits: Limits | None = None) -> pipeline.Results:
    return pipeline.run(study(), folder, max_connections=4, terms=pipeline.Terms(limits=limits))


def ledger(folder: Path) -> tuple[int, int]:
    (one,) = json.loads((folder / "spent.json").read_text())["models"].values()
    return one["input_tokens"], one["output_tokens"]


def test_limits_stop_and_resume_without_loss_or_double_payment(
    provider: FakeProvider, tmp_path: Path
) -> None:
    whole = ask(tmp_path / "whole")
    n_calls, n_tokens = len(provider.requests), sum(sum(pair) for pair in provider.usage)
    provider.requests.clear()
    provider.usage.clear()

    parted, n_exams = None, []
    for share in (0.2, 0.7, 10):
        parted = ask(tmp_path / "parted", Limits(tokens=int(share * n_tokens)))
        n_exams.append(parted.exams.height)
        assert parted.exams["n_failed"].sum() == 0  # what was not asked makes no row
        assert (parted.stopped is None) == (share > 1)
    assert parted is not None

    assert n_exams[0] < n_exams[1] < n_exams[2] == whole.exams.height
    assert len(provider.requests) == n_calls
    sent, received = (sum(side) for side in zip(*provider.usage, strict=True))
    assert ledger(tmp_path / "parted") == (sent, received)
    assert_frame_equal(whole.decisions.drop(FREE), parted.decisions.drop(FREE))


@pytest.mark.parametrize("max_connections", [1, 20])
def test_a_limit_is_passed_by_no_more_than_an_exam_takes(
    provider: FakeProvider, tmp_path: Path, max_connections: int
) -> None:
    terms = pipeline.Terms(limits=Limits(tokens=4000))
    asked = study(protocols=("batch",))
    ask = {"max_connections": max_connections, "terms": terms}
    stopped = pipeline.run(asked.but(epochs=4), tmp_path, **ask)  # type: ignore[arg-type]
    assert stopped.stopped is not None
    taken = [sum(pair) for pair in provider.usage]
    assert 4000 <= sum(taken) <= 4000 + max(taken)
    assert stopped.exams.height == len(taken)


def test_a_limit_that_was_reached_asks_nothing_more(provider: FakeProvider, tmp_path: Path) -> None:
    ask(tmp_path, Limits(tokens=300))
    before = len(provider.requests)
    again = ask(tmp_path, Limits(tokens=300))
    assert len(provider.requests) == before
    assert again.stopped is not None
    assert "tokens spent" in again.stopped


def test_what_was_spent_without_a_limit_counts(provider: FakeProvider, tmp_path: Path) -> None:
    ask(tmp_path)
    assert sum(ledger(tmp_path)) == sum(sum(pair) for pair in provider.usage)
    assert ask(tmp_path, Limits(tokens=1)).stopped is None  # all is asked: nothing was left out


def test_costs_are_reckoned_by_the_table_of_prices(provider: FakeProvider, tmp_path: Path) -> None:
    ask(tmp_path)
    sent, received = (sum(side) for side in zip(*provider.usage, strict=True))
    cost = Budget(tmp_path, Limits(prices=(price(),))).cost
    assert cost == pytest.approx((sent * 1.0 + received * 2.0) / 1e6)
    halved = Limits(prices=(price(provider_batch=0.5),), is_provider_batch=True)
    assert Budget(tmp_path, halved).cost == pytest.approx(cost / 2)


def test_a_cost_limit_stops(provider: FakeProvider, tmp_path: Path) -> None:
    stopped = ask(tmp_path, Limits(cost=3e-4, prices=(price(),)))
    assert stopped.stopped is not None
    assert stopped.stopped.startswith("--cost-limit")
    assert 0 < stopped.exams.height < 20
    assert provider.requests


def test_a_cost_limit_without_a_price_is_refused_before_anything_is_asked(
    provider: FakeProvider, tmp_path: Path
) -> None:
    with pytest.raises(StudyError, match="no price is known of openai-api/fake/small"):
        ask(tmp_path, Limits(cost=1.0, prices=read_prices()))
    assert not provider.requests
    assert not list(tmp_path.iterdir())


def test_running_time_adds_up_over_runs(tmp_path: Path) -> None:
    (tmp_path / "spent.json").write_text('{"seconds": 100.0, "exams": 0, "models": {}}')
    limits = Limits(seconds=90)
    assert Budget(tmp_path, limits).seconds >= 100
    assert limits.reached({}, Budget(tmp_path).seconds) == "--time-limit 90: 100 s spent"


def test_a_time_limit_counts_from_the_first_exam_and_not_between_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(budget, "monotonic", lambda: now)
    asked = Budget(tmp_path, Limits(seconds=90))
    with budget.counted(asked):
        now += 3600  # of start-up
        assert anyio.run(asked.schedule_sample, 1, 1) is None
        now += 89
        assert anyio.run(asked.schedule_sample, 2, 1) is None
    now += 3600  # of tables, and until the next run
    again = Budget(tmp_path, Limits(seconds=90))
    assert again.seconds == asked.seconds == 89
    assert anyio.run(again.schedule_sample, 3, 1) is None
    now += 1
    assert anyio.run(again.schedule_sample, 4, 1) is not None
    assert again.stopped == "--time-limit 90: 90 s spent"


def test_progress_tells_what_a_study_cost_over_all_its_runs(
    provider: FakeProvider, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    terms = pipeline.Terms(limits=Limits(tokens=1500, prices=(price(),)))
    stopped = pipeline.run(study(), tmp_path, listener=seen.append, terms=terms)
    assert stopped.stopped
    terms = pipeline.Terms(limits=Limits(prices=(price(),)))
    pipeline.run(study(), tmp_path, max_connections=1, listener=seen.append, terms=terms)
    sent, received = (sum(side) for side in zip(*provider.usage, strict=True))
    assert seen[-1].costs == {"USD": pytest.approx((sent * 1.0 + received * 2.0) / 1e6)}
    assert seen[-1].is_priced


def test_lenders_that_a_limit_left_unasked_lend_nothing(
    provider: FakeProvider, tmp_path: Path
) -> None:
    asked = study(
        arms=("lifelines", "key=hidden", "feedback=yoked"), protocols=("realtime",), lifelines=(2,)
    )
    stopped = pipeline.run(
        asked, tmp_path, max_connections=1, terms=pipeline.Terms(limits=Limits(tokens=300))
    )
    assert stopped.stopped
    assert not (tmp_path / "told.json").exists()
    done = pipeline.run(asked, tmp_path, max_connections=2)
    assert done.exams.group_by("arm").len()["len"].to_list() == [5, 5, 5]
    assert provider.requests


@modelapi(name="breaking")
class Breaking(ModelAPI):
    """Breaks off every second call."""

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect names it
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        del tools, tool_choice, config
        if len(input[-1].text) % 2:
            raise ValueError("the line went dead")
        output = ModelOutput.from_content(self.model_name, "Q1: answer: 7")
        output.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
        return output


def test_exams_that_break_off_leave_no_exam_waiting(tmp_path: Path) -> None:
    asked = study().but(subjects=(Subject(model="breaking/one"),))
    terms = pipeline.Terms(limits=Limits(tokens=10**6))
    done = pipeline.run(asked, tmp_path, max_connections=4, terms=terms)
    assert done.exams.height == 20
    assert done.exams.filter(done.exams["n_failed"] > 0).height > 0
    assert done.stopped is None


def test_a_providers_batch_mode_is_asked_for(tmp_path: Path) -> None:
    asked = study(protocols=("batch",)).but(subjects=(Subject(model="balk-sim/rational"),))
    terms = pipeline.Terms(is_provider_batch=True)
    pipeline.run(asked, tmp_path, max_connections=4, terms=terms)
    logs = [
        read_eval_log(info, header_only=True) for info in list_eval_logs(str(tmp_path / "logs"))
    ]
    assert {log.plan.config.batch for log in logs} == {True}


@pytest.mark.parametrize("apart", [True, False])
def test_cached_input_is_counted_once_however_a_provider_counts_it(
    tmp_path: Path, *, apart: bool
) -> None:
    budget = Budget(tmp_path)
    fresh = 60 if apart else 100
    budget.add(
        MODEL,
        ModelUsage(
            input_tokens=fresh, output_tokens=10, total_tokens=110, input_tokens_cache_read=40
        ),
    )
    assert ledger(tmp_path) == (100, 10)
    assert budget.tokens == 110


@pytest.mark.parametrize("apart", [True, False])
def test_input_put_into_a_cache_is_counted_once_and_has_a_price_of_its_own(
    tmp_path: Path, *, apart: bool
) -> None:
    budget = Budget(tmp_path, Limits(prices=(price(cached_input=0.1, cache_write=3.0),)))
    usage = ModelUsage(
        input_tokens=50 if apart else 100, output_tokens=10, total_tokens=110,
        input_tokens_cache_read=20, input_tokens_cache_write=30,
    )  # fmt: skip
    budget.add(MODEL, usage)
    assert ledger(tmp_path) == (100, 10)
    assert budget.cost == pytest.approx((50 * 1.0 + 20 * 0.1 + 30 * 3.0 + 10 * 2.0) / 1e6)
    assert spent_in(usage) == Spent(100, 20, 10, 30)


def test_a_ledger_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spent.json").write_text("[]")
    with pytest.raises(StudyError, match="what was spent cannot be read"):
        Budget(tmp_path)
