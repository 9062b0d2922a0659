"""Who is asked: a language model, how it is addressed, and with which settings."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from balk.design.described import ONE_LINE, Described, Number, Truth, Whole, check_name
from balk.design.personas import PERSONAS
from balk.design.providers import reasons, takes_chat, takes_temperature
from balk.design.puzzles.drafts import check_level
from balk.errors import StudyError, unknown
from balk.records import Interface

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""How hard a reasoning model is to think; each vendor knows some of these."""

SECRETS = (
    *("key", "keys", "token", "secret", "secrets", "password", "passwords", "passwd"),
    *("authorization", "auth", "bearer", "cookie", "cookies", "credential", "credentials"),
)
"""Endings of model arguments, at any depth, that would carry a secret into the results."""

SECRET_TEXT = re.compile(r"://[^/?#\s@]*:[^/?#\s]*@|^\s*(bearer|basic)\s+\S", re.IGNORECASE)
"""A value that holds one whatever it is called: an address with a password, or a header."""


class Subject(Described):
    """A language model, its persona, its interface and its generation settings.

    Raises
    ------
    StudyError
        If a persona is unknown, an argument holds a secret, a completion has a persona or no
        temperature, a temperature is asked for that would not be sent, or a chat of what only
        continues documents.
    """

    model: str = Field(json_schema_extra=ONE_LINE)
    """Inspect model name, such as ``openai/gpt-...`` or ``balk-sim/tension``."""
    persona: str = "plain"
    """Named system prompt; ``plain`` sends none."""
    interface: Interface = "chat"
    """Chat messages, or a document that a base model continues."""
    temperature: Number | None = Field(default=1.0, ge=0, le=2)
    """Sampling temperature; null sends none, for models that refuse one."""
    max_tokens: Whole | None = Field(default=None, ge=1)
    """Most tokens in one reply, reasoning included; by default what the protocol needs."""
    reasoning_effort: Effort | None = None
    """How hard to think, for models that reason; by default the vendor's choice."""
    reasoning_tokens: Whole | None = Field(default=None, ge=1)
    """Most tokens to think with, for models that take a number instead of an effort."""
    logprobs: Truth = False
    """Whether to ask for log-probabilities, which fill `p_skip` where the provider has them."""
    model_args: dict[str, Any] = Field(default_factory=dict)
    """Arguments of the model's provider."""
    max_connections: Whole | None = Field(default=None, ge=1)
    """Calls in flight for its model; by default as many as the run allows. No part of the study's
    identity: it may be changed before a run is taken up again."""
    puzzles: str | None = Field(default=None, json_schema_extra=ONE_LINE)
    """Source of its own puzzles, where it cannot read the study's; by default the study's."""
    levels: tuple[Whole, ...] = ()
    """Levels of its own puzzles; by default the study's."""
    label: str | None = Field(default=None, json_schema_extra=ONE_LINE)
    """Name in the tables; by default made of the model and every setting that is not plain."""

    @model_validator(mode="after")
    def _check(self) -> "Subject":
        for field in ("model", "label", "puzzles"):
            check_name(field, getattr(self, field))
        for level in self.levels:
            check_level(level)
        for name in _secrets(self.model_args):
            raise StudyError(
                f"model argument {name!r} would be written into the results; "
                "set the provider's environment variable instead"
            )
        if self.persona not in PERSONAS:
            raise StudyError(unknown("persona", self.persona, PERSONAS))
        self._check_completion()
        if self.temperature not in {None, 1} and not takes_temperature(self.model):
            raise StudyError(
                f"temperature is {self.temperature:g}, and {self.model} takes none: it would be "
                "left out unseen; leave it out here, or write null"
            )
        return self

    def _check_completion(self) -> None:
        if self.interface == "chat":
            if not takes_chat(self.model):
                raise StudyError(
                    f"interface is 'chat', and {self.model} only continues documents; "
                    "use interface completion"
                )
            return
        if self.persona != "plain":
            raise StudyError(
                f"persona {self.persona!r} is a system prompt, and a completion has none; "
                "use interface chat or leave the persona out"
            )
        if self.temperature is None:
            raise StudyError(
                "temperature is null, and a completion without one is asked at 0; give a number"
            )

    @property
    def is_reasoning(self) -> bool:
        """Whether it thinks before it replies, as far as its settings and its model's name tell."""
        if self.reasoning_effort:
            return self.reasoning_effort != "none"
        return bool(self.reasoning_tokens) or reasons(self.model)

    @property
    def name(self) -> str:
        """Who was examined, as the tables say it: the label, or the model and what is not plain."""
        arguments = ",".join(f"{k}={v}" for k, v in sorted(self.model_args.items()))
        return self.label or (
            self.model
            + (f"?{arguments}" if arguments else "")
            + (f"+{self.persona}" if self.persona != "plain" else "")
            + (" (completion)" if self.interface == "completion" else "")
            + self._sampling
        )

    @property
    def _sampling(self) -> str:
        """What is not plain about how it samples and thinks."""
        parts = []
        if self.temperature is None:
            parts.append(" without temperature")
        elif self.temperature != 1:
            parts.append(f" at temperature {self.temperature:g}")
        if self.reasoning_effort:
            parts.append(f", reasoning {self.reasoning_effort}")
        if self.reasoning_tokens:
            parts.append(f", reasoning {self.reasoning_tokens} tokens")
        return "".join(parts)


def _secrets(held: object, path: str = "") -> Iterator[str]:
    """Yield where a secret stands in an argument, at whatever depth; never the secret."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            inner = f"{path}.{name}" if path else str(name)
            if str(name).lower().endswith(SECRETS):
                yield inner
            yield from _secrets(value, inner)
    elif isinstance(held, (list, tuple)):
        for at, value in enumerate(held):
            yield from _secrets(value, f"{path}.{at}")
    elif isinstance(held, str) and SECRET_TEXT.search(held):
        yield path
