"""What tokens cost: a table that can be edited, each entry with its date and where it is from."""

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field

from balk.design.described import Described, Number
from balk.design.yaml_file import read_yaml
from balk.errors import StudyError

TABLE = Path(__file__).parent / "prices.yaml"
"""The table that counts where no other is given."""

MILLION = 1e6


class Price(Described):
    """What a model's tokens cost."""

    model: str
    """Inspect model name; ``*`` stands for anything."""
    input: Number = Field(ge=0)
    """Per million tokens sent."""
    cached_input: Number | None = Field(default=None, ge=0)
    """Per million tokens that the provider has in its cache; by default the price of any other."""
    cache_write: Number | None = Field(default=None, ge=0)
    """Per million tokens that are put into that cache; by default the price of any other."""
    output: Number = Field(ge=0)
    """Per million tokens of replies, hidden reasoning among them."""
    provider_batch: Number | None = Field(default=None, ge=0, le=1)
    """Share of the price that is asked in the provider's batch mode; null where it has none."""
    currency: str
    """Such as USD."""
    date: date
    """When the source said so."""
    source: str
    """Where the numbers are from."""

    def cost(
        self,
        input_tokens: float,
        cached_tokens: float,
        output_tokens: float,
        written_tokens: float = 0.0,
    ) -> float:
        """Return what tokens cost.

        Parameters
        ----------
        input_tokens : float
            All that are sent.
        cached_tokens, written_tokens : float
            Those among them that the provider read from its cache, or put into it.
        output_tokens : float
            Of replies.
        """
        read = self.input if self.cached_input is None else self.cached_input
        write = self.input if self.cache_write is None else self.cache_write
        sent = (
            (input_tokens - cached_tokens - written_tokens) * self.input
            + cached_tokens * read
            + written_tokens * write
        )
        return (sent + output_tokens * self.output) / MILLION


class _Table(Described):
    prices: tuple[Price, ...]


def read_prices(path: Path | None = None) -> tuple[Price, ...]:
    """Return the prices of a YAML file; by default those that come with balk.

    Raises
    ------
    StudyError
        If there is no such file, or it is no table of prices.
    """
    path = path or TABLE
    held = read_yaml(path, "table of prices")
    if not isinstance(held, dict):
        raise StudyError(f"{path}: not a table of prices; begin with 'prices:', as {TABLE} does")
    try:
        return _Table(**held).prices
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from error


def price_of(model: str, prices: Iterable[Price]) -> Price | None:
    """Return the first price that fits a model's name; None where none does."""
    return next((price for price in prices if fnmatchcase(model, price.model)), None)


def check_one_currency(prices: Sequence[Price]) -> None:
    """Refuse prices that cannot be added up."""
    seen = sorted({price.currency for price in prices})
    if len(seen) > 1:
        raise StudyError(
            f"prices are in {', '.join(seen)}, and a limit or a total needs one currency; "
            "write them in one"
        )
