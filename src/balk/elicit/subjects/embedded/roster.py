"""Which language models are shipped, and where their weights and cards lie."""

import json
from pathlib import Path
from typing import Any

from balk.errors import SubjectError, unknown

MODELS = Path(__file__).parent / "models"
EMBEDDED = ("base", "tuned-score", "tuned-raters", "tuned-torn", "tuned-blind")
"""Every name that ``balk-lm/NAME`` knows."""


def weights_path(name: str) -> Path:
    """Return the file with a model's network.

    Raises
    ------
    SubjectError
        If there is no such model.
    """
    if name not in EMBEDDED:
        raise SubjectError(unknown("embedded language model", name, EMBEDDED))
    return MODELS / f"{name}.onnx"


def read_card(name: str) -> dict[str, Any]:
    """Return a model's card: what it was trained on, for how long, and what came out.

    Raises
    ------
    SubjectError
        If there is no such model.
    """
    text = weights_path(name).with_suffix(".json").read_text(encoding="utf-8")
    card: dict[str, Any] = json.loads(text)
    return card
