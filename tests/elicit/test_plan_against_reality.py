"""What is planned against what a server on 127.0.0.1 was really asked, by its own count."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from balk import pipeline
from balk.design.plan import Load, make_plan
from balk.design.rates import PROTOCOLS, Rates
from balk.design.study import Block, Questions, Study
from balk.design.token_counts import read_tokenizer
from balk.elicit.pilot import pooled, read_pilot
from balk.errors import TableError
from balk.records import Probe, Protocol
from fake_provider import FakeProvider, exam_taker, serve

MODEL = "openai-api/fake/small"
BASE = "openai-api-completions/fake/small"
QUESTIONS = Questions(pool=12, questions=6, exams=3, levels=(3, 4))

PLAIN = Block(lifelines=(2,))
PROBES: tuple[Probe, ...] = ("payoff", "reasons", "advice")


def study(
    *protocols: Protocol, exams: int = 3, model: str = MODEL, persona: str = "plain"
) -> Study:
    return Study.crossed(
        (model,),
        interface="completion" if model == BASE else "chat",
        personas=(persona,),
        lifelines=(None, 2),
        protocols=protocols,
        questions=QUESTIONS.but(exams=exams),
        epochs=2,
    )


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-pair tokenizer, trained on other puzzles than it counts."""
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    told = [puzzle.stem for puzzle in QUESTIONS.but(seed=9, pool=60).make_pool()]
    made.train_from_iterator(
        told,
        trainers.BpeTrainer(
            vocab_size=600,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    made.save(str(path))
    return path


@pytest.fixture
def provider(tokenizer: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    counter = Tokenizer.from_file(str(tokenizer))
    with serve(exam_taker, lambda text: len(counter.encode(text).ids)) as fake:
        monkeypatch.setenv("FAKE_API_KEY", "k")
        monkeypatch.setenv("FAKE_BASE_URL", fake.url)
        yield fake


def planned(asked: Study, rates: Rates) -> Load:
    return make_plan(asked, otherwise=rates).load


def taken(provider: FakeProvider) -> tuple[int, int]:
    """Tokens that the server counted, sent and received."""
    return sum(sent for sent, _ in provider.usage), sum(got for _, got in provider.usage)


def test_calls_are_those_that_the_server_is_asked(provider: FakeProvider, tmp_path: Path) -> None:
    asked = study(*PROTOCOLS)
    pipeline.run(asked, tmp_path, max_connections=8)
    assert make_plan(asked).load.n_calls == len(provider.requests) == 2 * 3 * 2 * (1 + 6 + 6)


@pytest.mark.parametrize(
    ("protocol", "model", "persona"),
    [
        ("batch", MODEL, "plain"),
        ("batch", MODEL, "monday"),
        ("isolated", MODEL, "plain"),
        ("batch", BASE, "plain"),
    ],
)
def test_input_is_within_2_percent_of_the_servers_own_count(
    protocol: Protocol, model: str, persona: str, tokenizer: Path,
    provider: FakeProvider, tmp_path: Path,
) -> None:  # fmt: skip
    asked = study(protocol, model=model, persona=persona)
    pipeline.run(asked, tmp_path, max_connections=8)
    expected = planned(asked, Rates(tokens=read_tokenizer(str(tokenizer)))).input_tokens
    assert expected == pytest.approx(taken(provider)[0], rel=0.02)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pilot_predicts_the_tokens_of_a_larger_study(
    protocol: Protocol, provider: FakeProvider, tmp_path: Path
) -> None:
    pipeline.run(study(protocol, exams=2), tmp_path / "pilot", max_connections=8)
    measured = read_pilot(tmp_path / "pilot")[MODEL]
    provider.usage.clear()
    larger = study(protocol, exams=8)
    pipeline.run(larger, tmp_path / "larger", max_connections=8)

    load, (sent, received) = planned(larger, measured), taken(provider)
    assert load.input_tokens == pytest.approx(sent, rel=0.05)  # other puzzles, other lengths
    assert load.output_tokens == pytest.approx(received, rel=0.05)
    assert 0 < measured.seconds[protocol] < 60
    assert "measured in" in measured.sources[protocol]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_probes_and_the_grader_of_a_pilot_have_no_part_in_what_it_measures(
    protocol: Protocol, provider: FakeProvider, tmp_path: Path
) -> None:
    plain = study(protocol, exams=2).but(blocks=(PLAIN.but(protocols=(protocol,)),))
    probed = plain.but(blocks=(plain.blocks[0].but(probes=PROBES),), grader=MODEL)
    pipeline.run(plain, tmp_path / "plain", max_connections=8)
    n_plain = len(provider.requests)
    pipeline.run(probed, tmp_path / "probed", max_connections=8)
    assert len(provider.requests) > 2 * n_plain

    one, other = (read_pilot(tmp_path / name)[MODEL] for name in ("plain", "probed"))
    assert one.tokens.name == other.tokens.name
    for name in ("reply_tokens", "resent_tokens", "cached", "sources"):
        assert getattr(one, name) == getattr(other, name), name
    assert other.seconds[protocol] > 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_probes_take_no_more_than_was_planned_for_them(
    protocol: Protocol, tokenizer: Path, provider: FakeProvider, tmp_path: Path
) -> None:
    block = PLAIN.but(protocols=(protocol,), probes=(*PROBES[:2], "follow_up", "advice"))
    asked = study(protocol).but(blocks=(block.but(arms=("key=hidden",)
                                if protocol == "realtime" else ("lifelines",)),))  # fmt: skip
    made = make_plan(asked, otherwise=Rates(tokens=read_tokenizer(str(tokenizer))))
    pipeline.run(asked, tmp_path, max_connections=8)
    n_calls, (sent, received) = len(provider.requests), taken(provider)
    assert n_calls <= made.load.n_calls + made.probes.n_calls
    assert sent <= made.load.input_tokens + made.probes.input_tokens
    assert received <= made.load.output_tokens + made.probes.output_tokens


def test_protocols_that_a_pilot_did_not_ask_stay_assumed_and_it_says_so(
    provider: FakeProvider, tmp_path: Path
) -> None:
    pipeline.run(study("batch", exams=1), tmp_path, max_connections=8)
    assert provider.requests
    measured = read_pilot(tmp_path / "logs")[MODEL]
    assert measured.reply_tokens["realtime"] == Rates().reply_tokens["realtime"]
    assert measured.sources["realtime"] == "assumed"
    assert measured.sources["batch"] == "measured in 4 calls of a pilot"
    lent = pooled({MODEL: measured}).sources
    assert lent["realtime"] == "assumed"
    assert lent["batch"] == "measured in 4 calls of a pilot, another subject"


def test_a_pilot_without_logs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no finished log"):
        read_pilot(tmp_path)
