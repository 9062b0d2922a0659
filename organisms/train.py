"""Train one embedded language model: ``python -m organisms.train NAME``.

The same command goes on where it was broken off. A tuned model begins with the weights of `base`.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import onnx
import torch

from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from organisms.card import write_card
from organisms.checkpoints import Run
from organisms.export import PACKAGED, make_onnx
from organisms.network import Network
from organisms.pretrain import Phase, Pretraining, pretrain
from organisms.rewards import TUNINGS, Tuning
from organisms.shapes import Shape
from organisms.tune import tune

TINY_PHASES = (Phase(16, 8, (1, 3)), Phase(16, 4, (2, 5)))


def train(name: str, runs: Path, package: Path, *, is_tiny: bool = False) -> None:
    """Train a model, or go on with it, and write its network and card.

    Parameters
    ----------
    name : str
        ``base`` or one of the tuned models.
    runs : Path
        Folder of checkpoints, one folder a model.
    package : Path
        Where network and card are written.
    is_tiny : bool
        Whether to prove the path with a network of no use, in seconds.
    """
    tokenizer = Tokenizer(PACKAGED / "tokenizer.json")
    shape = Shape(len(tokenizer.pieces))
    if is_tiny:
        shape = replace(shape, width=32, n_layers=2, n_heads=2, inner=64)
    run = Run(name, runs / name, Network(shape))
    if name == "base":
        settings: Pretraining | Tuning = _pretrain(run, tokenizer, is_tiny=is_tiny)
    else:
        settings = _tune(run, runs / "base" / "last.pt", tokenizer, is_tiny=is_tiny)
    weights = {key: value.half().numpy() for key, value in run.network.state_dict().items()}
    package.mkdir(parents=True, exist_ok=True)
    onnx.save(make_onnx(weights, shape), package / f"{name}.onnx")
    write_card(name, settings, shape, runs / name, package)


def _pretrain(run: Run, tokenizer: Tokenizer, *, is_tiny: bool) -> Pretraining:
    settings = Pretraining()
    if is_tiny:
        settings = replace(settings, phases=TINY_PHASES, warm_up=4, keep_every=16)
    torch.manual_seed(settings.seed)
    run.network.load_state_dict(Network(run.network.shape).state_dict())
    pretrain(run, settings, tokenizer)
    return settings


def _tune(run: Run, base: Path, tokenizer: Tokenizer, *, is_tiny: bool) -> Tuning:
    settings = TUNINGS[run.name]
    if is_tiny:
        settings = replace(settings, steps=3, papers=2, samples=2, keep_every=2)
    run.network.load_state_dict(torch.load(base, weights_only=True)["weights"])
    tune(run, settings, tokenizer)
    return settings


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=["base", *TUNINGS])
    parser.add_argument("--runs", type=Path, default=Path("organisms/runs"))
    parser.add_argument("--package", type=Path, default=PACKAGED)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tiny", action="store_true", help="prove the path, in seconds")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    train(args.name, args.runs, args.package, is_tiny=args.tiny)


if __name__ == "__main__":
    main()
