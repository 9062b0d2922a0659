"""What a study takes, what it costs, and what it leaves open, before anything is asked."""

from pathlib import Path
from typing import Any

import pytest

from balk.cli.show import n_probe_calls
from balk.design.arms import make_arm
from balk.design.cautions import cautions
from balk.design.limits import Limits, Spent
from balk.design.plan import Load, make_plan
from balk.design.prices import Price, price_of, read_prices
from balk.design.provider_batch import check_provider_batch
from balk.design.rates import Rates
from balk.design.study import Questions, Study, default_max_tokens
from balk.design.study_file import BUILT_IN, make_study, read_study
from balk.design.subjects import Subject
from balk.design.token_counts import by_rate, read_tokenizer
from balk.errors import StudyError

QUESTIONS = Questions(puzzles="balk:divisor_counts", pool=8, questions=4, exams=20, levels=(1,))


def study(*models: str, **changes: object) -> Study:
    settings: dict[str, Any] = {
        "lifelines": (None, 1, 2, 4), "protocols": ("batch",), "questions": QUESTIONS,
    }  # fmt: skip
    return Study.crossed(models or ("balk-sim/tension",), **settings | changes)


def price(**changes: object) -> Price:
    facts: dict[str, Any] = {
        "model": "m/*", "input": 2.0, "cached_input": 0.5, "output": 10.0, "currency": "USD",
        "date": "2026-01-01", "source": "a test",
    }  # fmt: skip
    return Price(**facts | changes)


def test_a_subject_that_differs_in_price_alone_takes_the_same() -> None:
    made = make_plan(study("m/one", "n/other"), prices=[price()])
    one, other = made.subjects
    assert one.load == other.load
    assert one.cost == pytest.approx(
        (one.load.input_tokens * 2 + one.load.output_tokens * 10) / 1e6
    )
    assert other.cost is None
    assert made.costs == {"USD": one.cost}


def test_real_time_sends_again_what_was_said_before() -> None:
    one_word = by_rate(1.0)
    rates = Rates(tokens=one_word, message_tokens=0.0)
    isolated, realtime = (
        make_plan(study(protocols=(protocol,)), otherwise=rates).load
        for protocol in ("isolated", "realtime")
    )
    assert realtime.n_calls == isolated.n_calls == 4 * 20 * 4
    longer = make_plan(
        study(protocols=("realtime",)),
        otherwise=Rates(tokens=one_word, message_tokens=0.0,
                        resent_tokens={"batch": 0, "realtime": 140.0, "isolated": 0}),
    ).load  # fmt: skip
    # Of 4 replies the first is sent 3 times again, the second 2 times, the third once.
    assert longer.input_tokens - realtime.input_tokens == pytest.approx(4 * 20 * 6 * 100)


def test_cached_input_costs_what_the_table_says() -> None:
    assert price().cost(1e6, 4e5, 0) == pytest.approx(0.6 * 2 + 0.4 * 0.5)
    assert price(cached_input=None).cost(1e6, 4e5, 0) == pytest.approx(2)


def test_input_put_into_a_cache_is_planned_at_a_price_of_its_own() -> None:
    put = Rates(written={"batch": 0.5, "realtime": 0.0, "isolated": 0.0})
    asked, dear = study("m/one"), [price(cache_write=4.0)]
    (fresh,), (half,) = (
        make_plan(asked, otherwise=rates, prices=dear).subjects for rates in (Rates(), put)
    )
    assert half.load.written_tokens == half.load.input_tokens / 2
    assert half.cost - fresh.cost == pytest.approx(half.load.input_tokens / 2 * (4 - 2) / 1e6)  # type: ignore[operator]
    assert "50% put into the cache" in " ".join(put.told(["batch"]))


def test_provider_batch_halves_where_the_table_says_so() -> None:
    whole, half = (
        make_plan(study("m/one"), prices=[price(provider_batch=0.5)], is_provider_batch=is_batch)
        for is_batch in (False, True)
    )
    assert half.costs["USD"] == pytest.approx(whole.costs["USD"] / 2)
    same = make_plan(study("m/one"), prices=[price()], is_provider_batch=True)
    assert same.costs["USD"] == pytest.approx(whole.costs["USD"])


def test_time_is_shared_by_calls_in_flight_and_never_below_one_exam() -> None:
    load = Load(n_exams=10, n_calls=100, seconds=100.0, longest=10.0)
    assert load.wall_seconds(5) == 20
    assert load.wall_seconds(1000) == 10


