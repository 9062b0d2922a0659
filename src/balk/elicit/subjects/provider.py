"""Simulated subjects as an Inspect provider: ``balk-sim/NAME``, policy parameters as model args."""

from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from balk.elicit.subjects.probe_reader import read_probe
from balk.elicit.subjects.prompt_reader import read_exam
from balk.elicit.subjects.roster import make_subject

CHARS_PER_TOKEN = 4
MAX_CONNECTIONS = 100


class SimulatedModelAPI(ModelAPI):
    """Answers from the prompt text alone, at once and without a network.

    Raises
    ------
    SubjectError
        If the name or a model argument is unknown.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 -- Inspect's signature
        **model_args: Any,  # noqa: ANN401 -- checked by make_subject
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.subject = make_subject(model_name, **model_args)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect's signature
        tools: list[ToolInfo],  # noqa: ARG002 -- subjects use no tools
        tool_choice: ToolChoice,  # noqa: ARG002
        config: GenerateConfig,  # noqa: ARG002 -- no sampling, and no log-probabilities yet
    ) -> ModelOutput:
        """Return the subject's reply to the conversation."""
        messages = [(message.role, message.text) for message in input]
        probe = read_probe(messages)
        reply = (
            self.subject.answer_probe(probe) if probe else self.subject.reply(read_exam(messages))
        )
        output = ModelOutput.from_content(
            model=self.model_name,
            content=reply.text,
            stop_reason="max_tokens" if reply.is_truncated else "stop",
        )
        # Without usage, Inspect would fetch a tokenizer to count.
        output.usage = usage_of(sum(len(text) for _, text in messages), len(reply.text))
        return output

    def max_connections(self) -> int:
        """Return how many exams may be sat at once; there is nothing to wait for."""
        return MAX_CONNECTIONS


@modelapi(name="balk-sim")
def balk_sim() -> type[ModelAPI]:
    """Return the provider of simulated subjects."""
    return SimulatedModelAPI


def usage_of(n_chars_in: int, n_chars_out: int) -> ModelUsage:
    """Return the tokens of so many characters sent and received, at a plain rate."""
    n_in, n_out = -(-n_chars_in // CHARS_PER_TOKEN), -(-n_chars_out // CHARS_PER_TOKEN)
    return ModelUsage(input_tokens=n_in, output_tokens=n_out, total_tokens=n_in + n_out)
