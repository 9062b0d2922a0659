"""What replies, times and the frame around messages are assumed to take, or were measured to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from balk.design.token_counts import TokenCount, by_rate
from balk.records import Protocol

MESSAGE_TOKENS = 4.0
"""Tokens that a provider's frame adds to each chat message: an assumption; a document has none."""

PROTOCOLS: tuple[Protocol, ...] = ("batch", "realtime", "isolated")


@dataclass(frozen=True, slots=True)
class Rates:
    """What tokens and time are reckoned with.

    Attributes
    ----------
    tokens : TokenCount
        Of prompts.
    message_tokens : float
        Added to each chat message for its frame.
    reply_tokens : mapping of protocol to float
        Tokens of one reply, hidden reasoning among them.
    resent_tokens : mapping of protocol to float
        Tokens of one reply that later calls of the exam send again: hidden reasoning is not.
    seconds : mapping of protocol to float
        From a call to its reply.
    cached : mapping of protocol to float
        Share of the tokens sent that the provider bills as cached, 0 to 1.
    written : mapping of protocol to float
        Share of them that it bills as put into its cache, 0 to 1.
    sources : mapping of protocol to str
        Where replies, times and the share that is cached are from.
    """

    tokens: TokenCount = field(default_factory=by_rate)
    message_tokens: float = MESSAGE_TOKENS
    reply_tokens: Mapping[Protocol, float] = field(
        default_factory=lambda: {"batch": 6000.0, "realtime": 400.0, "isolated": 400.0}
    )
    resent_tokens: Mapping[Protocol, float] = field(
        default_factory=lambda: {"batch": 0.0, "realtime": 40.0, "isolated": 0.0}
    )
    seconds: Mapping[Protocol, float] = field(
        default_factory=lambda: {"batch": 60.0, "realtime": 8.0, "isolated": 8.0}
    )
    cached: Mapping[Protocol, float] = field(default_factory=lambda: dict.fromkeys(PROTOCOLS, 0.0))
    written: Mapping[Protocol, float] = field(default_factory=lambda: dict.fromkeys(PROTOCOLS, 0.0))
    sources: Mapping[Protocol, str] = field(
        default_factory=lambda: dict.fromkeys(PROTOCOLS, "assumed")
    )

    def told(self, protocols: Iterable[Protocol]) -> list[str]:
        """Return in sentences what is assumed or was measured for these protocols."""
        text = f"Input: {self.tokens.name}, and {self.message_tokens:g} more for each chat message"
        return [text, *(self._told_of(protocol) for protocol in protocols)]

    def _told_of(self, protocol: Protocol) -> str:
        again = f", {self.resent_tokens[protocol]:.0f} of them sent again with each later call"
        written = self.written[protocol]
        put = f", {written:.0%} put into the cache" if written else ""
        return (
            f"{protocol.capitalize()}, a reply: {self.reply_tokens[protocol]:.0f} tokens"
            f"{again if protocol == 'realtime' else ''}; {self.seconds[protocol]:.3g} s; "
            f"{self.cached[protocol]:.0%} of input cached{put} ({self.sources[protocol]})"
        )
