"""A training run on disk: its folder, its last checkpoint and the weights kept along the way."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from organisms.network import Network


@dataclass(frozen=True, slots=True)
class Run:
    """One model in training.

    Attributes
    ----------
    name : str
        Which model.
    folder : Path
        Where everything about it is written.
    network : Network
        The weights in training.
    """

    name: str
    folder: Path
    network: Network

    def restore(self, optimizers: list[torch.optim.Optimizer]) -> int:
        """Take up the last checkpoint; return the step to go on with, 0 where there is none."""
        path = self.folder / "last.pt"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            return 0
        kept = torch.load(path, weights_only=True)
        self.network.load_state_dict(kept["weights"])
        for optimizer, state in zip(optimizers, kept["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self._forget_after(int(kept["step"]))
        return int(kept["step"])

    def _forget_after(self, step: int) -> None:
        """Drop the rows of the curve that will be written again."""
        path = self.folder / "curve.jsonl"
        rows = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = [row for row in rows if json.loads(row)["step"] <= step]
        path.write_text("".join(f"{row}\n" for row in kept), encoding="utf-8")

    def save(self, step: int, optimizers: list[torch.optim.Optimizer]) -> None:
        """Write the last checkpoint, whole or not at all, and the weights of this step."""
        states = [optimizer.state_dict() for optimizer in optimizers]
        kept = {"step": step, "weights": self.network.state_dict(), "optimizers": states}
        partial = self.folder / "last.partial"
        torch.save(kept, partial)
        partial.replace(self.folder / "last.pt")
        halves = {name: weight.half() for name, weight in self.network.state_dict().items()}
        torch.save(halves, self.folder / f"step_{step:05d}.pt")


def append_json(path: Path, row: dict[str, Any]) -> None:
    """Add a row to a file of JSON lines."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
