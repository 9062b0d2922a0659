"""Who is asked: a language model, how it is addressed, and with which settings."""

from typing import Any

from pydantic import Field, model_validator

from balk.design.described import Described
from balk.design.personas import PERSONAS
from balk.errors import StudyError, unknown
from balk.records import Interface

SECRETS = ("key", "token", "secret", "password")
"""Endings of model arguments that would carry a secret into the results."""


class Subject(Described):
    """A language model, its persona, its interface and its generation settings.

    Raises
    ------
    StudyError
        If a persona is unknown, an argument holds a secret, or a completion has a persona.
    """

    model: str
    """Inspect model name, such as ``openai/gpt-...`` or ``balk-sim/tension``."""
    persona: str = "plain"
    """Named system prompt; ``plain`` sends none."""
    interface: Interface = "chat"
    """Chat messages, or a document that a base model continues."""
    temperature: float = Field(default=1.0, ge=0, le=2)
    """Sampling temperature; always sent."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Most tokens in one reply; by default as much as the protocol needs."""
    logprobs: bool = False
    """Whether to ask for log-probabilities, which fill `p_skip` where the provider has them."""
    model_args: dict[str, Any] = Field(default_factory=dict)
    """Arguments of the model's provider."""
    label: str | None = None
    """Name in the tables; by default made of model, arguments, persona, interface, temperature."""

    @model_validator(mode="after")
    def _check(self) -> "Subject":
        for name in self.model_args:
            if name.lower().endswith(SECRETS):
                raise StudyError(
                    f"model argument {name!r} would be written into the results; "
                    "set the provider's environment variable instead"
                )
        if self.persona not in PERSONAS:
            raise StudyError(unknown("persona", self.persona, PERSONAS))
        if self.interface == "completion" and self.persona != "plain":
            raise StudyError(
                f"persona {self.persona!r} is a system prompt, and a completion has none; "
                "use interface chat or leave the persona out"
            )
        return self

    @property
    def name(self) -> str:
        """Who was examined, as the tables say it: the label, or the model and what is not plain."""
        arguments = ",".join(f"{k}={v}" for k, v in sorted(self.model_args.items()))
        return self.label or (
            self.model
            + (f"?{arguments}" if arguments else "")
            + (f"+{self.persona}" if self.persona != "plain" else "")
            + (" (completion)" if self.interface == "completion" else "")
            + (f" at temperature {self.temperature:g}" if self.temperature != 1 else "")
        )
