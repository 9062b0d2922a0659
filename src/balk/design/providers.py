"""What each of Inspect's providers needs before it can be asked: facts, as names only.

A test opens every provider with and without its key, so that this table follows the installed
Inspect.
"""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider needs.

    Attributes
    ----------
    keys : tuple of str
        Environment variables of its key; one of them is enough. Empty where none is needed.
    packages : tuple of (str, str)
        Python modules that it imports, each with the name that pip knows it by.
    addresses : tuple of str
        Environment variables of the address that it talks to, the first that is set counts.
    address : str
        Where it listens if no variable says so; empty where the vendor's own address is used.
    wants_address : bool
        Whether an address has to be given.
    starts : str
        Package with which Inspect starts a server itself where no address is given.
    takes_temperature : bool
        Whether Inspect sends a temperature to it at all.
    takes_chat : bool
        Whether it can be asked otherwise than by a document that it continues.
    """

    keys: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = (("openai", "openai"),)
    addresses: tuple[str, ...] = ()
    address: str = ""
    wants_address: bool = False
    starts: str = ""
    takes_temperature: bool = True
    takes_chat: bool = True


VLLM = Provider(addresses=("VLLM_BASE_URL",), starts="vllm")
SERVICE = Provider(wants_address=True)

PROVIDERS: dict[str, Provider] = {
    "anthropic": Provider(
        keys=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
        packages=(("anthropic", "anthropic"),),
        addresses=("ANTHROPIC_BASE_URL",),
        takes_temperature=False,  # refused since version 2026-10-21 of the API
    ),
    "balk-lm": Provider(packages=(), takes_chat=False),
    "balk-sim": Provider(packages=()),
    "deepseek": Provider(keys=("DEEPSEEK_API_KEY",), addresses=("DEEPSEEK_BASE_URL",)),
    "fireworks": Provider(keys=("FIREWORKS_API_KEY",), addresses=("FIREWORKS_BASE_URL",)),
    "google": Provider(
        keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        packages=(("google.genai", "google-genai"),),
        addresses=("GOOGLE_BASE_URL",),
    ),
    "grok": Provider(
        keys=("XAI_API_KEY", "GROK_API_KEY"),
        packages=(("xai_sdk", "xai-sdk"),),
        addresses=("XAI_BASE_URL", "GROK_BASE_URL"),
    ),
    "groq": Provider(
        keys=("GROQ_API_KEY",), packages=(("groq", "groq"),), addresses=("GROQ_BASE_URL",)
    ),
    "hf": Provider(
        packages=(
            ("torch", "torch"),
            ("transformers", "transformers"),
            ("accelerate", "accelerate"),
        )
    ),
    "hf-inference-providers": Provider(keys=("HF_TOKEN",)),
    "llama-cpp-python": Provider(
        addresses=("LLAMA_CPP_PYTHON_BASE_URL",), address="http://localhost:8000/v1"
    ),
    "mistral": Provider(
        keys=("MISTRAL_API_KEY",),
        packages=(("mistralai", "mistralai"),),
        addresses=("MISTRAL_BASE_URL",),
    ),
    "ollama": Provider(addresses=("OLLAMA_BASE_URL",), address="http://localhost:11434/v1"),
    "openai": Provider(keys=("OPENAI_API_KEY",), addresses=("OPENAI_BASE_URL",)),
    "openai-api": SERVICE,
    "openai-api-completions": SERVICE,
    "openrouter": Provider(keys=("OPENROUTER_API_KEY",), addresses=("OPENROUTER_BASE_URL",)),
    "sglang": Provider(addresses=("SGLANG_BASE_URL",), starts="sglang"),
    "together": Provider(keys=("TOGETHER_API_KEY",), addresses=("TOGETHER_BASE_URL",)),
    "vllm": VLLM,
    "vllm-completions": VLLM,
}
"""Name in front of a model's first slash -> what it needs."""

CLOUDS = ("azure", "bedrock", "vertex")
"""Second parts of names that stand for another vendor's cloud, with sign-ins of its own."""


REASONING = (
    *("o1*", "o3*", "o4-*", "gpt-5*", "gpt-6*"),
    *("claude-sonnet-5*", "claude-opus-5*", "claude-fable-5*"),
    *("gemini-2.5-pro*", "gemini-2.5-flash*", "gemini-3*"),
    *("grok-4*", "*deepseek-r1*", "deepseek-reasoner*", "deepseek-v4*", "deepseek-flash*"),
    *("qwq*", "*-thinking*", "*-reasoning*"),
)
"""Names, after the last slash, of models that reason unless told not to; ``*`` stands for anything.

Read in their vendors' pages, or what the vendor calls them, in November 2026. Others may reason.
"""

NOT_REASONING = ("*non-reasoning*", "*-chat*", "*-flash-lite*")
"""Names among these of models that do not."""


def reasons(model: str) -> bool:
    """Return whether a model is known by its name to reason before it replies."""
    name = model.rpartition("/")[2].lower()
    known, excepted = (
        any(fnmatchcase(name, one) for one in names) for names in (REASONING, NOT_REASONING)
    )
    return known and not excepted


def provider_of(model: str) -> Provider | None:
    """Return what a model needs of its provider, or None where balk cannot tell.

    A service of ``openai-api`` brings variables of its own; of another vendor's cloud, and of
    providers that are not in the table, nothing is known.
    """
    name, _, rest = model.partition("/")
    service, has_more, _ = rest.partition("/")
    if name not in PROVIDERS or (has_more and service in CLOUDS):
        return None
    provider = PROVIDERS[name]
    if not provider.wants_address:
        return provider
    variable = service.upper().replace("-", "_")
    return replace(provider, keys=(f"{variable}_API_KEY",), addresses=(f"{variable}_BASE_URL",))


def takes_temperature(model: str) -> bool:
    """Return whether a temperature would be sent to a model's provider at all."""
    provider = PROVIDERS.get(model.partition("/")[0])
    return provider is None or provider.takes_temperature


def takes_chat(model: str) -> bool:
    """Return whether a model can be asked otherwise than by a document that it continues."""
    provider = PROVIDERS.get(model.partition("/")[0])
    return provider is None or provider.takes_chat