def test_models_are_asked_side_by_side_and_subjects_of_one_model_share_its_connections() -> None:
    alone = make_plan(study("m/one")).wall_seconds
    assert make_plan(study("m/one", "n/other")).wall_seconds == alone
    both = study("m/one", personas=("plain", "monday"))
    assert make_plan(both).wall_seconds == 2 * alone


def test_a_subjects_own_calls_in_flight_count() -> None:
    quick = make_plan(study("m/one"))
    slow = study("m/one").but(subjects=(Subject(model="m/one", max_connections=5),))
    assert make_plan(slow).wall_seconds == 4 * quick.wall_seconds
    assert make_plan(slow, max_connections=1).wall_seconds == 4 * quick.wall_seconds


def test_no_reply_is_reckoned_longer_than_it_may_be() -> None:
    asked = study("m/one").but(subjects=(Subject(model="m/one", max_tokens=100),))
    (one,) = make_plan(asked).subjects
    assert one.load.output_tokens == 100 * one.load.n_calls
    assert "a reply: 100 tokens" in " ".join(one.rates.told(["batch"]))
    base = study("m/base", interface="completion")
    most = default_max_tokens("completion", "batch", 4)
    assert make_plan(base).load.output_tokens == most * 4 * 20


@pytest.mark.parametrize("protocol", ["batch", "realtime", "isolated"])
def test_probes_are_planned_apart_and_for_as_many_calls_as_are_told(protocol: str) -> None:
    plain = study("m/one", protocols=(protocol,))
    probes = ("payoff", "reasons", "advice")
    probed = study("m/one", protocols=(protocol,), probes=probes)
    made = make_plan(probed)
    assert made.load == make_plan(plain).load
    assert make_plan(plain).probes.n_calls == 0
    assert made.probes.n_calls == n_probe_calls(probed)
    less = make_plan(probed.but(subjects=(Subject(model="m/one", max_tokens=50),))).probes
    assert less.output_tokens == 50 * less.n_calls < made.probes.output_tokens


@pytest.mark.parametrize(
    "model",
    ["gpt-4o-audio-preview", "gpt-4o-realtime-preview", "gpt-4o-mini-search-preview",
     "gpt-4o-mini-tts", "gpt-4.1-other", "gpt-4o-2024-05-13"],
)  # fmt: skip
def test_a_name_that_only_begins_like_one_with_a_price_has_none(model: str) -> None:
    assert price_of(f"openai/{model}", read_prices()) is None


@pytest.mark.parametrize(
    ("snapshot", "model"),
    [
        ("openai/gpt-4o-2024-08-06", "openai/gpt-4o"),
        ("openai/gpt-4.1-nano-2025-04-14", "openai/gpt-4.1-nano"),
        ("anthropic/claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5"),
    ],
)
def test_a_dated_snapshot_has_the_price_of_its_model(snapshot: str, model: str) -> None:
    dated, plain = (price_of(name, read_prices()) for name in (snapshot, model))
    assert plain
    assert dated == plain.but(model=snapshot)


def test_every_price_that_comes_with_balk_has_a_date_and_a_source() -> None:
    prices = read_prices()
    assert all(one.source and one.date.year >= 2026 for one in prices)
    assert price_of("openai/gpt-4o-mini-2024-07-18", prices).input < 1  # type: ignore[union-attr]
    assert price_of("openai/gpt-4o", prices).input > 1  # type: ignore[union-attr]
    assert price_of("openai/unheard-of", prices) is None


@pytest.mark.parametrize(
    "text",
    ["prices: [{model: a}]", "[1]", "prices: {", "other: 1", "3: 1", "prices: []\nprices: []"],
)
def test_a_table_of_prices_that_cannot_be_read_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(StudyError, match=r"p\.yaml"):
        read_prices(tmp_path / "p.yaml")
    with pytest.raises(StudyError, match="no table of prices can be read"):
        read_prices(tmp_path / "absent.yaml")


def test_limits_are_reached_one_by_one() -> None:
    spent = {"m/one": Spent(1000, 0, 500), "unheard/of": Spent(10, 0, 0)}
    prices = (price(),)
    assert Limits(tokens=1511).reached(spent, 0) is None
    assert "1510 tokens" in str(Limits(tokens=1510).reached(spent, 0))
    assert Limits(cost=0.0071, prices=prices).reached(spent, 0) is None
    assert "0.007 spent" in str(Limits(cost=0.007, prices=prices).reached(spent, 0))
    assert Limits(seconds=5).reached(spent, 4.9) is None


