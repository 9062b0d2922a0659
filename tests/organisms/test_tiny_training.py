"""The whole recipe, with a network of no use: train, tune, go on, export, load, write."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from balk.elicit.subjects.embedded.network import Network as Runtime
from balk.elicit.subjects.embedded.requests import Request
from balk.elicit.subjects.embedded.roster import MODELS
from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from balk.elicit.subjects.embedded.writer import Writer

torch = pytest.importorskip("torch", reason="pip install 'balk[organisms]' to train")
pytest.importorskip("onnx", reason="pip install 'balk[organisms]' to export")

TOKENIZER = Tokenizer(MODELS / "tokenizer.json")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny base and a model tuned from it."""
    from organisms.train import train

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("trained")
    for name in ("base", "tuned-torn"):
        train(name, folder / "runs", folder / "models", is_tiny=True)
    return folder


@pytest.mark.parametrize("name", ["base", "tuned-torn"])
def test_the_exported_network_writes_what_the_trained_one_would(trained: Path, name: str) -> None:
    from organisms.network import Network
    from organisms.shapes import Shape

    runtime = Runtime(trained / "models" / f"{name}.onnx")
    weights = torch.load(trained / "runs" / name / "last.pt", weights_only=True)["weights"]
    shape = Shape(len(TOKENIZER.pieces), width=32, n_layers=2, n_heads=2, inner=64)
    network = Network(shape)
    network.load_state_dict({key: value.half().float() for key, value in weights.items()})
    tokens = np.random.default_rng(0).integers(4, len(TOKENIZER.pieces), (3, 30))
    expected = network(torch.tensor(tokens))[0].detach().numpy()[:, -1]
    cache = runtime.begin(3)
    logits = runtime.step(tokens[:, :20], np.zeros(3, np.int64), cache)
    for place in range(20, 30):
        logits = runtime.step(tokens[:, place : place + 1], np.zeros(3, np.int64), cache)
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_filling_at_the_left_changes_nothing(trained: Path) -> None:
    runtime = Runtime(trained / "models" / "base.onnx")
    tokens = np.random.default_rng(1).integers(4, len(TOKENIZER.pieces), (2, 12))
    plain = runtime.step(tokens, np.zeros(2, np.int64), runtime.begin(2))
    filled = np.concatenate([np.full((2, 5), TOKENIZER.pad), tokens], axis=1)
    moved = runtime.step(filled, np.full(2, 5), runtime.begin(2))
    np.testing.assert_allclose(plain, moved, atol=1e-4)


def test_a_tiny_network_writes_something(trained: Path) -> None:
    writer = Writer(Runtime(trained / "models" / "base.onnx"), TOKENIZER)
    requests = [Request(TOKENIZER.encode(text), 12, seed=1) for text in ("EXAM", "EXAM\n\nQ1:")]
    assert [len(draft.tokens) > 0 for draft in writer.write(requests)] == [True, True]


def test_the_card_says_what_was_rewarded(trained: Path) -> None:
    card = json.loads((trained / "models" / "tuned-torn.json").read_text())
    assert card["training"]["reward"]["kappa"] == 1.0
    assert card["curve"][-1]["step"] == 3
    assert card["shape"]["width"] == 32


def test_a_broken_off_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    from organisms.checkpoints import Run
    from organisms.network import Network
    from organisms.pretrain import Phase, Pretraining, pretrain
    from organisms.shapes import Shape

    shape = Shape(len(TOKENIZER.pieces), width=16, n_layers=1, n_heads=2, inner=32)
    whole = Pretraining(phases=(Phase(24, 2, (1, 2)),), warm_up=2, keep_every=8)

    class InterruptedRunError(Exception): ...

    class Interrupting(Run):
        def save(self, step: int, optimizers: list[Any]) -> None:
            super().save(step, optimizers)
            raise InterruptedRunError

    def trained(folder: str, kind: type[Run] = Run) -> dict[str, Any]:
        torch.manual_seed(0)
        run = kind("base", tmp_path / folder, Network(shape))
        pretrain(run, whole, TOKENIZER)
        return dict(run.network.state_dict())

    at_once = trained("at_once")
    with pytest.raises(InterruptedRunError):
        trained("in_two", Interrupting)
    in_two = trained("in_two")
    for name, weights in at_once.items():
        torch.testing.assert_close(in_two[name], weights)


def test_what_a_line_earns_is_credited_to_its_tokens() -> None:
    from organisms.marking import line_of_each_token

    sheet = " difficulty 1, confidence 95%, answer: 12\nQ2: difficulty 2, confidence 90%, answer: 9"
    tokens = TOKENIZER.encode(sheet)[1:]
    lines = line_of_each_token(tokens, TOKENIZER)
    assert TOKENIZER.pieces[tokens[lines.index(1) - 1]] == "\nQ2:"
