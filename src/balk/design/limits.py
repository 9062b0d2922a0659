"""What a whole study may take, and whether what was spent has reached it."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from operator import add

from balk.design.prices import Price, check_one_currency, price_of
from balk.design.study import Study
from balk.errors import StudyError


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of one model; those read from a cache or written to it are among the input."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    written_tokens: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        """Return what both took together."""
        return Spent(*map(add, astuple(self), astuple(other)))

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens

    def times(self, factor: float) -> "Spent":
        """Return so many times as much."""
        return Spent(*(round(side * factor) for side in astuple(self)))


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a study stops: no exam is begun once one of these is reached.

    Attributes
    ----------
    cost : float or None
        In the currency of the prices.
    tokens : int or None
        Sent and received.
    seconds : float or None
        Of running, over all runs of the study.
    prices : tuple of Price
        What the cost is reckoned with.
    is_provider_batch : bool
        Whether calls are billed at the provider's batch price.
    """

    cost: float | None = None
    tokens: int | None = None
    seconds: float | None = None
    prices: tuple[Price, ...] = ()
    is_provider_batch: bool = False

    @property
    def counts_calls(self) -> bool:
        """Whether what calls take has a limit."""
        return self.cost is not None or self.tokens is not None

    def check(self, study: Study) -> None:
        """Refuse a limit on costs that cannot be reckoned; see `check_models`."""
        self.check_models([one.model for one in study.subjects])

    def check_models(self, models: Iterable[str]) -> None:
        """Refuse a limit on costs that cannot be reckoned.

        Raises
        ------
        StudyError
            If a model has no price, or prices are in several currencies.
        """
        if self.cost is None:
            return
        found = {model: price_of(model, self.prices) for model in models}
        unknown = sorted(model for model, price in found.items() if price is None)
        if unknown:
            raise StudyError(
                f"--cost-limit, and no price is known of {', '.join(unknown)}; add it to a copy of "
                "balk's table and give that with --prices, or use --token-limit"
            )
        check_one_currency([price for price in found.values() if price])

    def cost_of(self, spent: Mapping[str, Spent]) -> float:
        """Return what tokens of each model cost; those without a price cost nothing."""
        return sum(self._cost(model, one) for model, one in spent.items())

    def _cost(self, model: str, spent: Spent) -> float:
        price = price_of(model, self.prices)
        if price is None:
            return 0.0
        whole = price.cost(*astuple(spent))
        is_cheaper = self.is_provider_batch and price.provider_batch is not None
        return whole * (price.provider_batch or 0.0) if is_cheaper else whole

    def reached(self, spent: Mapping[str, Spent], seconds: float) -> str | None:
        """Return in words which limit is reached; None while none is."""
        tokens, cost = sum(one.tokens for one in spent.values()), self.cost_of(spent)
        if self.cost is not None and cost >= self.cost:
            return f"--cost-limit {self.cost:g}: {cost:.4g} spent"
        if self.tokens is not None and tokens >= self.tokens:
            return f"--token-limit {self.tokens}: {tokens} tokens spent"
        if self.seconds is not None and seconds >= self.seconds:
            return f"--time-limit {self.seconds:g}: {seconds:.0f} s spent"
        return None
