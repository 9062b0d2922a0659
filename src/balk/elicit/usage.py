"""What a call took, by whichever of two ways its provider counts what is cached."""

from inspect_ai.model import ModelUsage

from balk.design.limits import Spent


def spent_in(usage: ModelUsage) -> Spent:
    """Return the tokens of a call; those read from a cache or written to it are among the input.

    Some providers count what is cached apart from the rest of the input, some within it. Where it
    is apart, the total holds it beside input and output.
    """
    read = usage.input_tokens_cache_read or 0
    written = usage.input_tokens_cache_write or 0
    named = usage.input_tokens + usage.output_tokens
    apart = read + written if usage.total_tokens >= named + read + written else 0
    return Spent(usage.input_tokens + apart, read, usage.output_tokens, written)
