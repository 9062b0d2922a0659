"""Options that several commands share, and how a command gets a group of them."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
Option = Callable[[Command], Command]


def with_options(command: Command, options: "tuple[Option[Any], ...]") -> Command:
    """Return a command with options, which its help shows in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def _number_or_none(_: click.Context, __: click.Parameter, value: str) -> float | None:
    """Return the number that an option gives; ``none`` gives none."""
    if value == "none":
        return None
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no number; give one, or 'none'") from None


TEMPERATURE = click.option(
    "--temperature",
    callback=_number_or_none,
    default="1",
    show_default=True,
    metavar="T",
    help="Sampling temperature; 'none' sends none.",
)
MAX_CONNECTIONS = click.option(
    "--max-connections",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Calls in flight for each model.",
)
REPLIES = (
    TEMPERATURE,
    click.option(
        "--max-tokens",
        type=click.IntRange(1),
        default=32_000,
        show_default=True,
        help="Most tokens in a reply.",
    ),
    MAX_CONNECTIONS,
)


def reply_options(command: Command) -> Command:
    """Give a command the options that say how models reply where no study says so."""
    return with_options(command, REPLIES)
