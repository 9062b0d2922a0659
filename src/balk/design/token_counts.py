"""From text to tokens: by a stated rate, or by a tokenizer whose file is at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from balk.errors import MissingExtraError, StudyError

CHARS_PER_TOKEN = 3.2
"""Of prompts that hold many numbers: an assumption, of no tokenizer in particular."""


@dataclass(frozen=True, slots=True)
class TokenCount:
    """A way of counting the tokens of a text.

    Attributes
    ----------
    name : str
        What counts, in words.
    count : callable
        From a text to its tokens.
    """

    name: str
    count: Callable[[str], float]


def by_rate(chars_per_token: float = CHARS_PER_TOKEN, source: str = "assumed") -> TokenCount:
    """Return the count that takes so many characters for a token."""
    return TokenCount(
        f"{chars_per_token:.3g} characters a token ({source})",
        lambda text: len(text) / chars_per_token,
    )


def read_tokenizer(spec: str) -> TokenCount:
    """Return the count of a tokenizer.

    Parameters
    ----------
    spec : str
        A number of characters per token, ``tiktoken:NAME``, or the path of a Hugging Face
        ``tokenizer.json``.

    Raises
    ------
    StudyError
        If it is none of these, or its file is not at hand.
    MissingExtraError
        If the package that reads it is not installed.
    """
    if spec.startswith("tiktoken:"):
        return _tiktoken(spec)
    if spec.endswith(".json"):
        return _tokenizers(Path(spec))
    try:
        rate = float(spec)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise StudyError(
            f"tokenizer is {spec!r}; give characters per token, such as 3.2, tiktoken:NAME, or the "
            "path of a tokenizer.json"
        )
    return by_rate(rate, "given")


def _tiktoken(spec: str) -> TokenCount:
    try:
        import tiktoken
    except ImportError as error:
        raise MissingExtraError("the package tiktoken", "tokenizers") from error
    name = spec.removeprefix("tiktoken:")
    if name not in tiktoken.list_encoding_names():
        known = ", ".join(tiktoken.list_encoding_names())
        raise StudyError(f"tokenizer {spec!r} is not known; tiktoken has: {known}")
    try:
        encoding = tiktoken.get_encoding(name)
    except Exception as error:
        raise StudyError(
            f"tokenizer {spec!r}: its file is not at hand and cannot be fetched "
            f"({type(error).__name__}); put it into the folder that TIKTOKEN_CACHE_DIR names, or "
            "give characters per token"
        ) from error
    return TokenCount(spec, lambda text: len(encoding.encode(text, disallowed_special=())))


def _tokenizers(path: Path) -> TokenCount:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtraError("the package tokenizers", "tokenizers") from error
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the package raises no type of its own
        raise StudyError(
            f"{path}: no tokenizer can be read ({error}); give a Hugging Face tokenizer.json"
        ) from error
    return TokenCount(
        path.name, lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
    )
