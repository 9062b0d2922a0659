"""Under which terms a study is asked: limits, patience with calls that fail, and a lock."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from balk.cli.options import Command, with_options

if TYPE_CHECKING:
    from balk.design.limits import Limits
    from balk.design.study import Study
    from balk.pipeline import Terms

STOPPED = 3
"""Exit code where a limit left something unasked."""

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    seen = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", value)
    if seen is None or not float(seen[1]):
        raise click.BadParameter(f"{value!r} is no time; write 90s, 30m, 2h or 1d, say")
    return float(seen[1]) * UNITS[seen[2]]


LIMITS = (
    click.option(
        "--cost-limit",
        type=click.FloatRange(0, min_open=True),
        metavar="MONEY",
        help="Begin nothing more once this was spent, by the table of prices.",
    ),
    click.option(
        "--token-limit",
        type=click.IntRange(1),
        metavar="N",
        help="Begin nothing more once so many tokens were sent and received.",
    ),
    click.option(
        "--time-limit",
        callback=_seconds,
        metavar="TIME",
        help="Begin nothing more once it has run so long, over all runs and counted from the first "
        "exam of each: 90s, 30m, 2h.",
    ),
    click.option(
        "--prices",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Table of prices to use instead of balk's.",
    ),
)

OPTIONS = (
    *LIMITS,
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

CALLS = (
    click.option(
        "--max-retries",
        type=click.IntRange(0),
        default=8,
        show_default=True,
        help="Most repeats of a call that fails in a way that may pass.",
    ),
    click.option(
        "--max-wait",
        "longest_asked_s",
        type=click.FloatRange(0),
        default=1800,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait that a provider may ask for before a call is repeated.",
    ),
    click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(0, min_open=True),
        default=600,
        show_default=True,
        metavar="SECONDS",
        help="Longest that one call may take.",
    ),
)


def term_options(command: Command) -> Command:
    """Give a command the options that say where a study stops and what it is held against."""
    return with_options(command, OPTIONS)


def limit_options(command: Command) -> Command:
    """Give a command the options that say where it stops."""
    return with_options(command, LIMITS)


def call_options(command: Command) -> Command:
    """Give a command the options that say how long to go on with a call that fails."""
    return with_options(command, CALLS)


def patience(given: Mapping[str, Any], *, is_dry: bool = False) -> AbstractContextManager[None]:
    """Return the context in which calls are repeated as the options say."""
    if is_dry:
        return nullcontext()  # nothing is called, so that Inspect need not be imported
    from balk.cli.show import tell
    from balk.elicit.calls import Patience, patient

    named = ("max_retries", "timeout_s", "longest_asked_s")
    return patient(Patience(**{name: given[name] for name in named}, tell=tell))


def read_limits(given: Mapping[str, Any], *, is_provider_batch: bool = False) -> "Limits":
    """Return where to stop, as the options say.

    Raises
    ------
    StudyError
        If the table of prices cannot be read.
    """
    from balk.design.limits import Limits
    from balk.design.prices import read_prices

    return Limits(
        cost=given["cost_limit"],
        tokens=given["token_limit"],
        seconds=given["time_limit"],
        prices=read_prices(given["prices"]),
        is_provider_batch=is_provider_batch,
    )


def read_terms(ctx: click.Context, study: "Study") -> "Terms":
    """Return the terms that the options say.

    Raises
    ------
    StudyError
        If a file cannot be read, or a provider has no batch mode.
    """
    from balk.design.lock import read_lock
    from balk.design.provider_batch import check_provider_batch
    from balk.pipeline import Terms

    given = ctx.params
    if given["provider_batch"]:
        check_provider_batch(study)
    return Terms(
        limits=read_limits(given, is_provider_batch=given["provider_batch"]),
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
