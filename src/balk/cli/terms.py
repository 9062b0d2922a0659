"""Under which terms a study is asked: the limits and the lock of `balk run`."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from balk.design.study import Study
    from balk.pipeline import Terms

Command = TypeVar("Command", bound=Callable[..., Any])

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    seen = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", value)
    if seen is None or not float(seen[1]):
        raise click.BadParameter(f"{value!r} is no time; write 90s, 30m, 2h or 1d, say")
    return float(seen[1]) * UNITS[seen[2]]


OPTIONS = (
    click.option(
        "--cost-limit",
        type=click.FloatRange(0, min_open=True),
        metavar="MONEY",
        help="Begin no exam once the study has cost this, by the table of prices.",
    ),
    click.option(
        "--token-limit",
        type=click.IntRange(1),
        metavar="N",
        help="Begin no exam once the study has taken so many tokens, sent and received.",
    ),
    click.option(
        "--time-limit",
        callback=_seconds,
        metavar="TIME",
        help="Begin no exam once the study has run so long, over all runs and counted from the "
        "first exam of each: 90s, 30m, 2h.",
    ),
    click.option(
        "--prices",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Table of prices to use instead of balk's.",
    ),
    click.option(
        "--lock",
        "lock_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What the study committed itself to (balk plan --lock). Default: the lock in the "
        "folder of results, if there is one.",
    ),
    click.option(
        "--accept-deviations",
        is_flag=True,
        help="Ask a study that differs from its lock; what differs is listed beside the tables.",
    ),
)


def term_options(command: Command) -> Command:
    """Give a command the options that say where a study stops and what it is held against."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def read_terms(ctx: click.Context, study: "Study") -> "Terms":
    """Return the terms that the options say.

    Raises
    ------
    StudyError
        If a file cannot be read, or a provider has no batch mode.
    """
    from balk.design.limits import Limits
    from balk.design.lock import read_lock
    from balk.design.prices import read_prices
    from balk.design.provider_batch import check_provider_batch
    from balk.pipeline import Terms

    given = ctx.params
    if given["provider_batch"]:
        check_provider_batch(study)
    limits = Limits(
        cost=given["cost_limit"],
        tokens=given["token_limit"],
        seconds=given["time_limit"],
        prices=read_prices(given["prices"]),
        is_provider_batch=given["provider_batch"],
    )
    return Terms(
        limits=limits,
        lock=read_lock(given["lock_file"]) if given["lock_file"] else None,
        may_deviate=given["accept_deviations"],
        is_provider_batch=given["provider_batch"],
    )


def refuse_terms_in_rounds(ctx: click.Context) -> None:
    """Raise `click.UsageError` for terms that hold for one run, where rounds make several."""
    names = ("cost_limit", "token_limit", "time_limit", "lock_file", "provider_batch")
    named = [
        f"--{name.removesuffix('_file').replace('_', '-')}"
        for name in names
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    ]
    if named:
        raise click.UsageError(
            f"{', '.join(named)} with --until-decided, whose rounds are runs of their own; leave "
            "one of them out"
        )
