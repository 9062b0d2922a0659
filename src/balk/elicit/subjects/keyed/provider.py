"""Simulated subjects, author and grader as an Inspect provider: ``balk-key/NAME``."""

from dataclasses import fields, replace
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from balk.elicit.subjects.keyed.policies import KEY_POLICIES, KeyPolicy
from balk.elicit.subjects.keyed.reader import read_key_prompt
from balk.elicit.subjects.keyed.subject import KeyedSubject
from balk.elicit.subjects.provider import MAX_CONNECTIONS, usage_of
from balk.errors import SubjectError, unknown

OTHERS = ("author", "grader", "solver")
"""Names beside the policies: whoever writes, classifies or solves."""
NAMES = (*KEY_POLICIES, *OTHERS)


def make_keyed_subject(name: str, **arguments: Any) -> KeyedSubject:  # noqa: ANN401 -- checked here
    """Return the simulated subject of a name.

    Parameters
    ----------
    name : str
        One of `NAMES`; ``solver`` knows every puzzle, ``author`` gives one in five a wrong key.
    **arguments : float
        `seed` and fields of `KeyPolicy`.

    Raises
    ------
    SubjectError
        If the name or an argument is unknown, or an argument is no number.
    """
    if name not in NAMES:
        raise SubjectError(unknown("simulated subject of the answer-key experiment", name, NAMES))
    policy = KEY_POLICIES.get(name, KeyPolicy(knows=1.0, slip=0.2 if name == "author" else 0.0))
    known = ("seed", *(field.name for field in fields(KeyPolicy)))
    for key in arguments:
        if key not in known:
            raise SubjectError(unknown(f"argument of balk-key/{name}", key, known))
    try:
        numbers = {key: float(value) for key, value in arguments.items()}
    except (TypeError, ValueError) as error:
        raise SubjectError(
            f"an argument of balk-key/{name} is no number ({error}); write -M slip=0.1, say"
        ) from error
    seed = int(numbers.pop("seed", 0))
    return KeyedSubject(replace(policy, **numbers), seed)


class KeyedModelAPI(ModelAPI):
    """Answers from the prompt text alone, at once and without a network."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 -- Inspect's signature
        **model_args: Any,  # noqa: ANN401 -- checked by make_keyed_subject
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.subject = make_keyed_subject(model_name, **model_args)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect's signature
        tools: list[ToolInfo],  # noqa: ARG002
        tool_choice: ToolChoice,  # noqa: ARG002
        config: GenerateConfig,  # noqa: ARG002
    ) -> ModelOutput:
        """Return the subject's reply to the conversation."""
        messages = [(message.role, message.text) for message in input]
        text = self.subject.reply(read_key_prompt(messages))
        output = ModelOutput.from_content(self.model_name, text)
        # Without usage, Inspect would fetch a tokenizer to count.
        output.usage = usage_of(sum(len(said) for _, said in messages), len(text))
        return output

    def max_connections(self) -> int:
        """Return how many sheets may be answered at once; there is nothing to wait for."""
        return MAX_CONNECTIONS


@modelapi(name="balk-key")
def balk_key() -> type[ModelAPI]:
    """Return the provider of the answer-key experiment's simulated subjects."""
    return KeyedModelAPI