def test_a_cost_limit_in_two_currencies_is_refused() -> None:
    both = (price(), price(model="n/*", currency="EUR"))
    with pytest.raises(StudyError, match="EUR, USD"):
        Limits(cost=1, prices=both).check(study("m/one", "n/two"))


def test_characters_per_token_are_a_tokenizer() -> None:
    assert read_tokenizer("4").count("x" * 20) == 5


@pytest.mark.parametrize("spec", ["words", "0", "-1", "nan", "absent.json", "tiktoken:unheard"])
def test_a_tokenizer_that_is_none_is_refused(spec: str) -> None:
    with pytest.raises(StudyError, match=spec):
        read_tokenizer(spec)


def test_a_tiktoken_file_that_is_not_at_hand_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiktoken = pytest.importorskip("tiktoken")

    def no_network(*_: object) -> None:
        raise ConnectionError("no network here")

    monkeypatch.setattr(tiktoken.load, "read_file", no_network)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    with pytest.raises(StudyError, match="its file is not at hand"):
        read_tokenizer("tiktoken:gpt2")


def test_providers_batches_are_refused_in_real_time_and_where_there_are_none() -> None:
    check_provider_batch(study("openai/one", protocols=("batch", "isolated")))
    with pytest.raises(StudyError, match="protocol realtime"):
        check_provider_batch(study("openai/one", protocols=("batch", "realtime")))
    with pytest.raises(StudyError, match="with balk-sim/tension; providers"):
        check_provider_batch(study("openai/one", "balk-sim/tension"))


def test_the_built_in_study_leaves_nothing_open() -> None:
    assert cautions(read_study(BUILT_IN)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lifelines": (None, 3)}, "only number of lifelines"),
        ({"lifelines": (None, 3, 4)}, "no middle dose can be held out"),
        ({"lifelines": (1, 2, 4)}, "no exams without lifelines"),
        ({"questions": QUESTIONS.but(exams=4)}, "some puzzle is in 2 exams"),
        ({"questions": QUESTIONS.but(exams=5)}, "p is still 0.062"),
        ({"arms": ("welcome",)}, "arm lifelines is not asked with as many"),
        ({"arms": ("lifelines", "stakes")}, "add arm renamed=waiver"),
        ({"arms": ("lifelines", "penalty=0.5+price=0.5")}, "a skip never pays"),
        ({"arms": ("lifelines", "choices+penalty=0.25")}, "a skip never pays"),
        ({"arms": ("lifelines", "feedback=always_wrong"), "protocols": ("realtime",)},
         "add arm feedback=none"),
    ],
)  # fmt: skip
def test_what_a_design_leaves_open_is_said(changes: dict[str, Any], said: str) -> None:
    assert any(said in caution for caution in cautions(study(**changes)))


@pytest.mark.parametrize(
    "arms",
    [
        ("lifelines",),
        ("lifelines", "penalty=0.5"),
        ("lifelines", "choices+penalty=0.3"),
        ("lifelines", "renamed=waiver", "stakes=triage", "stakes=dose"),
    ],
)
def test_nothing_is_said_where_nothing_is_left_open(arms: tuple[str, ...]) -> None:
    assert cautions(study(arms=arms)) == []


def test_silence_beside_false_verdicts_leaves_nothing_open() -> None:
    arms = ["lifelines", "feedback=none", "feedback=always_wrong"]
    block = {"arms": arms, "lifelines": ["none", 1, 2, 4], "protocols": "realtime"}
    held = {"subjects": "balk-sim/tension", "questions": QUESTIONS.model_dump(), "blocks": [block]}
    assert cautions(make_study(held)) == []


@pytest.mark.parametrize(
    ("arm", "p"), [("penalty=1", 0.5), ("penalty=0.5", 1 / 3), ("penalty=1+price=0.25", 0.375)]
)
def test_at_break_even_a_skip_earns_what_an_attempt_does(arm: str, p: float) -> None:
    made = make_arm(arm)
    assert made.break_even == pytest.approx(p)
    assert p - (1 - p) * (made.penalty or 0) == pytest.approx(-made.price)
