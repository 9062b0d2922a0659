"""Embedded language models as an Inspect provider: ``balk-lm/NAME``."""

import hashlib
import re
from functools import cache
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from balk.elicit.subjects.embedded.desk import Desk
from balk.elicit.subjects.embedded.network import Network
from balk.elicit.subjects.embedded.requests import Draft, Request, Written
from balk.elicit.subjects.embedded.roster import MODELS, weights_path
from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from balk.elicit.subjects.embedded.writer import Writer
from balk.elicit.subjects.key_table import REPLICATE
from balk.errors import SubjectError

CONTEXT_TOKENS = 1024
DEFAULT_MAX_TOKENS = 512
MAX_CONNECTIONS = 64
DOCUMENT_END = re.compile(r"\nQ\d+:$")
"""How every document ends that balk asks a completion subject to continue."""


class EmbeddedModelAPI(ModelAPI):
    """Continues documents with a small neural network, on this machine and without a key.

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
        **model_args: Any,  # noqa: ANN401 -- checked here
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        weights_path(model_name)
        self.seed = _read_seed(model_name, model_args)
        self.writer = open_writer(model_name)
        self.desk = Desk(self.writer.write)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect's signature
        tools: list[ToolInfo],  # noqa: ARG002 -- networks this small use no tools
        tool_choice: ToolChoice,  # noqa: ARG002
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return the continuation of the one document that was sent."""
        document = self._document(input)
        tokens = self.writer.tokenizer.encode(document)
        room = CONTEXT_TOKENS - len(tokens)
        if room < 1:
            raise SubjectError(
                f"the document has {len(tokens)} tokens, and balk-lm/{self.model_name} reads "
                f"{CONTEXT_TOKENS}; ask fewer questions"
            )
        wanted = config.max_tokens or DEFAULT_MAX_TOKENS
        request = Request(
            tokens=tokens,
            max_tokens=min(wanted, room),
            temperature=1.0 if config.temperature is None else config.temperature,
            seed=self._seed(document, config.seed),
            stops=tuple(config.stop_seqs or ()),
            n_rivals=(config.top_logprobs or 1) if config.logprobs else 0,
        )
        return self._output(await self.desk.ask(request))

    def max_connections(self) -> int:
        """Return how many documents may be continued side by side."""
        return MAX_CONNECTIONS

    def _document(self, messages: list[ChatMessage]) -> str:
        is_alone = len(messages) == 1 and messages[0].role == "user"
        if not is_alone or not DOCUMENT_END.search(messages[0].text):
            raise SubjectError(
                f"balk-lm/{self.model_name} continues a document that ends in the number of a "
                f"question, and got {len(messages)} messages that end in "
                f"{messages[-1].text[-20:]!r}; ask it with --interface completion"
            )
        return messages[0].text

    def _seed(self, document: str, asked: int | None) -> int:
        """Return the seed of one continuation: by the call's, or by this repeat of the exam."""
        root = f"{asked}" if asked is not None else f"{self.seed}/{REPLICATE.get()}"
        digest = hashlib.sha256(f"{root}\x00{document}".encode()).digest()
        return int.from_bytes(digest[:8])

    def _output(self, draft: Draft) -> ModelOutput:
        choice = ChatCompletionChoice(
            message=ChatMessageAssistant(
                content=draft.text, model=self.model_name, source="generate"
            ),
            stop_reason="stop" if draft.stop_reason == "stop" else "max_tokens",
            logprobs=self._logprobs(draft) if draft.request.n_rivals else None,
        )
        n_in, n_out = draft.n_prompt, len(draft.tokens)
        return ModelOutput(
            model=self.model_name,
            choices=[choice],
            usage=ModelUsage(input_tokens=n_in, output_tokens=n_out, total_tokens=n_in + n_out),
        )

    def _logprobs(self, draft: Draft) -> Logprobs:
        return Logprobs(content=[self._logprob(written) for written in draft.tokens])

    def _logprob(self, written: Written) -> Logprob:
        pieces = self.writer.tokenizer.pieces
        rivals = [TopLogprob(token=pieces[one], logprob=log_p) for one, log_p in written.rivals]
        token = pieces[written.token]
        return Logprob(token=token, logprob=written.log_p, top_logprobs=rivals)


@modelapi(name="balk-lm")
def balk_lm() -> type[ModelAPI]:
    """Return the provider of embedded language models."""
    return EmbeddedModelAPI


@cache
def open_writer(name: str) -> Writer:
    """Return a model ready to write; it is loaded once in a process."""
    return Writer(Network(weights_path(name)), Tokenizer(MODELS / "tokenizer.json"))


def _read_seed(name: str, arguments: dict[str, Any]) -> int:
    others = sorted(arguments.keys() - {"seed"})
    if others:
        raise SubjectError(
            f"balk-lm/{name} takes the argument seed and no other, seen {others[0]!r}"
        )
    try:
        return int(arguments.get("seed", 0))
    except (TypeError, ValueError):
        raise SubjectError(
            f"argument seed of balk-lm/{name} is {arguments['seed']!r}; give a whole number, such "
            "as -M seed=1"
        ) from None
